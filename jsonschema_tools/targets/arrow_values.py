"""Columns of Arrow of values as events have them: each as `jsonschema_tools.tables.scalars` converts it.

Times and UUIDs Arrow converts where all of them are written plainly; else they go value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.scalars import double, scalar, timestamp, uuid
from jsonschema_tools.tables.types import Decimal, Field, Scalar, Struct, Type
from jsonschema_tools.targets.arrow import arrow_type

_PLAIN_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
_PLAIN_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""Microseconds of the years 1 to 9999, counted from 1970."""

Build = Callable[[Sequence[Any]], Any]
"""From values, ``None`` for null, to an array; raises one of `UNFIT`."""


class Unfit(ValueError):
    """An event has a value that no column has."""


UNFIT = (ValueError, TypeError, OverflowError, RecursionError)
"""What is raised where one of the events has to go the careful way. Errors of Arrow are such, too."""


def as_it_is(type_: Type) -> Build:
    """What makes columns of values that Arrow takes as they are."""
    import pyarrow as pa

    arrow = arrow_type(type_)
    return lambda values: pa.array(values, arrow)


def careful(type_: Type) -> Build:
    """What makes columns of any values, one by one."""
    import pyarrow as pa

    arrow = arrow_type(type_)
    if isinstance(type_, Scalar | Decimal):
        convert = scalar(type_)
        return lambda values: pa.array([None if value is None else convert(value) for value in values], arrow)
    maker = RowMaker(Struct((Field("value", type_),)))

    def nested(value: Any) -> Any:
        row, left = maker.row({"value": value})
        if left:
            raise Unfit
        return row[0]

    return lambda values: pa.array([None if value is None else nested(value) for value in values], arrow)


def doubles(values: Sequence[Any]) -> Any:
    """A column of doubles."""
    import pyarrow as pa

    found = [value if type(value) is float or value is None else double(value) for value in values]
    return pa.array(found, pa.float64())


def times(values: Sequence[Any]) -> Any:
    """A column of instants."""
    import pyarrow as pa
    from pyarrow import compute

    type_, texts = arrow_type(Scalar.TIMESTAMP), pa.array(values, pa.string())
    if compute.all(compute.match_substring_regex(texts, _PLAIN_TIME)).as_py() is not False:
        try:
            found = compute.cast(texts, type_)
            least, most = compute.min_max(found.cast(pa.int64())).as_py().values()
            if least is None or (least >= _FIRST and most <= _LAST):
                return found
        except pa.ArrowInvalid:
            pass
    return pa.array([None if value is None else timestamp(value) for value in values], type_)


def uuids(values: Sequence[Any]) -> Any:
    """A column of UUIDs."""
    import pyarrow as pa
    from pyarrow import compute

    texts = compute.ascii_lower(pa.array(values, pa.string()))
    if compute.all(compute.match_substring_regex(texts, _PLAIN_UUID)).as_py() is not False:
        return texts
    return pa.array([None if value is None else uuid(value) for value in values], pa.string())


def offsets(values: Sequence[Any]) -> Any:
    """Where the parts of each value begin, and the last one's end; null for ``None``."""
    import pyarrow as pa

    at, found = 0, list[int | None]()
    for value in values:
        found.append(None if value is None else at)
        at += 0 if value is None else len(value)
    return pa.array([*found, at], pa.int32())
