"""A baseline: findings that were there when a repository came in. Only new ones fail it.

The file is a mapping with ``version: 1`` and ``findings``, each with a ``fingerprint``; what else an entry has is for
people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.rules.model import Check, Finding, Report, Result, Status

VERSION = 1
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Known:
    """A finding of a baseline: the rule and the subject that it was made at, and its fingerprint."""

    rule: str
    check: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that are known, from a file."""

    path: Path
    entries: tuple[Known, ...] = ()
    fingerprints: frozenset[str] = field(default_factory=frozenset)


def fingerprint(check: Check, finding: Finding) -> str:
    """The name of a finding: the same as long as rule, subject, pointer and message are. 16 hexadecimal digits."""
    return sha256(json.dumps([check.name, finding.pointer, finding.message]).encode()).hexdigest()[:_DIGITS]


def read(document: Document, path: Path) -> Baseline:
    """The baseline that a document is. Raises `ConfigurationError`."""
    entries = document.get("findings") if isinstance(document, dict) and document.get("version") == VERSION else None
    texts = ("rule", "check", "fingerprint")
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in texts) for entry in entries
    ):
        raise ConfigurationError(
            "this is no baseline", source=str(path), remedy=f"Write it with `jst check --write-baseline {path.name}`."
        )
    known = tuple(Known(*(entry[name] for name in texts)) for entry in entries)
    return Baseline(path, known, frozenset(entry.fingerprint for entry in known))


def written(report: Report) -> dict[str, Any]:
    """The document of a baseline that knows every finding of a report, and those that are consequences of others: once
    the cause is known, nothing hides them."""
    findings = [
        {
            "rule": result.check.rule.id,
            "check": result.check.name,
            "pointer": found.pointer,
            "message": found.message,
            "fingerprint": fingerprint(result.check, found),
        }
        for result in report.results
        for found in (*result.findings, *result.consequences)
    ]
    return {"version": VERSION, "findings": findings}


def without_known(result: Result, baseline: Baseline | None) -> Result:
    """A result without the findings that a baseline knows; skipped where it has no others."""
    if baseline is None or result.status is not Status.FAILED:
        return result
    new = tuple(found for found in result.findings if fingerprint(result.check, found) not in baseline.fingerprints)
    if len(new) == len(result.findings):
        return result
    if new:
        return Result(result.check, result.status, new)
    return Result(result.check, Status.SKIPPED, reason=f"known: all that it finds is in {baseline.path.name}")


def unmatched(baseline: Baseline, checks: Iterable[Check], found: Iterable[str]) -> list[Known]:
    """The entries whose check was run and found no such thing any more."""
    names, seen = {check.name for check in checks}, set(found)
    return [entry for entry in baseline.entries if entry.check in names and entry.fingerprint not in seen]
