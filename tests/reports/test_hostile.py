"""Whatever stands in a report, each format is read by its own readers, and says the same there."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator
from jsonschema_rs import validator_for
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from jsonschema_tools.events.model import EventError, Verdict
from jsonschema_tools.events.report import EventReport, Refusal
from jsonschema_tools.reports.check import FORMATS, render, text
from jsonschema_tools.reports.check.findings import by_place, each, folded, place, skips
from jsonschema_tools.reports.escaping import LONGEST_LINE, inert, one_line, readable
from jsonschema_tools.rules.model import Report, Status
from tests.needs import CORPORA
from tests.reports.samples import REPORTS, cases, report

SARIF = CORPORA / "formats" / "sarif-schema-2.1.0.json"
REPORT_SCHEMA = Draft7Validator(
    json.loads(files("jsonschema_tools").joinpath("reports/report.schema.json").read_text("utf-8"))
)
anything = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])


def paired(text: Any) -> Any:
    """A text whose halves of a surrogate pair are one character, as a JSON reader makes them."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@anything
@given(REPORTS)
def test_every_format_is_text_that_can_be_written_and_is_always_the_same(report: Report) -> None:
    for format_ in FORMATS:
        text = render(report, format_)
        assert text.encode("utf-8").decode("utf-8") == text == render(report, format_)
        assert readable(text, keep="\n") == text or format_ == "json"


@anything
@given(REPORTS)
def test_text_has_a_line_for_each_message(report: Report) -> None:
    lines = text.render(report, style=text.Style(whole=True)).splitlines()
    heads = [line for line in lines if not line.startswith("    ")]
    found = by_place(report, whole=True)
    assert len(found) == len(folded(report))
    for head, one in zip(heads, found, strict=False):
        assert head.endswith(f" {one_line(one.finding.message)}")
    assert len(heads) == len(found) + len(skips(report, str)) + (2 if found else 1)
    assert sum(1 + len(one.also) for one in by_place(report)) == len(found)
    assert max(map(len, lines)) < 4 * LONGEST_LINE


@anything
@given(REPORTS)
def test_json_keeps_everything(report: Report) -> None:
    document = json.loads(render(report, "json"))
    assert [error.message for error in REPORT_SCHEMA.iter_errors(document)] == []
    for result, written in zip(report.results, document["results"], strict=True):
        assert written["path"] == paired(str(result.check.subject.path))
        assert written["reason"] == (None if result.reason is None else paired(result.reason))
        for finding, found in zip(result.findings, written["findings"], strict=True):
            assert found["message"] == paired(finding.message)
            assert (found["line"], found["column"]) == (finding.line, finding.column)


COMMAND = re.compile(r"::(?P<severity>error|warning) (?P<properties>[^:]*)::(?P<message>.*)")


def unescaped(text: str) -> str:
    """As the runner of GitHub Actions reads the value of a command."""
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, char)
    return text


@anything
@given(REPORTS)
def test_github_reads_one_annotation_for_each_folded_finding(report: Report) -> None:
    *commands, last = render(report, "github").splitlines()
    assert re.fullmatch(r"\d+ passed, \d+ failed, \d+ skipped(, \d+ warned)?", last)
    for command, found in zip(commands, folded(report), strict=True):
        match = COMMAND.fullmatch(command)
        assert match
        assert match["severity"] == found.result.check.severity
        properties = dict(pair.split("=", 1) for pair in match["properties"].split(","))
        assert unescaped(properties["file"]) == readable(str(found.finding.file))
        assert properties.get("line") == (None if found.finding.line is None else str(found.finding.line))
        assert unescaped(properties["title"]) == one_line(found.result.check.rule.id)
        assert unescaped(match["message"]).split("\n")[0] == one_line(found.finding.message)


@anything
@given(REPORTS)
def test_gitlab_reads_issues_with_unique_fingerprints(report: Report) -> None:
    issues = json.loads(render(report, "gitlab"))
    for issue, found in zip(issues, folded(report), strict=True):
        assert issue["description"].split("\n")[0] == one_line(found.finding.message)
        assert issue["location"]["path"] == readable(str(found.finding.file))
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


@anything
@given(REPORTS)
def test_junit_has_a_case_for_each_check(report: Report) -> None:
    xml = render(report, "junit").encode()
    read = [case for suite in ElementTree.fromstring(xml) for case in suite]
    for case, result in zip(read, report.results, strict=True):
        assert case.get("name") == inert(readable(result.check.name))
        [*verdict] = case
        if result.status is Status.PASSED:
            assert verdict == []
        elif result.status is Status.SKIPPED:
            assert [(child.tag, child.get("message")) for child in verdict] == [
                ("skipped", inert(one_line(result.reason or "")))
            ]
        else:
            assert [child.tag for child in verdict] == ["system-out" if result.is_warning else "failure"]
            for finding in result.findings:
                assert one_line(finding.message) in (verdict[0].text or "")
    suites = JUnitXml.fromstring(xml)
    summary = report.summary
    assert (suites.tests, suites.failures, suites.skipped) == (len(report.results), summary.failed, summary.skipped)
    if report.results:
        suites.update_statistics()
        assert (suites.tests, suites.failures, suites.skipped) == (len(report.results), summary.failed, summary.skipped)


@pytest.mark.skipif(not SARIF.exists(), reason="needs the schema of SARIF")
@anything
@given(REPORTS)
def test_sarif_is_valid_sarif(report: Report) -> None:
    assert sarif_errors(render(report, "sarif")) == []


@cache
def sarif_validator() -> Any:
    # The pattern for languages has a bracket too many: it is no regular expression of ECMA 262.
    text = SARIF.read_text("utf-8").replace("{2}]?$", "{2}$")
    return validator_for(json.loads(text), validate_formats=True)


def sarif_errors(text: str) -> list[str]:
    """What the schema of SARIF says against a log."""
    return [error.message for error in sarif_validator().iter_errors(json.loads(text))]


@anything
@given(REPORTS)
def test_sarif_has_a_result_for_each_finding_and_a_note_for_each_skip(report: Report) -> None:
    [run] = json.loads(render(report, "sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    for written, (result, finding) in zip(run["results"], each(report), strict=True):
        assert rules[written["ruleIndex"]]["id"] == written["ruleId"] == readable(result.check.rule.id)
        assert written["level"] == result.check.severity
        assert not re.search(r"\]\(\d+\)|\]\(http:", written["message"]["text"])
        [location] = written["locations"]
        names = [name["fullyQualifiedName"] for name in location.get("logicalLocations", [])]
        assert names == ([readable(finding.pointer)] if finding.pointer else [])
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == report.summary.skipped
    prints = [written["partialFingerprints"]["jstFinding/v1"] for written in run["results"]]
    assert len({*prints}) == len(prints)


@anything
@given(REPORTS)
def test_markdown_has_all_that_came_from_elsewhere_in_code(report: Report) -> None:
    tokens = MarkdownIt("commonmark").parse(render(report, "markdown"))
    inline = [child for token in tokens for child in token.children or ()]
    assert {token.type for token in inline} <= {
        "text", "code_inline", "strong_open", "strong_close", "hardbreak", "softbreak",
    }  # fmt: skip
    html = [token.content.strip() for token in tokens if token.type == "html_block"]
    assert html in ([], ["<details><summary>skipped</summary>", "</details>"])
    code = [token.content.strip() for token in inline if token.type == "code_inline"]
    for found in by_place(report):
        assert one_line(found.finding.message).strip() in code
        assert place(found.finding, str).strip() in code
    assert "".join(token.content for token in inline if token.type == "text").isprintable()


def test_markdown_is_short_enough_for_a_comment() -> None:
    findings = [{"message": f"{number} " + "x" * 5000} for number in range(1000)]
    skips = [{"rule": f"rule-{number}", "path": "a", "reason": "y" * 5000} for number in range(50)]
    text = render(report([{"rule": "x", "path": "a", "findings": findings}, *skips]), "markdown")
    listed, skipped = text.split("<details>")
    more = [int(re.findall(r"^- and (\d+) more$", part, re.MULTILINE)[0]) for part in (listed, skipped)]
    assert more == [1000 - listed.count("**error**"), 50 - skipped.count("once: ")]
    assert 0 < more[0] < 1000
    assert len(text) < 65_536


def test_fingerprints_stay_when_lines_move() -> None:
    def prints(line: int, version: str) -> list[list[str]]:
        findings = [
            {"message": "no type", "pointer": "/properties/x", "file": "a/current.yaml", "line": line, "column": 3},
            {"message": "no type", "pointer": "/properties/y", "file": "a/current.yaml", "line": line + 2, "column": 3},
        ]
        given = report([{"rule": "x", "path": f"a/{version}.yaml", "findings": findings}])
        [run] = json.loads(render(given, "sarif"))["runs"]
        return [
            [issue["fingerprint"] for issue in json.loads(render(given, "gitlab"))],
            [result["partialFingerprints"]["jstFinding/v1"] for result in run["results"]],
        ]

    assert prints(3, "1.0.0") == prints(30, "1.0.0")
    assert prints(3, "1.0.0")[0] == prints(30, "1.1.0")[0]


def test_the_schema_of_the_report_refuses_what_is_none() -> None:
    document = json.loads(render(cases()["mixed"], "json"))
    assert REPORT_SCHEMA.is_valid(document)
    for change in (
        {"version": 2},
        {"summary": {}},
        {"results": [{**document["results"][0], "status": "failed"}]},
        {"results": [{**document["results"][0], "family": "other"}]},
    ):
        assert not REPORT_SCHEMA.is_valid({**document, **change})


@pytest.mark.parametrize("format_", ["text", "github", "junit", "json"])
def test_the_place_in_a_deep_event_is_short_for_people(format_: str) -> None:
    deep = "/a" * 900
    error = EventError(f"1 is no string; closest: 1 is no list, at {deep}/b", f"{deep}/c", "anyOf", "/s#/anyOf")
    found = EventReport()
    verdict = Verdict("/s", (error,), None)
    found.summary.add(verdict)
    found.add(Refusal("events.json", 1, b"{}", verdict))
    text = import_module(f"jsonschema_tools.reports.events.{format_}").render(found)
    assert "/a/c" in text
    assert max(map(len, text.splitlines())) < 1200 or format_ == "json"
    assert (f"{deep}/c" in text) is (format_ == "json")
