"""A file of tests: events that a schema is to accept and events that it is to refuse, and by which versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.rules.model import Problem
from jsonschema_tools.schemas.vocabulary import keywords
from jsonschema_tools.versions import version_range

KEYS = ("valid", "invalid", "versions")
ENTRY_KEYS = ("event", "pointer", "keyword")
ANY_VERSION = "*"

_FALSE = "false"
"""What an error calls the schema ``false``, which is no keyword."""

_FORM = "Write `valid:` with a list of events, or `invalid:` with a list of `event:`, `pointer:` and `keyword:`."


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a file says of one event: it is valid, or is to be refused ``at`` a JSON Pointer and by a ``keyword``, where
    these are given. ``pointer`` is where the event stands in the file, ``name`` tells it from the others."""

    name: str
    pointer: str
    event: Document
    refused: bool = False
    at: str | None = None
    keyword: str | None = None


def expectations(document: Mapping[str, Any]) -> Iterator[Expectation]:
    """The expectations of a file that has no `faults`, in its order."""
    for index, event in enumerate(document.get("valid", ())):
        yield Expectation(f"valid-{index}", f"/valid/{index}", event)
    for index, entry in enumerate(document.get("invalid", ())):
        at, keyword = entry.get("pointer"), entry.get("keyword")
        yield Expectation(f"invalid-{index}", f"/invalid/{index}", entry["event"], True, at, keyword)


def faults(document: Document) -> Iterator[Problem]:
    """What keeps a document from being a file of tests."""
    if document is None:
        yield Problem("the file is empty", remedy=_FORM)
    elif not isinstance(document, dict):
        yield Problem(f"the file is no mapping, but {describe(document)}", remedy=_FORM)
    elif "$id" in document and not {*KEYS} & document.keys():
        message = "this is a schema, and the folder has no current file: it is read as tests of the schema above"
        yield Problem(message, "/$id", "Put the current file back, or move the file out of the folder.")
    else:
        yield from _unknown(document, KEYS, "")
        yield from _lists(document)
        if not document.get("valid") and not document.get("invalid") and document.keys() <= {*KEYS}:
            yield Problem("the file has no event: nothing is tested", remedy=_FORM)
        yield from _versions(document)


def _lists(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("valid", "invalid"):
        found = document.get(key, [])
        if not isinstance(found, list):
            yield Problem(f"{key} is no list", f"/{key}", f"Write a list: `{key}: [...]`.")
        elif key == "invalid":
            for index, entry in enumerate(found):
                yield from _entry(entry, f"/invalid/{index}")


def _entry(entry: Document, pointer: str) -> Iterator[Problem]:
    if not isinstance(entry, dict) or "event" not in entry:
        slips = [key for key in entry if get_close_matches(key, ["event"])] if isinstance(entry, dict) else []
        if isinstance(entry, dict) and slips:
            yield from _unknown({key: entry[key] for key in slips}, ENTRY_KEYS, pointer)
        else:
            remedy = "Write `event:` before the event, and beside it `pointer:` and `keyword:`."
            yield Problem("an event that is to be refused stands under `event`, which is missing", pointer, remedy)
        return
    yield from _unknown(entry, ENTRY_KEYS, pointer)
    at, keyword = entry.get("pointer"), entry.get("keyword")
    if "pointer" in entry and not (isinstance(at, str) and (at == "" or at.startswith("/"))):
        near = f"Did you mean '/{at.replace('.', '/')}'? " if isinstance(at, str) else ""
        remedy = f"{near}Write /, then the names on the way to the value: /items/0/price; '' is the event itself."
        yield Problem(f"{describe(at)} is no JSON Pointer", f"{pointer}/pointer", remedy)
    known = keywords() | {_FALSE}
    if "keyword" in entry and not (isinstance(keyword, str) and keyword in known):
        remedy = _near(keyword, known) or "Write the keyword that refuses the event, such as required."
        yield Problem(f"{describe(keyword)} is no keyword of JSON Schema", f"{pointer}/keyword", remedy)


def _versions(document: Mapping[str, Any]) -> Iterator[Problem]:
    if "versions" not in document:
        return
    written = document["versions"]
    try:
        version_range(written)
    except (ValueError, TypeError, AttributeError) as error:
        reason = f": {error}" if isinstance(error, ValueError) else ""
        remedy = "Write a range such as '>=1.1.0', '^1.2.0' or '>=1.1.0 <2.0.0'."
        yield Problem(f"{describe(written)} is no range of versions{reason}", "/versions", remedy)


def _unknown(entry: Mapping[str, Any], known: Iterable[str], pointer: str) -> Iterator[Problem]:
    for key in entry:
        if key not in known:
            remedy = _near(key, known) or f"Known keys: {', '.join(known)}."
            yield Problem(f"unknown key {key!r}", f"{pointer}/{escape_token(key)}", remedy)


def _near(name: object, known: Iterable[str]) -> str | None:
    found = get_close_matches(name, sorted(known), n=1, cutoff=0.5) if isinstance(name, str) else []
    return f"Did you mean {found[0]!r}?" if found else None
