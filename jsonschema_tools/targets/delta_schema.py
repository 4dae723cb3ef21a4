"""Schemas of Delta as data: what a table has of one of ours, in words, and which descriptions it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jsonschema_tools.tables.types import Array, Map, Struct, Type


def with_new_comments(type_: Type, known: Any) -> Type:
    """A type with the descriptions of those fields that a schema of Delta lacks: two of one field cannot be merged."""
    match type_:
        case Struct(fields):
            names = {each["name"]: each["type"] for each in known["fields"]} if known is not None else {}
            return Struct(
                tuple(
                    replace(
                        each,
                        type=with_new_comments(each.type, names.get(each.name)),
                        description="" if each.name in names else each.description,
                    )
                    for each in fields
                )
            )
        case Array(element):
            return Array(with_new_comments(element, known and known["elementType"]))
        case Map(value):
            return Map(with_new_comments(value, known and known["valueType"]))
    return type_


def restricted(known: Any, wanted: Any) -> Any:
    """A type of Delta without the fields that another one has not."""
    if isinstance(known, str) or isinstance(wanted, str) or known["type"] != wanted["type"]:
        return known
    match known["type"]:
        case "struct":
            names = {each["name"]: each["type"] for each in wanted["fields"]}
            kept = [each for each in known["fields"] if each["name"] in names]
            return {
                **known,
                "fields": [{**each, "type": restricted(each["type"], names[each["name"]])} for each in kept],
            }
        case "array":
            return {**known, "elementType": restricted(known["elementType"], wanted["elementType"])}
        case _:
            return {**known, "valueType": restricted(known["valueType"], wanted["valueType"])}


def type_text(type_: Any) -> str:
    """A type of Delta in words; the order of fields is of no account."""
    if isinstance(type_, str):
        return type_
    match type_["type"]:
        case "struct":
            parts = sorted(f"{each['name']}: {type_text(each['type'])}" for each in type_["fields"])
            return f"struct<{', '.join(parts)}>"
        case "array":
            return f"array<{type_text(type_['elementType'])}>"
        case _:
            return f"map<{type_['keyType']},{type_text(type_['valueType'])}>"
