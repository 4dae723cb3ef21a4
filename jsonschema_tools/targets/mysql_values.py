"""Rows as MariaDB and MySQL take them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row, nested_text
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type

_DEEPEST = 31
"""Levels of JSON that MariaDB takes (``JSON_DEPTH_LIMIT`` of its parser); MySQL takes 100."""

_LONGEST_NAME = 64
_WIDTH = re.compile(r"^(bigint)\(\d+\)$")


def column_name(name: str) -> str:
    """The name of a table or column, as the server has it."""
    return name[:_LONGEST_NAME]


def told_type(type_: str, *, is_mariadb: bool = False) -> str:
    """A type as the catalogue of a server tells it, whichever version that has; JSON is text in MariaDB."""
    text = _WIDTH.sub(r"\1", type_.lower())
    return {"boolean": "tinyint(1)", "json": "longtext" if is_mariadb else "json"}.get(text, text)


class RowWriter:
    """The statement that takes rows of a table, and its values for a row."""

    def __init__(self, table: Table) -> None:
        fields = table.columns.fields
        names = ", ".join(_quoted(each.name) for each in fields).replace("%", "%%")
        marks = ", ".join("%s" for _ in fields)
        self.statement = f"INSERT INTO {_quoted(table.name)} ({names}) VALUES ({marks})"
        self._converters = [(index, convert) for index, each in enumerate(fields) if (convert := _converter(each.type))]

    def values(self, row: Row) -> Sequence[Any]:
        """The values of a row, as PyMySQL writes them."""
        values = list(row)
        for index, convert in self._converters:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values


def misfit_of(columns: Struct, row: Row, *, is_mariadb: bool) -> Misfit | None:
    """The first value of a row that nests more deeply than the JSON of the server."""
    deepest = _DEEPEST if is_mariadb else 99
    for field, value in zip(columns.fields, row, strict=True):
        if value is None or not _may_be_deep(field.type, deepest):
            continue
        text = value if field.type is Scalar.JSON else nested_text(field.type)(value)
        # Brackets inside of texts count too: few values have so many, and only those are read again.
        if text.count("[") + text.count("{") > deepest and _depth(json.loads(text)) > deepest:
            message = f"the JSON of this server has at most {deepest} levels"
            return Misfit(
                message, f"/{escape_token(field.name)}", "Nest the value less deeply, or send it as a string."
            )
    return None


@cache
def _may_be_deep(type_: Type, deepest: int) -> bool:
    """Whether values of a type may have more levels of JSON: its own, and those of any JSON inside of it."""
    match type_:
        case Scalar():
            return type_ is Scalar.JSON
        case Array(inner) | Map(inner):
            return deepest < 1 or _may_be_deep(inner, deepest - 1)
        case Struct(fields):
            return deepest < 1 or any(_may_be_deep(each.type, deepest - 1) for each in fields)
    return False


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _converter(type_: Type) -> Callable[[Any], Any] | None:
    match type_:
        case Array() | Map() | Struct():
            return nested_text(type_)
        case Decimal():
            return lambda value: format(value, "f")
    return None


def _quoted(name: str) -> str:
    return "`" + column_name(name).replace("`", "``") + "`"
