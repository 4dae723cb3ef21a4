"""The references in a document, each with its place."""

from __future__ import annotations

from typing import Any
from urllib.parse import urldefrag, urljoin

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document

SAME_DOCUMENT = frozenset({"", ".", "./"})
"""What stands before the fragment of a reference into its own document; real repositories write ``./#/...``."""


def located_references(document: Document, base_uri: str = "/") -> list[tuple[str, str]]:
    """Every reference to another document: the JSON Pointer of the object that has it, and the URI without fragment."""
    found: list[tuple[str, str]] = []

    def visit(value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            if is_reference(value) and value["$ref"].partition("#")[0] not in SAME_DOCUMENT:
                found.append((pointer, _joined(base_uri, value["$ref"])))
            for key, item in value.items():
                visit(item, f"{pointer}/{escape_token(key)}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                visit(item, f"{pointer}/{index}")

    visit(document, "")
    return found


def _joined(base_uri: str, reference: str) -> str:
    try:
        return urldefrag(urljoin(base_uri, reference)).url
    except ValueError:  # no URI at all, such as http://[
        return reference


def is_reference(value: Any) -> bool:
    """Whether the value is an object with a ``$ref`` this module replaces (not a plain-name fragment)."""
    if not isinstance(value, dict):
        return False
    target = value.get("$ref")
    return isinstance(target, str) and target != "" and (target[0] != "#" or target[:2] == "#/" or target == "#")
