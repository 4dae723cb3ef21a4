"""Places in schemas: a schema within its document, and the schemas below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

from jsonschema_tools.containment.dialects import dialect_of
from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import UsageError
from jsonschema_tools.schemas.dialects import metaschema_uri

_UNSUPPORTED = re.compile(r"^https?://json-schema\.org/draft-(0[0-3])/")
_DATA = frozenset({"enum", "const", "default", "examples"})
_DEFINITIONS = frozenset({"definitions", "$defs"})
_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentSchemas"})


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


METASCHEMAS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
"""The metaschema of each draft."""


def is_schema(value: Any) -> bool:
    """Whether a value can be a schema: a mapping or a boolean."""
    return isinstance(value, (dict, bool))


def draft_number(document: Document, draft: str | None = None) -> int:
    """The draft as a number: 4, 6, 7, 2019 or 2020; ``draft`` (``7``, ``draft-07``, ``2020-12``) beats ``$schema``.

    Raises `UsageError` for a draft that is not known or not supported.
    """
    declared = document.get("$schema") if isinstance(document, dict) and draft is None else None
    if isinstance(declared, str) and (old := _UNSUPPORTED.search(declared)):
        raise UsageError(
            f"draft-{old[1]} is not supported: {declared!r} is no draft that can be compared",
            pointer="/$schema",
            remedy="Write the schema in draft-04 or a later one, or name the draft to read it as with --draft.",
        )
    name = dialect_of(draft if draft is not None else metaschema_uri(document)).name
    return int(name.removeprefix("draft-").partition("-")[0])


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
        if key in _DATA or (key in _DEFINITIONS and not definitions):
            continue
        if key in _MAPS:
            yield from here.named(key).values()
        elif isinstance(value, dict):
            yield here.child(value, key)
        elif isinstance(value, list):
            yield from here.children(key)
