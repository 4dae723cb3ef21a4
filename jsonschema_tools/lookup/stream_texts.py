"""The text of a file or URL that has streams."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.positions import locate_entry
from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import SIZE_LIMIT, near, read_named
from jsonschema_tools.lookup.fetching import Fetcher, Unavailable, canonical, host_of, without_secrets
from jsonschema_tools.streams.table import StreamTable

_URL = re.compile(r"https?://", re.IGNORECASE)
_NOT_SPACE = re.compile(rb"\xef\xbb\xbf|[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class StreamText:
    """The bytes of a file or an answer, and its name for messages."""

    content: bytes
    source: str

    def document(self) -> Document:
        """The document in it. Raises `DocumentError`."""
        is_json = _NOT_SPACE.sub(b"", self.content[:1000]).startswith((b"{", b"["))
        content_type = "json" if is_json else content_type_of(self.source)
        return parse(self.content, source=self.source, content_type=content_type)

    def located(self, error: SchemaToolsError) -> SchemaToolsError:
        """An error with the place that its JSON Pointer means."""
        place = locate_entry(self.content, error.pointer or "", source=self.source)
        return error.replaced(source=self.source, position=place[0] if place else None)


def is_url(source: str | Path) -> bool:
    """Whether streams come from a server."""
    return isinstance(source, str) and bool(_URL.match(source))


def read_text(path: str | Path, *folders: Path) -> StreamText:
    """The text of a file; what lies in one of the folders is read inside of that. Raises `ConfigurationError`."""
    path = Path(path)
    try:
        return StreamText(read_named(path, *folders), str(path))
    except OSError as error:
        raise ConfigurationError(
            f"the streams cannot be read: {error.strerror}",
            source=str(path),
            remedy=getattr(error, "remedy", near(path, "Name an existing file or a URL.")),
        ) from error


def fetched(url: str, timeout: float, allowed_hosts: Container[str] = (), *, offline: bool = False) -> StreamText:
    """The answer at a URL. Raises `ConfigurationError`, also for an answer that says that the server failed."""
    shown = without_secrets(url)
    try:
        address = canonical(url)
    except ValueError:
        raise ConfigurationError(
            f"{shown!r} is no URL that can be fetched", remedy="Write it as https://host/path, without a user name."
        ) from None
    if offline:
        raise ConfigurationError(
            "the streams are not fetched, since this run is offline",
            source=shown,
            remedy="Run it once without --offline: what is fetched is kept.",
        )
    hosts = {host_of(address)}
    fetcher = Fetcher(lambda to: host_of(to) in hosts or host_of(to) in allowed_hosts, timeout, SIZE_LIMIT)
    try:
        return StreamText(fetcher.fetch(address), shown)
    except Unavailable as error:
        remedy = "Check the URL and the network." if error.is_down else error.remedy or "Check the URL."
        raise ConfigurationError(
            f"the streams cannot be fetched: {error.reason}", source=shown, remedy=remedy
        ) from None


def table_in(text: StreamText) -> StreamTable:
    """The streams in a text. Raises `ConfigurationError` and `DocumentError`, with the place."""
    document = text.document()
    try:
        return StreamTable.of(document)
    except SchemaToolsError as error:
        raise text.located(error) from None


@functools.cache
def streams_schema() -> dict[str, Any]:
    """The JSON Schema of a file with streams, as a document."""
    schema: dict[str, Any] = json.loads(streams_schema_text())
    return schema


def streams_schema_text() -> str:
    """The JSON Schema of a file with streams."""
    return Path(__file__).with_name("streams.schema.json").read_text("utf-8")
