"""A schema of Arrow as the JSON of its integration tests (Arrow, "Integration Testing", JSON test data format)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS: dict[Scalar, dict[str, Any]] = {
    Scalar.BOOLEAN: {"name": "bool"},
    Scalar.STRING: {"name": "utf8"},
    Scalar.INT64: {"name": "int", "bitWidth": 64, "isSigned": True},
    Scalar.DOUBLE: {"name": "floatingpoint", "precision": "DOUBLE"},
    Scalar.TIMESTAMP: {"name": "timestamp", "unit": "MICROSECOND", "timezone": "UTC"},
    Scalar.DATE: {"name": "date", "unit": "DAY"},
    Scalar.UUID: {"name": "utf8"},
    Scalar.JSON: {"name": "utf8"},
}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The schema of a table."""
    return [json_text({"fields": [_field(each, not_null) for each in table.columns.fields]})]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The whole schema after an evolution."""
    return create(replace(table, columns=evolution.after))


def _field(field: Field, not_null: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "nullable": not (not_null and field.required),
        **_type(field.type),
    }
    if field.description:
        found["metadata"] = [{"key": "description", "value": field.description}]
    return found


def _type(type_: Type) -> dict[str, Any]:
    match type_:
        case Decimal(scale):
            form = {"name": "decimal", "precision": PRECISION, "scale": scale, "bitWidth": 128}
            return {"type": form, "children": []}
        case Array(element):
            return {"type": {"name": "list"}, "children": [_field(Field("element", element))]}
        case Map(value):
            key = {**_field(Field("key", Scalar.STRING)), "nullable": False}
            entries = {"name": "entries", "nullable": False, "type": {"name": "struct"}}
            entry = {**entries, "children": [key, _field(Field("value", value))]}
            return {"type": {"name": "map", "keysSorted": False}, "children": [entry]}
        case Struct(fields):
            return {"type": {"name": "struct"}, "children": [_field(each) for each in fields]}
    return {"type": _SCALARS[type_], "children": []}
