"""A gate at work: an intake, the schemas that are ready for it, the sink, and what it counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.intake.answers import Profile
from jsonschema_tools.intake.judging import Intake, Routed, status_of
from jsonschema_tools.intake.model import AcceptedEvent, Judged, Outcome, Request, Status
from jsonschema_tools.intake.tokens import Token, TokenTable, check_stream
from jsonschema_tools.server.admission import Admission
from jsonschema_tools.server.counts import Counts
from jsonschema_tools.server.readiness import Readiness
from jsonschema_tools.server.turns import AT_ONCE, in_parts
from jsonschema_tools.settings import ServeSettings
from jsonschema_tools.sinks.model import SPOOLED, EventSink, PromisingSink, WriteFailure, Written


class EventsLost(SchemaToolsError):
    """A gate has ended, and does not have events whose senders believe that it has."""

    exit_code = 1


class Gate:
    """What serves the events of requests; lives on one event loop.

    ``intake`` and ``readiness`` are replaced when the configuration is read again. ``told`` are called with what was
    accepted and what was not, once all of a request is written. ``sinks`` are opened and closed with it.
    """

    def __init__(
        self,
        settings: ServeSettings,
        profile: Profile,
        intake: Intake,
        sink: EventSink,
        *,
        tokens: TokenTable | None = None,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self.settings, self.profile, self.intake, self.sink = settings, profile, intake, sink
        self.headers = profile.headers
        self.tokens, self.new_id = tokens, new_id
        self.replaced_at = time.time()
        self.readiness = Readiness(intake)
        self.admission = Admission(settings.limits)
        self.counts = Counts()
        self.writes_nothing = settings.output == "none" and settings.sink is None and not settings.kafka
        self.told: list[Callable[[Sequence[AcceptedEvent], Sequence[Outcome]], None]] = [self.counts.add]
        self.sinks: list[EventSink] = [sink]
        self._background: set[asyncio.Task[Any]] = set()

    def replace(self, intake: Intake, tokens: TokenTable | None) -> None:
        """Go on with what was read again; requests that are under way end with what they began with."""
        self.intake, self.tokens = intake, tokens
        self.readiness = Readiness(intake)
        self.replaced_at = time.time()

    async def judged(self, raws: Sequence[bytes], scope: dict[str, Any], token: Token | None = None) -> Judged:
        """What becomes of the events of a request, before any is written. Raises `RequestFault` where the token that
        sent them does not allow one of them.

        Other requests are answered between some events and the next: the reasons for a refused one take their time.
        """
        intake, readiness = self.intake, self.readiness
        request = _request(scope) if intake.fills else _NOTHING
        if len(raws) <= AT_ONCE:
            judged = await _judged(intake, readiness, raws, 0, request, token)
        else:
            judged = Judged([], [], [])
            for start, some in in_parts(raws):
                found = await _judged(intake, readiness, some, start, request, token)
                judged.accepted.extend(found.accepted)
                judged.places.extend(found.places)
                judged.outcomes.extend(found.outcomes)
                await asyncio.sleep(0)
        if self.settings.kafka_headers:
            _add_headers(judged.accepted, self.settings.kafka_headers, scope)
        return judged

    async def write(self, judged: Judged, *, promised: bool = False) -> tuple[list[Outcome], bool]:
        """Write what was accepted; the outcomes of those that failed, and whether some of the others are written later.

        ``promised``: their senders have an answer already.
        """
        if self.writes_nothing:
            return [], False
        write = getattr(self.sink, "write_promised", self.sink.write) if promised else self.sink.write
        results: Sequence[Written]
        try:
            results = await write(judged.accepted)
        except Exception as error:  # whatever a sink of somebody's own raises
            results = [f"{type(error).__name__}: {error}"] * len(judged.accepted)
        if results.count(None) == len(results):
            return [], False
        outcomes = [
            _failed(place, record, result)
            for place, record, result in zip(judged.places, judged.accepted, results, strict=True)
            if isinstance(result, WriteFailure | str)
        ]
        return outcomes, SPOOLED in results

    async def open(self) -> None:
        """Open every sink. Raises what keeps one from opening."""
        for sink in self.sinks:
            await sink.open()

    def tell(self, accepted: Sequence[AcceptedEvent], outcomes: Sequence[Outcome]) -> None:
        """Tell whoever wants to know what became of a request's events."""
        for listener in self.told:
            listener(accepted, outcomes)

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something after the answer."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def finish(self, seconds: float) -> None:
        """Finish what was taken, and close the sinks; others are not waited for any longer than that."""
        deadline = time.monotonic() + seconds
        while self._background and time.monotonic() < deadline:
            await asyncio.wait(self._background, timeout=deadline - time.monotonic())
        for sink in self.sinks:
            if isinstance(sink, PromisingSink):
                await sink.close_within(max(0.0, deadline - time.monotonic()))
            else:
                await sink.close()
        lost = getattr(self.sink, "lost", 0)
        if lost:
            raise EventsLost(f"{lost} events that were answered could neither be written nor kept")


def _failed(place: int, record: AcceptedEvent, result: WriteFailure | str) -> Outcome:
    failure = WriteFailure(result) if isinstance(result, str) else result
    obstacle = Obstacle.NOT_WRITTEN if failure.status is Status.FAILED else Obstacle.NOT_TAKEN
    error = EventError(failure.message, obstacle=obstacle, remedy=failure.remedy or _SEND_AGAIN)
    return Outcome(place, failure.status, record.body, (error,), record.schema_uri, record.stream, retry=failure.retry)


def _add_headers(records: list[AcceptedEvent], names: Sequence[str], scope: dict[str, Any]) -> None:
    """Give records the headers of messages: those of the request, and ``$schema``."""
    found = {name.decode("latin-1"): value for name, value in scope["headers"]}
    of_request = tuple((name, found[name.lower()]) for name in names if name.lower() in found)
    for number, record in enumerate(records):
        own = (("$schema", record.schema_uri.encode()),) if "$schema" in names else ()
        records[number] = record._replace(headers=own + of_request)


_SEND_AGAIN = "Nothing is wrong with the event: send it again later."


def _request(scope: dict[str, Any]) -> Request:
    """What filling in fields needs to know of a request."""
    client = scope.get("client")
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Request(now, scope["headers"], client[0] if client else None)


_NOTHING = Request("")


async def _judged(
    intake: Intake, readiness: Readiness, raws: Sequence[bytes], start: int, request: Request, token: Token | None
) -> Judged:
    """What becomes of some of a request's events, of which the first has the index ``start``."""
    routed, unrouted = intake.routed(raws, start)
    if token is not None:
        for event in routed:
            check_stream(token, event[2].stream)
    ready = readiness.ready
    if any(event[2].named not in ready for event in routed):
        routed, unready = await _made_ready(readiness, routed)
        unrouted += unready
    judged = intake.judged(routed, request)
    if unrouted:
        judged.outcomes.extend(unrouted)
        judged.outcomes.sort(key=lambda outcome: outcome.index)
    return judged


async def _made_ready(readiness: Readiness, routed: list[Routed]) -> tuple[list[Routed], list[Outcome]]:
    """The events whose schemas can be used now, and the outcomes of the others."""
    wrong = await readiness.wanted({event[2].named: event[2] for event in routed})
    if not wrong:
        return routed, []
    outcomes = [
        Outcome(index, status_of([error]), raw, (error,), route.schema_uri, route.stream)
        for index, raw, route, _ in routed
        if (error := wrong.get(route.named)) is not None
    ]
    return [event for event in routed if event[2].named not in wrong], outcomes
