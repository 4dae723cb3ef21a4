"""Texts with U+0000, which PostgreSQL does not take, though other stores do.

No other value is beyond it: numbers of events have 4300 digits at most, and its ``numeric``, in jsonb too, has more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.types import Array, Map, Scalar, Struct, Type

_DOUBTFUL = rb"\u0000"


def misfit_of(columns: Struct, row: Row) -> Misfit | None:
    """The first value of a row that PostgreSQL does not take."""
    if _DOUBTFUL not in _encoder().encode(row):
        return None
    for field, value in zip(columns.fields, row, strict=True):
        for misfit in _misfits(field.type, value, f"/{escape_token(field.name)}"):
            return misfit
    return None


@cache
def _encoder() -> Any:
    from msgspec.json import Encoder

    return Encoder(decimal_format="number")


def _misfits(type_: Type, value: Any, pointer: str) -> Iterator[Misfit]:
    match type_, value:
        case _, None:
            return
        case Struct(fields), dict():
            for field in fields:
                yield from _misfits(field.type, value.get(field.name), f"{pointer}/{escape_token(field.name)}")
        case Array(element), list():
            for index, item in enumerate(value):
                yield from _misfits(element, item, f"{pointer}/{index}")
        case Map(inner), dict():
            for name, item in value.items():
                place = f"{pointer}/{escape_token(name)}"
                yield from _of_text(name, place)
                yield from _misfits(inner, item, place)
        case Scalar.JSON, str():
            yield from _of_json(json.loads(value), pointer)
        case _, str():
            yield from _of_text(value, pointer)


def _of_json(value: Any, pointer: str) -> Iterator[Misfit]:
    if isinstance(value, dict):
        for name, item in value.items():
            place = f"{pointer}/{escape_token(name)}"
            yield from _of_text(name, place)
            yield from _of_json(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _of_json(item, f"{pointer}/{index}")
    elif isinstance(value, str):
        yield from _of_text(value, pointer)


def _of_text(value: str, pointer: str) -> Iterator[Misfit]:
    if "\0" in value:
        yield Misfit("PostgreSQL takes no text with the character U+0000", pointer, "Leave the character out.")
