"""What tables are made of, and how one becomes another."""

from __future__ import annotations

from dataclasses import dataclass, field

from jsonschema_tools.tables.types import Field, Path, Struct, Type


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a type that its schema leaves open: where, as a JSON Pointer, why, and what cures it."""

    pointer: str
    message: str
    cure: str


@dataclass(frozen=True, slots=True)
class Added:
    """A field that a version brings, and where: ``path`` is that of the field itself."""

    path: Path
    field: Field


@dataclass(frozen=True, slots=True)
class Widened:
    """A type that became one that holds all its values, and more."""

    path: Path
    old: Type
    new: Type


@dataclass(frozen=True, slots=True)
class Commented:
    """A field that is described otherwise."""

    path: Path
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that a version lacks, or narrows: the column stays as it is. ``new`` is the narrower type, if any."""

    path: Path
    old: Type
    new: Type | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change of type that no table can follow. ``pointer`` leads to the new schema."""

    path: Path
    old: Type
    new: Type
    pointer: str


Step = Added | Widened | Commented


@dataclass(frozen=True, slots=True)
class Evolution:
    """How the table ``before`` becomes ``after``: steps in order, and what stays though a version drops it."""

    before: Struct
    after: Struct
    steps: tuple[Step, ...] = ()
    kept: tuple[Kept, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The table of some versions of a title.

    Args:
        name: letters, digits and underscores.
        title: the title of its schemas.
        versions: the versions whose events it holds, in the order of SemVer.
        columns: the fold of their types.
        description: of the last of them.
        notes: about columns that hold JSON, of the last version.
        kept: what later versions dropped or narrowed.
        conflict: why the table is not the one of the versions before, if it is not the first of its title.
    """

    name: str
    title: str
    versions: tuple[str, ...]
    columns: Struct
    description: str = ""
    notes: tuple[Note, ...] = ()
    kept: tuple[Kept, ...] = ()
    conflict: tuple[Conflict, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Typed:
    """The columns of a schema; ``None`` where its events are no rows, and then the first note says why."""

    columns: Struct | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Types:
    """How types are chosen: with ``timestamps`` false, times stay strings; with ``wikimedia`` true as the converters of
    Wikimedia's Event Platform do it, which know numbers, times and nothing else, and no schema that leaves a type open.
    """

    timestamps: bool = True
    wikimedia: bool = False
