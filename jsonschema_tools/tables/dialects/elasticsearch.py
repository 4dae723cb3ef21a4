"""A mapping of Elasticsearch and OpenSearch, which leaves nothing to be guessed from the first document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.types import Array, Decimal, Map, Scalar, Struct, Type, structs

_OWN = {"_id", "_index", "_source", "_type", "_routing", "_ignored", "_field_names", "_meta", "_size", "_doc_count"}
_WHOLE = {"type": "object", "enabled": False}
"""Kept, and found again, but not searched."""

_SCALARS: dict[Scalar, dict[str, Any]] = {
    Scalar.BOOLEAN: {"type": "boolean"},
    # A longer term than Lucene takes is kept and not searched.
    Scalar.STRING: {"type": "keyword", "ignore_above": 8191},
    Scalar.INT64: {"type": "long"},
    Scalar.DOUBLE: {"type": "double"},
    Scalar.TIMESTAMP: {"type": "date", "format": "strict_date_optional_time_nanos"},
    Scalar.DATE: {"type": "date", "format": "strict_date"},
    Scalar.UUID: {"type": "keyword"},
    Scalar.JSON: _WHOLE,
}


def create(table: Table, *, not_null: bool = False) -> list[str]:
    """The body of the request that makes an index. Nothing is forbidden to be null there."""
    _check(table)
    mappings: dict[str, Any] = {"dynamic": False, "properties": _properties(table.columns)}
    return [json_text({"mappings": mappings})]


def evolve(table: Table, evolution: Evolution) -> list[str]:
    """The mapping after an evolution, as an index takes it that lacks some of its fields."""
    _check(replace(table, columns=evolution.after))
    return [json_text({"properties": _properties(evolution.after)})]


def _check(table: Table) -> None:
    for path, struct in structs(table.columns):
        for each in struct.fields:
            if "." in each.name or not each.name.strip() or (not path and each.name in _OWN):
                raise SchemaToolsError(
                    f"no field of Elasticsearch can have the name of {each.pointer} of {table.name}",
                    remedy="Give the property a name without dots that is not one of Elasticsearch's own.",
                )


def _properties(struct: Struct) -> dict[str, Any]:
    return {each.name: _type(each.type) for each in struct.fields}


def _type(type_: Type) -> dict[str, Any]:
    match type_:
        case Decimal():
            return {"type": "double"}
        case Array(element):
            return _type(element)
        case Map():
            return _WHOLE
        case Struct():
            return {"properties": _properties(type_)}
    return _SCALARS[type_]
