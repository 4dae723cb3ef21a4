"""Every current file can be materialized.

Why: what cannot be materialized cannot be released, and the other rules cannot judge it.
Example: a `$ref` that leads nowhere, or to the version that the file itself is about to become; parts of an `allOf`
that contradict each other.
Instead: correct the place that the message names. `jst materialize --dry-run` says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.errors import RetrievalError, SchemaToolsError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.repository import near_reference
from jsonschema_tools.rules.subjects import current_files


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    try:
        context.materialize(file)
    except RetrievalError as error:
        near = None if error.down else near_reference(error.uri, context.collection.titles)
        raise error.replaced(remedy=near or error.remedy) from error
    circle = _circle((file,), context, set())
    if circle:
        names = " -> ".join(f"{each.title} {each.version}" for each in circle)
        remedy = "Refer to an earlier, released version in one of them."
        yield Problem(f"schemas refer to each other in a circle: {names}", remedy=remedy)


def _circle(way: tuple[SchemaFile, ...], context: Context, seen: set[Path]) -> tuple[SchemaFile, ...]:
    """The way on from current files to the first of them, by the versions that they are about to become."""
    for path in sorted(context.read(way[-1])):
        current = _current_of(path, context)
        if current is None or current.path in seen:
            continue
        if current.path == way[0].path:
            return (*way, current)
        seen.add(current.path)
        with suppress(SchemaToolsError):
            context.materialize(current)
            if found := _circle((*way, current), context, seen):
                return found
    return ()


def _current_of(path: Path, context: Context) -> SchemaFile | None:
    """The current file whose version a version file is of."""
    currents = (file for file in context.collection.files_in(path.parent) if file.is_current)
    return next((current for current in currents if current.version == path.stem), None)


RULE = Rule(
    "current-can-be-materialized",
    Family.STRUCTURE,
    "every current file can be materialized",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
