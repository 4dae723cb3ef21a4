"""The look-up of documents by URI, over an ordered list of base URIs.

A schema URI such as ``/user/create/1.0.0`` is looked up under each base in turn; the first that has it wins. An
absolute URI is read only where the configuration allows it.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
import time
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import (
    ConfigurationError,
    DocumentError,
    RetrievalError,
    SchemaToolsError,
    UnresolvableReference,
    WrongDocument,
)
from jsonschema_tools.files import SIZE_LIMIT
from jsonschema_tools.lookup.bases import (
    Base,
    FileBase,
    NotHere,
    Overlay,
    PrefixBase,
    Text,
    split_prefix,
)
from jsonschema_tools.lookup.fetching import canonical, host_of, without_secrets
from jsonschema_tools.lookup.git_base import GitBase
from jsonschema_tools.lookup.http_base import HttpBase, Web
from jsonschema_tools.lookup.http_cache import DocumentCache
from jsonschema_tools.lookup.ttl_cache import FOR_EVER, TtlCache
from jsonschema_tools.model import Merged
from jsonschema_tools.release.identity import Identity, NamingFields, identity, names_a_version, stated
from jsonschema_tools.versions import is_permanent

__all__ = ["SchemaStore", "Text", "Trace"]

_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_REMOTE = re.compile(r"https?://|git\+file://")
_BASE = re.compile(r"([a-zA-Z0-9+.-]+)://(.*)", re.DOTALL)
_REMEDY = "Correct the reference, or add the base URI that has it to schemaBaseUris."
_MOST_DOCUMENTS = 10_000
_TIMES_AS_LONG = 10

_Down = TtlCache[tuple[str, "str | None"]]
"""Why a base could not say, and the remedy, by its name."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How a URI was looked up: ``attempts`` are the places in the order they were tried, each with what it said.

    ``text`` is what was found in the end; else ``error`` says why not.
    """

    uri: str
    attempts: tuple[str, ...]
    text: Text | None
    error: SchemaToolsError | None


class SchemaStore:
    """Documents by URI. Threads may share a store.

    ``base_uris`` are absolute file paths, ``file://``, ``http://`` or ``https://`` URIs, and folders in Git commits:
    ``git+file:///repository/folder@REF``. One that is ``PREFIX/=BASE`` stands for an absolute URI as well: documents
    that call themselves ``PREFIX/name`` are read at ``BASE/name``. ``allowed_hosts`` may be referred to by absolute URL
    beside them. ``timeout`` is in seconds and for HTTP, ``size_limit`` in bytes. ``overlay`` is asked for the content
    of each file before the disk is. Documents fetched over HTTP are kept in ``cache_directory``; ``offline`` nothing
    is fetched and all that is kept is used. Under the base URIs in ``exact``, ``/title/1.0.0`` is not found where only
    ``1.0.0.yaml`` is. A document at a URI that ends in a version, ``latest`` or ``current`` must be that schema by what
    it says in ``naming`` and ``$id``: else it is refused. Over HTTP it has to say so.

    A released version is remembered for ever, anything else for ``time_to_live`` seconds, and for
    ``miss_time_to_live`` seconds that a document was not found or not readable, or ten times as long as it took to
    find that out: so no more than a tenth of the time goes into asking again. A base that is down is asked again after
    as long; meanwhile the next ones are, and what was read under a URI before is still right. ``clock`` tells
    the time in seconds.

    Every method takes a URI without fragment and raises `UnresolvableReference` when it leads to where it must not,
    `RetrievalError` when no base has it, and for what is no schema (over HTTP at least) `DocumentError` or
    `WrongDocument`. Raises `ConfigurationError` for a base URI it cannot look under.
    """

    def __init__(
        self,
        base_uris: Sequence[str],
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
        prefixes = [split_prefix(uri) for uri in base_uris]
        places = [_place(uri) for _, uri in prefixes]
        self._web = Web(
            [address for scheme, address in places if scheme.startswith("http")],
            allowed_hosts,
            partial(_document_at, naming),
            timeout=timeout,
            size_limit=size_limit,
            cache=DocumentCache(cache_directory, time_to_live, since=cached_since, size_limit=size_limit)
            if cache_directory
            else None,
            offline=offline,
        )

        def base(uri: str, scheme: str, address: str) -> Base:
            if scheme == "file":
                return FileBase(address, overlay, size_limit, exact=uri in exact)
            if scheme == "git+file":
                return GitBase(address, size_limit)
            return HttpBase(address, self._web)

        bases = [base(uri, *place) for uri, place in zip(base_uris, places, strict=True)]
        self._bases = [
            base if prefix is None else PrefixBase(prefix, base)
            for (prefix, _), base in zip(prefixes, bases, strict=True)
        ]
        self._time_to_live, self._miss_time_to_live = time_to_live, miss_time_to_live
        self._texts: TtlCache[Text] = TtlCache(_MOST_DOCUMENTS, clock)
        self._documents: TtlCache[tuple[Text, Document]] = TtlCache(_MOST_DOCUMENTS, clock)
        self._misses: TtlCache[SchemaToolsError] = TtlCache(_MOST_DOCUMENTS, clock)
        self._down: _Down = TtlCache(_MOST_DOCUMENTS, clock)
        self._clock = clock
        self._naming = naming

    def retrieve(self, uri: str) -> Document:
        """The document at a URI: the same object as long as it is the same, not to be changed."""
        known = self._documents.get(uri)
        if known is not None:
            return known[1]
        text = self.text(uri)
        before = self._documents.get(uri, also_expired=True)
        document = before[1] if before is not None and before[0] == text else self._parsed(uri, text)
        return self._documents.keep(uri, (text, document), self._seconds(uri))[1]

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
        return self._texts.keep(uri, text, self._seconds(uri))

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

    def _seconds(self, uri: str) -> float:
        return FOR_EVER if is_permanent(uri) else self._time_to_live

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
            return _document_at(self._naming, uri, text)
        except (DocumentError, WrongDocument) as error:
            # What is no document now may be one later, whatever version it claims to be.
            self._texts.forget(uri)
            raise self._miss(uri, error) from None

    def _find(self, uri: str, down: _Down) -> Text:
        readers = [self._reader(uri)] if _ABSOLUTE.match(uri) else self._bases
        attempts: list[str] = []
        silent: list[str] = []
        remedy = _REMEDY
        for reader in readers:
            name = host_of(uri) if reader is self._web else reader.name
            # Two bases may differ in what is not shown.
            key = name if reader is self._web else f"{self._bases.index(reader)} {name}"
            known = down.get(key)
            if known is not None:
                attempts.append(f"{name}: {known[0]} (a moment ago)")
                remedy = known[1] or remedy
                silent.append(name)
                continue
            start = self._clock()
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
        raise _not_found(uri, attempts, silent, remedy)

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
            f"{without_secrets(uri)!r} lies under none of the base URIs{' and on no allowed host' if host else ''}",
            remedy=f"Refer to the schema by its path, and have its base URI in schemaBaseUris.{or_host}",
        )


def _document_at(naming: NamingFields, uri: str, text: Text) -> Document:
    """The document in a text that was found at a URI, if it is a schema and not another one."""
    document = parse(text.text, source=text.location, content_type=text.content_type)
    if not isinstance(document, (dict, bool)):
        raise DocumentError(
            "the document is not a schema: it is no mapping",
            source=text.location,
            position=locate(text.text, "", source=text.location),
            remedy="Let the reference lead to a JSON Schema: a mapping of keywords.",
        )
    if names_a_version(uri) and not _is_known(document, uri, text.location, naming):
        raise _wrong(uri, text, stated(document, naming))
    return document


def _is_known(document: Document, uri: str, location: str, naming: NamingFields) -> bool:
    """Whether a document may count as what a URI names. What somebody has in a folder is his own: it need not say
    anything, and may be there under the name of another folder, by a link."""
    if location.startswith(("http://", "https://")):
        return identity(document, uri, naming, below=_ABSOLUTE.match(uri) is not None) is Identity.FITS
    path = location.replace(":", "/") if location.startswith("git+file:") else os.path.realpath(location)
    found = {identity(document, name, naming, below=True) for name in (uri, quote(path))}
    return Identity.FITS in found or Identity.ANOTHER not in found


def _wrong(uri: str, text: Text, names: list[str]) -> WrongDocument:
    says = f"calls itself {', '.join(map(repr, names))}" if names else "does not say what it is"
    uri = without_secrets(uri)
    return WrongDocument(
        f"the document at {text.location} is not known to be {uri!r}: it {says}",
        source=text.location,
        position=locate(text.text, "/$id", source=text.location),
        remedy=(
            f"Give it an $id that ends in {unquote(uri)}, or refer to it as it calls itself. If a server answered with"
            " something else for a while, run the command again with --refresh."
        ),
    )


def _not_found(uri: str, attempts: list[str], silent: list[str], remedy: str) -> RetrievalError:
    reason = f", and {', '.join(silent)} could not say" if silent else ""
    message = f"{without_secrets(uri)!r} was not found under any base URI{reason}"
    return RetrievalError(message, attempts=tuple(attempts), down=tuple(silent), remedy=remedy)


def _place(base_uri: str) -> tuple[str, str]:
    """The scheme of a base URI, and the folder or URL to look under."""
    found = _BASE.fullmatch(base_uri)
    if found is None:
        return "file", base_uri
    scheme, rest = found[1].lower(), found[2]
    path = rest.removeprefix("localhost")
    if scheme == "file" and path.startswith("/"):
        return "file", unquote(path)
    if scheme == "git+file" and path.startswith("/") and "@" in path:
        return scheme, path
    try:
        return scheme, canonical(base_uri)
    except ValueError:
        raise ConfigurationError(
            f"{without_secrets(base_uri)!r} is no base URI that schemas can be looked up under",
            remedy=(
                "Give a folder, a file:///absolute/path, an http:// or https:// URL without user name, or"
                " git+file:///absolute/path@REF."
            ),
        ) from None
