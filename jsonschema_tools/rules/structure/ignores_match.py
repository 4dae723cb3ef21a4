"""Every comment `jst: ignore` names a rule and a reason, and ignores something.

Why: a comment that ignores nothing is misspelt, or left over, and will one day hide what it should not.
Example: `# jst: ignore[fields-are-describd] told in the wiki`; one without a reason.
Instead: `# jst: ignore[fields-are-described] told in the wiki` behind the line of the finding, or
alone on the line above.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.ignores import Ignore, ignores
from jsonschema_tools.rules.model import Context, Family, Place, Problem, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.selection import unknown
from jsonschema_tools.rules.subjects import of_file, of_titles


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if context.runs is None:
        return
    for title in collection.titles:
        if title.current is not None and any(True for _ in ignores(context.lines(title.current.path))):
            yield of_file(title.current, title.name)


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    assert context.runs is not None
    found = context.runs.found()
    was_run = {each.rule.id for each in found.checks}
    for ignore in ignores(context.lines(file.path)):
        used = {rule for path, line, rule in found.ignored if (path, line) == (file.path, ignore.line)}
        for message, remedy in _wrong(ignore, context, was_run - used):
            yield Problem(message, "", remedy, place=Place(file.path, ignore.line))


def _wrong(ignore: Ignore, context: Context, unused: set[str]) -> Iterator[tuple[str, str | None]]:
    """What is wrong with a comment, and the cure; ``unused`` are the rules of this run that it ignores nothing of."""
    if not ignore.rules:
        yield "the comment names no rule, so it ignores nothing", _REMEDY
    elif not ignore.reason:
        yield "the comment gives no reason, so it ignores nothing", _REMEDY
    for rule in ignore.rules:
        if rule not in context.rules:
            yield f"there is no rule {rule!r}", unknown("", rule, context.rules).remedy
        elif ignore.reason and rule in unused:
            yield f"the comment ignores nothing: {rule} finds nothing in line {ignore.about}", "Remove the comment."


_REMEDY = "Write `# jst: ignore[RULE] REASON`."


RULE = Rule(
    "ignores-match",
    Family.STRUCTURE,
    "every comment `jst: ignore` names a rule and a reason, and ignores something",
    subjects,
    check,
    severity=Severity.WARNING,
    after_others=True,
)
