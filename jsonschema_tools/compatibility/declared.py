"""Schemas as seen by readers that keep the declared properties of an event and drop the others.

Every reader that puts events into typed columns does that. `closed` is what a writer sends who sends only declared
properties; `opened` is what such a reader takes, who does not look at any others.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.compatibility.places import Place, everywhere, is_schema
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.containment.model import Projected
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.schemas.vocabulary import ANCHORS, REFERENCES, Reach, keywords

_ALTERNATIVES = ("allOf", "anyOf", "oneOf")
_DEPENDENT = ("dependencies", "dependentSchemas")
_CLOSING = ("additionalProperties", "unevaluatedProperties")
_AS_IT_IS = frozenset({"not", "if", "contains", "propertyNames", "unevaluatedProperties"})
_IN_PLACE = keywords(reach=Reach.IN_PLACE) - _AS_IT_IS
_MEMBERS = keywords(reach=Reach.CHILD) - _AS_IT_IS
_NAMES = frozenset({"$id", "id", *ANCHORS, "$defs", "definitions"})


def closed(document: Document, draft: str | None = None, retrieve: Retrieve | None = None) -> Document:
    """The schema of the events that hold only what it declares.

    Objects that declare no property stay open, and so do maps, whose ``additionalProperties`` is a schema.
    """
    return _projected(Same(document), draft, Same(retrieve), True)


def opened(document: Document, draft: str | None = None, retrieve: Retrieve | None = None) -> Document:
    """The schema with every ``additionalProperties: false`` taken away, that of a reader who does not look at others.

    Of alternatives that this makes overlap, more than one may match.
    """
    return _projected(Same(document), draft, Same(retrieve), False)


@functools.lru_cache(maxsize=16)
def _projected(document: Same, draft: str | None, retrieve: Same, closing: bool) -> Document:
    documents = Documents(document.value, draft_of(document.value, draft), retrieve.value)
    return _Projection(documents, closing=closing).document()


class _Role(Enum):
    """What a schema is to the value that it looks at: all there is, one of several, or no part of the projection.

    Inside of ``not`` and ``if`` to close would be to open: what stands there stays as it is.
    """

    WHOLE = auto()
    PART = auto()
    PLAIN = auto()


class _Projection:
    """A copy of a schema in which every object is closed, or opened. What a ``$ref`` leads to becomes a definition."""

    def __init__(self, documents: Documents, *, closing: bool) -> None:
        self._documents = documents
        self._closing = closing
        self._definitions: dict[str, Any] = {}
        self._known: dict[tuple[str, _Role], str] = {}
        self._chooses = False

    def document(self) -> Document:
        root = self._copy(self._documents.root, _Role.WHOLE)
        if not isinstance(root, dict):
            return root
        if self._closing and self._chooses:
            # A value that two branches of a oneOf allow may be left to one of them once they are closed.
            root = {"allOf": [self._copy(self._documents.root, _Role.PLAIN), root]}
        return {**root, "$schema": self._documents.draft.uri, "definitions": self._definitions}

    def _copy(self, place: Place, role: _Role) -> Document:
        schema = place.schema
        return Projected(self._copied(place, schema, role), place.pointer) if isinstance(schema, dict) else schema

    def _copied(self, place: Place, schema: dict[str, Any], role: _Role) -> dict[str, Any]:
        if self._documents.ignores_siblings(schema):
            schema = {"$ref": schema["$ref"]}
        parts: list[Document] = []
        copy: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in REFERENCES and isinstance(value, str):
                parts.append({"$ref": self._definition(place, value, role)})
            elif keyword == "allOf":
                parts += [self._copy(child, self._below(keyword, role)) for child in place.children(keyword)]
            elif keyword == "oneOf" and role is not _Role.PLAIN and self._opens(place):
                parts.append({"anyOf": self._keyword(place, keyword, value, role)})
            elif keyword not in _NAMES:
                self._chooses = self._chooses or keyword == "oneOf"
                copy[keyword] = self._keyword(place, keyword, value, role)
        if not self._closing and role is not _Role.PLAIN:
            for keyword in _CLOSING:
                copy = {key: value for key, value in copy.items() if key != keyword or value is not False}
        if self._closing and role is _Role.WHOLE:
            parts += self._closing_part(place)
        return {**copy, "allOf": parts} if parts else copy

    def _keyword(self, place: Place, keyword: str, value: Any, role: _Role) -> Any:
        """The value of a keyword, with copies of the schemas in it."""
        below = self._below(keyword, role)
        if below is None:
            return value
        if isinstance(value, list):
            return [self._copy(child, below) for child in place.children(keyword)]
        if keyword in ("properties", "patternProperties", *_DEPENDENT) and isinstance(value, dict):
            return {**value, **{name: self._copy(child, below) for name, child in place.named(keyword).items()}}
        return self._copy(place.child(value, keyword), below) if is_schema(value) else value

    @staticmethod
    def _below(keyword: str, role: _Role) -> Any:
        if keyword in _AS_IT_IS or (role is _Role.PLAIN and keyword in _IN_PLACE | _MEMBERS):
            return _Role.PLAIN
        return _Role.PART if keyword in _IN_PLACE else _Role.WHOLE if keyword in _MEMBERS else None

    def _definition(self, place: Place, reference: str, role: _Role) -> str:
        target = self._documents.target(place, reference)
        key = (target.pointer, _Role.PLAIN if role is _Role.PLAIN else _Role.PART)
        if key not in self._known:
            name = self._known[key] = f"{len(self._known)}"
            self._definitions[name] = True
            self._definitions[name] = self._copy(target, key[1])
        return f"#/definitions/{self._known[key]}"

    def _closing_part(self, place: Place) -> list[Document]:
        """What keeps all but the declared properties out, where any are declared."""
        names: dict[str, Document] = {}
        patterns: dict[str, Document] = {}
        declares = False
        for part in every_part(self._documents, [place]):
            if part.schema.get("additionalProperties", True) not in (True, {}):
                return []
            properties, by_pattern = part.named("properties"), part.named("patternProperties")
            declares = declares or bool(properties or by_pattern)
            required = part.schema.get("required")
            names |= dict.fromkeys(properties, True)
            names |= {n: True for n in (required if isinstance(required, list) else ()) if isinstance(n, str)}
            patterns |= dict.fromkeys(by_pattern, True)
        if not declares:
            return []
        if self._documents.draft < 2019:
            return [{"properties": names, "patternProperties": patterns, "additionalProperties": False}]
        # Unlike the others this keyword evaluates nothing: unevaluatedProperties sees what it saw before.
        allowed = [{"enum": list(names)}, *({"pattern": pattern} for pattern in patterns)]
        return [{"propertyNames": {"anyOf": allowed}}]

    def _opens(self, place: Place) -> bool:
        """Whether anything in a branch of ``oneOf`` is closed until it is opened here."""
        if self._closing:
            return False
        seen: set[str] = set()
        pending = place.children("oneOf")
        while pending:
            for part in everywhere(pending.pop()):
                if part.pointer in seen:
                    continue
                seen.add(part.pointer)
                if any(part.schema.get(keyword) is False for keyword in _CLOSING):
                    return True
                references = [part.schema.get(keyword) for keyword in REFERENCES]
                pending += [self._documents.target(part, text) for text in references if isinstance(text, str)]
        return False


def every_part(documents: Documents, places: Iterable[Place]) -> list[Place]:
    """Every schema that looks at the same value, those of alternatives and conditions included."""
    found: dict[str, Place] = {}
    pending = list(places)
    while pending:
        for part in documents.parts(pending.pop())[0]:
            if part.pointer not in found:
                found[part.pointer] = part
                pending += [branch for keyword in _ALTERNATIVES for branch in part.children(keyword)]
                pending += [branch for keyword in _DEPENDENT for branch in part.named(keyword).values()]
                if "if" in part.schema:
                    pending += [branch for key in ("then", "else") if (branch := part.single(key)) is not None]
    return list(found.values())
