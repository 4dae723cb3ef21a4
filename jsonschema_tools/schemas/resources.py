"""Schemas as resources of the library `referencing`, which resolves ``$ref`` for events and proofs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.dialects import declared_draft
from jsonschema_tools.schemas.vocabulary import Draft


def resource(schema: Document, draft: Draft) -> Any:
    """A schema as a resource of the draft that it names, else of the given one."""
    from referencing.jsonschema import specification_with

    return specification_with((declared_draft(schema) or draft).uri).create_resource(schema)


def registry(retrieve: Callable[[str], Document] | None, draft: Draft) -> Any:
    """A registry with all metaschemas, in which other documents are looked up; those name their draft, or are of one.

    What cannot be looked up is `referencing.exceptions.NoSuchResource`.
    """
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing import Registry
    from referencing.exceptions import NoSuchResource

    def fetch(uri: str) -> Any:
        if retrieve is None:
            raise NoSuchResource(ref=uri)  # type: ignore[call-arg]
        try:
            document = retrieve(uri)
        except SchemaToolsError as error:
            raise NoSuchResource(ref=uri) from error  # type: ignore[call-arg]
        return resource(document, draft)

    own: Registry[Any] = Registry(retrieve=fetch)  # type: ignore[call-arg]
    return REGISTRY.combine(own)
