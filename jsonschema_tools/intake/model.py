"""The nouns of an intake: a request's events, what is accepted of them, and the outcome of each other one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import EventError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@lru_cache(1)  # The events of a request often have one time: that of the request, where the gate fills it in.
def _milliseconds(dt: str) -> int | None:
    try:
        # Without an offset it raises TypeError: it is no time of RFC 3339.
        return (datetime.fromisoformat(dt) - _EPOCH) // _MILLISECOND
    except (ValueError, TypeError):
        return None


class AcceptedEvent(NamedTuple):
    """An event on its way to a sink.

    ``stream`` and ``schema_uri`` are what it is of; ``key`` is the JSON text of its key where its stream has one;
    ``topic`` is where it belongs; ``dt`` is its time as it says it (RFC 3339); ``body`` is its JSON text, as it came
    unless the gate filled in a field; ``headers`` are those that a message of it gets.
    """

    stream: str
    schema_uri: str
    key: bytes | None
    topic: str
    dt: str | None
    body: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def timestamp(self) -> int | None:
        """The time of the event in milliseconds since the epoch; ``None`` where it says none that can be read."""
        return _milliseconds(self.dt) if self.dt is not None else None


class Status(StrEnum):
    """What became of an event that is not accepted."""

    REFUSED = "refused"
    """Something is wrong with it: the same event will be refused again."""
    FAILED = "failed"
    """Nothing is wrong with it, but it could not be judged or written now: it may be sent again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An event that is not accepted: its ``index`` in the request, its text, and what is wrong.

    ``schema_uri`` and ``stream`` are what it says it is of, as far as that is known; ``schema`` is the schema that it
    was judged by. ``retry`` is whether one that failed may be sent again.
    """

    index: int
    status: Status
    raw: bytes = field(repr=False)
    errors: tuple[EventError, ...]
    schema_uri: str | None = None
    stream: str | None = None
    schema: Document = field(default=None, repr=False)
    retry: bool = True

    @property
    def may_be_sent_again(self) -> bool:
        """Whether the same event may be accepted another time."""
        return self.status is Status.FAILED and self.retry


@dataclass(frozen=True, slots=True)
class Judged:
    """What an intake makes of the events of a request: those that are accepted, ``places`` being their indexes, and the
    ``outcomes`` of the others in order."""

    accepted: list[AcceptedEvent]
    places: list[int]
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class Request:
    """What a gate knows of a request beside its events: ``now`` is its time (RFC 3339, UTC), ``headers`` its headers as
    ASGI has them, with lower-case names, ``client`` the address that it came from."""

    now: str
    headers: Sequence[tuple[bytes, bytes]] = ()
    client: str | None = None

    def header(self, name: bytes) -> str | None:
        """The last header of that name, in lower case."""
        return next((value.decode("latin-1") for key, value in reversed(self.headers) if key == name), None)


class RequestFault(Exception):
    """A request that is refused as a whole.

    ``status`` is that of HTTP, ``title`` and ``detail`` say what is wrong, ``remedy`` is the cure, ``kind`` a word for
    programs, ``retry_after`` the seconds after which the same request may be sent again, where it may.
    """

    def __init__(
        self, status: int, kind: str, detail: str, *, remedy: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.remedy, self.retry_after = remedy, retry_after
