"""The look-up of documents by URI, over an ordered list of base URIs.

A schema URI such as ``/user/create/1.0.0`` is looked up under each base in turn; the first that has it wins. An
absolute URI is read only where the configuration allows it.
"""

from __future__ import annotations

import copy
import hashlib
import re
import time
from collections.abc import Callable, Container, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import (
    DocumentError,
    RetrievalError,
    SchemaToolsError,
    UnresolvableReference,
    WrongDocument,
)
from jsonschema_tools.files import SIZE_LIMIT
from jsonschema_tools.lookup.addresses import Address
from jsonschema_tools.lookup.bases import (
    Base,
    NotHere,
    Overlay,
    Text,
)
from jsonschema_tools.lookup.documents import ABSOLUTE, document_at
from jsonschema_tools.lookup.fetching import Unkept, host_of, without_secrets
from jsonschema_tools.lookup.http_base import Web
from jsonschema_tools.lookup.http_cache import DocumentCache
from jsonschema_tools.lookup.trace import Trace, not_found
from jsonschema_tools.lookup.ttl_cache import FOR_EVER, TtlCache
from jsonschema_tools.model import Merged
from jsonschema_tools.release.identity import NamingFields
from jsonschema_tools.versions import is_permanent

__all__ = ["SchemaStore", "Text", "Trace"]

_REMOTE = re.compile(r"https?://|git\+file://")
_REMOTE_SERVER = re.compile(r"https?://")

_REMEDY = "Correct the reference, or add the base URI that has it to schemaBaseUris."

_MOST_DOCUMENTS = 10_000

_TIMES_AS_LONG = 10

_Down = TtlCache[tuple[str, "str | None"]]
"""Why a base could not say, and the remedy, by its name."""


class SchemaStore:
    """Documents by URI. Threads may share a store.

    A released version is remembered for ever, anything else for a while. A base that is down is asked again after a
    while; meanwhile the next ones are, and what was read under a URI before is still right. A document at a URI that
    ends in a version, ``latest`` or ``current`` must be that schema by what it says of itself: else it is refused. Over
    HTTP it has to say so.

    Every method takes a URI without fragment and raises `UnresolvableReference` when it leads to where it must not,
    `RetrievalError` when no base has it, and for what is no schema (over HTTP at least) `DocumentError` or
    `WrongDocument`. Raises `ConfigurationError` for a base URI it cannot look under.

    Args:
        bases: absolute file paths, ``file://``, ``http://`` or ``https://`` URIs, and folders in Git commits,
            ``git+file:///repository/folder@REF``; or a single one of them. One that is ``PREFIX/=BASE`` stands for an
            absolute URI as well: documents that call themselves ``PREFIX/name`` are read at ``BASE/name``.
        allowed_hosts: those that may be referred to by absolute URL beside the bases.
        timeout: for HTTP, in seconds.
        size_limit: of one document, in bytes.
        cache_directory: where documents fetched over HTTP are kept.
        time_to_live: how long a document that is no released version counts, in seconds.
        miss_time_to_live: as long it counts that a document was not found or not readable; or ten times as long as it
            took to find that out, so that no more than a tenth of the time goes into asking again.
        offline: nothing is fetched, and all that is kept is used.
        cached_since: what was fetched before is fetched anew; seconds since the epoch.
        overlay: is asked for the content of each file before the disk is.
        exact: bases under which ``/title/1.0.0`` is not found where only ``1.0.0.yaml`` is.
        naming: the fields in which a document says what it is, beside ``$id``.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        bases: str | Sequence[str],
        *,
        allowed_hosts: Sequence[str] = (),
        timeout: float = 10.0,
        size_limit: int = SIZE_LIMIT,
        cache_directory: Path | None = None,
        time_to_live: float = 300.0,
        miss_time_to_live: float = 5.0,
        offline: bool = False,
        cached_since: float = 0.0,
        overlay: Overlay | None = None,
        exact: Container[str] = (),
        naming: NamingFields = NamingFields(),  # noqa: B008 (a frozen value)
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        cache = None
        if cache_directory:
            cache = DocumentCache(cache_directory, time_to_live, since=cached_since, size_limit=size_limit)
        read = partial(document_at, naming)
        places = [Address(uri) for uri in ([bases] if isinstance(bases, str) else bases)]
        self._web = Web(
            [place.rest for place in places if place.is_http],
            allowed_hosts,
            read,
            timeout=timeout,
            size_limit=size_limit,
            cache=cache,
            offline=offline,
        )
        self.bases = [place.opened(self._web, overlay, size_limit, exact=place.uri in exact) for place in places]
        """Where documents are looked up, in this order."""
        self._elsewhere = [self._web] + [
            base for base, place in zip(self.bases, places, strict=True) if place.scheme != "file"
        ]
        self.asked_elsewhere = False
        """Whether anything but folders was asked: servers, commits."""
        self._near = [base for base, place in zip(self.bases, places, strict=True) if not place.is_http]
        self._time_to_live, self._miss_time_to_live = time_to_live, miss_time_to_live
        self._texts: TtlCache[Text] = TtlCache(_MOST_DOCUMENTS, clock)
        self._documents: TtlCache[tuple[Text, Document]] = TtlCache(_MOST_DOCUMENTS, clock)
        self._misses: TtlCache[SchemaToolsError] = TtlCache(_MOST_DOCUMENTS, clock)
        self._down: _Down = TtlCache(_MOST_DOCUMENTS, clock)
        self._clock = clock
        self._naming = naming
        self.derived: dict[Hashable, Any] = {}
        """What is made of the documents, such as compiled schemas: kept as long as the store."""

    def retrieve(self, uri: str) -> Document:
        """The document at a URI: the same object as long as it is the same, not to be changed."""
        known = self._documents.get(uri)
        if known is not None:
            return known[1]
        text = self.text(uri)
        before = self._documents.get(uri, also_expired=True)
        document = before[1] if before is not None and before[0] == text else self._parsed(uri, text)
        return self._documents.keep(uri, (text, document), self._seconds(uri, text))[1]

    def lasts(self, uri: str) -> bool:
        """Whether the document at a URI, which was read, never changes: that of a version, unless it is a draft."""
        text = self._texts.get(uri)
        return text is not None and self._seconds(uri, text) == FOR_EVER

    def location(self, uri: str) -> str:
        """The file path or URL that the document at a URI was read from, links followed."""
        return self.text(uri).location

    def text(self, uri: str) -> Text:
        """The document at a URI before it is parsed."""
        known = self._texts.get(uri)
        if known is not None:
            return known
        miss = self._misses.get(uri)
        if miss is not None:
            # A copy: raising an error changes its traceback.
            raise copy.copy(miss)
        # Nothing is locked meanwhile: an overlay may well ask this store for other documents.
        start = self._clock()
        try:
            text = self._find(uri, self._down)
        except (DocumentError, WrongDocument) as error:
            raise self._miss(uri, error, start) from None
        except RetrievalError as error:
            before = self._texts.get(uri, also_expired=True)
            if before is None or not error.down:
                raise self._miss(uri, error, start) from error.__cause__
            return self._texts.keep(uri, before, self._seconds_of_a_miss(start))
        return self._texts.keep(uri, text, self._seconds(uri, text))

    def text_at_hand(self, uri: str) -> Text:
        """The document at a URI as `text` has it, as far as nothing has to be fetched: what is known, else what is in
        a folder or commit. Nothing is remembered of it: whoever asks may ask for anything."""
        known = self._texts.get(uri)
        if known is None:
            before = self._texts.get(uri, also_expired=True)
            known = before if before is not None and _REMOTE_SERVER.match(before.location) else None
        return known if known is not None else self._found(uri, self._near, TtlCache(0))

    def merged(self, uris: Iterable[str]) -> tuple[Merged, ...]:
        """Of those documents that come from a server or a commit: where each was found, and its digest."""
        texts = ((uri, self.text(uri)) for uri in uris)
        return tuple(
            Merged(without_secrets(uri), text.location, hashlib.sha256(text.text).hexdigest())
            for uri, text in texts
            if _REMOTE.match(text.location)
        )

    def trace(self, uri: str) -> Trace:
        """Look the URI up anew, and tell each step. What is kept on disk is still used."""
        try:
            text = self._find(uri, TtlCache(0))
        except RetrievalError as error:
            return Trace(uri, error.attempts, None, error)
        except SchemaToolsError as error:
            return Trace(uri, (), None, error)
        return Trace(uri, text.attempts, text, None)

    def _seconds(self, uri: str, text: Text) -> float:
        """How long a text counts: a draft, which its server does not want to be kept, as long as what may change."""
        return FOR_EVER if is_permanent(uri) and not isinstance(text.text, Unkept) else self._time_to_live

    def _miss(self, uri: str, error: SchemaToolsError, start: float | None = None) -> SchemaToolsError:
        self._misses.keep(uri, copy.copy(error), self._seconds_of_a_miss(start))
        return error

    def _seconds_of_a_miss(self, start: float | None) -> float:
        """How long an answer counts that was asked for at a time, and is no document."""
        took = 0.0 if start is None or self._miss_time_to_live <= 0 else self._clock() - start
        return max(self._miss_time_to_live, took * _TIMES_AS_LONG)

    def _parsed(self, uri: str, text: Text) -> Document:
        if text.document is not None:
            return text.document
        try:
            return document_at(self._naming, uri, text)
        except (DocumentError, WrongDocument) as error:
            # What is no document now may be one later, whatever version it claims to be.
            self._texts.forget(uri)
            raise self._miss(uri, error) from None

    def _find(self, uri: str, down: _Down) -> Text:
        return self._found(uri, [self._reader(uri)] if ABSOLUTE.match(uri) else self.bases, down)

    def _found(self, uri: str, readers: Sequence[Base], down: _Down) -> Text:
        attempts: list[str] = []
        silent: list[str] = []
        remedy = _REMEDY
        for reader in readers:
            name = host_of(uri) if reader is self._web else reader.name
            # Two bases may differ in what is not shown.
            key = name if reader is self._web else f"{self.bases.index(reader)} {name}"
            known = down.get(key)
            if known is not None:
                attempts.append(f"{name}: {known[0]} (a moment ago)")
                remedy = known[1] or remedy
                silent.append(name)
                continue
            start = self._clock()
            self.asked_elsewhere = self.asked_elsewhere or reader in self._elsewhere
            try:
                text = reader.read(uri)
            except NotHere as answer:
                attempts += answer.attempts
                remedy = answer.remedy or remedy
                if answer.down is not None:
                    silent.append(name)
                    down.keep(key, (answer.down, answer.remedy), self._seconds_of_a_miss(start))
            else:
                return replace(text, attempts=(*attempts, *text.attempts))
        raise not_found(uri, attempts, silent, remedy)

    def _reader(self, uri: str) -> Base:
        """What reads an absolute URI, if anything may."""
        for base in self.bases:
            if base.covers(uri):
                return base
        if self._web.covers(uri):
            return self._web
        host = host_of(uri)
        or_host = f" Or add {host!r} to allowedRefHosts, if you trust it." if host else ""
        raise UnresolvableReference(
            f"{without_secrets(uri)!r} lies under none of the base URIs{' and on no allowed host' if host else ''}",
            remedy=f"Refer to the schema by its path, and have its base URI in schemaBaseUris.{or_host}",
        )
