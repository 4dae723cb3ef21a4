"""What each column of a sink is filled with: what the query gives, and what every event has."""

from __future__ import annotations

from difflib import get_close_matches

from jsonschema_tools.errors import UsageError
from jsonschema_tools.processing.model import Sink
from jsonschema_tools.tables.dialects.flink import type_text
from jsonschema_tools.tables.dialects.sql import literal, quoted
from jsonschema_tools.tables.types import Field, Path, Scalar, Struct, path_text, structs

_ID = ("meta", "id")
_TIMES = (("dt",), ("meta", "dt"))


def filled(sink: Sink, given: list[str]) -> dict[str, str]:
    """The expression for each column of a sink, by name.

    Args:
        sink: the stream.
        given: the columns of the query.

    Raises `UsageError` for a column of the query that the schema lacks, for one that the schema requires and nobody
    gives, and for one that Flink cannot write.
    """
    columns = sink.table.columns
    for name in given:
        if columns.field(name) is None:
            near = get_close_matches(name, [each.name for each in columns.fields], n=1)
            known = ", ".join(each.name for each in columns.fields)
            raise UsageError(
                f"the query has a column {name!r}, which {sink.schema_uri} lacks",
                remedy=f"Did you mean {near[0]!r}?" if near else f"Give it a name by AS. Columns: {known}.",
            )
    filling = _Filling(sink, given)
    found = {each.name: filling.column(each) for each in columns.fields}
    if filling.missing:
        raise UsageError(
            f"{sink.schema_uri} requires {', '.join(filling.missing)}, which the query does not give",
            remedy="Give the query such a column, by AS.",
        )
    return found


class _Filling:
    def __init__(self, sink: Sink, given: list[str]) -> None:
        self._sink, self._given = sink, given
        self.missing: list[str] = []

    def column(self, field: Field) -> str:
        if field.name not in self._given:
            return self._value(field, (field.name,)) or f"CAST(NULL AS {type_text(field.type, comments=False)})"
        for path, struct in [*structs(field.type, (field.name,)), ((), Struct((field,)))]:
            self._check_json(path, struct)
        return f"`query`.{quoted(field.name, '`')}"

    def _check_json(self, path: Path, struct: Struct) -> None:
        for each in struct.fields:
            if each.type is Scalar.JSON:
                raise UsageError(
                    f"{path_text((*path, each.name))} of {self._sink.schema_uri} holds any JSON: Flink writes text",
                    remedy="Give it one type in the schema, or leave it out of the query.",
                )

    def _value(self, field: Field, path: tuple[str, ...], *, needed: bool = True) -> str | None:
        """What a column has that the query does not give; ``None`` for null."""
        type_ = type_text(field.type, comments=False)
        needed = needed and field.required
        if path == self._sink.schema_field:
            return f"CAST({literal(self._sink.schema_uri)} AS {type_})"
        if path == self._sink.stream_field:
            return f"CAST({literal(self._sink.stream)} AS {type_})"
        if path == _ID:
            return f"CAST(UUID() AS {type_})"
        if path in _TIMES and field.type is Scalar.TIMESTAMP:
            return f"CAST(CURRENT_TIMESTAMP AS {type_})"
        if isinstance(field.type, Struct) and (needed or self._has_own(path)):
            inner = [
                self._value(each, (*path, each.name), needed=needed)
                or f"CAST(NULL AS {type_text(each.type, comments=False)})"
                for each in field.type.fields
            ]
            return f"CAST(ROW({', '.join(inner)}) AS {type_})"
        if needed:
            self.missing.append(path_text(path))
        return None

    def _has_own(self, path: tuple[str, ...]) -> bool:
        """Whether something that every event has stands in a struct."""
        own = (self._sink.schema_field, self._sink.stream_field, _ID, *_TIMES)
        return any(each[: len(path)] == path for each in own)
