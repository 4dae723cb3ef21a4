"""The schema of a table of BigQuery, as `bq mk --schema` and `bq update` read it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.tables.dialects.bigquery import LONGEST_DESCRIPTION, SCALARS, name_of
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.naming import check_columns, plain_name
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_LEGACY = {"BOOL": "BOOLEAN", "INT64": "INTEGER", "FLOAT64": "FLOAT"}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The list of the fields of a table."""
    check_columns(table.columns, name_of, table.name)
    return [json_text([_field(each, not_null) for each in table.columns.fields])]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The whole schema after an evolution: BigQuery finds out what is new."""
    return create(replace(table, columns=evolution.after))


def _field(field: Field, not_null: bool = False) -> dict[str, Any]:
    mode, type_ = "REQUIRED" if not_null and field.required else "NULLABLE", field.type
    if isinstance(type_, Array) and not isinstance(type_.element, Array | Map):
        mode, type_ = "REPEATED", type_.element
    elif isinstance(type_, Map):
        mode, type_ = "REPEATED", Struct((Field("key", Scalar.STRING), Field("value", type_.value)))
    found: dict[str, Any] = {"name": plain_name(field.name), "type": "JSON", "mode": mode, **_type(type_)}
    if field.description:
        found["description"] = field.description[:LONGEST_DESCRIPTION]
    return found


def _type(type_: Type) -> dict[str, Any]:
    match type_:
        case Decimal(scale):
            return {"type": "BIGNUMERIC", "precision": str(PRECISION), "scale": str(scale)}
        case Struct(fields):
            return {"type": "RECORD", "fields": [_field(each) for each in fields]}
        case Scalar():
            return {"type": _LEGACY.get(SCALARS[type_], SCALARS[type_])}
    return {"type": "JSON"}
