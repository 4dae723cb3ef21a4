"""What a query names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a query, its parts between dots, and where it begins: line and column, from 1 on."""

    parts: tuple[str, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Query:
    """What a statement names.

    Args:
        tables: the tables that it reads, apart from those that it makes itself by WITH.
        columns: its columns, with what stands before and behind the dots.
        own: names that it gives itself: to tables, to columns.
        aliases: other names of tables, by the other name.
        outputs: the names of the columns that it gives; ``None`` for one that is no query, ``""`` for no name.
        target: the table that it writes.
        everything: whether it names all columns at once, by ``*``.
    """

    tables: tuple[Name, ...]
    columns: tuple[Name, ...]
    own: frozenset[str]
    aliases: Mapping[str, str]
    outputs: tuple[str, ...] | None
    target: Name | None
    everything: bool = False
