"""Findings cured in the text of current files. What is released is never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from jsonschema_tools.documents.edits import Edit, Insert, NotEditable, Rename, edited
from jsonschema_tools.documents.layout import Part, parts
from jsonschema_tools.documents.pointers import join, split
from jsonschema_tools.documents.reading import content_type_of, decode
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import WriteFile
from jsonschema_tools.repository.discovery import read_content
from jsonschema_tools.repository.versioning import with_version
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.rules.folding import UNMATERIALIZED
from jsonschema_tools.rules.model import Finding, Report
from jsonschema_tools.rules.selection import Selection
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.bump import plan_bumps
from jsonschema_tools.use_cases.check import check

_MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Fixes:
    """What to write: the new content of current files, how many findings that cures, in how many files it raises the
    version, and which findings it cannot cure, and why."""

    contents: Mapping[Path, bytes]
    before: Mapping[Path, bytes]
    cured: int = 0
    raised: int = 0
    left: tuple[tuple[Finding, str], ...] = ()


def fix(config: Config, selection: Selection) -> Fixes:
    """Cure what can be cured, until nothing more can: one cure may make room for another.

    The result has the first and the last content of each file. Raises `SchemaToolsError`.
    """
    done = Fixes({}, {})
    for _ in range(_MOST_ROUNDS):
        found = plan_fixes(check(config, selection), config, offline=selection.offline)
        carry_out_fixes(found, config)
        before = {**found.before, **done.before}
        contents, cured = {**done.contents, **found.contents}, done.cured + found.cured
        done = Fixes(contents, before, cured, done.raised + found.raised, found.left)
        if not found.contents:
            break
    return done


def plan_fixes(report: Report, config: Config, *, offline: bool = False) -> Fixes:
    """The edits that cure findings of a report, and the bumps that are due with them or without.

    Only current files of the repository are edited. Raises `SchemaToolsError` where one cannot be read.
    """
    findings = {
        (finding.file, finding.line, finding.column, finding.fix): finding
        for result in report.results
        for finding in result.findings
        if finding.fix is not None and _is_current(finding.file, config)
    }
    by_file: dict[Path, list[Finding]] = {}
    for finding in findings.values():
        by_file.setdefault(finding.file, []).append(finding)
    contents, before, left = {}, {}, []
    for path, found in by_file.items():
        content = before[path] = read_content(path, config)
        contents[path], not_cured = _cured(content, path, found)
        left += not_cured
    cured = len(findings) - len(left)
    contents = {path: content for path, content in contents.items() if content != before[path]}
    bumps = _bumps(report, contents, config, offline)
    for path, content in bumps.items():
        before.setdefault(path, read_content(path, config))
        contents[path] = content
    return Fixes(contents, before, cured, len(bumps), tuple(left))


def carry_out_fixes(fixes: Fixes, config: Config) -> None:
    """Write the new contents, all or none; a current file that is a link stays one."""
    actions = [WriteFile(Path(os.path.realpath(path)), content) for path, content in fixes.contents.items()]
    if actions:
        apply(actions, config.schema_base_path)


def diff(fixes: Fixes, name: Mapping[Path, str]) -> str:
    """What would be written, as a unified diff; ``name`` is how each file is to be called in it."""
    lines: list[str] = []
    for path in sorted(fixes.contents):
        old, new = (
            decode(content, str(path)).splitlines(True) for content in (fixes.before[path], fixes.contents[path])
        )
        lines += unified_diff(old, new, name[path], name[path])
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _is_current(path: Path, config: Config) -> bool:
    return path.name == config.current_file_name and path.is_relative_to(config.schema_base_path)


def _cured(content: bytes, path: Path, findings: Iterable[Finding]) -> tuple[bytes, list[tuple[Finding, str]]]:
    """The content with what each finding asks for, one after the other, and the findings that were left out."""
    text, left = decode(content, str(path)), []
    source, content_type = str(path), content_type_of(path.name)
    places = {(part.position.line, part.position.column): part for part in reversed(parts(text, source))}
    known = {part.pointer: part for part in places.values()}
    done: list[tuple[str, Edit]] = []
    # A key that gets its right name is there when another fix would add it.
    for finding in sorted(findings, key=lambda finding: not isinstance(finding.fix, Rename)):
        part = places.get((finding.line or 0, finding.column or 0))
        if part is None or finding.fix is None:
            left.append((finding, "its place is not written out in this file"))
            continue
        edit = (_target(part, finding.fix, known), finding.fix)
        try:
            edited(text, [*done, edit], source=source, content_type=content_type)
            done.append(edit)
        except (NotEditable, LookupError) as reason:
            left.append((finding, str(reason)))
    return edited(text, done, source=source, content_type=content_type).encode("utf-8"), left


def _target(part: Part, fix: Edit, known: Mapping[str, Part]) -> str:
    """An entry is added to the schema at the place, or to the one that the place is in."""
    if not isinstance(fix, Insert) or part.is_mapping:
        return part.pointer
    return join(split(part.pointer)[:-1])


def _bumps(report: Report, contents: Mapping[Path, bytes], config: Config, offline: bool) -> dict[Path, bytes]:
    """The current files, edited or not, with the version that is due."""
    changed = {
        finding.file
        for result in report.results
        if result.check.rule.id == UNMATERIALIZED or result.consequence_of is not None
        for finding in result.findings
        if _is_current(finding.file, config) and "jst bump" in (finding.remedy or "")
    }
    found = {}
    for path in sorted({*contents, *changed}):
        content = contents.get(path) or read_content(path, config)
        try:
            (bump,) = plan_bumps([path], config, offline=offline, contents=contents)
            if bump.new != bump.old:
                found[path] = with_version(content, path, bump.old, bump.new, config.schema_version_field)
        except SchemaToolsError:
            # What keeps it from that is a finding by itself.
            continue
    return found
