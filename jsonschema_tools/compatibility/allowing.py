"""Intended breaks: allowed where they happen, with a reason, perhaps for a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from posixpath import normpath

from jsonschema_tools.compatibility.assessment import Assessment
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.bump import due_bump
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import NamedAssessment
from jsonschema_tools.settings import Allowance


def allowed(
    item: Break, entries: Iterable[Allowance], title: str, version: str, today: date | None
) -> Allowance | None:
    """The entry that allows a break that came with a version: every change that makes it must be covered."""
    valid = [entry for entry in entries if is_about(entry, title, version) and not is_expired(entry, today)]
    found = [next((entry for entry in valid if covers(entry, change)), None) for change in item.changes]
    return found[0] if found and None not in found else None


def is_about(entry: Allowance, title: str, version: str) -> bool:
    """Whether an entry is about a version of a title."""
    return entry.title == title and version in entry.versions


def is_about_setting(entry: Allowance, setting: str, was: str) -> bool:
    """Whether an entry is about a setting that is no more what it was; paths may be written in any way."""
    return entry.setting == setting and entry.was is not None and normpath(entry.was) == normpath(was)


def is_expired(entry: Allowance, today: date | None) -> bool:
    """Whether the last day of an entry is over."""
    return entry.expires is not None and today is not None and entry.expires[:10] < today.isoformat()


def covers(entry: Allowance, change: Change) -> bool:
    """Whether an entry is about just this change."""
    if entry.fingerprint is not None:
        return entry.fingerprint == change.fingerprint
    pointers = {pointer or "/" for pointer in (change.old_pointer, change.new_pointer) if pointer is not None}
    return entry.kind == change.kind and (entry.pointer or "/") in pointers


def allowing(row: NamedAssessment, entries: Sequence[Allowance], title: str, today: date | None) -> NamedAssessment:
    """Two versions of a title compared, with the breaks apart that the configuration allows."""
    found = [(item, allowed(item, entries, title, row.new.name, today)) for item in row.assessment.breaks]
    kept = tuple((item, entry.reason) for item, entry in found if entry is not None)
    if not kept:
        return row
    left = replace(row.assessment, breaks=tuple(item for item, entry in found if entry is None))
    return replace(row, assessment=left, bump=due_bump(left, row.settings), allowed=kept)


def without_allowed(
    assessment: Assessment, entries: Sequence[Allowance], title: str, version: str, today: date | None
) -> Assessment:
    """The assessment without the breaks that are allowed."""
    left = tuple(item for item in assessment.breaks if allowed(item, entries, title, version, today) is None)
    return replace(assessment, breaks=left)
