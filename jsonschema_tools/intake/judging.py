"""From the texts of a request's events to what is accepted, and the outcome of each other one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.model import EventError, Obstacle, Verdict
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.requests import RequestValidator
from jsonschema_tools.events.validation import not_json
from jsonschema_tools.events.validators import CompiledSchema
from jsonschema_tools.intake.filling import Fill
from jsonschema_tools.intake.heads import Head, ReadHead
from jsonschema_tools.intake.keys import NoKey, key_reader
from jsonschema_tools.intake.model import AcceptedEvent, Judged, Outcome, Request, Status
from jsonschema_tools.intake.routing import Refusal, Route, Router

Check = Callable[[Document, str], Iterable[str | EventError]]
"""A check of one's own: from an event and its stream to what is wrong with it."""

_MOST_SCHEMAS = 500

Routed = tuple[int, bytes, Route, Any]
"""The index of an event in its request, its text, its route and its time."""


class Intake:
    """Judges the events of requests. It reads nothing and waits for nothing: schemas are made `ready` elsewhere.

    Args:
        validator: judges events by the schemas that they name.
        router: says which stream an event is of.
        read_head: reads what the router needs.
        fills: what the gate fills into events, one after the other.
        checks: judge events that are valid.
    """

    def __init__(
        self,
        validator: RequestValidator,
        router: Router,
        read_head: ReadHead,
        *,
        fills: Sequence[Fill] = (),
        checks: Sequence[Check] = (),
    ) -> None:
        self._validator, self.router = validator, router
        self._read_head, self.fills, self._checks = read_head, tuple(fills), tuple(checks)
        self._by_schema: dict[str, RequestValidator] = {}
        self._key_readers: dict[str, Callable[[bytes], bytes]] = {}

    def routed(self, raws: Sequence[bytes], start: int = 0) -> tuple[list[Routed], list[Outcome]]:
        """The events that have a route, and the outcomes of those that have none; the first has the index ``start``."""
        routed: list[Routed] = []
        outcomes: list[Outcome] = []
        read, known = self._read_head, self.router.known
        for index, raw in enumerate(raws, start):
            head = None
            try:
                head = read(raw)
                routed.append((index, raw, known(head) or self.router.route(head), head[2]))
            except NotJson as error:
                outcomes.append(Outcome(index, Status.REFUSED, raw, not_json(error.message, error.pointer).errors))
            except Refusal as refusal:
                outcomes.append(_unrouted(index, raw, head, refusal.error))
        return routed, outcomes

    def compiled(self, route: Route) -> CompiledSchema:
        """The schema of a route, ready for use, however long that takes. Raises `NoValidator`."""
        return self._validator_of(route).compiled(route.named)

    def judged(self, routed: Sequence[Routed], request: Request) -> Judged:
        """What becomes of events whose schemas are ready."""
        outcomes: list[Outcome] = []
        for fill in self.fills:
            routed = self._filled(fill, routed, request)
        wrong = self._verdicts(routed)
        if not wrong and not self._checks and all(event[2].key_fields is None for event in routed):
            return Judged(_as_they_are(routed), [event[0] for event in routed], outcomes)
        accepted: list[AcceptedEvent] = []
        places: list[int] = []
        plain = not self._checks
        for number, (index, raw, route, dt) in enumerate(routed):
            verdict = wrong.get(number)
            if verdict is None:
                errors = () if plain and route.key_fields is None else self._refusals(raw, route)
            else:
                errors = verdict.errors
            if errors:
                outcomes.append(self._outcome(index, raw, route, errors))
                continue
            key = self._key(raw, route) if route.key_fields is not None else None
            time = dt if type(dt) is str else None
            accepted.append(AcceptedEvent(route.stream, route.schema_uri, key, route.topic, time, raw))
            places.append(index)
        return Judged(accepted, places, outcomes)

    def _verdicts(self, routed: Sequence[Routed]) -> dict[int, Verdict]:
        """The verdicts on those that are refused, by number."""
        if all(event[2].is_plain for event in routed):
            return self._validator.refusals([event[1] for event in routed])
        wrong: dict[int, Verdict] = {}
        groups: dict[int, list[int]] = {}
        for number, event in enumerate(routed):
            groups.setdefault(id(self._validator_of(event[2])), []).append(number)
        for numbers in groups.values():
            validator = self._validator_of(routed[numbers[0]][2])
            found = validator.refusals([routed[number][1] for number in numbers])
            wrong |= {numbers[place]: verdict for place, verdict in found.items()}
        return wrong

    def _validator_of(self, route: Route) -> RequestValidator:
        if route.is_plain:
            return self._validator
        found = self._by_schema.get(route.schema_uri)
        if found is None:
            if len(self._by_schema) >= _MOST_SCHEMAS:
                self._by_schema.clear()
            found = self._by_schema[route.schema_uri] = self._validator.by_schema(route.schema_uri)
        return found

    def _outcome(self, index: int, raw: bytes, route: Route, errors: tuple[EventError, ...]) -> Outcome:
        try:
            schema = self.compiled(route).document
        except NoValidator:
            schema = None
        return Outcome(index, status_of(errors), raw, errors, route.schema_uri, route.stream, schema)

    def _filled(self, fill: Fill, routed: Sequence[Routed], request: Request) -> list[Routed]:
        filled: list[Routed] = []
        schemas: dict[int, Document] = {}
        for index, raw, route, dt in routed:
            try:
                schema = schemas.get(id(route))
                if schema is None:
                    schema = schemas[id(route)] = self.compiled(route).document
                text = fill(raw, schema, route, request)
                filled.append((index, text, route, dt if text is raw else self._read_head(text)[2]))
            except (NotJson, NoValidator, ValueError, RecursionError):
                # Whatever is wrong with it is said by its verdict.
                filled.append((index, raw, route, dt))
        return filled

    def _refusals(self, raw: bytes, route: Route) -> tuple[EventError, ...]:
        """What is wrong with a valid event by its key, and by checks of one's own."""
        errors = tuple(error for check in self._checks for error in _refusals_of(check, raw, route.stream))
        if route.key_fields is not None:
            try:
                self._key(raw, route)
            except NoKey as error:
                remedy = "Give the event the field, or correct message_key_fields of the stream."
                errors += (EventError(str(error), error.pointer, obstacle=Obstacle.NO_KEY, remedy=remedy),)
        return errors

    def _key(self, raw: bytes, route: Route) -> bytes:
        assert route.key_fields is not None
        cached = self._key_readers.get(route.label)
        if cached is None:
            cached = self._key_readers[route.label] = key_reader(route.key_fields)
        return cached(raw)


def _as_they_are(routed: Sequence[Routed]) -> list[AcceptedEvent]:
    """Events without keys. Tuples are made of tuples in half the time that the constructor takes."""
    new = tuple.__new__
    return [
        new(AcceptedEvent, (to.stream, to.schema_uri, None, to.topic, dt if type(dt) is str else None, raw, ()))
        for _, raw, to, dt in routed
    ]


def status_of(errors: Sequence[EventError]) -> Status:
    """Whether the same event may be accepted another time."""
    later = any(error.obstacle in (Obstacle.SCHEMA_UNAVAILABLE, Obstacle.NOT_WRITTEN) for error in errors)
    return Status.FAILED if later else Status.REFUSED


def _refusals_of(check: Check, raw: bytes, stream: str) -> list[EventError]:
    """What a check says; one that breaks refuses the event."""
    try:
        said = list(check(read_event(raw), stream))
    except Exception as error:  # whatever foreign code raises
        said = [f"a check broke: {type(error).__name__}: {error}"]
    return [
        EventError(one, obstacle=Obstacle.REFUSED_BY_CHECK, remedy="Ask whoever runs the gate.")
        if isinstance(one, str)
        else one
        for one in said
    ]


def _unrouted(index: int, raw: bytes, head: Head | None, error: EventError) -> Outcome:
    stream = head[1] if head is not None and isinstance(head[1], str) else None
    return Outcome(index, Status.REFUSED, raw, (error,), error.schema_uri, stream)
