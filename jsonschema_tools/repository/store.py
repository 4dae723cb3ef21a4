"""The look-up of documents by URI, over an ordered list of base URIs.

A schema URI such as ``/user/create/1.0.0`` is looked up under each base in turn; the first that has it wins. An
absolute URI is read only where the configuration allows it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Container, Sequence
from pathlib import Path
from urllib.parse import unquote

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, DocumentError, RetrievalError, UnresolvableReference
from jsonschema_tools.repository.bases import Base, FileBase, NotHere, Overlay, Text
from jsonschema_tools.repository.fetching import canonical, host_of
from jsonschema_tools.repository.http import HttpBase, Web
from jsonschema_tools.repository.http_cache import DocumentCache

__all__ = ["SchemaStore", "Text"]

_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_BASE = re.compile(r"([a-zA-Z0-9+.-]+)://(.*)", re.DOTALL)
_REMEDY = "Correct the reference, or add the base URI that has it to schemaBaseUris."


class SchemaStore:
    """Documents by URI, each read once. Threads may share a store.

    ``base_uris`` are absolute file paths, ``file://``, ``http://`` or ``https://`` URIs. ``allowed_hosts`` may be
    referred to by absolute URL beside them. ``timeout`` is in seconds, ``size_limit`` in bytes, both for HTTP.
    ``overlay`` is asked for the content of each file before the disk is. Documents fetched over HTTP are kept in
    ``cache_directory``, those that are no released version for ``time_to_live`` seconds; ``offline`` nothing is
    fetched and all that is kept is used. Under the base URIs in ``exact``, ``/title/1.0.0`` is not found where only
    ``1.0.0.yaml`` is.

    Every method takes a URI without fragment and raises `UnresolvableReference` when it leads to where it must not,
    `RetrievalError` when no base has it. Raises `ConfigurationError` for a base URI it cannot look under.
    """

    def __init__(
        self,
        base_uris: Sequence[str],
        *,
        allowed_hosts: Sequence[str] = (),
        timeout: float = 10.0,
        size_limit: int = 5 * 2**20,
        cache_directory: Path | None = None,
        time_to_live: float = 300.0,
        offline: bool = False,
        overlay: Overlay | None = None,
        exact: Container[str] = (),
    ) -> None:
        places = [(*_place(uri), uri in exact) for uri in base_uris]
        self._web = Web(
            [address for scheme, address, _ in places if scheme != "file"],
            allowed_hosts,
            timeout=timeout,
            size_limit=size_limit,
            cache=DocumentCache(cache_directory, time_to_live) if cache_directory else None,
            offline=offline,
        )
        self._bases: list[Base] = [
            FileBase(address, overlay, exact=is_exact) if scheme == "file" else HttpBase(address, self._web)
            for scheme, address, is_exact in places
        ]
        self._lock = threading.Lock()
        self._texts: dict[str, Text] = {}
        self._documents: dict[str, Document] = {}

    def retrieve(self, uri: str) -> Document:
        """The document at a URI: the same object each time, not to be changed. Raises `DocumentError` too."""
        with self._lock:
            if uri in self._documents:
                return self._documents[uri]
        text = self.text(uri)
        document = parse(text.text, source=text.location, content_type=text.content_type)
        if not isinstance(document, (dict, bool)):
            raise DocumentError(
                "the document is not a schema: it is no mapping",
                source=text.location,
                position=locate(text.text, "", source=text.location, content_type=text.content_type),
                remedy="Let the reference lead to a JSON Schema: a mapping of keywords.",
            )
        with self._lock:
            return self._documents.setdefault(uri, document)

    def location(self, uri: str) -> str:
        """The file path or URL that the document at a URI was read from, links followed."""
        return self.text(uri).location

    def text(self, uri: str) -> Text:
        """The document at a URI before it is parsed."""
        with self._lock:
            if uri in self._texts:
                return self._texts[uri]
        # The lock is free meanwhile: an overlay may well ask this store for other documents.
        text = self._find(uri)
        with self._lock:
            return self._texts.setdefault(uri, text)

    def _find(self, uri: str) -> Text:
        readers = [self._reader(uri)] if _ABSOLUTE.match(uri) else self._bases
        attempts: list[str] = []
        remedy = _REMEDY
        for reader in readers:
            try:
                return reader.read(uri)
            except NotHere as answer:
                attempts += answer.attempts
                remedy = answer.remedy or remedy
        raise RetrievalError(f"{uri!r} was not found under any base URI", attempts=tuple(attempts), remedy=remedy)

    def _reader(self, uri: str) -> Base:
        """What reads an absolute URI, if anything may."""
        for base in self._bases:
            if base.covers(uri):
                return base
        if self._web.covers(uri):
            return self._web
        host = host_of(uri)
        or_host = f" Or add {host!r} to allowedRefHosts, if you trust it." if host else ""
        raise UnresolvableReference(
            f"{uri!r} lies under none of the base URIs{' and on no allowed host' if host else ''}",
            remedy=f"Refer to the schema by its path, and have its base URI in schemaBaseUris.{or_host}",
        )


def _place(base_uri: str) -> tuple[str, str]:
    """The scheme of a base URI, and the folder or URL to look under."""
    found = _BASE.fullmatch(base_uri)
    if found is None:
        return "file", base_uri
    scheme, rest = found[1].lower(), found[2]
    if scheme == "file" and (path := rest.removeprefix("localhost")).startswith("/"):
        return "file", unquote(path)
    try:
        return scheme, canonical(base_uri)
    except ValueError:
        raise ConfigurationError(
            f"{base_uri!r} is no base URI that schemas can be looked up under",
            remedy="Give a folder, a file:///absolute/path, or an http:// or https:// URL without user name.",
        ) from None
