"""Schema URIs over HTTP: what may be fetched, under which names, and what is cached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from jsonschema_tools.documents.reading import content_type_of
from jsonschema_tools.errors import SchemaToolsError, UnresolvableReference
from jsonschema_tools.lookup.bases import NotHere, Reader, Text, candidates, segments
from jsonschema_tools.lookup.fetching import Fetcher, Unavailable, Unkept, canonical, quoted, without_secrets
from jsonschema_tools.lookup.http_cache import DocumentCache
from jsonschema_tools.versions import is_version

_LINK = re.compile(rb"[A-Za-z0-9._+-]{1,255}")
_MOST_LINKS = 5


@dataclass(frozen=True, slots=True)
class _Step:
    """What a URL said: a document, or a link to another one. ``is_copy``: it was in the cache."""

    url: str
    content: bytes
    is_copy: bool


class Web:
    """The documents that may be fetched: those under ``base_urls``, and those on ``allowed_hosts``.

    A host is ``host`` (any port) or ``host:port``. Offline, only the cache is asked. Every document is read and
    checked, also one from the cache, before it is handed out or kept: servers say many things for a moment.
    """

    name = "HTTP"

    def __init__(
        self,
        base_urls: Sequence[str],
        allowed_hosts: Sequence[str],
        read: Reader,
        *,
        timeout: float,
        size_limit: int,
        cache: DocumentCache | None,
        offline: bool,
    ) -> None:
        self._prefixes = tuple(_prefix(base) for base in base_urls)
        self._hosts = frozenset(host.lower() for host in allowed_hosts)
        self._fetcher = Fetcher(self.covers, timeout, size_limit)
        self._read = read
        self._cache = cache
        self._offline = offline

    def covers(self, uri: str) -> bool:
        """Whether a URL may be fetched. False for one that is not valid."""
        try:
            url = canonical(uri)
            segments(url, self.name)
        except (ValueError, UnresolvableReference):
            return False
        parts = urlsplit(url)
        return url.startswith(self._prefixes) or parts.netloc in self._hosts or parts.hostname in self._hosts

    def read(self, uri: str, named: str | None = None) -> Text:
        """The text at a URL that may be fetched: the exact one, else with an extension.

        ``named`` is the URI that led to it, where that is another. Raises `NotHere`, and what `read` raises.
        """
        attempts: list[str] = []
        remedy = down = None
        for url in candidates(canonical(uri)):
            try:
                return self._accepted(url, named or uri, attempts)
            except Unavailable as answer:
                attempts.append(f"{without_secrets(url)}: {answer.reason}")
                remedy = answer.remedy or remedy
                down = answer.reason if answer.is_down else None
                if not answer.may_have_others:
                    break
        raise NotHere(attempts, remedy, down=down)

    def names(self, uri: str) -> None:
        """``None``: servers list nothing that could be relied on."""

    def _accepted(self, url: str, uri: str, attempts: list[str], *, use_copies: bool = True) -> Text:
        """What is at a URL, read and checked. A copy of something else counts as none."""
        steps: list[_Step] = []
        try:
            text = self._followed(url, steps, use_copies)
            document = self._read(uri, text)
        except (SchemaToolsError, Unavailable):
            if not self._offline and any(step.is_copy for step in steps):
                return self._accepted(url, uri, attempts, use_copies=False)
            raise
        for step in steps:
            if self._cache and not step.is_copy and not isinstance(step.content, Unkept):
                self._cache.put(step.url, step.content)
        return replace(text, attempts=(*attempts, *text.attempts), document=document)

    def _followed(self, url: str, steps: list[_Step], use_copies: bool) -> Text:
        """The text that a URL leads to, and each step on the way to it."""
        while len(steps) < _MOST_LINKS:
            step = self._step(url, use_copies)
            steps.append(step)
            target = _target_in(step.content, url)
            if target is None or not self.covers(target):
                how = "found in the cache" if step.is_copy else "found"
                shown = without_secrets(url)
                return Text(step.content, shown, content_type_of(urlsplit(url).path), (f"{shown}: {how}",))
            url = target
        raise Unavailable("leads from link to link to link")

    def _step(self, url: str, use_copies: bool) -> _Step:
        cached = self._cache.get(url, also_expired=self._offline) if self._cache and use_copies else None
        if cached is not None:
            return _Step(url, cached, is_copy=True)
        if self._offline:
            remedy = "Run it once without --offline: what is fetched is cached."
            raise Unavailable("is not in the cache, and this run is offline", remedy, may_have_others=True)
        return _Step(url, self._fetcher.fetch(url), is_copy=False)


class HttpBase:
    """A base URL, in canonical form; schema URIs are appended to it."""

    def __init__(self, url: str, web: Web) -> None:
        self.name = without_secrets(url)
        self._url = url
        self._web = web

    def covers(self, uri: str) -> bool:
        """Whether a URL lies under this one."""
        try:
            return canonical(uri).startswith(_prefix(self._url))
        except ValueError:
            return False

    def read(self, uri: str) -> Text:
        """The text at a schema URI under this base URL, or at a URL under it. Raises `NotHere`."""
        segments(uri, self.name)
        url = canonical(uri) if self.covers(uri) else _prefix(self._url) + quoted(uri.lstrip("/"))
        segments(url, self.name)
        return self._web.read(url, uri)

    def names(self, uri: str) -> None:
        """``None``: servers list nothing that could be relied on."""


def _prefix(base_url: str) -> str:
    return base_url.rstrip("/") + "/"


def _target_in(content: bytes, url: str) -> str | None:
    """The sibling that a text names and nothing else: servers of raw Git content send a link so."""
    if not _LINK.fullmatch(content) or "?" in url:
        return None
    name = content.decode()
    folder, _, own = url.rpartition("/")
    if name == own or not (name.endswith((".yaml", ".json")) or is_version(name)):
        return None
    return f"{folder}/{name}"
