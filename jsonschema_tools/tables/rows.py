"""An event as a row of its table: value by value, and what no column has.

A row is a tuple of the values of the columns, ``None`` for null and for what is absent. Nested values are lists and
dicts of such values: every field of a struct is there, keys of maps are those of the event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.tables.scalars import Convert, Misfit, json, scalar
from jsonschema_tools.tables.types import Array, Decimal, Field, Inside, Map, Path, Scalar, Struct, Type, path_text

Row: TypeAlias = tuple[Any, ...]


REST = Field("_rest", Scalar.JSON, "Values that no column has, by their JSON Pointers.")
"""The column for what no other one has. No schema declares it, so it has no pointer."""


def is_rest(column: Field) -> bool:
    """Whether a column is the one for what no other one has."""
    return column.name == REST.name and not column.pointer


class Left(NamedTuple):
    """A value that no column has: the path of the property as people read it, its JSON Pointer, and the value."""

    path: str
    pointer: str
    value: Any


class RowMaker:
    """Makes rows of a table of the events of its title. Make one for a table and keep it.

    Args:
        columns: those of the table.
    """

    def __init__(self, columns: Struct) -> None:
        self.columns = columns
        self._left = False
        known = [each for each in columns.fields if not is_rest(each)]
        self._known = Struct(tuple(known))
        self._rest = next((index for index, each in enumerate(columns.fields) if is_rest(each)), None)
        self._fields = [(each.name, escape_token(each.name), self._convert(each.type)) for each in known]
        self._names = frozenset(each.name for each in known)

    def row(self, event: Mapping[str, Any]) -> tuple[Row, tuple[Left, ...]]:
        """The row of a valid event, and what it leaves out. Raises `Misfit` for a value that a column cannot hold."""
        self._left = not self._names.issuperset(event)
        get = event.get
        values = []
        for name, token, convert in self._fields:
            value = get(name)
            if value is not None:
                try:
                    value = convert(value)
                except Misfit as misfit:
                    raise misfit.inside(token) from None
            values.append(value)
        if self._rest is not None:
            values.insert(self._rest, None)
        return tuple(values), tuple(left_out(self._known, event)) if self._left else ()

    def with_rest(self, row: Row, left: Iterable[Left]) -> Row:
        """The row with what it leaves out in the column for that, where the table has one."""
        if self._rest is None:
            return row
        rest = json({each.pointer: each.value for each in left})
        return (*row[: self._rest], rest, *row[self._rest + 1 :])

    def _convert(self, type_: Type) -> Convert:
        match type_:
            case Array(element):
                return _array(self._convert(element))
            case Map(value):
                return _map(self._convert(value))
            case Struct():
                return self._struct(type_)
        return scalar(type_)

    def _struct(self, type_: Struct) -> Convert:
        fields = [(each.name, escape_token(each.name), self._convert(each.type)) for each in type_.fields]
        names = frozenset(each.name for each in type_.fields)

        def convert(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise _no(value, "an object")
            if not names.issuperset(value):
                self._left = True
            found = {}
            for name, token, inner in fields:
                item = value.get(name)
                if item is not None:
                    try:
                        item = inner(item)
                    except Misfit as misfit:
                        raise misfit.inside(token) from None
                found[name] = item
            return found

        return convert


def _array(convert: Convert) -> Convert:
    def of_list(value: Any) -> list[Any]:
        if type(value) is not list:
            raise _no(value, "an array")
        try:
            return [item if item is None else convert(item) for item in value]
        except Misfit:
            return [_inside(convert, item, str(index)) for index, item in enumerate(value)]

    return of_list


def _map(convert: Convert) -> Convert:
    def of_map(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise _no(value, "an object")
        try:
            return {key: item if item is None else convert(item) for key, item in value.items()}
        except Misfit:
            return {key: _inside(convert, item, escape_token(key)) for key, item in value.items()}

    return of_map


def _inside(convert: Convert, item: Any, token: str) -> Any:
    """The value again, to say where it does not fit."""
    try:
        return item if item is None else convert(item)
    except Misfit as misfit:
        raise misfit.inside(token) from None


def _no(value: Any, wanted: str) -> Misfit:
    return Misfit(
        f"the column takes {wanted}, and this is none",
        remedy="Release the version by which this is valid, so that the table knows of it.",
    )


def left_out(type_: Type, value: Any, path: Path = (), pointer: str = "") -> Iterator[Left]:
    """What of a value no column has, in the order of the event; null is absent, and so never left out."""
    match type_:
        case Struct() if isinstance(value, dict):
            known = {each.name: each.type for each in type_.fields}
            for name, item in value.items():
                place = f"{pointer}/{escape_token(name)}"
                if name in known:
                    yield from left_out(known[name], item, (*path, name), place)
                elif item is not None:
                    yield Left(path_text((*path, name)), place, item)
        case Array(element) if isinstance(value, list):
            for index, item in enumerate(value):
                yield from left_out(element, item, (*path, Inside.ELEMENT), f"{pointer}/{index}")
        case Map(inner) if isinstance(value, dict):
            for name, item in value.items():
                yield from left_out(inner, item, (*path, Inside.VALUE), f"{pointer}/{escape_token(name)}")


def millisecond_text(value: datetime) -> str:
    """An instant as portable events have it: UTC, three digits of a second, what is behind them cut."""
    return f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def portable(type_: Type, time: Callable[[datetime], str] = millisecond_text) -> Callable[[Any], Any]:
    """What makes values of a row plain data for JSON, each kind of value in one spelling; JSON is itself.

    Args:
        type_: the type of the values.
        time: how instants are spelled.
    """
    match type_:
        case Array(element):
            inner = portable(element, time)
            return lambda value: [None if item is None else inner(item) for item in value]
        case Map(element):
            inner = portable(element, time)
            return lambda value: {key: None if item is None else inner(item) for key, item in value.items()}
        case Struct(fields):
            return _portable_struct([(each.name, portable(each.type, time)) for each in fields])
        case Scalar.TIMESTAMP:
            return time
        case Scalar.DATE:
            return lambda value: value.isoformat()
        case Scalar.JSON:
            return _raw
        case Decimal() | Scalar():
            return lambda value: value


def _portable_struct(fields: list[tuple[str, Callable[[Any], Any]]]) -> Callable[[Any], Any]:
    def convert(value: dict[str, Any]) -> dict[str, Any]:
        return {name: inner(item) for name, inner in fields if (item := value[name]) is not None}

    return convert


def time_text(value: datetime) -> str:
    """An instant as JSON has it: UTC, three digits of a second, six where those say more."""
    precision = "microseconds" if value.microsecond % 1000 else "milliseconds"
    return f"{value.replace(tzinfo=None).isoformat(timespec=precision)}Z"


def _raw(text: str) -> Any:
    from msgspec import Raw

    return Raw(text.encode("utf-8"))


def nested_text(type_: Type) -> Callable[[Any], str]:
    """What makes nested values of a row JSON text, for stores that keep them so."""
    convert = portable(type_, time_text)
    return lambda value: json(convert(value))
