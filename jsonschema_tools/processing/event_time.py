"""Which field of a stream's events says when they happened."""

from __future__ import annotations

from collections.abc import Sequence

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.processing.model import METADATA, EventTime
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.types import Field, Scalar, Struct, path_text

KAFKA = "kafka"
"""What stands for the time that Kafka has of a message."""

_USUAL = (("dt",), ("meta", "dt"))
"""When something happened, else when it came in. Source: Wikimedia's guidelines for event schemas."""

_COLUMNS = ("event_time", "row_time", "jst_event_time")


def event_time(
    table: Table, versions: Sequence[Struct], asked: str | None = None, *, kafka: bool = True
) -> EventTime | None:
    """The time of the events of a table: the field asked for, else `dt`, else `meta.dt`, else the time of Kafka.

    ``None`` where the events are in files and have no time. Raises `UsageError` for a field that is no time.

    Args:
        table: the table of the stream.
        versions: the columns of each version of which there may be events.
        asked: the path of a field, ``meta.dt``, or ``kafka``.
        kafka: whether the events are in Kafka.
    """
    column = next(name for name in _COLUMNS if table.columns.field(name) is None)
    if asked == KAFKA:
        if not kafka:
            raise UsageError("events in files have no time of Kafka", remedy="Name a field: --event-time dt.")
        return EventTime(None, True, column)
    if asked is not None:
        path = tuple(asked.split("."))
        _check_time(table, path)
        return EventTime(path, _always(path, versions), column)
    for path in _USUAL:
        if _type_at(table.columns, path) is Scalar.TIMESTAMP:
            return EventTime(path, _always(path, versions), column)
    return EventTime(None, True, column) if kafka else None


def times(columns: Struct, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all times outside of arrays and maps."""
    found = []
    for each in columns.fields:
        if each.type is Scalar.TIMESTAMP:
            found.append((*path, each.name))
        elif isinstance(each.type, Struct):
            found += times(each.type, (*path, each.name))
    return found


def taken_names(table: Table, time: EventTime | None, *, kafka: bool) -> list[str]:
    """The columns that a table has beside those of its events. Raises `SchemaToolsError` where an event has one."""
    added = [*(METADATA if kafka else ()), *([time.column] if time else ())]
    for name in added:
        if table.columns.field(name) is not None:
            raise SchemaToolsError(
                f"{table.title} has a field {name!r}, which is the name of a column that says where an event was read",
                remedy="Give the property another name.",
            )
    return added


def _check_time(table: Table, path: tuple[str, ...]) -> None:
    found = _type_at(table.columns, path)
    if found is Scalar.TIMESTAMP:
        return
    known = [path_text(each) for each in times(table.columns)]
    remedy = f"Times: {', '.join(known)}." if known else "It has no field of format date-time: --event-time kafka."
    why = "no such field" if found is None else "no time (format: date-time)"
    raise UsageError(f"{table.title}: {path_text(path)!r} is {why}", remedy=remedy)


def _always(path: tuple[str, ...], versions: Sequence[Struct]) -> bool:
    return all(_is_required(path, columns) for columns in versions)


def _is_required(path: tuple[str, ...], columns: Struct) -> bool:
    type_: object = columns
    for name in path:
        field = type_.field(name) if isinstance(type_, Struct) else None
        if field is None or not field.required:
            return False
        type_ = field.type
    return True


def _type_at(columns: Struct, path: tuple[str, ...]) -> object:
    field: Field | None = None
    type_: object = columns
    for name in path:
        field = type_.field(name) if isinstance(type_, Struct) else None
        if field is None:
            return None
        type_ = field.type
    return type_
