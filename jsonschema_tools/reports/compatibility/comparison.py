"""Two schemas compared, the history of a title, and its changelog: as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jsonschema_tools.compatibility.breaks import UNDECIDED, Break
from jsonschema_tools.compatibility.bump import part_between
from jsonschema_tools.compatibility.kinds import ANNOTATIONS, describe_change
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import EDITED, History, NamedAssessment
from jsonschema_tools.compatibility.policies import Direction
from jsonschema_tools.containment.model import Containment, Witness
from jsonschema_tools.reports.compatibility.excerpts import excerpt
from jsonschema_tools.reports.escaping import code, in_markdown, json_text, log_line, one_line, readable

FORMATS = ("text", "json", "markdown")
VERSION = 1


def render(found: NamedAssessment, format_: str) -> str:
    """Two schemas compared, in one of `FORMATS`."""
    return {"text": _text, "json": _json, "markdown": _markdown}[format_](found)


def _directions(found: NamedAssessment) -> list[tuple[Direction, Containment]]:
    comparison = found.assessment.comparison
    return [(Direction.BACKWARD, comparison.backward), (Direction.FORWARD, comparison.forward)]


def _text(found: NamedAssessment) -> str:
    lines = [
        f"{describe_change(change)}  [{change.kind} {change.fingerprint}]"
        for change in found.assessment.comparison.changes
    ] or ["nothing changed"]
    for direction, containment in _directions(found):
        lines += [
            "",
            f"{direction}: {containment.answer}: {one_line(containment.reason)}",
            *_event(containment.witness, "  "),
        ]
    if found.breaks:
        lines += ["", f"{_policy(found)}: broken"]
    for item in found.breaks:
        undecided = "".join(
            f"  [{UNDECIDED} {change.fingerprint}]" for change in item.changes if change.kind == UNDECIDED
        )
        lines += [
            f"  {item.pointer or '/'}: {item.message}{_direction(item)}{undecided}",
            *([f"    why: {item.why}"] if item.why else []),
            *_event(item.witness, "    "),
        ]
    if not found.breaks:
        lines += ["", f"{_policy(found)}: compatible"]
    for item in found.warnings:
        lines += [f"  warning: {item.pointer or '/'}: {item.message}", *_event(item.witness, "    ")]
    return _joined([*lines, f"bump: {found.bump.part or 'none'}: {found.bump.reason}", ""])


def _policy(found: NamedAssessment) -> str:
    return f"policy {found.settings.policy.name}, {found.settings.content_model} content"


def _direction(item: Break) -> str:
    return f" ({item.direction})" if item.direction else ""


def _event(witness: Witness | None, indent: str) -> list[str]:
    if witness is None:
        return []
    event = excerpt(witness.event, witness.pointers or (witness.pointer,))
    return [f"{indent}event: {one_line(event)}", f"{indent}refused: {one_line('; '.join(witness.refusals))}"]


def _json(found: NamedAssessment) -> str:
    document = {
        "version": VERSION,
        "old": found.old.name,
        "new": found.new.name,
        "policy": found.settings.policy.name,
        "contentModel": str(found.settings.content_model),
        "compatible": not found.breaks,
        "bump": None if found.bump.part is None else str(found.bump.part),
        "changes": [change_data(change) for change in found.assessment.comparison.changes],
        **{str(direction): containment_data(containment) for direction, containment in _directions(found)},
        "breaks": [break_data(item) for item in found.breaks],
        "warnings": [break_data(item) for item in found.warnings],
        "allowed": [{**break_data(item), "reason": reason} for item, reason in found.allowed],
    }
    return json_text(document) + "\n"


def change_data(change: Change) -> dict[str, Any]:
    """A change as plain data."""
    return {
        "kind": change.kind,
        "description": describe_change(change),
        "oldPointer": change.old_pointer,
        "newPointer": change.new_pointer,
        "old": change.old,
        "new": change.new,
        "fingerprint": change.fingerprint,
    }


def containment_data(containment: Containment) -> dict[str, Any]:
    """A containment as plain data."""
    return {
        "answer": str(containment.answer),
        "reason": containment.reason,
        "witness": _witness(containment.witness),
    }


def _witness(witness: Witness | None) -> dict[str, Any] | None:
    if witness is None:
        return None
    pointers = list(witness.pointers)
    return {"event": witness.event, "errors": list(witness.errors), "pointer": witness.pointer, "pointers": pointers}


def break_data(item: Break) -> dict[str, Any]:
    """A break as plain data."""
    return {
        "message": item.message,
        "pointer": item.pointer,
        "direction": None if item.direction is None else str(item.direction),
        "answer": str(item.answer),
        "changes": [change.fingerprint for change in item.changes],
        "witness": _witness(item.witness),
    }


def _markdown(found: NamedAssessment) -> str:
    lines = [f"### {in_markdown(found.old.name)} → {in_markdown(found.new.name)}", ""]
    verdict = "not compatible" if found.breaks else "compatible"
    lines += [f"{verdict.capitalize()} ({_policy(found)}). Bump: {found.bump.part or 'none'}.", ""]
    lines += ["| | change | fingerprint |", "| --- | --- | --- |"]
    broken = {change.fingerprint for item in found.breaks for change in item.changes}
    for change in found.assessment.comparison.changes:
        mark = "**breaks**" if change.fingerprint in broken else ""
        lines.append(f"| {mark} | {in_markdown(describe_change(change), cell=True)} | `{change.fingerprint}` |")
    for item in (*found.breaks, *found.warnings):
        if item.witness is not None:
            place, message = code(readable(item.pointer or "/")), in_markdown(item.message)
            lines += ["", f"{place}: {message}{_direction(item)}:", "", "```json"]
            lines += [*json_text(item.witness.event).split("\n"), "```", ""]
            lines += [f"is refused: {in_markdown('; '.join(item.witness.refusals))}"]
        elif item.why:
            lines += ["", f"{code(readable(item.pointer or '/'))}: {in_markdown(item.message)}: {item.why}."]
    return _joined([*lines, ""])


def _joined(lines: Iterable[str]) -> str:
    """The lines of a text, none of which a name in a schema can break or make more of."""
    return "\n".join(map(log_line, lines))


def history(rows: Sequence[NamedAssessment], format_: str) -> str:
    """Each version of a title with the one before it, as a table in one of `FORMATS`."""
    if format_ == "json":
        return "[\n" + ",\n".join(_json(row).rstrip("\n") for row in rows) + "\n]\n"
    table = [["version", "after", "bump", "due", "backward", "forward", "changes", "breaks"]]
    for row in rows:
        comparison = row.assessment.comparison
        answers = [str(comparison.backward.answer), str(comparison.forward.answer)]
        made = str(part_between(row.old.name, row.new.name) or "none")
        breaks = f"{len(row.breaks)}{f' ({len(row.allowed)} allowed)' if row.allowed else ''}"
        counts = [str(len(comparison.changes)), breaks]
        table.append([row.new.name, row.old.name, made, str(row.bump.part or "none"), *answers, *counts])
    if format_ == "markdown":
        table.insert(1, ["---"] * len(table[0]))
        return "".join(f"| {' | '.join(row)} |\n" for row in table)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in table
    )


def changelog(found: History) -> str:
    """What each version of a title added and broke, the newest first, as Markdown."""
    lines = [f"# {in_markdown(found.title)}", ""]
    for row in reversed(found.rows):
        due = f"Unreleased (a {row.bump.part} bump is due)" if row.new.name.endswith(EDITED) else None
        lines += [f"## {due or _heading(row.new.name, found)}", "", *_sections(row)]
    return _joined([*lines, f"## {_heading(found.first, found)}", "", "First version.", ""])


def _heading(version: str, found: History) -> str:
    state = found.states.get(version, "released")
    return version if state == "released" else f"{version} ({state})"


def _sections(row: NamedAssessment) -> list[str]:
    changes = row.assessment.comparison.changes
    broken = {change.fingerprint for item in row.breaks for change in item.changes}
    breaks = [describe_change(change) for change in changes if change.fingerprint in broken]
    known = {change.fingerprint for change in changes}
    unknown = [item for item in row.breaks if known.isdisjoint(change.fingerprint for change in item.changes)]
    breaks += [f"{item.pointer or '/'}: {item.message}" for item in unknown]
    intended = {change.fingerprint for item, _ in row.allowed for change in item.changes} - broken
    told = broken | intended
    others = [change for change in changes if change.fingerprint not in told and change.kind not in ANNOTATIONS]
    added = [change for change in others if change.kind.endswith("-added") and change.old_pointer is None]
    sections = {
        "Breaks": breaks,
        "Breaks that are allowed": [
            f"{item.pointer or '/'}: {item.message} ({reason})" for item, reason in row.allowed
        ],
        "Added": [describe_change(change) for change in added],
        "Changed": [describe_change(change) for change in others if change not in added],
        "Descriptions and examples": _places(change for change in changes if change.kind in ANNOTATIONS),
    }
    lines = []
    for name, items in sections.items():
        if items:
            lines += [f"{name}:", "", *(f"- {in_markdown(item)}" for item in items), ""]
    return lines or ["Nothing changed.", ""]


def _places(changes: Iterable[Change]) -> list[str]:
    pointers = ((change.new_pointer or change.old_pointer or "/").rpartition("/")[0] for change in changes)
    places = dict.fromkeys(pointer or "the schema itself" for pointer in pointers)
    return [", ".join(places)] if places else []
