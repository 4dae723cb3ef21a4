"""What in a schema can make validating an event slow. Source: the security metaschema of AJV 6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.schemas.vocabulary import Holds, keywords

_SCHEMA, _MAP, _LIST = (sorted(keywords(7, holds=holds)) for holds in (Holds.SCHEMA, Holds.MAP, Holds.LIST))
_ANY_SCHEMA, _ANY_MAP, _ANY_LIST = (sorted(keywords(holds=h)) for h in (Holds.SCHEMA, Holds.MAP, Holds.LIST))


_LONGEST = {"uuid": 36, "date": 10, "ipv4": 15, "ipv6": 45, "date-time": 128, "hostname": 253, "email": 254}
"""How long a text of a format can be, or of a ``date-time`` sensibly is."""


class Weakness(NamedTuple):
    """A limit that is missing: what, where (JSON Pointer), the cure; the ``maxLength`` to add where known."""

    message: str
    pointer: str
    remedy: str
    longest: int | None = None


def weaknesses(schema: Any, pointer: str = "", *, strict: bool = False) -> Iterator[Weakness]:
    """Every missing limit of a schema.

    ``strict`` also looks where the source does not: into a list of ``items``, and the keywords of later drafts.
    """
    if not isinstance(schema, dict):
        return
    yield from _limits(schema, pointer)
    for key in _ANY_SCHEMA if strict else _SCHEMA:
        yield from weaknesses(schema.get(key), f"{pointer}/{key}", strict=strict)
    for key in _ANY_MAP if strict else _MAP:
        group = schema.get(key)
        for name, subschema in group.items() if isinstance(group, dict) else ():
            yield from weaknesses(subschema, f"{pointer}/{key}/{escape_token(name)}", strict=strict)
    for key in _ANY_LIST if strict else _LIST:
        # The source does not look into a list of items.
        if key in schema and (key != "items" or (strict and isinstance(schema[key], list))):
            yield from _in_list(schema[key], f"{pointer}/{key}", strict)


def _in_list(members: Any, pointer: str, strict: bool) -> Iterator[Weakness]:
    if not isinstance(members, list) or not members:
        yield Weakness("an empty list of schemas, or none", pointer, "Give it a member, or remove it.")
    else:
        for index, member in enumerate(members):
            yield from weaknesses(member, f"{pointer}/{index}", strict=strict)


def _limits(schema: dict[str, Any], pointer: str) -> Iterator[Weakness]:
    for keyword in ("pattern", "format"):
        if keyword in schema and "maxLength" not in schema:
            longest = _LONGEST.get(str(schema[keyword])) if keyword == "format" else None
            cure = f"Add maxLength: {longest}." if longest else "Add maxLength."
            yield Weakness(f"{keyword} without maxLength", f"{pointer}/{keyword}", cure, longest)
    names = schema.get("propertyNames")
    if "patternProperties" in schema and (
        "propertyNames" not in schema or (isinstance(names, dict) and "maxLength" not in names)
    ):
        yield Weakness(
            "patternProperties without propertyNames.maxLength", f"{pointer}/patternProperties", "Add the limit."
        )
    if schema.get("uniqueItems") is True and "maxItems" not in schema and _may_be_large(schema.get("items")):
        yield Weakness("uniqueItems over objects or arrays without maxItems", f"{pointer}/uniqueItems", "Add maxItems.")


def _may_be_large(items: Any) -> bool:
    kinds = items.get("type", "object") if isinstance(items, dict) else "object"
    return any(kind in ("object", "array") for kind in (kinds if isinstance(kinds, list) else [kinds]))
