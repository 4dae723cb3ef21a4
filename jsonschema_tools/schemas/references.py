"""``$ref``s replaced by what they point to.

A reference may stand anywhere, also outside schema keywords (``examples: [{$schema: {$ref: '#/$id'}}]``). Keys beside
a ``$ref`` extend the target, and win over its keys. ``#/pointer`` points into the document that holds the reference.
A plain-name fragment (``#name``) is left as it is.

Source: JSON Pointer (RFC 6901), JSON Schema draft-07 section 8.3, and json-schema-ref-parser 7.1 for what upstream does
where those are silent: targets are inserted *as the same object*, not as copies; keys beside a ``$ref`` are read as if
they stood in the target's document.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from jsonschema_tools.documents.pointers import child, join, split
from jsonschema_tools.documents.values import Document, blank, clone, trace
from jsonschema_tools.errors import ReferenceCycle, SchemaError, SchemaToolsError, UnresolvableReference
from jsonschema_tools.schemas.reference_list import SAME_DOCUMENT, is_reference
from jsonschema_tools.schemas.size import FLATTER, MAX_DEPTH, TOO_DEEP, measure

Retrieve = Callable[[str], Document]
"""From a URI without fragment to its document; raises a `SchemaToolsError`."""

_CYCLE_REMEDY = (
    "A recursive schema cannot be inlined. Break the cycle, or keep the $refs as they are with"
    " `shouldDereference: false`."
)


def dereference(document: Document, retrieve: Retrieve, *, base_uri: str = "/", traced: bool = False) -> Document:
    """A copy of ``document`` without references; what one object was referenced twice is the same object twice.

    ``base_uri`` is what relative references of the document are relative to (its ``$id``). With ``traced`` every
    mapping is a `TracedObject`; the source of the document itself is then the empty string, that of the others
    their URI. Raises `UnresolvableReference`, `ReferenceCycle` (their ``source`` is ``None`` for the document itself)
    and whatever ``retrieve`` raises.
    """
    root = trace(document, "") if traced else clone(document)
    resolver = _Resolver(root, retrieve, base_uri, traced)
    result = resolver.inline(root, _Place(_ROOT, ()))
    measure(result)
    return result


_ROOT = ""

"""Upstream takes ``./#/definitions/x`` for a place in the same document, and real repositories write it so."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in one of the documents: its key in the resolver and the tokens of a JSON Pointer."""

    document: str
    tokens: tuple[str, ...]

    @property
    def pointer(self) -> str:
        return join(self.tokens)

    def __str__(self) -> str:
        return f"{self.document}#{self.pointer}"


class _Resolver:
    """One dereferencing: the documents it has seen, and what it is in the middle of."""

    def __init__(self, root: Document, retrieve: Retrieve, base_uri: str, traced: bool) -> None:
        self._retrieve = retrieve
        self._base_uri = base_uri
        self._traced = traced
        self._documents: dict[str, Document] = {_ROOT: root}
        self._open: set[int] = set()
        self._done: dict[int, Any] = {}
        self._trail: list[str] = []

    def inline(self, value: Any, place: _Place) -> Any:
        """Replace every reference in and at the value, in place where it is a container."""
        if is_reference(value):
            return self._replace(value, place)
        if isinstance(value, (dict, list)) and id(value) not in self._done:
            self._open.add(id(value))
            if len(self._open) > MAX_DEPTH + 1:
                raise SchemaError(TOO_DEEP, remedy=FLATTER, source=self._source(place), pointer=place.pointer)
            for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
                if isinstance(item, (dict, list)):
                    if id(item) in self._open:
                        raise self._cycle(place)
                    value[key] = self.inline(item, _Place(place.document, (*place.tokens, str(key))))
            self._open.discard(id(value))
            self._done[id(value)] = value
        return value

    def _replace(self, reference: dict[str, Any], place: _Place) -> Any:
        self._trail.append(f"{place} -> {reference['$ref']}")
        target, target_place = self._resolve(reference["$ref"], place)
        if id(target) in self._open:
            raise self._cycle(place)
        if len(self._trail) > MAX_DEPTH:
            raise self._too_long(place)
        value = self.inline(_extended(reference, target), target_place)
        self._trail.pop()
        return value

    def _resolve(self, reference: str, place: _Place) -> tuple[Any, _Place]:
        """The value that a reference at ``place`` points to, itself not a plain reference, and where that stands."""
        key, fragment = self._document(reference, place)
        value, here = self._documents[key], _Place(key, ())
        for token in _tokens(fragment, reference, self._source(place), place.pointer):
            if not (is_reference(value) and token in value):
                # A key beside a $ref wins over the target's: no need to look there, where the way may lead back here.
                value, here = self._follow(value, here)
            value = self._step(value, token, reference, place)
            here = _Place(here.document, (*here.tokens, token))
        return self._follow(value, here)

    def _follow(self, value: Any, here: _Place) -> tuple[Any, _Place]:
        if not is_reference(value):
            return value, here
        self._trail.append(f"{here} -> {value['$ref']}")
        if self._trail.count(self._trail[-1]) > 2:
            raise self._cycle(here)
        if len(self._trail) > MAX_DEPTH:
            raise self._too_long(here)
        target, target_place = self._resolve(value["$ref"], here)
        self._trail.pop()
        if len(value) > 1:
            return _extended(value, target), here
        return target, target_place

    def _document(self, reference: str, place: _Place) -> tuple[str, str]:
        """Load the document a reference points into; its key and the fragment of the reference."""
        address, _, fragment = reference.partition("#")
        if address in SAME_DOCUMENT:
            return place.document, fragment
        try:
            uri = urljoin(place.document or self._base_uri, address)
        except ValueError:
            raise UnresolvableReference(
                f"$ref {reference!r} is not a URI",
                remedy="Write the path of a schema, such as /user/create/1.0.0.",
                source=self._source(place),
                pointer=f"{place.pointer}/$ref",
            ) from None
        if uri not in self._documents:
            try:
                document = self._retrieve(uri)
            except SchemaToolsError as error:
                if error.source is None and error.pointer is None:
                    pointer = f"{place.pointer}/$ref"
                    raise error.replaced(source=self._source(place), pointer=pointer) from error.__cause__
                raise
            self._documents[uri] = trace(document, uri) if self._traced else clone(document)
        return uri, fragment

    def _step(self, value: Any, token: str, reference: str, place: _Place) -> Any:
        try:
            return child(value, token)
        except LookupError:
            raise UnresolvableReference(
                f"$ref {reference!r} points to nothing: there is no {token!r} in it",
                remedy="Correct the pointer after the '#', or the version of the schema it points into.",
                source=self._source(place),
                pointer=f"{place.pointer}/$ref",
            ) from None

    def _too_long(self, place: _Place) -> SchemaError:
        if len(set(self._trail)) < len(self._trail):
            return self._cycle(place)
        return UnresolvableReference(
            f"more than {MAX_DEPTH} $refs lead from one to the next",
            remedy="Refer to the schema at the end of the chain, or make the schema flatter.",
            source=self._source(place),
            pointer=place.pointer,
        )

    def _cycle(self, place: _Place) -> ReferenceCycle:
        chain = _loop(self._trail)
        return ReferenceCycle(
            f"$refs lead back to themselves: {', '.join(chain)}",
            chain=chain,
            remedy=_CYCLE_REMEDY,
            source=self._source(place),
            pointer=place.pointer,
        )

    @staticmethod
    def _source(place: _Place) -> str | None:
        return place.document or None


def _extended(reference: dict[str, Any], target: Any) -> Any:
    if len(reference) == 1 or not isinstance(target, (dict, list)):
        return target
    extended = blank(reference)
    extended.update((key, item) for key, item in reference.items() if key != "$ref")
    entries = target.items() if isinstance(target, dict) else ((str(i), item) for i, item in enumerate(target))
    for key, item in entries:
        extended.setdefault(key, item)
    return extended


def _tokens(fragment: str, reference: str, source: str | None, pointer: str) -> list[str]:
    if not fragment:
        return []
    if fragment[0] != "/":
        raise UnresolvableReference(
            f"$ref {reference!r} has a fragment that is no JSON Pointer",
            remedy="Write the fragment as '#/...', or none.",
            source=source,
            pointer=f"{pointer}/$ref",
        )
    return [unquote(token) for token in split(fragment)]


def _loop(trail: list[str]) -> tuple[str, ...]:
    """The part of the trail that repeats, else its last steps."""
    steps = list(dict.fromkeys(trail))
    return tuple(steps[-8:])
