"""The type of the events of a schema: one tree for all engines, a note for each part that the schema leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal as Exact
from decimal import InvalidOperation
from typing import Any

from jsonschema_tools.documents.pointers import at, escape_token
from jsonschema_tools.documents.values import Document, written
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.vocabulary import Draft
from jsonschema_tools.tables.folding import joined
from jsonschema_tools.tables.model import Note
from jsonschema_tools.tables.types import Array, Decimal, Field, Map, Scalar, Struct, Type

_DEEPEST = 100
"""Schemas further inside are kept as JSON."""

_MOST = 20_000
"""Parts of a schema that are looked at; a schema whose parts refer to one another can have any number of them."""

_INT64 = range(-(2**63), 2**63)
_LARGEST_SCALE = 18
_CHOICES = ("anyOf", "oneOf")
_FORMATS = {"date-time": Scalar.TIMESTAMP, "date": Scalar.DATE, "uuid": Scalar.UUID}


@dataclass(frozen=True, slots=True)
class Typed:
    """The columns of a schema; ``None`` where its events are no rows, and then the first note says why."""

    columns: Struct | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Types:
    """How types are chosen: with ``timestamps`` false, times stay strings; with ``wikimedia`` true as the converters of
    Wikimedia's Event Platform do it, which know numbers, times and nothing else, and no schema that leaves a type open.
    """

    timestamps: bool = True
    wikimedia: bool = False


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
        types = _types(schema)
        if not types:
            return self._untyped(schema, pointer)
        if types == ["integer", "number"]:
            return Scalar.DOUBLE
        if len(types) > 1:
            return self.json(pointer, f"it may be {_or(types)}", "Give each kind of value a property of its own.")
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
                return Scalar.INT64 if self.wikimedia else _integer(schema)
            case "number":
                return Scalar.DOUBLE if self.wikimedia else _number(schema)
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
            for key in _CHOICES
            for index, branch in enumerate(schema[key] if isinstance(schema.get(key), list) else ())
            if not (isinstance(branch, dict) and branch.get("type") == "null")
        ]
        if len(branches) == 1 and isinstance(branches[0][0], dict):
            return self.of({**schema, **dict.fromkeys(_CHOICES), **branches[0][0]}, branches[0][1])
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
        if any(_plain(type_) != _plain(first) for type_, _ in others):
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
        kinds = {_kind(value) for value in values} - {None}
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
        maps = list(_values(schema, pointer))
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
        for branch, place in _applied(schema, pointer):
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
        return Field(name, self.of(schema, pointer), description, required and not _may_be_null(schema), pointer)


def _types(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names, beside null unless that is all; sorted."""
    named = schema.get("type")
    types = [each for each in (named if isinstance(named, list) else [named]) if isinstance(each, str)]
    return sorted({*types} - {"null"}) or types[:1]


def _may_be_null(schema: Any) -> bool:
    named = schema.get("type") if isinstance(schema, dict) else None
    return isinstance(named, list) and "null" in named


def _or(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _kind(value: Any) -> Scalar | None:
    """The type of a value of JSON; ``None`` for null, which every column takes."""
    if isinstance(value, bool):
        return Scalar.BOOLEAN
    if isinstance(value, int):
        return Scalar.INT64 if value in _INT64 else Scalar.JSON
    if isinstance(value, float):
        return Scalar.DOUBLE
    return Scalar.STRING if isinstance(value, str) else None if value is None else Scalar.JSON


def _integer(schema: Mapping[str, Any]) -> Type:
    bounds = (schema.get(key) for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"))
    numbers = [bound for bound in bounds if isinstance(bound, int | float) and not isinstance(bound, bool)]
    return Scalar.INT64 if all(_INT64[0] - 1 <= bound <= _INT64[-1] + 1 for bound in numbers) else Decimal(0)


def _number(schema: Mapping[str, Any]) -> Type:
    """A number, exact where it is a multiple of something (validation, 6.2.1)."""
    step = schema.get("multipleOf")
    if not isinstance(step, int | float) or isinstance(step, bool):
        return Scalar.DOUBLE
    try:
        exponent = Exact(written(step)).normalize().as_tuple().exponent
    except InvalidOperation:
        return Scalar.DOUBLE
    if not isinstance(exponent, int) or -exponent > _LARGEST_SCALE:
        return Scalar.DOUBLE
    return _integer(schema) if exponent >= 0 else Decimal(-exponent)


def _values(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[Any, str]]:
    """The schemas of values by any key, of an object that is a map."""
    patterns = schema.get("patternProperties")
    for pattern, inner in patterns.items() if isinstance(patterns, dict) else ():
        if isinstance(inner, dict) and inner and not schema.get("properties"):
            yield inner, f"{pointer}/patternProperties/{escape_token(pattern)}"
    additional = schema.get("additionalProperties")
    if isinstance(additional, dict) and additional:
        yield additional, f"{pointer}/additionalProperties"


def _applied(schema: Mapping[str, Any], pointer: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The schemas that speak of the same object (core, 9.2)."""
    for key in ("allOf", *_CHOICES):
        for index, branch in enumerate(schema[key] if isinstance(schema.get(key), list) else ()):
            if isinstance(branch, dict):
                yield branch, f"{pointer}/{key}/{index}"
    for key in ("then", "else"):
        if isinstance(schema.get(key), dict):
            yield schema[key], f"{pointer}/{key}"
    for key in ("dependentSchemas", "dependencies"):
        for name, branch in schema[key].items() if isinstance(schema.get(key), dict) else ():
            if isinstance(branch, dict):
                yield branch, f"{pointer}/{key}/{escape_token(name)}"


def _plain(type_: Type) -> Type:
    """A type without what its fields say of themselves."""
    match type_:
        case Struct(fields):
            return Struct(tuple(Field(each.name, _plain(each.type)) for each in fields))
        case Array(element):
            return Array(_plain(element))
        case Map(value):
            return Map(_plain(value))
    return type_
