"""The columns of a table as a schema of Iceberg, and what makes a table grow."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.tables.dialects import iceberg as dialect
from jsonschema_tools.tables.dialects.sql import refused
from jsonschema_tools.tables.model import Added, Evolution, Table, Widened
from jsonschema_tools.tables.types import Inside, Path, Struct


def schema_of(columns: Struct, table: str) -> Any:
    """The schema; a catalog gives its fields ids of its own."""
    from pyiceberg.schema import Schema

    return Schema.model_validate(dialect.schema_data(columns, table))


def check_growth(table: Table, evolution: Evolution) -> None:
    """Raise `SchemaToolsError` where a type would become wider: the format has no such change of our types."""
    for step in evolution.steps:
        if isinstance(step, Widened):
            raise refused("Iceberg", table, step).replaced(
                remedy="Rename the table that is there: then a new one is made, and loaded by `--again`."
            )


def grow(update: Any, evolution: Evolution) -> None:
    """Put the steps of an evolution into an ``UpdateSchema`` of pyiceberg."""
    for step in evolution.steps:
        if isinstance(step, Added):
            [found] = schema_of(Struct((step.field,)), "").fields
            update.add_column(_place(step.path), found.field_type, step.field.description or None)
        elif not isinstance(step, Widened):
            update.update_column(_place(step.path), doc=step.new)


def types_of(schema: Any) -> dict[str, str]:
    """The types of the columns of a schema in words, by name, without ids."""
    from pyiceberg.io.pyarrow import schema_to_pyarrow

    return {each.name: str(each.type) for each in schema_to_pyarrow(schema, include_field_ids=False)}


def _place(path: Path) -> tuple[str, ...]:
    return tuple(each.value if isinstance(each, Inside) else each for each in path)
