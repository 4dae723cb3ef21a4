"""Comments that ignore findings: ``# jst: ignore[fields-are-described] told in the wiki`` in a current file, or in
that of the streams.

A comment behind a line is about that line, one on a line of its own about the next line that holds more than a comment.
It names rules, and a reason: without one it ignores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.rules.model import Finding, Result, Status

_COMMENT = re.compile(r"(?:^|\s)#\s*jst:\s*ignore\b\s*(?:\[(?P<rules>[^\]]*)\])?(?P<reason>.*)$")
_MARK = "jst:"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment: the line it stands on, the line it is about (both count from 1), the ids of rules, and the reason."""

    line: int
    about: int
    rules: tuple[str, ...]
    reason: str


def ignores(lines: Sequence[str]) -> Iterator[Ignore]:
    """The comments in the lines of a file."""
    for number, text in enumerate(lines, 1):
        found = _COMMENT.search(text) if _MARK in text else None
        if found:
            rules = tuple(name for part in (found["rules"] or "").split(",") if (name := part.strip()))
            yield Ignore(number, _about(lines, number), rules, found["reason"].strip(" \t:-"))


def _about(lines: Sequence[str], number: int) -> int:
    if not lines[number - 1].lstrip().startswith("#"):
        return number
    later = enumerate(lines[number:], number + 1)
    return next((line for line, text in later if text.strip() and not text.lstrip().startswith("#")), number)


def without_ignored(result: Result) -> tuple[Result, set[tuple[Path, int, str]]]:
    """A result without the findings that a comment ignores, skipped where it has no others; and those comments.

    A finding that has no line is taken for one about the first line of its file that holds more than a comment.
    """
    if result.status is not Status.FAILED:
        return result, set()
    pairs = [(finding, _comment(result, finding)) for finding in result.findings]
    used = [(finding.file, ignore.line, result.check.rule.id) for finding, ignore in pairs if ignore]
    if not used:
        return result, set()
    left = tuple(finding for finding, ignore in pairs if ignore is None)
    if left:
        return Result(result.check, result.status, left), set(used)
    reason = next(ignore.reason for _, ignore in pairs if ignore)
    return Result(result.check, Status.SKIPPED, reason=f"ignored by a comment: {reason}"), set(used)


def _comment(result: Result, finding: Finding) -> Ignore | None:
    context, rule = result.check.context, result.check.rule.id
    is_of_streams = context.streams is not None and finding.file == context.streams.path
    if not is_of_streams and finding.file.name != context.config.current_file_name:
        return None
    lines = context.lines(finding.file)
    start = _about(["#", *lines], 1) - 1 if finding.line is None else finding.line
    about = (each for each in ignores(lines) if each.about == start)
    return next((each for each in about if each.reason and rule in each.rules), None)
