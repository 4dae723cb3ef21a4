"""Rows straight from the text of an event: a type of msgspec that is the table. What does not fit goes the careful way.

The type takes what needs no second look: each property in a column, integers without a fraction, times in UTC of six
digits at most. Its rows are those of `jsonschema_tools.tables.rows`, value for value; a property test says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal as Number
from typing import Annotated, Any

from jsonschema_tools.tables.rows import Row, is_rest
from jsonschema_tools.tables.scalars import scalar
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type

_ODD_TIME = re.compile(rb":\d\d(?:\.\d{7}|(?:\.\d+)?[+-]\d)")
"""A time with an offset, or of more digits than a column has, or something like that."""

_ESCAPE = b"\\u00"
_ODD_ESCAPE = re.compile(rb"\\u00(?:2[bBdDeE]|3[\daA]|[57][4aA])")
"""What may be part of a time, written as an escape. Few texts have any such escape, and to look for one takes less."""

_MOST_COLUMNS = 2000
_AS_THEY_ARE = (datetime, date, Number)

Fix = Callable[[Any], Any]


class QuickRows:
    """Reads rows of a table.

    Args:
        columns: those of the table.
        float_hook: makes numbers of their texts, in columns that take any JSON or decimals.
    """

    def __init__(self, columns: Struct, float_hook: Callable[[str], Any]) -> None:
        from msgspec import to_builtins
        from msgspec.json import Decoder

        self._count = 0
        self._to_builtins = to_builtins
        known = Struct(tuple(each for each in columns.fields if not is_rest(each)))
        self._rest = [index for index, each in enumerate(columns.fields) if is_rest(each)]
        self._fixes = [(each.name, fix) for each in known.fields if (fix := _fix(each.type)) is not None]
        self._has_times = _has(columns, Scalar.TIMESTAMP)
        self._decode = Decoder(self._struct(known), float_hook=float_hook).decode

    def read(self, text: bytes) -> tuple[Row, dict[str, Any]] | None:
        """The row of a valid event, and its values by name; ``None`` where the careful way has to look at it."""
        try:
            if self._has_times and (_ODD_TIME.search(text) or (_ESCAPE in text and _ODD_ESCAPE.search(text))):
                return None
            values: dict[str, Any] = self._to_builtins(self._decode(text), builtin_types=_AS_THEY_ARE)
            for name, fix in self._fixes:
                if values[name] is not None:
                    values[name] = fix(values[name])
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None
        if not self._rest:
            return tuple(values.values()), values
        row = list(values.values())
        for index in self._rest:
            row.insert(index, None)
        return tuple(row), values

    def _struct(self, type_: Struct) -> Any:
        from msgspec import defstruct

        self._count += len(type_.fields)
        if self._count > _MOST_COLUMNS:
            raise ValueError("the table has too many columns")
        fields: list[Any] = [(f"f{index}", self._type(each.type), None) for index, each in enumerate(type_.fields)]
        names = {f"f{index}": each.name for index, each in enumerate(type_.fields)}
        return defstruct("Quick", fields, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False)

    def _type(self, type_: Type) -> Any:
        from msgspec import Meta

        match type_:
            case Array(element):
                return list[self._type(element)] | None  # type: ignore[misc]
            case Map(value):
                return dict[str, self._type(value)] | None  # type: ignore[misc]
            case Struct():
                return self._struct(type_) | None
            case Scalar.INT64:
                return Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None
            case Decimal() | Scalar.JSON:
                return Any
        scalars: dict[Any, Any] = {Scalar.BOOLEAN: bool, Scalar.DOUBLE: float, Scalar.DATE: date}
        scalars[Scalar.TIMESTAMP] = Annotated[datetime, Meta(tz=True)]
        return scalars.get(type_, str) | None


def quick_rows(columns: Struct, float_hook: Callable[[str], Any]) -> QuickRows | None:
    """What reads rows of a table quickly, where that can be made."""
    try:
        return QuickRows(columns, float_hook)
    except (ValueError, TypeError, RecursionError):
        return None


def _has(type_: Type, wanted: Scalar) -> bool:
    match type_:
        case Array(inner) | Map(inner):
            return _has(inner, wanted)
        case Struct(fields):
            return any(_has(each.type, wanted) for each in fields)
    return type_ is wanted


def _fix(type_: Type) -> Fix | None:
    """What has to be done to a value that was read so; ``None`` where nothing has."""
    match type_:
        case Array(element):
            return _fix_items(_fix(element))
        case Map(element):
            return _fix_values(_fix(element))
        case Struct(fields):
            return _fix_struct([(each.name, fix) for each in fields if (fix := _fix(each.type)) is not None])
        case Decimal() | Scalar.JSON | Scalar.UUID:
            return scalar(type_)
    return None


def _fix_items(fix: Fix | None) -> Fix | None:
    if fix is None:
        return None
    return lambda value: [None if item is None else fix(item) for item in value]


def _fix_values(fix: Fix | None) -> Fix | None:
    if fix is None:
        return None
    return lambda value: {key: None if item is None else fix(item) for key, item in value.items()}


def _fix_struct(fixes: list[tuple[str, Fix]]) -> Fix | None:
    def fixed(value: dict[str, Any]) -> dict[str, Any]:
        for name, fix in fixes:
            if value[name] is not None:
                value[name] = fix(value[name])
        return value

    return fixed if fixes else None
