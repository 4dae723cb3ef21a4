"""Schema URIs over HTTP: what may be fetched, under which names, and what is cached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from jsonschema_tools.errors import UnresolvableReference
from jsonschema_tools.repository.bases import NotHere, Text, candidates, content_type, segments
from jsonschema_tools.repository.fetching import Fetcher, Unavailable, canonical, quoted
from jsonschema_tools.repository.http_cache import DocumentCache
from jsonschema_tools.versions import is_version

_LINK = re.compile(rb"[A-Za-z0-9._+-]{1,255}")
_MOST_LINKS = 5


class Web:
    """The documents that may be fetched: those under ``base_urls``, and those on ``allowed_hosts``.

    A host is ``host`` (any port) or ``host:port``. Offline, only the cache is asked.
    """

    name = "HTTP"

    def __init__(
        self,
        base_urls: Sequence[str],
        allowed_hosts: Sequence[str],
        *,
        timeout: float,
        size_limit: int,
        cache: DocumentCache | None,
        offline: bool,
    ) -> None:
        self._prefixes = tuple(_prefix(base) for base in base_urls)
        self._hosts = frozenset(host.lower() for host in allowed_hosts)
        self._fetcher = Fetcher(self.covers, timeout, size_limit)
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

    def read(self, uri: str) -> Text:
        """The text at a URL that may be fetched: the exact one, else with an extension. Raises `NotHere`."""
        attempts: list[str] = []
        remedy = down = None
        for url in candidates(canonical(uri)):
            try:
                return self._follow(url, attempts)
            except Unavailable as answer:
                attempts.append(f"{url}: {answer.reason}")
                remedy = answer.remedy or remedy
                down = answer.reason if answer.is_down else None
                if not answer.may_have_others:
                    break
        raise NotHere(attempts, remedy, down=down)

    def forget(self, location: str) -> None:
        """Keep no copy of what was fetched from a URL: it turned out to be no document."""
        if self._cache:
            self._cache.remove(location)

    def _follow(self, url: str, attempts: list[str]) -> Text:
        for _ in range(_MOST_LINKS):
            content, how = self._document(url)
            target = _target_in(content, url)
            if target is None or not self.covers(target):
                return Text(content, url, content_type(urlsplit(url).path), (*attempts, f"{url}: {how}"))
            url = target
        raise Unavailable("leads from link to link to link")

    def _document(self, url: str) -> tuple[bytes, str]:
        """The content at a URL, and how it was come by."""
        cached = self._cache.get(url, also_expired=self._offline) if self._cache else None
        if cached is not None:
            return cached, "found in the cache"
        if self._offline:
            remedy = "Run it once without --offline: what is fetched is cached."
            raise Unavailable("is not in the cache, and this run is offline", remedy, may_have_others=True)
        content = self._fetcher.fetch(url)
        if self._cache:
            self._cache.put(url, content)
        return content, "found"


class HttpBase:
    """A base URL, in canonical form; schema URIs are appended to it."""

    def __init__(self, url: str, web: Web) -> None:
        self.name = url
        self._web = web

    def covers(self, uri: str) -> bool:
        """Whether a URL lies under this one."""
        try:
            return canonical(uri).startswith(_prefix(self.name))
        except ValueError:
            return False

    def read(self, uri: str) -> Text:
        """The text at a schema URI under this base URL, or at a URL under it. Raises `NotHere`."""
        segments(uri, self.name)
        url = canonical(uri) if self.covers(uri) else _prefix(self.name) + quoted(uri.lstrip("/"))
        segments(url, self.name)
        return self._web.read(url)

    def forget(self, location: str) -> None:
        """Keep no copy of what was fetched from a URL: it turned out to be no document."""
        self._web.forget(location)


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
