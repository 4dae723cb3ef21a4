"""Streams from a file or a URL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema_tools.documents.positions import locate_entry
from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import SIZE_LIMIT, near, read_named
from jsonschema_tools.lookup.fetching import Fetcher, Unavailable, canonical, host_of, without_secrets
from jsonschema_tools.streams.table import Stream, StreamTable

_URL = re.compile(r"https?://", re.IGNORECASE)


class Streams:
    """Which streams there are, their schemas, topics and settings: a file or an answer of a server.

    ``table`` is what they are now: it does not change, and asks nobody.
    """

    def __init__(self, table: StreamTable, source: str | None = None) -> None:
        self.table = table
        self.source = source

    @classmethod
    def of(cls, document: Document) -> Streams:
        """The streams of a document. Raises `ConfigurationError` with a JSON Pointer."""
        return cls(StreamTable.of(document))

    @classmethod
    def load(cls, source: str | Path, *, timeout: float = 10.0) -> Streams:
        """The streams in a file or at a URL, YAML or JSON.

        Raises `ConfigurationError` where it cannot be read or a stream is wrong, `DocumentError` where it is neither
        YAML nor JSON.
        """
        content, shown = read_source(source, timeout=timeout)
        return cls(table_in(content, shown), str(source))

    def stream(self, name: str) -> Stream | None:
        """The stream that a name belongs to, with its settings; `None` where there is none. Not to be changed."""
        return self.table.stream(name)

    def find(self, name: str) -> dict[str, Any] | None:
        """The settings of a stream, with ``stream`` and ``topics``; ``None`` where there is no such stream."""
        return self.table.find(name)

    def topics(self, name: str) -> list[str]:
        """The topics of a stream; none where there is no such stream."""
        return self.table.topics(name)

    def get(
        self, names: Iterable[str] | None = None, constraints: Mapping[str, Any] | None = None
    ) -> dict[str, dict[str, Any]]:
        """The settings of streams by name, all with ``None``; unknown streams are left out. See `StreamTable.get`."""
        return self.table.get(names, constraints)


def is_url(source: str | Path) -> bool:
    """Whether streams come from a server."""
    return isinstance(source, str) and bool(_URL.match(source))


def read_source(source: str | Path, *, timeout: float = 10.0) -> tuple[bytes, str]:
    """The text of a file or URL, and its name for messages. Raises `ConfigurationError`."""
    if is_url(source):
        return _fetched(str(source), timeout), without_secrets(str(source))
    path = Path(source)
    try:
        return read_named(path), str(path)
    except OSError as error:
        raise ConfigurationError(
            f"the streams cannot be read: {error.strerror}",
            source=str(path),
            remedy=getattr(error, "remedy", near(path, "Name an existing file or a URL.")),
        ) from error


def _fetched(url: str, timeout: float) -> bytes:
    shown = without_secrets(url)
    try:
        address = canonical(url)
    except ValueError:
        raise ConfigurationError(
            f"{shown!r} is no URL that can be fetched", remedy="Write it as https://host/path, without a user name."
        ) from None
    fetcher = Fetcher(lambda target: host_of(target) == urlsplit(address).netloc, timeout, SIZE_LIMIT)
    try:
        return fetcher.fetch(address)
    except Unavailable as error:
        raise ConfigurationError(
            f"the streams cannot be fetched: {error.reason}",
            source=shown,
            remedy=error.remedy or "Check the URL.",
        ) from None


def table_in(content: bytes, source: str) -> StreamTable:
    """The streams in a text. Raises `ConfigurationError` and `DocumentError`, with the place."""
    is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    document = parse(content, source=source, content_type="json" if is_json else content_type_of(source))
    try:
        return StreamTable.of(document)
    except SchemaToolsError as error:
        place = locate_entry(content, error.pointer or "", source=source)
        raise error.replaced(source=source, position=place[0] if place else None) from None
