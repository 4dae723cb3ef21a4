"""Streams from a file or a URL, and what is done when a server does not answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.http_cache import DocumentCache
from jsonschema_tools.lookup.stream_texts import StreamText, fetched, is_url, read_text, table_in
from jsonschema_tools.streams.table import Stream, StreamTable

TIME_TO_LIVE = 300.0
"""Seconds that an answer of a server counts."""

_UNTIL_TRIED_AGAIN = 30.0
"""Seconds after which a server is asked again that failed, at most."""


class Streams:
    """Which streams there are, their schemas, topics and settings: of a file, or of an answer of a server.

    Threads may share it. What comes from a URL is fetched anew after its time to live, by whoever asks then; where that
    fails, the last good copy goes on to count: `failure` says why, `age` how old it is. ``table`` is what counts now:
    it does not change, and asks nobody, so that a server can have it at hand and call `refresh` in its own time.
    """

    def __init__(
        self,
        table: StreamTable,
        refetch: Callable[[], StreamTable] | None = None,
        *,
        time_to_live: float = float("inf"),
        age: float = 0.0,
        failure: SchemaToolsError | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.table = table
        self.failure = failure
        self._refetch = refetch
        self._time_to_live = time_to_live
        self._clock = clock
        self._read_at = clock() - age
        self._due = clock() + (time_to_live if failure is None else min(time_to_live, _UNTIL_TRIED_AGAIN))
        self._refreshing = threading.Lock()

    @classmethod
    def of(cls, document: Document) -> Streams:
        """The streams of a document. Raises `ConfigurationError` with a JSON Pointer."""
        return cls(StreamTable.of(document))

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        time_to_live: float = TIME_TO_LIVE,
        timeout: float = 10.0,
        allowed_hosts: Iterable[str] = (),
        cache_directory: Path | None = None,
        offline: bool = False,
        folders: Iterable[Path] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> Streams:
        """The streams in a file or at a URL, YAML or JSON.

        Raises `ConfigurationError` where it cannot be read or a stream is wrong, `DocumentError` where it is neither
        YAML nor JSON; of a URL only where there is no good copy on disk either.

        Args:
            source: the path of a file, or a URL. A file is read anew by `refresh` only.
            time_to_live: how long an answer of a server counts, in seconds.
            timeout: for connecting to a server and for each wait, in seconds.
            allowed_hosts: where a server may redirect to, beside itself.
            cache_directory: where the last good answer is kept, beyond the end of the program.
            offline: nothing is fetched, what is kept counts.
            folders: a file in one of them is read inside of it, wherever links lead.
            clock: tells the time in seconds.
        """
        if not is_url(source):
            read = partial(read_text, source, *folders)
            return cls(table_in(read()), lambda: table_in(read()), clock=clock)
        url, cache = str(source), DocumentCache(cache_directory) if cache_directory else None

        def fetch() -> StreamTable:
            text = fetched(url, timeout, frozenset(allowed_hosts), offline=offline)
            table = table_in(text)
            if cache:
                cache.put(url, text.content)
            return table

        try:
            return cls(fetch(), fetch, time_to_live=time_to_live, clock=clock)
        except SchemaToolsError as error:
            kept = cache.kept(url) if cache else None
            if kept is None:
                raise
            table = table_in(StreamText(kept[0], error.source or url))
            return cls(table, fetch, time_to_live=time_to_live, age=kept[1], failure=error, clock=clock)

    @property
    def age(self) -> float:
        """How old the streams are that count now, in seconds."""
        return max(0.0, self._clock() - self._read_at)

    def refresh(self) -> bool:
        """Read the file, or ask the server, now; whether there are streams of now. Else the old ones go on to count,
        and `failure` says why."""
        with self._refreshing:
            return self._refresh()

    def stream(self, name: str) -> Stream | None:
        """The stream that a name belongs to; ``None`` where there is none. Its settings are shared: do not change them.

        As quick as a look-up in a dictionary.
        """
        return self._current().stream(name)

    def find(self, name: str) -> dict[str, Any] | None:
        """The settings of a stream, with ``stream`` and ``topics``; ``None`` where there is no such stream.

        The key of a regular expression is found too.
        """
        return self._current().find(name)

    def topics(self, name: str) -> list[str]:
        """The topics of a stream; none where there is no such stream."""
        return self._current().topics(name)

    def get(
        self, names: Iterable[str] | None = None, constraints: Mapping[str, Any] | None = None
    ) -> dict[str, dict[str, Any]]:
        """The settings of streams by name, all with ``None``; unknown streams are left out. See `StreamTable.get`."""
        return self._current().get(names, constraints)

    def _current(self) -> StreamTable:
        if self._clock() >= self._due and self._refreshing.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._refreshing.release()
        return self.table

    def _refresh(self) -> bool:
        if self._refetch is None:
            return True
        start = self._clock()
        try:
            table = self._refetch()
        except SchemaToolsError as error:
            self.failure = error
            self._due = self._clock() + min(self._time_to_live, _UNTIL_TRIED_AGAIN)
            return False
        self.table, self.failure, self._read_at = table, None, start
        self._due = self._clock() + self._time_to_live
        return True
