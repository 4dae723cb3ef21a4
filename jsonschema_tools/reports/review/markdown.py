"""A review as Markdown, a page for a pull request. What came from schemas cannot be a link, HTML, or call a person."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import by_place, place, totals
from jsonschema_tools.reports.escaping import code, in_markdown, inert, json_text, one_line, readable
from jsonschema_tools.reports.review.model import Review, TitleReview
from jsonschema_tools.reports.review.sentences import changes, headline, kind, sentence, verdict, versions, witnesses
from jsonschema_tools.reports.wording import counted
from jsonschema_tools.rules.model import Severity

MOST = 20
"""How many changes or fields of a title are listed before the rest is folded away."""

LONGEST = 60_000
"""Characters of a page: a comment on GitHub may have 65,536."""


def render(found: Review, shown: Shown = str) -> str:
    """A table of the titles, what `jst check` finds, and a section for each title."""
    lines = ["## Schemas", "", f"{in_markdown(headline(found)).capitalize()}.", ""]
    if found.titles:
        lines += ["| | schema | version | breaks | owners |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(title) for title in found.titles]
        lines += ["", *_findings(found, shown)]
    length, left = sum(map(len, lines)), 0
    for title in found.titles:
        section = list(_section(title, shown))
        length += sum(map(len, section))
        if length > LONGEST:
            left += 1
        else:
            lines += section
    if left:
        lines += [f"{counted(left, 'schema')} more in `jst review`.", ""]
    return "".join(f"{inert(line)}\n" for text in lines for line in text.split("\n"))


def _row(title: TitleReview) -> str:
    bad = title.error or title.bump_is_too_small or kind(title) == "removed"
    mark = "\N{CROSS MARK}" if bad else "\N{WHITE HEAVY CHECK MARK}"
    cells = [code(readable(title.title)), versions(title), verdict(title)]
    owners = ", ".join(code(readable(owner)) for owner in title.owners)
    return f"| {mark} | {cells[0].replace('|', chr(92) + '|')} | {_cell(cells[1])} | {_cell(cells[2])} | {owners} |"


def _cell(text: str) -> str:
    return in_markdown(text, cell=True)


def _findings(found: Review, shown: Shown) -> Iterator[str]:
    listed = by_place(found.report)
    if not listed:
        yield "`jst check` finds nothing."
        yield ""
        return
    yield f"`jst check`: {totals(listed)}."
    yield ""
    errors = [each for each in listed if each.result.check.severity is Severity.ERROR]
    for each in errors[:MOST]:
        parts = (one_line(each.result.check.rule.id), place(each.finding, shown), one_line(shown(each.finding.message)))
        yield "- \N{CROSS MARK} {} {}: {}".format(*map(code, parts))
    if len(errors) > MOST:
        yield f"- and {len(errors) - MOST} more"
    yield ""


def _section(title: TitleReview, shown: Shown) -> Iterator[str]:
    yield f"### {in_markdown(title.title)}: {in_markdown(versions(title))}"
    yield ""
    if title.error is not None:
        yield f"It cannot be compared: {code(one_line(shown(str(title.error))))}"
        yield ""
        return
    if kind(title) == "removed":
        yield "All its files are gone. Whoever refers to it, or validates by it, finds nothing: retire it instead."
        yield ""
        return
    if title.deprecation is not None:
        yield f"\N{WARNING SIGN}\N{VARIATION SELECTOR-16} {in_markdown(str(title.deprecation))}"
        yield ""
    if title.through:
        yield f"Takes what changed in {', '.join(code(readable(uri)) for uri in title.through)}, see there."
        yield ""
    yield from _changes(title)
    yield from _fields(title)
    for conflict in title.table:
        yield f"- No table can follow, a new one begins: {in_markdown(one_line(conflict))}"
    if title.table:
        yield ""
    yield from _breaks(title)


def _changes(title: TitleReview) -> Iterator[str]:
    what, said = changes(title)
    if title.assessment is None:
        return
    lines = [f"- {in_markdown(sentence(change))}" for change in what]
    if not what and not said and not title.through:
        lines = ["Nothing but the version changed."]
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield from [
            "",
            f"<details><summary>{len(lines) - MOST} more changes</summary>",
            "",
            *lines[MOST:],
            "",
            "</details>",
        ]
    if said:
        pointers = ((change.new_pointer or change.old_pointer or "").rpartition("/")[0] for change in said)
        places = [*dict.fromkeys(pointer or "the schema itself" for pointer in pointers)]
        names = ", ".join(code(readable(each)) for each in places[:MOST])
        more = f" and {len(places) - MOST} more" if len(places) > MOST else ""
        yield from ([""] if lines else [])
        yield f"Descriptions, examples: {names}{more}"
    if lines or said:
        yield ""


def _fields(title: TitleReview) -> Iterator[str]:
    if not title.fields:
        return
    yield from ["| new field | type | description |", "| --- | --- | --- |"]
    for item in title.fields[:MOST]:
        cells = (item.pointer.replace("/properties/", ".").lstrip("."), item.type, item.description or "(none)")
        yield "| " + " | ".join(in_markdown(one_line(each), cell=True) for each in cells) + " |"
    if len(title.fields) > MOST:
        yield f"| and {len(title.fields) - MOST} more | | |"
    yield ""


def _breaks(title: TitleReview) -> Iterator[str]:
    assessment = title.assessment
    if assessment is None:
        return
    for item, reason in assessment.allowed:
        what = f"{in_markdown(item.pointer or '/')}: {in_markdown(item.message)}"
        yield f"- Allowed: {what} ({in_markdown(one_line(reason))})"
    if assessment.allowed:
        yield ""
    for text, witness in witnesses(title):
        yield f"<details><summary>An event {in_markdown(text)}</summary>"
        refused = in_markdown(one_line("; ".join(witness.refusals)))
        body = json_text(witness.event).replace("`", "\\u0060")
        yield from ["", "```json", body, "```", "", f"Refused: {refused}", "", "</details>", ""]
