"""SARIF 2.1.0, as code scanning of GitHub and other readers of static analysis results take it.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/, and GitHub's page on SARIF support. Passed checks have no
result: readers show every result as an alert. A skipped one is a notification of the run, with its reason.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import FoldedFinding, each, explanation, fingerprints
from jsonschema_tools.reports.escaping import json_text, one_line, readable
from jsonschema_tools.rules.documentation import parts
from jsonschema_tools.rules.model import Finding, Report, Result, Rule, Severity, Status

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""The base of relative URIs, which readers take to be the checkout."""


def render(report: Report, shown: Shown = str) -> str:
    """A SARIF log with one run; ``shown`` shortens paths."""
    from jsonschema_tools import __version__

    rules = {result.check.rule.id: (result.check.rule, result.check.severity) for result in report.results}
    index = {rule_id: number for number, rule_id in enumerate(rules)}
    skips = [result for result in report.others if result.status is Status.SKIPPED]
    found = list(each(report))
    run = {
        "tool": {
            "driver": {
                "name": "jst",
                "fullName": "jst check",
                "version": __version__,
                "rules": [_rule(rule, severity) for rule, severity in rules.values()],
            }
        },
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that jst ran in."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": [_skip(one, index, shown) for one in skips]}
        ],
        "results": [
            _result(result, finding, index[result.check.rule.id], name, shown)
            for (result, finding), name in zip(found, _names(found, shown), strict=True)
        ],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _names(found: list[tuple[Result, Finding]], shown: Shown) -> list[str]:
    return fingerprints((result.check.name, finding.pointer, shown(finding.message)) for result, finding in found)


def _rule(rule: Rule, severity: Severity) -> dict[str, Any]:
    (_, what), *others = [(name, _message(text)) for name, text in parts(rule.documentation).items()]
    plain = [what, *(f"{name}: {text}" for name, text in others)]
    marked = [what, *(f"**{name}:** {text}" for name, text in others)]
    return {
        "id": readable(rule.id),
        "shortDescription": {"text": _message(rule.summary)},
        "fullDescription": {"text": " ".join(what.split()) or _message(rule.summary)},
        "help": {"text": "\n".join(plain), "markdown": "\n\n".join(marked)},
        "defaultConfiguration": {"level": str(severity)},
        "properties": {"tags": [str(rule.family)], "problem.severity": str(severity)},
    }


def _result(result: Result, finding: Finding, index: int, fingerprint: str, shown: Shown) -> dict[str, Any]:
    check, subject = result.check, result.check.subject
    lines = [one_line(shown(finding.message)), *explanation(FoldedFinding(result, finding, ()), shown)]
    # GitHub wants a line; what is about a file as a whole stands at its first one.
    region = {"startLine": finding.line or 1} | ({"startColumn": finding.column} if finding.column else {})
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(shown(str(finding.file))), "region": region}
    }
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": readable(finding.pointer)}]
    return {
        "ruleId": readable(check.rule.id),
        "ruleIndex": index,
        "kind": "fail",
        "level": str(check.severity),
        "message": {"text": _message("\n".join(lines))},
        "analysisTarget": _artifact(shown(str(subject.path))),
        "locations": [location],
        "partialFingerprints": {"jstFinding/v1": fingerprint},
    }


def _skip(result: Result, index: dict[str, int], shown: Shown) -> dict[str, Any]:
    check = result.check
    return {
        "level": "note",
        "message": {"text": _message(one_line(f"skipped {check.name}: {shown(result.reason or '')}"))},
        "associatedRule": {"id": readable(check.rule.id), "index": index[check.rule.id]},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(shown(str(check.subject.path)))}}],
    }


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path, errors="backslashreplace")
    return {"uri": f"file://{uri}"} if path.startswith("/") else {"uri": uri, "uriBaseId": ROOT}


def _message(text: str) -> str:
    """Text in which nothing is a link: SARIF has ``[text](target)`` in plain messages too, a target being a number or
    a URI."""
    return re.sub(r"\]\((?=\d+\)|\w+:)", "] (", readable(text, keep="\n"))
