"""A schema of Iceberg as its JSON (Iceberg's specification, appendix C): ids in the order of the fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
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
    Scalar.TIMESTAMP: "timestamptz",
    Scalar.DATE: "date",
    Scalar.UUID: "string",
    Scalar.JSON: "string",
}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The schema of a table."""
    return [json_text(schema_data(table.columns, table.name, not_null=not_null))]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The whole schema after an evolution; a catalog that has the table gives ids of its own (`union_by_name`)."""
    return create(replace(table, columns=evolution.after))


def schema_data(columns: Struct, table: str, *, not_null: bool = False) -> dict[str, Any]:
    """The schema as data. Raises `SchemaToolsError` for names that differ only in upper and lower case."""
    check_columns(columns, str.casefold, table)
    ids = count(1)
    return {"schema-id": 0, **_struct(columns, lambda: next(ids), not_null)}


def _struct(struct: Struct, number: Callable[[], int], not_null: bool = False) -> dict[str, Any]:
    # The fields of a level have ids that follow one another, those inside come after them.
    numbered = [(number(), each) for each in struct.fields]
    return {"type": "struct", "fields": [_field(id_, each, number, not_null) for id_, each in numbered]}


def _field(id_: int, field: Field, number: Callable[[], int], not_null: bool) -> dict[str, Any]:
    found = {
        "id": id_,
        "name": field.name,
        "required": not_null and field.required,
        "type": _type(field.type, number),
    }
    return {**found, "doc": field.description} if field.description else found


def _type(type_: Type, number: Callable[[], int]) -> str | dict[str, Any]:
    match type_:
        case Decimal(scale):
            return f"decimal({PRECISION}, {scale})"
        case Array(element):
            id_ = number()
            return {"type": "list", "element-id": id_, "element-required": False, "element": _type(element, number)}
        case Map(value):
            key, id_ = number(), number()
            return {
                "type": "map",
                "key-id": key,
                "key": "string",
                "value-id": id_,
                "value-required": False,
                "value": _type(value, number),
            }
        case Struct():
            return _struct(type_, number)
    return _SCALARS[type_]
