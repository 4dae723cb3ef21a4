"""A schema of Avro 1.11: records, arrays and maps, each value null unless it is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.naming import check_columns, plain_name
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type

_SCALARS: dict[Scalar, Any] = {
    Scalar.BOOLEAN: "boolean",
    Scalar.STRING: "string",
    Scalar.INT64: "long",
    Scalar.DOUBLE: "double",
    Scalar.TIMESTAMP: {"type": "long", "logicalType": "timestamp-micros"},
    Scalar.DATE: {"type": "int", "logicalType": "date"},
    Scalar.UUID: {"type": "string", "logicalType": "uuid"},
    Scalar.JSON: "string",
}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The record of a table; a name that Avro does not take has ``_`` instead (Avro, names)."""
    check_columns(table.columns, plain_name, table.name)
    name = plain_name(table.name)
    record = _record(table.columns, name, not_null)
    return [json_text({**record, "doc": table.description} if table.description else record)]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The whole record after an evolution: readers take old data by its defaults (Avro, schema resolution)."""
    return create(replace(table, columns=evolution.after))


def _record(struct: Struct, name: str, not_null: bool = False) -> dict[str, Any]:
    fields = [_field(each, name, not_null) for each in struct.fields]
    return {"type": "record", "name": name, "fields": fields}


def _field(field: Field, around: str, not_null: bool) -> dict[str, Any]:
    name = plain_name(field.name)
    # A record has a name of its own, once in a schema: the path to it.
    type_ = _type(field.type, f"{around}__{name}")
    found: dict[str, Any] = {"name": name, "type": type_ if not_null and field.required else ["null", type_]}
    if not (not_null and field.required):
        found["default"] = None
    return {**found, "doc": field.description} if field.description else found


def _type(type_: Type, name: str) -> Any:
    match type_:
        case Decimal(scale):
            return {"type": "bytes", "logicalType": "decimal", "precision": PRECISION, "scale": scale}
        case Array(element):
            return {"type": "array", "items": ["null", _type(element, name)]}
        case Map(value):
            return {"type": "map", "values": ["null", _type(value, name)]}
        case Struct():
            return _record(type_, name)
    return _SCALARS[type_]
