"""Reports made of data, and of anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.rules.model import (
    Check,
    Context,
    Family,
    Finding,
    Place,
    Report,
    Result,
    Rule,
    Severity,
    Status,
    Subject,
)
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.settings import Config

CASES = Path(__file__).parents[1] / "cases" / "reports"
CONTEXT = Context(
    Config(root=Path(), schema_base_path=Path(), schema_base_uris=(".",)),
    Collection(()),
    {},
    lambda file: file.document,
    lambda _: [],
    lambda _: None,
    lambda path, _: Place(path),
)
DOCUMENTATION = "Schemas are as they should be.\n\nWhy: readers\nrely on it.\nExample: `a | b`.\nInstead: correct it."


def report(results: list[dict[str, Any]]) -> Report:
    """A report of results as ``tests/cases/reports/reports.yaml`` has them."""
    return Report(tuple(map(_result, results)))


def cases() -> dict[str, Report]:
    """The reports of the cases by name."""
    path = CASES / "reports.yaml"
    documents: Any = parse(path.read_bytes(), source=str(path))
    return {name: report(results) for name, results in documents.items()}


def _result(given: dict[str, Any]) -> Result:
    path = Path(given["path"])
    severity = Severity(given.get("severity", "error"))
    family = Family(given.get("family", "structure"))
    rule = Rule(
        given["rule"],
        family,
        "schemas are in order",
        lambda _collection, _context: (),
        lambda _value, _context: (),
        severity=severity,
        description=given.get("documentation", DOCUMENTATION),
    )
    subject = Subject(None, given.get("title", "a"), given.get("version", "1.0.0"), path, "", given.get("detail", ""))
    findings = tuple(_finding(finding, path) for finding in given.get("findings", ()))
    reason = given.get("reason")
    status = Status.SKIPPED if reason is not None else Status.FAILED if findings else Status.PASSED
    return Result(Check(rule, subject, severity, CONTEXT), status, findings, reason)


def _finding(given: dict[str, Any], path: Path) -> Finding:
    return Finding(
        given["message"],
        given.get("pointer", ""),
        Path(given.get("file", path)),
        given.get("line"),
        given.get("column"),
        given.get("remedy"),
        given.get("details", {}),
    )


_FRAGMENTS = [
    "\n::error::x", "\r\n", "%0A", "%", "`", "```", "|", "]]>", "<b>", "&amp;", "<!--", "@someone", "#1", "](1)", "[a](http://x)",
    "\0", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufffe", "\uffff", "\ud800", "\udcff", "\U0001f600", ",", ":", "  ", "é",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(st.characters(exclude_categories=()))), max_size=6).map("".join),
    st.integers(600, 5000).map(lambda size: "long " * (size // 5)),
)  # fmt: skip
PATHS = TEXTS.filter(lambda text: text.strip("/. ") != "")
_LINES = st.integers(1, 10**6) | st.none()
_FINDINGS = st.fixed_dictionaries(
    {
        "message": TEXTS,
        "pointer": st.just("") | TEXTS.map(lambda text: f"/{text}"),
        "file": PATHS,
        "line": _LINES,
        "column": _LINES,
        "remedy": TEXTS | st.none(),
        "details": st.dictionaries(TEXTS, TEXTS | st.integers() | st.lists(TEXTS, max_size=2), max_size=2),
    }
)
_RESULTS = st.fixed_dictionaries(
    {
        "rule": TEXTS,
        "family": st.sampled_from(list(Family)),
        "severity": st.sampled_from(list(Severity)),
        "title": TEXTS | st.none(),
        "version": TEXTS | st.none(),
        "path": PATHS,
        "detail": TEXTS,
        "documentation": TEXTS | st.just(DOCUMENTATION),
    },
    optional={"findings": st.lists(_FINDINGS, min_size=1, max_size=3)},
)
_SKIPPED = st.builds(lambda result, why: {**result, "findings": [], "reason": why}, _RESULTS, TEXTS)
REPORTS = st.lists(_RESULTS | _SKIPPED, max_size=4).map(report)
