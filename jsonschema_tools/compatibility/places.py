"""Places in schemas: a schema within its document, and the schemas below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import DATA, Holds, Kind, keywords

_DEFINITIONS = keywords(kinds=(Kind.CORE,), holds=Holds.MAP)
_MAPS = keywords(holds=Holds.MAP)


@dataclass(frozen=True, slots=True)
class Place:
    """A schema (a mapping or a boolean) and where it stands.

    ``pointer`` is its JSON Pointer in the document that is compared, or ``uri#pointer`` in another one; ``base`` the
    URI that its references are relative to, ``document`` the key of its document, ``identity`` the keyword that names
    schemas in its draft.
    """

    schema: Document
    pointer: str
    base: str
    document: str
    identity: str = "$id"

    def at(self, *tokens: str) -> str:
        """The pointer of something below."""
        return self.pointer + join(tokens)

    def child(self, schema: Document, *tokens: str) -> Place:
        """A subschema."""
        return Place(schema, self.at(*tokens), self.base_below(schema), self.document, self.identity)

    def base_below(self, schema: Document) -> str:
        """What references in a subschema are relative to."""
        name = schema.get(self.identity) if isinstance(schema, dict) else None
        if not isinstance(name, str) or name[:1] == "#":
            return self.base
        try:
            return urldefrag(urljoin(self.base, name)).url
        except ValueError:
            return self.base

    def children(self, keyword: str) -> list[Place]:
        """The subschemas in the list of a keyword."""
        value = self.schema.get(keyword)
        return (
            [self.child(item, keyword, str(i)) for i, item in enumerate(value) if is_schema(item)]
            if isinstance(value, list)
            else []
        )

    def named(self, keyword: str) -> dict[str, Place]:
        """The subschemas in the mapping of a keyword."""
        value = self.schema.get(keyword)
        return (
            {name: self.child(item, keyword, name) for name, item in value.items() if is_schema(item)}
            if isinstance(value, dict)
            else {}
        )

    def single(self, keyword: str) -> Place | None:
        """The subschema that is the value of a keyword."""
        value = self.schema.get(keyword)
        return self.child(value, keyword) if is_schema(value) else None


def is_schema(value: Any) -> bool:
    """Whether a value can be a schema: a mapping or a boolean."""
    return isinstance(value, (dict, bool))


def everywhere(root: Place) -> Iterator[Place]:
    """Every mapping in a document that can be a schema; the names in ``properties`` are no keywords."""
    pending = [root]
    while pending:
        here = pending.pop()
        if isinstance(here.schema, dict):
            yield here
            pending += below(here, definitions=True)


def below(here: Place, *, definitions: bool = False) -> Iterator[Place]:
    """What can be a schema right below one; with ``definitions`` those too that only a reference leads to."""
    for key, value in here.schema.items():
        if key in DATA or (key in _DEFINITIONS and not definitions):
            continue
        if key in _MAPS:
            yield from here.named(key).values()
        elif isinstance(value, dict):
            yield here.child(value, key)
        elif isinstance(value, list):
            yield from here.children(key)
