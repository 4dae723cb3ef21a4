"""The shape of a schema: a type with which a valid event is recognized while its text is read.

A msgspec type says part of what a schema says: the JSON types, which properties there are and which there must be, the
lengths of texts and lists, the bounds of integers. What a type leaves open about a value, such as its format, the
validator of that part of the schema says. So each part of an event is judged by what knows it exactly, and a text that
fits the shape of a schema is valid. One that does not fit may be valid too, as ``1.0`` is an integer for JSON Schema
(draft-06 and later, 6.1.1), and is to be judged by the whole schema.

What is in properties that no schema describes is passed over: of it, only the grammar of JSON is checked. A *whole*
shape takes no such properties: all of an event is in its value, in which ``None`` is absent, unless it may be null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from jsonschema_tools.events.shape_reader import TAG, IsValid, Shape
from jsonschema_tools.schemas.dialects import is_known_dialect, metaschema_uri
from jsonschema_tools.schemas.vocabulary import CONTENT, REFERENCES, Kind, keywords

Compile = Callable[[dict[str, Any]], IsValid]
"""From a schema that refers to no other to its validator; raises `ValueError`."""

_Test = Callable[[str], str]
"""From a Python expression for a value to one that is true if the value is valid."""

_DEEPEST = 20
"""Parts further inside are left to the validator, for the sake of Python's limits on expressions."""

_UNHEEDED = keywords(kinds=(Kind.ANNOTATION, Kind.CORE)) - {*REFERENCES} - CONTENT
"""Keywords that say nothing of a value: annotations, and what only references lead to."""

_MOST_PROPERTIES = 100
"""Of one object: msgspec looks for a name among all of them."""

_MOST_PARTS = 2000

_INT64 = range(1 - 2**63, 2**63 - 1)

_LENGTHS = range(2**31)


class _NoShape(Exception):
    """The schema cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of a schema says of a value: a type, and the test that it leaves open, if any."""

    type: Any
    test: _Test | None = None


def shape_of(schema: Any, tag: str | None, compile_part: Compile, *, whole: bool = False) -> Shape | None:
    """The shape of the events that name the schema as ``tag``; ``None`` where the schema has none.

    ``schema`` is of a draft from 4 to 2020-12. One with references or parts of several drafts has no shape, nor has
    one with keywords at the top other than those about properties.
    """
    shaping = _Shaping(compile_part, metaschema_uri(schema), whole)
    try:
        _check(schema, lambda inner: not any(isinstance(inner.get(word), str) for word in REFERENCES))
        part = shaping.root(schema, tag)
        test = part.test("event") if part.test else "True"
        # Quicker than anything that walks through the event. It is made of the names f0, c0 and so on only: nothing
        # of the schema is in it.
        return Shape(tag, part.type, eval(f"lambda event: {test}", shaping.names))
    except (_NoShape, ValueError, TypeError):
        return None


class _Shaping:
    """The making of one shape; ``names`` are those that its tests use."""

    def __init__(self, compile_part: Compile, dialect: str, whole: bool) -> None:
        from msgspec import UNSET

        self._compile = compile_part
        self._dialect = dialect
        self._whole = whole
        self._parts = 0
        self.names: dict[str, Any] = {"absent": UNSET}

    def root(self, schema: Any, tag: str | None) -> _Part:
        said = self._said(schema)
        if said.get("type") != "object":
            raise _NoShape
        if tag is not None:
            # The reader sees to it that the event has this ``$schema``.
            properties = dict(_mapping(said.get("properties", {})))
            self._check_allows(properties.pop(TAG, said.get("additionalProperties", True)), tag)
            required = [name for name in said.get("required", ()) if name != TAG]
            said |= {"properties": properties, "required": required}
        part = self._object(said, 0, tag)
        if part is None:
            raise _NoShape
        return part

    def _check_allows(self, schema: Any, value: str) -> None:
        if schema is not True and not self._validator(self._said(schema))(value):
            raise _NoShape

    def _part(self, schema: Any, depth: int) -> _Part:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise _NoShape
        if schema is True:
            return _Part(Any)
        said = self._said(schema)
        if not said:
            return _Part(Any)
        kind = said.get("type")
        part = None
        if depth < _DEEPEST and kind in ("object", "array"):
            part = self._object(said, depth) if kind == "object" else self._array(said, depth)
        elif kind in ("string", "integer", "boolean", "null"):
            # Not a number: only what is read without a type is exact.
            part = self._scalar(kind, said)
        return part or _Part(Any, self._tested(said))

    def _scalar(self, kind: str, said: dict[str, Any]) -> _Part:
        from msgspec import Meta

        of_kind, limits = _TYPES[kind], {}
        rest = {keyword: value for keyword, value in said.items() if keyword != "type"}
        if kind == "string":
            limits = _taken(rest, {"minLength": "min_length", "maxLength": "max_length"}, _LENGTHS)
        elif kind == "integer" and not rest.keys() & {"exclusiveMinimum", "exclusiveMaximum"}:
            # In draft-04 the latter say what the former mean.
            limits = _taken(rest, {"minimum": "ge", "maximum": "le"}, _INT64)
        if limits:
            of_kind = Annotated[of_kind, Meta(**limits)]
        return _Part(of_kind, self._tested(rest) if rest else None)

    def _array(self, said: dict[str, Any], depth: int) -> _Part | None:
        from msgspec import Meta

        rest = {keyword: value for keyword, value in said.items() if keyword not in ("type", "items")}
        limits = _taken(rest, {"minItems": "min_length", "maxItems": "max_length"}, _LENGTHS)
        items = said.get("items", True)
        if rest or isinstance(items, list):
            return None
        item = self._part(items, depth + 1)
        if item.test is not None:
            return None
        of_items = list[item.type]  # type: ignore[name-defined]
        return _Part(Annotated[of_items, Meta(**limits)] if limits else of_items)

    def _object(self, said: dict[str, Any], depth: int, tag: str | None = None) -> _Part | None:
        properties, additional = _mapping(said.get("properties", {})), said.get("additionalProperties", True)
        required = said.get("required", [])
        if said.keys() - {"type", "properties", "required", "additionalProperties"} or not isinstance(required, list):
            return None
        if additional == {}:
            additional = True
        if self._whole and not properties and additional is True and not required and tag is None:
            return _Part(dict[str, Any])
        few = len(properties) <= _MOST_PROPERTIES
        if few and isinstance(additional, bool) and set(required) <= properties.keys():
            return self._struct(properties, required, additional, depth, tag)
        if properties or required or tag is not None:
            return None
        value = self._part(additional, depth + 1)
        return _Part(dict[str, value.type]) if value.test is None else None  # type: ignore[name-defined]

    def _struct(
        self, properties: dict[str, Any], required: list[str], additional: bool, depth: int, tag: str | None
    ) -> _Part:
        from msgspec import UNSET, defstruct

        fields: list[Any] = []
        tests: list[_Test] = []
        for number, (name, schema) in enumerate(properties.items()):
            part = self._part(schema, depth + 1)
            optional = name not in required
            absent = None if self._whole and part.type is not Any else UNSET
            fields.append((f"f{number}", part.type, absent) if optional else (f"f{number}", part.type))
            if part.test is not None:
                tests.append(_of_field(f"f{number}", part.test, "absent" if absent is UNSET else "None", optional))
        struct = defstruct(
            "Shaped",
            fields,
            rename={f"f{number}": name for number, name in enumerate(properties)},
            forbid_unknown_fields=self._whole or not additional,
            kw_only=True,
            gc=False,
            tag_field=TAG if tag is not None else None,
            tag=tag,
        )
        return _Part(struct, (lambda value: " and ".join(test(value) for test in tests)) if tests else None)

    def _tested(self, said: dict[str, Any]) -> _Test:
        """The test of a value by the validator of its schema, which is made once the test is used."""

        def test(value: str) -> str:
            name = f"c{len(self.names)}"
            self.names[name] = self._validator(said)
            return f"{name}({value})"

        return test

    def _validator(self, said: dict[str, Any]) -> IsValid:
        _check(said, self._is_of_the_dialect)
        return self._compile(said)

    def _said(self, schema: Any) -> dict[str, Any]:
        """What a schema says of a value."""
        if not self._is_of_the_dialect(_mapping(schema)):
            raise _NoShape
        return {keyword: value for keyword, value in schema.items() if keyword not in _UNHEEDED}

    def _is_of_the_dialect(self, schema: dict[str, Any]) -> bool:
        if not isinstance(schema.get("$schema"), str):
            return True
        return is_known_dialect(schema) and metaschema_uri(schema) == self._dialect


_TYPES: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "null": None}


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _NoShape
    return value


def _taken(rest: dict[str, Any], keywords: dict[str, str], allowed: range) -> dict[str, Any]:
    """The limits that a type can have, by msgspec's names; they are taken out of the rest."""
    usable = [word for word in keywords if type(rest.get(word)) is int and rest[word] in allowed]
    return {keywords[word]: rest.pop(word) for word in usable}


def _of_field(field: str, test: _Test, absent: str, optional: bool) -> _Test:
    if optional:
        return lambda value: f"({value}.{field} is {absent} or {test(f'{value}.{field}')})"
    return lambda value: test(f"{value}.{field}")


def _check(value: Any, is_fine: Callable[[dict[str, Any]], bool]) -> None:
    """Refuse a schema with an object anywhere, be it a schema or not, that is not fine."""
    if isinstance(value, dict) and not is_fine(value):
        raise _NoShape
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, is_fine)
