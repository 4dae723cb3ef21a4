"""A review for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.reports.check import Shown
from jsonschema_tools.reports.check.findings import by_place, place, totals
from jsonschema_tools.reports.compatibility.excerpts import excerpt
from jsonschema_tools.reports.escaping import log_line, one_line
from jsonschema_tools.reports.review.model import Review, TitleReview
from jsonschema_tools.reports.review.sentences import changes, headline, kind, sentence, verdict, versions, witnesses
from jsonschema_tools.rules.model import Severity


def render(found: Review, shown: Shown = str) -> str:
    """A block for each title, what `jst check` finds, and the headline."""
    lines = [line for title in found.titles for line in _block(title, shown)]
    listed = by_place(found.report)
    for each in listed:
        if each.result.check.severity is Severity.ERROR:
            lines.append(
                f"{place(each.finding, shown)}: error {each.result.check.rule.id} {shown(each.finding.message)}"
            )
    lines += [f"jst check: {totals(listed) or 'nothing'}"] if found.titles else []
    return "".join(f"{log_line(one_line(line))}\n" for line in [*lines, headline(found)])


def _block(title: TitleReview, shown: Shown) -> Iterator[str]:
    owners = f"  (owners: {', '.join(title.owners)})" if title.owners else ""
    breaks = verdict(title)
    yield f"{title.title}: {versions(title)}{f'; breaks {breaks}' if breaks else ''}{owners}"
    if title.error is not None:
        yield f"    {shown(str(title.error))}"
    if title.deprecation is not None and kind(title) != "removed":
        yield f"    {title.deprecation}"
    if title.through:
        yield f"    takes what changed in {', '.join(title.through)}"
    what, said = changes(title)
    for change in what:
        yield f"    {sentence(change)}"
    if said:
        yield f"    descriptions, examples: {len(said)} changed"
    for field in title.fields:
        name = field.pointer.replace("/properties/", ".").lstrip(".")
        yield f"    new field {name} ({field.type}): {field.description or 'no description'}"
    for conflict in title.table:
        yield f"    no table can follow, a new one begins: {conflict}"
    for item, reason in title.assessment.allowed if title.assessment else ():
        yield f"    allowed: {item.pointer or '/'}: {item.message} ({reason})"
    for text, witness in witnesses(title):
        yield f"    an event {text}: {excerpt(witness.event, witness.pointers or (witness.pointer,))}"
        yield f"        {'; '.join(witness.refusals)}"
