"""What a gate sends back, and what it has to know of a request to answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from jsonschema_tools.intake.model import Outcome, RequestFault

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(NamedTuple):
    """An answer of HTTP: its status, its headers beside Content-Length, and its body."""

    status: int
    headers: Headers = ()
    body: bytes = b""


class Media(NamedTuple):
    """How the body of a request is to be read: as ``lines`` of JSON or as JSON; ``charset`` is what it is written in
    where that is not UTF-8, ``empty`` whether it is not read at all, ``lenient`` whether bytes that are no characters
    are replaced."""

    lines: bool = False
    charset: str | None = None
    empty: bool = False
    lenient: bool = False


class Profile(Protocol):
    """Renders answers, and knows what kinds of bodies are read."""

    hasty_before_verdict: bool
    """Whether a hasty request is answered before its events are judged."""
    headers: Headers
    """What every answer has."""

    def media(self, content_type: str) -> Media:
        """How to read a body of a content type. Raises `RequestFault`."""

    def is_hasty(self, query: str) -> bool:
        """Whether a query asks for an answer before the events are written."""

    def done(self, accepted: int, *, hasty: bool = False) -> Answer:
        """The answer where every event is accepted."""

    def partly(self, accepted: int, outcomes: Sequence[Outcome]) -> Answer:
        """The answer where some events are not."""

    def has_events(self, body: bytes) -> bool:
        """Whether a body that is not empty may have events."""

    def empty(self) -> Answer:
        """The answer to a request that has no events."""

    def fault(self, fault: RequestFault, method: str, uri: str) -> Answer:
        """The answer to a request that is refused as a whole."""
