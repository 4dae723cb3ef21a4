"""The table of a title can follow the newest version.

Why: a column keeps its type for the rows that it has. Where a version changes the type to one that cannot hold them,
its events need another table, and every query over both is written twice.
Example: `tags` was an array of strings up to 1.2.0, and is a map in 2.0.0; an integer became a string.
Instead: keep the property as it is, and give the values of the new type a property of another name. New properties,
and an integer that becomes a number, are no conflict; a major version is free to break readers, and tables remain all
the same. Where a new table is what is meant, ignore this. Only the newest version is looked at, the current file where
it is ahead, with all versions before it: `jst table TITLE@current` shows the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jsonschema_tools.documents.values import Document
from jsonschema_tools.rules.compatibility.assessed import document, located, newest_of_all
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.repository import VersionPair

_REMEDY = "Keep the type, and give values of the new one a property of another name."


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    files = (*pair.earlier, pair.old, pair.new)
    versions = [(file.version, document(file, context)) for file in files]
    yield from located(conflicts(pair.title, versions), pair.new, context)


def conflicts(title: str, versions: Sequence[tuple[str, Document]]) -> Iterator[Problem]:
    """What the table of the versions of a title, in the order of SemVer, cannot follow in the last of them."""
    from jsonschema_tools.tables.titles import tables_of
    from jsonschema_tools.tables.types import path_text, text

    before, _ = tables_of(title, versions[:-1])
    after, without = tables_of(title, versions)
    if not before:
        return
    held, new = _span(before[-1].versions), versions[-1][0]
    if len(after) > len(before):
        for each in after[-1].conflict:
            change = f"{path_text(each.path)} is {text(each.new)}, and {text(each.old)} in the table of {held}"
            message = f"{each.pointer or '/'}: {change}: events of {new} need a new table, {after[-1].name}"
            yield Problem(message, each.pointer, _REMEDY)
    elif new not in after[-1].versions:
        why = without[-1].message.removeprefix(f"{new}: ")
        message = f"events of {new} are no rows: {why}; those of {held} have a table"
        yield Problem(message, "", without[-1].cure)


def _span(versions: tuple[str, ...]) -> str:
    return versions[0] if len(versions) == 1 else f"{versions[0]} to {versions[-1]}"


RULE = Rule(
    "table-conflict",
    Family.COMPATIBILITY,
    "the table of a title can follow the newest version",
    newest_of_all,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
