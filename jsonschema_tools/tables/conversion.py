"""The type of the events of a schema: one tree for all engines, a note for each part that the schema leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema_tools.documents.pointers import at, escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.vocabulary import Draft
from jsonschema_tools.tables.folding import joined
from jsonschema_tools.tables.keywords import (
    CHOICES,
    applied,
    integer_type,
    map_values,
    may_be_null,
    number_type,
    type_of_value,
    types_of,
)
from jsonschema_tools.tables.model import Note, Typed, Types
from jsonschema_tools.tables.types import Array, Field, Map, Scalar, Struct, Type, plain

_DEEPEST = 100
"""Schemas further inside are kept as JSON."""

_MOST = 20_000
"""Parts of a schema that are looked at; a schema whose parts refer to one another can have any number of them."""

_FORMATS = {"date-time": Scalar.TIMESTAMP, "date": Scalar.DATE, "uuid": Scalar.UUID}


def type_of(schema: Document, types: Types | None = None) -> Typed:
    """The type of the events of a released schema, which refers to no other document.

    A string is a timestamp, a date or a UUID only where validators of its draft assert the format, so that no valid
    value is refused for the sake of a type.
    """
    types = types or Types()
    draft = draft_of(schema) if isinstance(schema, dict) else Draft.DRAFT_07
    known = {"date-time"} if types.wikimedia else {"date-time", "date"} if draft < Draft.DRAFT_2019_09 else {*_FORMATS}
    formats = {name: _FORMATS[name] for name in known if types.timestamps or name != "date-time"}
    conversion = _Conversion(schema, formats, types.wikimedia)
    found = conversion.of(schema, "")
    if types.wikimedia and conversion.notes:
        return Typed(None, tuple(conversion.notes))
    if isinstance(found, Struct):
        return Typed(found, tuple(conversion.notes))
    reason = "its root is a map" if isinstance(found, Map) else "its root is no object with properties"
    return Typed(None, (Note("", reason, "Put the values into a property of an object."), *conversion.notes))


@dataclass
class _Conversion:
    root: Document
    formats: Mapping[str, Scalar]
    wikimedia: bool
    notes: list[Note] = field(default_factory=list)
    _inside: list[int] = field(default_factory=list)
    _looked_at: int = 0

    def of(self, schema: Any, pointer: str) -> Type:
        """The type of a schema; JSON for what has no other one."""
        if not isinstance(schema, dict):
            return self.json(pointer, "any value is valid", "Say what it is: `type`.")
        if id(schema) in self._inside or len(self._inside) > _DEEPEST:
            return self.json(pointer, "the schema is inside of itself", "Store what repeats under its own title.")
        self._looked_at += 1
        if self._looked_at > _MOST:
            return self.json(pointer, "the schema has too many parts", "Make the schema smaller.")
        self._inside.append(id(schema))
        try:
            return self._of(schema, pointer)
        finally:
            self._inside.pop()

    def json(self, pointer: str, message: str, cure: str) -> Scalar:
        """JSON, with the reason."""
        self.notes.append(Note(pointer, message, cure))
        return Scalar.JSON

    def _of(self, schema: Mapping[str, Any], pointer: str) -> Type:
        if isinstance(schema.get("$ref"), str):
            return self._reference(schema["$ref"], pointer)
        types = types_of(schema)
        if not types:
            return self._untyped(schema, pointer)
        if types == ["integer", "number"]:
            return Scalar.DOUBLE
        if len(types) > 1:
            return self.json(
                pointer, f"it may be {' or '.join(types)}", "Give each kind of value a property of its own."
            )
        return self._typed(types[0], schema, pointer)

    def _reference(self, reference: str, pointer: str) -> Type:
        if reference.startswith("#"):
            with suppress(LookupError):
                return self.of(at(self.root, reference[1:]), reference[1:])
        return self.json(pointer, f"{reference} is another document", "Materialize the schema.")

    def _typed(self, type_: str, schema: Mapping[str, Any], pointer: str) -> Type:
        match type_:
            case "boolean":
                return Scalar.BOOLEAN
            case "string":
                form = schema.get("format")
                return self.formats.get(form, Scalar.STRING) if isinstance(form, str) else Scalar.STRING
            case "integer":
                return Scalar.INT64 if self.wikimedia else integer_type(schema)
            case "number":
                return Scalar.DOUBLE if self.wikimedia else number_type(schema)
            case "array":
                return Array(self._element(schema, pointer))
            case "object":
                return self._object(schema, pointer)
        cure = "Leave the property out instead." if type_ == "null" else "Use a type of JSON Schema."
        return self.json(pointer, f"its type is {type_}", cure)

    def _untyped(self, schema: Mapping[str, Any], pointer: str) -> Type:
        """A schema that does not say its type: it may be told by its values, its branches or its properties."""
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if isinstance(values, list):
            return self._of_values(values, pointer)
        branches = [
            (branch, f"{pointer}/{key}/{index}")
            for key in CHOICES
            for index, branch in enumerate(schema[key] if isinstance(schema.get(key), list) else ())
            if not (isinstance(branch, dict) and branch.get("type") == "null")
        ]
        if len(branches) == 1 and isinstance(branches[0][0], dict):
            return self.of({**schema, **dict.fromkeys(CHOICES), **branches[0][0]}, branches[0][1])
        if "properties" in schema or isinstance(schema.get("additionalProperties"), dict):
            return self._object(schema, pointer)
        if branches:
            return self._union([self._apart(*branch)[0] for branch in branches], pointer)
        if "items" in schema:
            return Array(self._element(schema, pointer))
        return self.json(pointer, "it has no type", "Say what it is: `type`.")

    def _apart(self, schema: Any, pointer: str) -> tuple[Type, list[Note]]:
        """The type of a part that may come to nothing, and its notes."""
        noted = len(self.notes)
        found = self.of(schema, pointer)
        notes = self.notes[noted:]
        del self.notes[noted:]
        return found, notes

    def _one(self, schemas: Iterable[tuple[Any, str]]) -> Type | None:
        """The type that all of some schemas have; ``None`` where they differ."""
        (first, notes), *others = [self._apart(*each) for each in schemas]
        if any(plain(type_) != plain(first) for type_, _ in others):
            return None
        self.notes += notes
        return first

    def _union(self, types: Sequence[Type], pointer: str) -> Type:
        first = types[0]
        if all(type_ == first for type_ in types) and first is not Scalar.JSON and not isinstance(first, Struct):
            return first
        if {*types} <= {Scalar.INT64, Scalar.DOUBLE}:
            return Scalar.DOUBLE
        return self.json(pointer, "it may be of several types", "Give each kind of value a property of its own.")

    def _of_values(self, values: Sequence[Any], pointer: str) -> Type:
        kinds = {type_of_value(value) for value in values} - {None}
        if len(kinds) == 1:
            return kinds.pop() or Scalar.JSON
        if kinds == {Scalar.INT64, Scalar.DOUBLE}:
            return Scalar.DOUBLE
        return self.json(pointer, "its values are of several types", "Use values of one type.")

    def _element(self, schema: Mapping[str, Any], pointer: str) -> Type:
        for key in ("prefixItems", "items"):
            if isinstance(schema.get(key), list):
                return self._tuple(schema, key, pointer)
        if isinstance(schema.get("items"), dict):
            return self.of(schema["items"], f"{pointer}/items")
        return self.json(f"{pointer}/items", "any item is valid", "Say what the items are: `items`.")

    def _tuple(self, schema: Mapping[str, Any], key: str, pointer: str) -> Type:
        positions = [(item, f"{pointer}/{key}/{index}") for index, item in enumerate(schema[key])]
        rest = "additionalItems" if key == "items" else "items"
        if isinstance(schema.get(rest), dict):
            positions.append((schema[rest], f"{pointer}/{rest}"))
        found = self._one(positions) if positions else None
        return found or self.json(
            f"{pointer}/{key}", "its positions are of several types", "Use an object with properties."
        )

    def _object(self, schema: Mapping[str, Any], pointer: str) -> Type:
        maps = list(map_values(schema, pointer))
        if not maps:
            if fields := tuple(self._fields(schema, pointer)):
                return Struct(fields)
            return self.json(pointer, "it is an object without properties", "Describe its properties.")
        own = schema.get("properties")
        beside = [
            (inner, f"{pointer}/properties/{escape_token(name)}")
            for name, inner in (own.items() if isinstance(own, dict) else ())
            if inner is not False
        ]
        value = self._one([*maps, *beside])
        if value is not None:
            return Map(value)
        cure = "Put the map into a property of its own."
        return self.json(pointer, "it is a map, and has properties of other types", cure)

    def _fields(self, schema: Mapping[str, Any], pointer: str, known: frozenset[str] = frozenset()) -> Iterator[Field]:
        """The properties of an object: its own, and those that a branch, a condition or a dependency adds.

        What these say of a property that is ``known`` already only narrows it.
        """
        own = schema.get("properties")
        required = schema.get("required")
        names = required if isinstance(required, list) else ()
        found: dict[str, Field] = {}
        for name, inner in own.items() if isinstance(own, dict) else ():
            if inner is not False and name not in known:
                found[name] = self._field(name, inner, f"{pointer}/properties/{escape_token(name)}", name in names)
        yield from found.values()
        more: dict[str, Field] = {}
        for branch, place in applied(schema, pointer):
            for other in self._fields(branch, place, known | found.keys()):
                more[other.name] = self._both(more.get(other.name), replace(other, required=False))
        yield from more.values()

    def _both(self, known: Field | None, other: Field) -> Field:
        """A property of two branches."""
        if known is None:
            return other
        type_ = joined(known.type, other.type) or self.json(
            other.pointer, "it is of several types in several branches", "Use one type for the property."
        )
        return replace(known, type=type_)

    def _field(self, name: str, schema: Any, pointer: str, required: bool) -> Field:
        text = schema.get("description") if isinstance(schema, dict) else None
        description = " ".join(text.split()) if isinstance(text, str) else ""
        return Field(name, self.of(schema, pointer), description, required and not may_be_null(schema), pointer)
