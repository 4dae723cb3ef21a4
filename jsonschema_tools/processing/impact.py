"""What a change of a schema does to the tables of streams, and to the queries that read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jsonschema_tools.processing.model import EventTime
from jsonschema_tools.processing.names import Name, Query
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Added, Conflict, Kept, Widened
from jsonschema_tools.tables.types import Inside, Path, Struct, path_text, text


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A change of a column, in words; ``breaks`` who reads the column by the table of before."""

    path: Path
    words: str
    breaks: bool

    def __str__(self) -> str:
        return f"{path_text(self.path)} {self.words}"


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a query that names what has changed."""

    line: int
    column: int
    change: ColumnChange


@dataclass(frozen=True, slots=True)
class StreamImpact:
    """A stream that carries the title, and its table."""

    stream: str
    table: str


@dataclass(frozen=True, slots=True)
class JobImpact:
    """A stream that a job makes from others: its query, and where that names what breaks.

    ``unknown`` says why it is not known: a query that is not there, or that cannot be read.
    """

    stream: str
    query: str | None
    uses: tuple[Use, ...] = ()
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a version of a title changes, and for whom."""

    title: str
    old: str
    new: str
    changes: tuple[ColumnChange, ...]
    streams: tuple[StreamImpact, ...]
    jobs: tuple[JobImpact, ...]

    @property
    def breaks(self) -> bool:
        """Whether a job has to be changed, as far as can be told."""
        return any(job.uses or job.unknown for job in self.jobs) and any(each.breaks for each in self.changes)


def column_changes(before: Struct, after: Struct) -> list[ColumnChange]:
    """What events of ``after`` are to a table of ``before``, by path.

    Args:
        before: the columns that a job was written for: the fold of the versions until then.
        after: those of the new version alone.
    """
    folded = evolution(before, after)
    found = [ColumnChange(each.path, "is new", breaks=False) for each in folded.steps if isinstance(each, Added)]
    found += [
        ColumnChange(each.path, f"was {text(each.old)}, and is {text(each.new)}: a job reads some values no more", True)
        for each in folded.steps
        if isinstance(each, Widened)
    ]
    found += map(_kept, folded.kept)
    found += map(_conflict, folded.conflicts)
    return found


def _kept(kept: Kept) -> ColumnChange:
    if kept.new is None:
        return ColumnChange(kept.path, "is gone: null in new events", breaks=True)
    return ColumnChange(kept.path, f"was {text(kept.old)}, and is only {text(kept.new)}", breaks=False)


def _conflict(conflict: Conflict) -> ColumnChange:
    words = f"was {text(conflict.old)}, and is {text(conflict.new)}: no table takes both"
    return ColumnChange(conflict.path, words, breaks=True)


def uses(
    query: Query,
    columns: Mapping[str, Struct],
    changes: Mapping[str, Sequence[ColumnChange]],
    times: Mapping[str, EventTime | None],
) -> Iterator[Use]:
    """The places in a query that name something that has changed, and breaks.

    Args:
        query: the query.
        columns: the columns of each table that it reads.
        changes: the changes of tables, by their names.
        times: the time of the events of tables, by their names: who names its column names its field.
    """
    for name in query.columns:
        for table, path in _meant(name, query, columns):
            time = times.get(table)
            path = time.path or () if time is not None and path[0] == time.column else path  # noqa: PLW2901
            for change in changes.get(table, ()):
                if change.breaks and _touches(change.path, path):
                    yield Use(name.line, name.column, change)
    if query.everything:
        for read in query.tables:
            for change in changes.get(read.parts[0], ()):
                if change.breaks:
                    yield Use(read.line, read.column, change)


def _meant(name: Name, query: Query, columns: Mapping[str, Struct]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The tables and paths that a name may stand for."""
    first, *rest = name.parts
    table = query.aliases.get(first, first)
    if table in columns and rest:
        yield table, tuple(rest)
        return
    for each in query.tables:
        if each.parts[0] in columns:
            yield each.parts[0], name.parts


def _touches(changed: Path, named: tuple[str, ...]) -> bool:
    """Whether a change is of what is named, of a part of it, or of what it is a part of."""
    steps = [step for step in changed if not isinstance(step, Inside)]
    short = min(len(steps), len(named))
    return bool(short) and tuple(steps[:short]) == named[:short]
