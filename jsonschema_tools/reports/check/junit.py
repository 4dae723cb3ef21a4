"""The JUnit report: a test suite for each rule, a test case for each check.

JUnit has no warnings, and a warning does not fail a repository: its test case passes, with the finding as its output.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding
from jsonschema_tools.reports.check.text import block
from jsonschema_tools.reports.escaping import inert, one_line, readable
from jsonschema_tools.rules.model import Report, Result, Status


def render(report: Report, shown: Shown = str) -> str:
    """The report as XML; ``shown`` shortens paths. There are no times in it: the same findings give the same text."""
    suites = Element("testsuites", {"name": "jst", **_counts(report)})
    for rule_id, results in groupby(report.results, lambda result: result.check.rule.id):
        of_rule = Report(tuple(results))
        suite = SubElement(suites, "testsuite", {"name": readable(rule_id), **_counts(of_rule)})
        for result in of_rule.results:
            _add_case(suite, result, shown)
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _counts(report: Report) -> dict[str, str]:
    summary = report.summary
    counts = {"tests": len(report.results), "failures": summary.failed, "errors": 0, "skipped": summary.skipped}
    return {name: str(count) for name, count in counts.items()}


def _add_case(suite: Element, result: Result, shown: Shown) -> None:
    check = result.check
    case = SubElement(
        suite,
        "testcase",
        {
            "classname": readable(check.rule.id),
            "name": inert(readable(check.name)),
            "file": inert(readable(shown(str(check.subject.path)))),
        },
    )
    if result.status is Status.SKIPPED:
        SubElement(case, "skipped", {"message": inert(one_line(shown(result.reason or "")))})
    elif result.is_warning:
        SubElement(case, "system-out").text = _blocks(result, shown)
    elif result.status is Status.FAILED:
        first, *others = [one_line(shown(finding.message)) for finding in result.findings]
        message = f"{first} (and {len(others)} more)" if others else first
        SubElement(case, "failure", {"message": inert(message), "type": readable(check.rule.id)}).text = _blocks(
            result, shown
        )


def _blocks(result: Result, shown: Shown) -> str:
    # Every check is a case of its own, so nothing is folded.
    folded = (FoldedFinding(result, finding, (result.check.subject.path,)) for finding in result.findings)
    return "\n".join(inert(line) for found in folded for line in block(found, shown))
