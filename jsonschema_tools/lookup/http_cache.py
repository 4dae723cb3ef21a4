"""Documents fetched over HTTP, kept on disk: released versions for ever, the others for a while."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path

from jsonschema_tools.files import SIZE_LIMIT, read_regular
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.versions import is_permanent

_LONGEST_HEAD = 2**16


class DocumentCache:
    """A folder of fetched documents; any number of threads and processes may share it.

    ``time_to_live`` (seconds) is for the URLs whose last path segment is no released version. Each entry is a file: a
    line of JSON (URL, time, digest), then the document. What cannot be read or written, or
    is another user's, counts as not cached, and what was kept before ``since`` (seconds since the epoch) does too.
    """

    def __init__(
        self, directory: Path, time_to_live: float = 300.0, *, since: float = 0.0, size_limit: int = SIZE_LIMIT
    ) -> None:
        self._directory = directory
        self._time_to_live = time_to_live
        self._since = since
        self._limit = size_limit + _LONGEST_HEAD

    def get(self, url: str, *, also_expired: bool = False) -> bytes | None:
        """The cached document, or ``None``."""
        kept = self.kept(url)
        if kept is None:
            return None
        body, age = kept
        return body if also_expired or is_permanent(url) or 0 <= age < self._time_to_live else None

    def kept(self, url: str) -> tuple[bytes, float] | None:
        """The cached document, however old, and its age in seconds; or ``None``."""
        try:
            head, _, body = read_regular(self._path(url), self._limit, own=True).partition(b"\n")
            entry = json.loads(head)
            if entry["url"] != without_secrets(url) or entry["sha256"] != hashlib.sha256(body).hexdigest():
                return None
            age = time.time() - entry["fetched"]
            too_old = entry["fetched"] < self._since
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return None
        return None if too_old else (body, age)

    def put(self, url: str, body: bytes) -> None:
        """Keep a document that was fetched just now."""
        import tempfile

        entry = {"url": without_secrets(url), "fetched": time.time(), "sha256": hashlib.sha256(body).hexdigest()}
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".new-", dir=self._directory)
        except OSError:
            return
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(json.dumps(entry).encode() + b"\n" + body)
            temporary.replace(self._path(url))
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()

    def _path(self, url: str) -> Path:
        return self._directory / hashlib.sha256(url.encode()).hexdigest()
