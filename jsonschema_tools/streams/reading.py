"""From a document to streams: in which forms they are written, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.streams.names import is_regex, name_pattern

_EXAMPLE = "Write them as {defaults: {...}, streams: {name: {schema_title: ...}}}."
_LISTS = ("topics", "topic_prefixes")


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream as it is written: its name or regular expression, its own settings, and where they stand."""

    name: str
    settings: dict[str, Any]
    pointer: str


@dataclass(frozen=True, slots=True)
class StreamDocument:
    """What a file of streams says, before the defaults are applied."""

    defaults: dict[str, Any]
    entries: tuple[Entry, ...]


def read_streams(document: Document) -> StreamDocument:
    """The streams of a document: ``{defaults, streams}``, streams alone, or an answer of MediaWiki's action API.

    The streams are a mapping or a list. Of two with one name the last counts, in the place of the first. Raises
    `ConfigurationError` with a JSON Pointer.
    """
    written = written_streams(document)
    check_lists(written.defaults, "defaults", "/defaults")
    for entry in written.entries:
        check_lists(entry.settings, f"the stream {entry.name!r}", entry.pointer)
    return written


def written_streams(document: Document) -> StreamDocument:
    """As `read_streams`, but that topics are not looked at."""
    defaults, streams, above = _parts(document)
    found = {entry.name: entry for entry in _entries(streams, above)}
    return StreamDocument(defaults, tuple(found.values()))


def _parts(document: Document) -> tuple[dict[str, Any], Document, str]:
    if isinstance(document, list):
        return {}, document, ""
    if not isinstance(document, dict):
        raise ConfigurationError(f"streams are a mapping, not {describe(document)}", pointer="", remedy=_EXAMPLE)
    if is_failure(document):
        raise ConfigurationError(
            f"this is no list of streams, but an error: {_reason(document['error'])}",
            pointer="/error",
            remedy="Ask the server again, or name another file or URL.",
        )
    if "streams" in document:
        return _defaults(document.get("defaults")), document["streams"], "/streams"
    if "defaults" in document:
        raise ConfigurationError("there are defaults, but no `streams`", pointer="/defaults", remedy=_EXAMPLE)
    return {}, document, ""


def is_failure(document: Document) -> bool:
    """Whether a document is what an API answers with where it failed: it has ``error``, and that is no stream."""
    if not isinstance(document, dict) or "error" not in document:
        return False
    error = document["error"]
    return not isinstance(error, dict) or "streams" in document or "schema_title" not in error


def _reason(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("info") or error.get("code") or error.get("message")
    return describe(error)


def _defaults(defaults: Document) -> dict[str, Any]:
    if defaults is None:
        return {}
    if not isinstance(defaults, dict):
        raise ConfigurationError(
            f"defaults must be a mapping, not {describe(defaults)}", pointer="/defaults", remedy=_EXAMPLE
        )
    return defaults


def _entries(streams: Document, above: str) -> Iterator[Entry]:
    if not isinstance(streams, (dict, list)):
        raise ConfigurationError(f"streams are a mapping, not {describe(streams)}", pointer=above, remedy=_EXAMPLE)
    named = streams.items() if isinstance(streams, dict) else ((str(at), item) for at, item in enumerate(streams))
    for key, settings in named:
        pointer = f"{above}/{escape_token(key)}"
        if not isinstance(settings, dict):
            raise ConfigurationError(
                f"the settings of the stream {key!r} must be a mapping, not {describe(settings)}",
                pointer=pointer,
                remedy="Write settings such as `schema_title: shop/order`, or {} for the defaults alone.",
            )
        name = _name(key, settings, pointer)
        if not name:
            raise ConfigurationError("a stream has an empty name", pointer=pointer, remedy="Give it a name.")
        yield Entry(name, settings, pointer)


def _name(key: str, settings: dict[str, Any], pointer: str) -> str:
    """The name: the setting ``stream`` before the key.

    Where the setting is a regular expression that matches the key, the key is the name, which somebody asked for.
    """
    own = settings.get("stream")
    if own is None:
        return key
    if not isinstance(own, str):
        raise ConfigurationError(
            f"the name of a stream is a text, not {describe(own)}",
            pointer=f"{pointer}/stream",
            remedy="Put it between quotes.",
        )
    asked = own != key and is_regex(own) and not key.isdigit()
    return key if asked and not is_regex(key) and name_pattern(own).matches(key) else own


def check_lists(settings: dict[str, Any], whose: str, pointer: str) -> None:
    """Raise `ConfigurationError` where topics or their prefixes are no list of texts."""
    for key in _LISTS:
        value = settings.get(key)
        if value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            continue
        wrong = "has a member that is no text" if isinstance(value, list) else f"is {describe(value)}"
        remedy = "Write each member as a text." if isinstance(value, list) else f"Write {key}: [{describe(value)}]."
        raise ConfigurationError(
            f"{whose}: {key} must be a list of texts, and {wrong}", pointer=f"{pointer}/{key}", remedy=remedy
        )
