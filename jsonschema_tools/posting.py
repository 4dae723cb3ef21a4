"""Events posted to a gate over HTTP, one after the other: the only module that sends any."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, RemoteDisconnected
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema_tools.errors import UsageError
from jsonschema_tools.lookup.fetching import canonical, reason_of, without_secrets

PATH = "/v1/events"
"""Where a gate takes events; it is added to a URL without a path."""

_ACCEPTED = (201, 202)
_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
"""Answers that say nothing of the event: another time it may be taken."""

_LONGEST_ANSWER = 2**20
_LONGEST_REASON = 500
_STALE = (RemoteDisconnected, ConnectionResetError, BrokenPipeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate said of an event. ``status`` is ``None`` where none answered, ``reason`` why it was not accepted.

    ``again``: it was not the event's fault, so try it again, after ``wait`` seconds where the gate says so.
    """

    status: int | None
    reason: str = ""
    again: bool = False
    wait: float | None = None

    def __str__(self) -> str:
        return ": ".join(filter(None, [str(self.status or "no answer"), self.reason]))

    @property
    def accepted(self) -> bool:
        """Whether the gate has taken the event, or will."""
        return self.status in _ACCEPTED


class Poster:
    """Posts events to a URL, over one connection as long as it lasts; it is closed at the end of a ``with``.

    Args:
        url: that of the gate, with or without ``/v1/events``. Raises `UsageError` where it is none.
        timeout: for connecting and for an answer, in seconds.
        token: what the gate knows the producer by.
    """

    def __init__(self, url: str, *, timeout: float = 10.0, token: str | None = None) -> None:
        try:
            parts = urlsplit(canonical(url))
        except ValueError:
            raise UsageError(
                f"{without_secrets(url)!r} is no URL that can be posted to",
                remedy="Write it as http://host:port, without a user name.",
            ) from None
        self.url = parts._replace(path=parts.path if parts.path not in ("", "/") else PATH).geturl()
        self._parts = urlsplit(self.url)
        self._timeout = timeout
        self._connection: HTTPConnection | None = None
        self._headers = {"Content-Type": "application/json", "User-Agent": "jsonschema-tools"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def post(self, event: bytes) -> Answer:
        """Post an event, JSON text, and wait for the answer. Nothing is raised for what goes wrong."""
        fresh = self._connection is None
        try:
            return self._posted(event)
        except _STALE as error:
            self.close()
            if fresh:
                return Answer(None, reason_of(error, self._timeout), again=True)
        except (OSError, HTTPException) as error:
            self.close()
            return Answer(None, reason_of(error, self._timeout), again=True)
        # The gate had closed the connection since the last event.
        return self.post(event)

    def post_all(self, events: Iterable[bytes]) -> Iterator[Answer]:
        """Post events one after the other, each when its answer is asked for."""
        return map(self.post, events)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the next event begins another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _posted(self, event: bytes) -> Answer:
        if self._connection is None:
            kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
            self._connection = kind(self._parts.hostname or "", self._parts.port, timeout=self._timeout)
        target = self._parts.path + (f"?{self._parts.query}" if self._parts.query else "")
        self._connection.request("POST", target, event, self._headers)
        response = self._connection.getresponse()
        body = _body(response, time.monotonic() + self._timeout)
        if response.will_close:
            self.close()
        response.close()  # All of it is read: the connection is free for the next event.
        return _answer(response.status, response.headers.get("Retry-After", ""), body)


def _body(response: HTTPResponse, deadline: float) -> bytes:
    chunks: list[bytes] = []
    while chunk := response.read1(2**16):
        chunks.append(chunk)
        if time.monotonic() > deadline or sum(map(len, chunks)) > _LONGEST_ANSWER:
            raise TimeoutError
    return b"".join(chunks)


def _answer(status: int, retry_after: str, body: bytes) -> Answer:
    if status in _ACCEPTED:
        return Answer(status)
    document = None
    with suppress(ValueError, RecursionError):
        document = json.loads(body)
    wait = None
    with suppress(ValueError):
        wait = max(0.0, float(retry_after))
    reason = _reason(document)
    # A server that fails and says nothing of the event has not judged it.
    again = status in _AGAIN or _is_temporary(document) or (status >= 500 and not reason)
    return Answer(status, reason, again, wait)


def _is_temporary(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    return document.get("retry") is True or _first(document.get("events"), "retry") is True


def _reason(document: Any) -> str:
    """Why an event was not accepted, in the words of the gate: of the profile ``default`` or ``eventgate``."""
    if not isinstance(document, dict):
        return ""
    errors = _first(document.get("events"), "errors")
    said = [
        f"{error.get('pointer') or 'the event'}: {error.get('message')}"
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, dict)
    ]
    for key in ("invalid", "error"):
        context = _first(document.get(key), "context")
        if isinstance(context, dict):
            said.append(str(context.get("errorsText") or context.get("message") or ""))
    whole = document.get("detail") or document.get("title") or ""
    return ("; ".join(filter(None, said)) or str(whole))[:_LONGEST_REASON]


def _first(items: Any, key: str) -> Any:
    return items[0].get(key) if isinstance(items, list) and items and isinstance(items[0], dict) else None
