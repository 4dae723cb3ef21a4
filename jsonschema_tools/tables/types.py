"""The types that columns of tables have, whatever the engine: a tree of scalars, arrays, maps and structs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

PRECISION = 38
"""Digits of every decimal: what all engines with decimals have."""


class Scalar(Enum):
    """A type without parts. Integers have 64 bits, doubles are of IEEE 754, timestamps are microseconds in UTC."""

    BOOLEAN = "boolean"
    STRING = "string"
    INT64 = "int64"
    DOUBLE = "double"
    TIMESTAMP = "timestamp"
    DATE = "date"
    UUID = "uuid"
    JSON = "json"
    """Any JSON value, kept whole."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """Numbers of 38 digits, ``scale`` of them behind the point."""

    scale: int


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values of one type."""

    element: Type


@dataclass(frozen=True, slots=True)
class Map:
    """Values of one type by text keys."""

    value: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A named part of a struct. ``required`` says that every event of the newest version has it.

    ``pointer`` is where the schema declares it, as a JSON Pointer.
    """

    name: str
    type: Type
    description: str = ""
    required: bool = False
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Struct:
    """Fields in the order in which the schemas brought them."""

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of a name."""
        return next((field for field in self.fields if field.name == name), None)


Type: TypeAlias = Scalar | Decimal | Array | Map | Struct


def text(type_: Type) -> str:
    """A type in words: ``struct<a: int64 not null, b: array<string>, c: map<string,double>>``."""
    match type_:
        case Decimal(scale):
            return f"decimal({PRECISION},{scale})"
        case Array(element):
            return f"array<{text(element)}>"
        case Map(value):
            return f"map<string,{text(value)}>"
        case Struct(fields):
            parts = (f"{field.name}: {text(field.type)}{' not null' * field.required}" for field in fields)
            return f"struct<{', '.join(parts)}>"
    return type_.value


class Inside(Enum):
    """A step to a part that has no name: of an array, of a map."""

    ELEMENT = "element"
    VALUE = "value"


Path: TypeAlias = tuple[str | Inside, ...]
"""Where a type stands in a table: names of fields, and steps into arrays and maps."""


def path_text(path: Path) -> str:
    """A path as people read it: ``meta.tags[].name``, ``prices{}``."""
    marks = {Inside.ELEMENT: "[]", Inside.VALUE: "{}"}
    parts = (marks[step] if isinstance(step, Inside) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def structs(type_: Type, path: Path = ()) -> Iterator[tuple[Path, Struct]]:
    """Every struct in a type, with its path."""
    match type_:
        case Struct(fields):
            yield path, type_
            for field in fields:
                yield from structs(field.type, (*path, field.name))
        case Array(element):
            yield from structs(element, (*path, Inside.ELEMENT))
        case Map(value):
            yield from structs(value, (*path, Inside.VALUE))


def plain(type_: Type) -> Type:
    """A type without what its fields say of themselves."""
    match type_:
        case Struct(fields):
            return Struct(tuple(Field(each.name, plain(each.type)) for each in fields))
        case Array(element):
            return Array(plain(element))
        case Map(value):
            return Map(plain(value))
    return type_
