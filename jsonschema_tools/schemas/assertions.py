"""What a validator asserts beside the keywords of its draft: formats by one table, and nothing about content.

A draft of JSON Schema lists the formats of its time only, as they were then, and so does the validator of that draft.
A schema that says ``format: uuid`` means UUIDs whatever its draft is, so each format is judged as the newest draft has
it. A ``regex`` is what every pattern is read as, ECMA-262. A name that is not in the table is an annotation, and so
are ``contentMediaType`` and ``contentEncoding``, in every draft.

A schema is written anew to that end. jsonschema-rs would also take functions for formats and keywords, but with any of
them it is several times slower, and copies the event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.searching import is_regex
from jsonschema_tools.schemas.dialects import bundled, canonical_reference, is_known_dialect, metaschema_uri
from jsonschema_tools.schemas.patterns import REGEX
from jsonschema_tools.schemas.vocabulary import DATA, Draft, Holds, keywords

FORMATS = frozenset(
    {"date", "date-time", "time", "duration"}
    | {"email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"}
    | {"uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid"}
    | {"json-pointer", "relative-json-pointer", "regex"}
)

IsOfFormat = Callable[[str], bool]
"""Whether a text is of a format; raises `UnicodeEncodeError` for half of a surrogate pair."""

_NEWEST = Draft.DRAFT_2020_12.uri
_OLDEST = Draft.DRAFT_04.uri
_OF_OTHER_TIMES = (_OLDEST, Draft.DRAFT_06.uri)
"""Drafts in which a format may be another than in the newest: a ``hostname`` was RFC 1034's, with any hyphens."""

_REFUSED_BY_SOME = ("(", "%", "/~", "not a {", "\\", "", "a b")
"""Texts of which each format but the loosest refuses some."""

_FORMAT = "x-format:"
"""The URIs of schemas that assert a format each, of the newest draft."""

_BUNDLED = "x-bundled:"
"""The ``$id`` of definitions of another draft that have none."""

_NONE: Mapping[str, Any] = MappingProxyType({})
_CONTENT = ("contentMediaType", "contentEncoding")
_BY_NAME = keywords(holds=Holds.MAP)


@cache
def checker(name: str) -> IsOfFormat:
    """The judge of a format of the table."""
    if name == "regex":
        return is_regex
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"format": name}, validate_formats=True).is_valid


def asserting(document: Document) -> Any:
    """A schema document for jsonschema-rs that asserts so; its references go through `format_schema` first."""
    declared = isinstance(document, dict) and "$schema" in document and is_known_dialect(document)
    # One that does not name its draft may be of any, as the schema is that refers to it.
    added = _judged_apart(metaschema_uri(document) if declared else _OLDEST)
    entries = _bundled(document) if isinstance(document, dict) else {}
    return _asserting(document, added, {pointer: entry["$id"] for pointer, entry in entries.items()}, entries)


def format_schema(uri: str) -> dict[str, Any] | None:
    """The document at a URI that `asserting` has made; ``None`` for any other."""
    name = uri.removeprefix(_FORMAT)
    return {"$schema": _NEWEST, "format": name} if name != uri else None


def _bundled(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The definitions of another draft, each as a document with a name of its own, by the references to them."""
    found = {}
    for (keyword, name), entry in bundled(document).items():
        named = {"$id": f"{_BUNDLED}{keyword}:{quote(name, safe='')}", **entry}
        found[f"#/{keyword}/{escape_token(name)}"] = {**named, "$schema": metaschema_uri(entry)}
    return found


def _asserting(
    schema: Any, added: frozenset[str], names: Mapping[str, str], entries: Mapping[str, dict[str, Any]] = _NONE
) -> Any:
    if isinstance(schema, list):
        return [_asserting(item, added, names) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _CONTENT and isinstance(value, str):
            continue
        if keyword == "$ref" and isinstance(value, str):
            result[keyword] = names.get(value) or canonical_reference(value)
        elif keyword in _BY_NAME and isinstance(value, dict):
            result[keyword] = {
                name: asserting(entries[pointer])
                if (pointer := f"#/{keyword}/{escape_token(name)}") in entries
                else _asserting(item, added, names)
                for name, item in value.items()
            }
        else:
            result[keyword] = value if keyword in DATA else _asserting(value, added, names)
    named = schema.get("format")
    if named == "regex":
        result.pop("format")
        result[REGEX] = True
    elif isinstance(named, str) and named in added and isinstance(result.get("allOf", []), list):
        result["allOf"] = [*result.get("allOf", []), {"$ref": f"{_FORMAT}{named}"}]
    return result


@cache
def _judged_apart(draft: str) -> frozenset[str]:
    """The formats of the table that a validator of a draft does not know, or not as the newest has them."""
    if draft in _OF_OTHER_TIMES:
        return FORMATS
    from jsonschema_rs import validator_for

    def is_unknown(name: str) -> bool:
        validator = validator_for({"$schema": draft, "format": name}, validate_formats=True)
        return all(validator.is_valid(text) for text in _REFUSED_BY_SOME)

    return frozenset(filter(is_unknown, FORMATS))
