"""A schema of Delta as its JSON (the protocol of Delta, "Schema Serialization Format")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.naming import check_columns
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS = {
    Scalar.BOOLEAN: "boolean",
    Scalar.STRING: "string",
    Scalar.INT64: "long",
    Scalar.DOUBLE: "double",
    Scalar.TIMESTAMP: "timestamp",
    Scalar.DATE: "date",
    Scalar.UUID: "string",
    Scalar.JSON: "string",
}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The schema of a table."""
    check_columns(table.columns, str.casefold, table.name)
    return [json_text({"type": "struct", "fields": [_field(each, not_null) for each in table.columns.fields]})]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The whole schema after an evolution; writers that merge schemas add what is new in it."""
    return create(replace(table, columns=evolution.after))


def type_data(type_: Type) -> str | dict[str, Any]:
    """A type as data: the name of a primitive one, or an object."""
    match type_:
        case Decimal(scale):
            return f"decimal({PRECISION},{scale})"
        case Array(element):
            return {"type": "array", "elementType": type_data(element), "containsNull": True}
        case Map(value):
            return {"type": "map", "keyType": "string", "valueType": type_data(value), "valueContainsNull": True}
        case Struct(fields):
            return {"type": "struct", "fields": [_field(each) for each in fields]}
    return _SCALARS[type_]


def _field(field: Field, not_null: bool = False) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": type_data(field.type),
        "nullable": not (not_null and field.required),
        "metadata": {"comment": field.description} if field.description else {},
    }
