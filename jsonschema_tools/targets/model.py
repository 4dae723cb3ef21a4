"""What a table target is: a store that takes rows, and in the same step how far the sources were read.

How a load uses a target, all on one thread:

1. ``open``: connect, take the lock, remove what a killed run left, and say what is there: `Stored`.
2. ``prepare``, once before the first rows of a table, and again when a table has to grow.
3. ``commit``, once for each batch: the rows of all tables and the progress, all of it or nothing.
4. ``close``, whatever happened.

A target that is killed at any moment has, after the next ``open``, the rows of exactly the commits whose progress
``Stored`` tells. That is all that "exactly once" needs: the load reads its sources on from there.

Values of rows are those of `jsonschema_tools.tables.rows`: columns as in ``Table.columns``, ``datetime`` in UTC,
``Decimal`` with the scale of its type, JSON as text, nested values as lists and dicts. Tables are remembered by
`jsonschema_tools.tables.stored.as_data` in a table ``_jst_tables`` (or in the manifest, or as a property), since an
engine does not remember their types as we know them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit

Progress = Mapping[str, str]
"""How far things are, as texts of JSON by their names: sources by their path, the files of refused events. Targets
keep them and never look into them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a target has: our tables by their names, and the progress of the last commit."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    progress: Progress = field(default_factory=dict)


@dataclass(slots=True)
class TableRows:
    """The rows of a table in a batch.

    ``keys`` is empty, or has for each row what it is known by, as bytes (UTF-8), or ``None`` for a row that is kept in
    any case. The target drops a row whose key it has, or an earlier row of the batch has.

    ``arrow`` has record batches of Arrow instead of ``rows``, for a target that takes them.
    """

    table: Table
    rows: list[Row] = field(default_factory=list)
    keys: list[bytes | None] = field(default_factory=list)
    arrow: list[Any] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows) or sum(batch.num_rows for batch in self.arrow)


class TableTarget(Protocol):
    """A store of tables. What goes wrong is raised as a `TargetError`, and then nothing of the commit is there."""

    keys_across_runs: bool
    """Whether keys of earlier commits are known, or only those of the batch."""

    takes_arrow: bool
    """Whether `commit` is to be given batches of Arrow, of the columns that `jsonschema_tools.targets.arrow` makes.

    Rows are taken in any case, and such a target takes every row: it is not asked for a `misfit`.
    """

    def open(self) -> Stored:
        """Connect, take the lock that keeps other loaders out, and say what is there."""

    def prepare(self, table: Table) -> Table:
        """Make the table, or make the one that is there one that takes its rows; return the table as it is now.

        That is `jsonschema_tools.tables.stored.change`: it has all columns of ours that are there, also those of newer
        versions, and rows are made of it. Columns and indexes of other people are left alone. Raises `TargetError`
        where a column of ours is missing or has another type, with the difference.
        """

    def misfit(self, table: Table, row: Row) -> Misfit | None:
        """What keeps this store, and not every other one, from a row."""

    def commit(self, batch: Sequence[TableRows], progress: Progress) -> Mapping[str, int]:
        """Store the rows, and the progress (the names that it has; others stay), in one step.

        Returns how many rows were stored, by the names of the tables.
        """

    def close(self) -> None:
        """Let go of the store and of the lock. Nothing that was not committed is there afterwards."""


class TargetError(SchemaToolsError):
    """A target cannot be used, or failed: the progress is that of the last commit."""


def columns_differ(target: str, table: str, differences: Sequence[str]) -> TargetError:
    """The error of a table whose columns are not those that it was given."""
    return TargetError(
        f"the table {table} was changed: {'; '.join(differences)}",
        source=target,
        remedy="Change it back, or rename it: then a new one is made, and loaded by `--again`.",
    )


def check_columns(target: str, table: Table, found: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Raise `TargetError` where a store lacks a column of a table, or has it with another type.

    Args:
        target: the store, as people name it.
        table: the table.
        found: the types of the columns that are there, as the engine writes them, by name.
        wanted: the types that they have to have, written so.
    """
    differences = [
        f"the column {name} is missing" if name not in found else f"the column {name} is {found[name]}, not {type_}"
        for name, type_ in wanted.items()
        if found.get(name) != type_
    ]
    if differences:
        raise columns_differ(target, table.name, differences)
