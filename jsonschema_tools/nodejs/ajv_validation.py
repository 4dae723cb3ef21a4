"""Validation of examples as AJV 6.12 does it in upstream, for schemas of draft-07.

AJV looks only at keywords that it knows, and only at schemas that it comes to. Here that part of a schema is put
together first, with every ``$ref`` resolved, and then given to jsonschema-rs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from jsonschema_tools.documents.pointers import at
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.nodejs.ajv import FORMATS, Matches, MultipleOf, format_checkers, plain
from jsonschema_tools.nodejs.ajv_metaschema import invalid_as_draft_07
from jsonschema_tools.patterns.rust import one_of
from jsonschema_tools.patterns.searching import Undecided, legacy_matches
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.panics import Panic, panics_as_errors
from jsonschema_tools.schemas.patterns import AmongTexts, texts_in
from jsonschema_tools.schemas.steps import pointer_to
from jsonschema_tools.schemas.vocabulary import Holds, Kind, keywords

_NAMES_OF_DRAFT_07 = frozenset(
    f"{scheme}://json-schema.org{path}/schema"
    for scheme, path in (("http", "/draft-07"), ("https", "/draft-07"), ("http", ""))
)
_OURS = {"pattern": "x-pattern", "multipleOf": "x-multiple-of"}
"""Keywords that are checked by classes of ours, under names that jsonschema-rs leaves alone."""

_SCHEMA = keywords(7, holds=Holds.SCHEMA) - {"if", "then", "else", "items", "additionalItems"}
_MAP = keywords(7, holds=Holds.MAP) - {"patternProperties", "definitions"}
_LIST = keywords(7, holds=Holds.LIST) - {"items"}
_VALUE = keywords(7, kinds=(Kind.ASSERTION,)) - _OURS.keys()


_ABOUT = {
    "number": frozenset({"maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "multipleOf", "format"}),
    "string": frozenset({"maxLength", "minLength", "pattern", "format"}),
    "array": frozenset({"maxItems", "minItems", "items", "contains", "uniqueItems"}),
    "object": frozenset({"maxProperties", "minProperties", "required", "propertyNames", "properties"})
    | {"additionalProperties", "patternProperties", "dependencies"},
}


class _Unusable(Exception):
    """Why AJV cannot use a schema."""


def problems_of_instances(schema: Document, instances: Sequence[Document]) -> Iterator[tuple[int, str, str]]:
    """Index, JSON Pointer in the instance, and message of everything that is wrong with the instances.

    What keeps the schema from being used at all is reported for every instance, as upstream does: a format, a ``$ref``
    or a ``$schema`` that AJV 6 does not know, a schema that is not valid.
    """
    from jsonschema_rs import Draft7Validator, ReferencingError, ValidationError

    obstacle = ""
    try:
        with panics_as_errors():
            validator = Draft7Validator(
                _Compilation(plain(schema), texts_in(list(instances))).whole(),
                validate_formats=True,
                formats=format_checkers(),
                keywords={_OURS["pattern"]: Matches, _OURS["multipleOf"]: MultipleOf},
            )
    except (_Unusable, Undecided, ValidationError, ReferencingError, ValueError) as error:
        obstacle = f"the schema cannot be used: {str(error).splitlines()[0]}"
    for index, instance in enumerate(instances):
        if obstacle:
            yield index, "", obstacle
            continue
        seen = plain(instance)
        try:
            with panics_as_errors():
                errors = [] if validator.is_valid(seen) else list(validator.iter_errors(seen))
        except Panic as panic:
            yield index, "", str(panic)
            continue
        for found in errors:
            yield index, pointer_to(seen, found), found.message


class _Compilation:
    """The part of a schema that AJV compiles, with what it refers to under ``definitions``.

    Keys of ``patternProperties`` are found in the given texts by our own search.
    """

    def __init__(self, root: Document, texts: set[str]) -> None:
        self._root = root
        self._names = AmongTexts(texts, legacy_matches, lambda _, number, found: f"(?:{number}){{0}}{one_of(found)}")
        self._targets: dict[str, str] = {}
        self._definitions: dict[str, Any] = {}

    def whole(self) -> Document:
        """The schema to validate with. Raises `_Unusable` and `Undecided`."""
        declared = self._root.get("$schema")
        known = isinstance(declared, str) and _name(declared) in _NAMES_OF_DRAFT_07
        if "$schema" in self._root and not known:
            raise _Unusable(f"its $schema {describe(declared)} is not draft-07")
        for pointer, message in invalid_as_draft_07(self._root):
            raise _Unusable(f"{pointer}: {message}")
        # The root stands among the definitions as well: there a $ref may have keywords beside it.
        return {**self._part({"$ref": "#"}), "definitions": self._definitions}

    def _part(self, schema: Document) -> Any:
        part: dict[str, Any]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            part = {"$ref": self._target(schema["$ref"])}
            return {"allOf": [part, {"type": schema["type"]}]} if _type_counts(schema) else part
        part = {}
        for key, value in schema.items():
            if key in _VALUE:
                part[key] = value
            elif key in _OURS:
                part[_OURS[key]] = value
            elif key in _SCHEMA:
                part[key] = self._part(value)
            elif key in _LIST:
                part[key] = [self._part(item) for item in value]
            elif key == "patternProperties":
                keys, _ = self._names.names(value)
                part[key] = {keys[name]: self._part(item) for name, item in value.items()}
            elif key in _MAP:
                part[key] = {name: item if isinstance(item, list) else self._part(item) for name, item in value.items()}
        if part.get("format", "date") not in FORMATS:
            raise _Unusable(f"unknown format {part['format']!r}")
        return {**part, **self._items(schema), **self._condition(schema)}

    def _items(self, schema: dict[str, Any]) -> dict[str, Any]:
        items = schema.get("items", True)
        if not isinstance(items, list):
            return {"items": self._part(items)} if items is not True else {}
        additional = self._part(schema.get("additionalItems", True))
        return {"items": [self._part(item) for item in items], "additionalItems": additional}

    def _condition(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "if" not in schema:
            return {}
        branches: dict[str, Any] = {key: self._part(schema[key]) for key in ("then", "else") if key in schema}
        # Without a consequence the condition is not looked at.
        matters = any(branch not in (True, {}) for branch in branches.values())
        return {**branches, "if": self._part(schema["if"])} if matters else {}

    def _target(self, reference: str) -> str:
        if _name(reference) in _NAMES_OF_DRAFT_07:
            return DRAFT_07
        if reference not in self._targets:
            name = str(len(self._targets))
            self._targets[reference] = f"#/definitions/{name}"
            self._definitions[name] = self._part(self._end(reference))
        return self._targets[reference]

    def _end(self, reference: str) -> Document:
        """What a reference leads to, if that is anything but references in a circle."""
        schema, seen = self._find(reference), {reference}
        while isinstance(schema, dict) and "$ref" in schema and _name(schema["$ref"]) not in _NAMES_OF_DRAFT_07:
            if schema["$ref"] in seen:
                raise _Unusable(f"$ref {reference!r} leads to itself")
            seen.add(schema["$ref"])
            schema = self._find(schema["$ref"])
        return schema

    def _find(self, reference: str) -> Document:
        uri, _, fragment = reference.partition("#")
        if uri in ("", self._root.get("$id")) and fragment[:1] in ("", "/"):
            return self._at(fragment, reference)
        for schema in _with_id(self._root):
            if _name(schema["$id"]) == _name(reference):
                return schema
        raise _Unusable(f"$ref {reference!r} leads nowhere")

    def _at(self, pointer: str, reference: str) -> Document:
        try:
            value = at(self._root, unquote(pointer))
        except LookupError:
            raise _Unusable(f"$ref {reference!r} leads nowhere") from None
        if not isinstance(value, (dict, bool)):
            raise _Unusable(f"$ref {reference!r} leads to {describe(value)}")
        return value


def _type_counts(schema: dict[str, Any]) -> bool:
    """Whether AJV looks at ``type`` beside a ``$ref``, where it looks at no other keyword: unless one is about it."""
    kind = schema.get("type")
    return kind is not None and (not isinstance(kind, str) or _ABOUT.get(kind, frozenset()).isdisjoint(schema))


def _name(uri: str) -> str:
    return uri.removesuffix("#")


def _with_id(value: Document) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and isinstance(value.get("$id"), str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _with_id(item)
