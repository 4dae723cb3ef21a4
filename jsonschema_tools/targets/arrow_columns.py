"""Columns of Arrow straight from events that were read by a shape, a column at a time.

What a column takes as it was read, Arrow converts; times and UUIDs it converts where all of them are written plainly;
all else is converted by `jsonschema_tools.tables.scalars`, value by value. So the rows are those of
`jsonschema_tools.tables.rows`, as a property test says, or there are none: then each event goes that way by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any, get_args, get_origin

from jsonschema_tools.events.shape_reader import TAG
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.scalars import Misfit, double, scalar, timestamp, uuid
from jsonschema_tools.tables.types import Array, Decimal, Field, Map, Scalar, Struct, Type
from jsonschema_tools.targets.arrow import arrow_type

_PLAIN_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
_PLAIN_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""Microseconds of the years 1 to 9999, counted from 1970."""

Build = Callable[[Sequence[Any]], Any]
"""From values, ``None`` for null, to an array; raises one of `UNFIT`."""


class Unfit(ValueError):
    """An event has a value that no column has."""


UNFIT = (ValueError, TypeError, OverflowError, Misfit)
"""What is raised where one of the events has to go the careful way. Errors of Arrow are such, too."""


class NoColumns(Exception):
    """Events of the shape cannot be taken so."""


class ShapedColumns:
    """Makes batches of events of one shape.

    Args:
        shape: the type of the events, that of a whole shape.
        columns: those of the table.

    Raises `NoColumns`.
    """

    def __init__(self, shape: type, columns: Struct) -> None:
        import pyarrow as pa

        self._schema = pa.schema([*arrow_type(columns)])
        self._fields = _fields(shape, columns)

    def batch(self, events: Sequence[Any]) -> Any:
        """The events as a record batch. Raises one of `UNFIT` where one of them has to go the careful way."""
        import pyarrow as pa

        return pa.RecordBatch.from_arrays([build(events) for build in self._fields], schema=self._schema)


def _fields(shape: type, columns: Struct) -> list[Build]:
    """What makes the columns of a struct of events or of parts of events, none of which is ``None``."""
    from msgspec.structs import fields

    known: dict[str, Any] = {each.encode_name: each for each in fields(shape)}
    tag: Any = shape.__struct_config__.tag  # type: ignore[attr-defined]
    if tag is not None:
        known[TAG] = None
    if not known.keys() <= {each.name for each in columns.fields}:
        raise NoColumns
    return [
        _nulls(each.type)
        if each.name not in known
        else _constant(tag, each.type)
        if known[each.name] is None
        else _of_field(known[each.name], each.type)
        for each in columns.fields
    ]


def _nulls(type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)
    return lambda events: pa.nulls(len(events), arrow)


def _constant(text: str, type_: Type) -> Build:
    import pyarrow as pa

    if type_ is not Scalar.STRING:
        raise NoColumns
    return lambda events: pa.repeat(pa.scalar(text, pa.string()), len(events))


def _of_field(field: Any, type_: Type) -> Build:
    """What makes a column of a field of structs."""
    import pyarrow as pa
    from msgspec import UNSET

    get, build, arrow = attrgetter(field.name), _builder(field.type, type_), arrow_type(type_)
    if field.default is UNSET:
        return lambda events: build([None if value is UNSET else value for value in map(get, events)])
    if field.required:
        return lambda events: build([*map(get, events)])

    def optional(events: Sequence[Any]) -> Any:
        values = [*map(get, events)]
        # Most of what is optional is absent.
        return pa.nulls(len(values), arrow) if values.count(None) == len(values) else build(values)

    return optional


def _builder(part: Any, type_: Type) -> Build:
    """What makes a column of values that were read by a part of a shape."""
    if get_origin(part) is Annotated:
        part = get_args(part)[0]
    inner = get_args(part)
    match type_:
        case Struct() if hasattr(part, "__struct_config__"):
            return _struct(part, type_)
        case Array(element) if get_origin(part) is list:
            return _list(_builder(inner[0], element), type_)
        case Map(value) if get_origin(part) is dict:
            return _map(_builder(inner[1], value), type_)
    known = {
        (str, Scalar.STRING): _as_it_is(type_),
        (Any, Scalar.STRING): _as_it_is(type_),
        (bool, Scalar.BOOLEAN): _as_it_is(type_),
        (int, Scalar.INT64): _as_it_is(type_),
        (str, Scalar.TIMESTAMP): _times,
        (str, Scalar.UUID): _uuids,
        (Any, Scalar.DOUBLE): _doubles,
    }
    if isinstance(type_, Scalar) and (part, type_) in known:
        return known[part, type_]
    if not _is_plain(part):
        raise NoColumns
    return _careful(type_)


def _is_plain(part: Any) -> bool:
    """Whether values of a part of a shape are what JSON is read as without a type."""
    if get_origin(part) is Annotated:
        part = get_args(part)[0]
    if get_origin(part) in (list, dict):
        return all(map(_is_plain, get_args(part)))
    return part in (Any, str, int, bool, None, type(None))


def _as_it_is(type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)
    return lambda values: pa.array(values, arrow)


def _careful(type_: Type) -> Build:
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


def _doubles(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    found = [value if type(value) is float or value is None else double(value) for value in values]
    return pa.array(found, pa.float64())


def _times(values: Sequence[Any]) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    type_, texts = arrow_type(Scalar.TIMESTAMP), pa.array(values, pa.string())
    if compute.all(compute.match_substring_regex(texts, _PLAIN_TIME)).as_py() is not False:
        try:
            times = compute.cast(texts, type_)
            least, most = compute.min_max(times.cast(pa.int64())).as_py().values()
            if least is None or (least >= _FIRST and most <= _LAST):
                return times
        except pa.ArrowInvalid:
            pass
    return pa.array([None if value is None else timestamp(value) for value in values], type_)


def _uuids(values: Sequence[Any]) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    texts = compute.ascii_lower(pa.array(values, pa.string()))
    if compute.all(compute.match_substring_regex(texts, _PLAIN_UUID)).as_py() is not False:
        return texts
    return pa.array([None if value is None else uuid(value) for value in values], pa.string())


def _struct(part: type, type_: Struct) -> Build:
    import pyarrow as pa

    builds, arrow = _fields(part, type_), arrow_type(type_)
    fields = [arrow.field(index) for index in range(arrow.num_fields)]

    def build(values: Sequence[Any]) -> Any:
        there = [value for value in values if value is not None]
        if not fields:
            return pa.array([None if value is None else {} for value in values], arrow)
        found = pa.StructArray.from_arrays([make(there) for make in builds], fields=fields)
        return found if len(there) == len(values) else found.take(_places(values))

    return build


def _places(values: Sequence[Any]) -> Any:
    """For each value where it stands among those that are not ``None``; null for ``None``."""
    import pyarrow as pa

    place, places = -1, list[int | None]()
    for value in values:
        place += value is not None
        places.append(None if value is None else place)
    return pa.array(places, pa.int32())


def _offsets(values: Sequence[Any]) -> Any:
    """Where the parts of each value begin, and the last one's end; null for ``None``."""
    import pyarrow as pa

    at, offsets = 0, list[int | None]()
    for value in values:
        offsets.append(None if value is None else at)
        at += 0 if value is None else len(value)
    return pa.array([*offsets, at], pa.int32())


def _list(build_items: Build, type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)

    def build(values: Sequence[Any]) -> Any:
        items = [*chain.from_iterable(value for value in values if value is not None)]
        return pa.ListArray.from_arrays(_offsets(values), build_items(items), type=arrow)

    return build


def _map(build_items: Build, type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)

    def build(values: Sequence[Any]) -> Any:
        there = [value for value in values if value is not None]
        keys = pa.array([*chain.from_iterable(there)], pa.string())
        items = build_items([*chain.from_iterable(value.values() for value in there)])
        return pa.MapArray.from_arrays(_offsets(values), keys, items, type=arrow)

    return build
