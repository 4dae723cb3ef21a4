"""The answer to a query as text: a table for people, JSON or CSV for programs, row by row.

Values are plain data first: times in UTC as in `jst load --to jsonl:`, decimals with all digits, JSON as itself.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from typing import Any
from unicodedata import east_asian_width

from jsonschema_tools.reports.escaping import inert, readable, short, visible_json
from jsonschema_tools.reports.wording import counted
from jsonschema_tools.tables.rows import time_text

Row = Sequence[Any]
Plain = Callable[[Any], Any]

_WIDEST = 80
"""Characters of a value in a table for people."""

_RIGHT = ("INT", "DOUBLE", "FLOAT", "DECIMAL")


def table_lines(columns: Sequence[tuple[str, Any]], rows: Iterable[Row]) -> Iterator[str]:
    """A table for a terminal, line by line, and how many rows it has.

    Args:
        columns: the names of the columns, each with its type.
        rows: their values.
    """
    convert = [_plain(type_) for _, type_ in columns]
    cells = [[_cell(each(value)) for each, value in zip(convert, row, strict=True)] for row in rows]
    names = [_cell(name) for name, _ in columns]
    widths = [max(map(_width, column)) for column in zip(names, *cells, strict=True)]
    right = [any(word in str(type_) for word in _RIGHT) and str(type_)[-1:] != "]" for _, type_ in columns]
    for line in [names, ["-" * width for width in widths], *cells]:
        yield inert("  ".join(map(_padded, line, widths, right)).rstrip())
    yield f"({counted(len(cells), 'row')})"


def json_lines(columns: Sequence[tuple[str, Any]], rows: Iterable[Row]) -> Iterator[str]:
    """A JSON array of objects, a row on a line. Of columns with one name, later ones have a number, too."""
    convert = [_plain(type_) for _, type_ in columns]
    names = _unique([name for name, _ in columns])
    before = "["
    for row in rows:
        values = {name: each(value) for name, each, value in zip(names, convert, row, strict=True)}
        yield f"{before}{visible_json(_json(values))}"
        before = ","
    yield "]" if before == "," else "[]"


def csv_lines(columns: Sequence[tuple[str, Any]], rows: Iterable[Row]) -> Iterator[str]:
    """CSV by RFC 4180, the names first; null is empty, and nested values are JSON."""
    convert = [_plain(type_) for _, type_ in columns]
    yield _csv([name for name, _ in columns])
    for row in rows:
        yield _csv([_text(each(value)) for each, value in zip(convert, row, strict=True)])


FORMATS = {"table": table_lines, "json": json_lines, "csv": csv_lines}
"""By the name of the format, what gives the lines of an answer."""


def _csv(values: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()


def _plain(type_: Any) -> Plain:
    """What makes a value of a type of DuckDB, or null, plain data of JSON."""
    convert = _converted(type_)
    return lambda value: None if value is None else convert(value)


def _converted(type_: Any) -> Plain:
    kind = str(getattr(type_, "id", type_))
    if str(type_) == "JSON":
        return json.loads
    if kind not in ("struct", "list", "array", "map"):
        return _scalar
    children = dict(type_.children)
    if kind == "struct":
        fields = {name: _plain(each) for name, each in children.items()}
        return lambda value: {name: fields[name](item) for name, item in value.items()}
    if kind == "map":
        key, inner = _plain(children["key"]), _plain(children["value"])
        return lambda value: {_text(key(name)): inner(item) for name, item in value.items()}
    element = _plain(children["child"])
    return lambda value: [element(item) for item in value]


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return time_text(value.astimezone(UTC)) if value.tzinfo else time_text(value).removesuffix("Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str | int | float | Decimal) or value is None:
        return value
    return str(value)


def _text(value: Any) -> str:
    """A value as text: itself where it is one, nothing for null, else JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    """JSON on one line, with every digit of a decimal."""
    from msgspec.json import Encoder

    text: str = Encoder(decimal_format="number").encode(value).decode("utf-8")
    return text


def _cell(value: Any) -> str:
    text = "NULL" if value is None else _text(value)
    return readable(short(text, _WIDEST))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int, is_right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if is_right else text + space


def _unique(names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        number, unique = 1, name
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found[unique] = None
    return list(found)
