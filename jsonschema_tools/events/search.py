"""Why a schema refuses a value: found one after the other, as many as are asked for, within a number of steps.

The validator says quickly that an event is refused, but builds all there is to say about it at once: gigabytes, for a
large event or a schema that refers to itself. Here one fault is found after the other, values are not copied, and what
was found out about a part of the event is remembered. What a single keyword says, the validator is asked. The rules of
the other keywords are in `applicators`; they do not call one another, so that nothing may nest too deeply.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.applicators import RULES, judged_keywords
from jsonschema_tools.events.faults import Ask, Fault, Faults, Into, Rule, Schema, Step
from jsonschema_tools.events.places import NoPlace, Place
from jsonschema_tools.events.sizes import is_small, size
from jsonschema_tools.schemas.vocabulary import Draft, Kind, keywords

_COST_OF_A_SCHEMA = 3

_MOST_REFERENCES = 10

_COMPARED = ("enum", "const")


class GaveUp(Exception):
    """It took too many steps."""


class _Dynamic(Exception):
    """References depend on the way: nothing may be remembered."""


def faults(schema: Schema, event: Document, steps: int) -> Iterator[Fault]:
    """The faults of an event one after the other; none is a second time inside another.

    Raises `GaveUp` after so many steps.
    """
    told = 0
    if not schema.places.dynamic:
        try:
            for fault in Search(schema, steps).faults(event):
                yield fault
                told += 1
        except _Dynamic:
            schema.places.dynamic = True
        else:
            return
    yield from islice(Search(schema, steps).faults(event), told, None)


@dataclass(slots=True)
class _Frame:
    """A rule at work, on what; with ``ask``, one whose faults answer a question."""

    rule: Rule
    subject: tuple[int, int]
    path: tuple[Step, ...] = ()
    route: tuple[Step, ...] = ()
    ask: Ask | None = None
    found: list[Fault] = field(default_factory=list)


class Search:
    """The search in one event: what is known of its parts, and how many steps are left."""

    def __init__(self, schema: Schema, steps: int) -> None:
        self._schema, self._places, self._left = schema, schema.places, steps
        self._answers: dict[tuple[int, int, int], tuple[Ask, Faults]] = {}
        self._open: set[tuple[int, int]] = set()
        self.inside = self._places.inside

    def step(self, count: int = 1) -> None:
        """Count the work. Raises `GaveUp`."""
        self._left -= count
        if self._left < 0:
            raise GaveUp

    def faults(self, event: Document) -> Iterator[Fault]:
        """The faults of the event."""
        frames = [self._frame(self._places.root(), event)]
        answer: Faults | None = None
        while frames:
            try:
                told = frames[-1].rule.send(answer)
                answer = None
            except StopIteration:
                frame = frames[-1]
                self._close(frames, len(frames) - 1)
                answer = self._answered(frame) if frame.ask else None
                continue
            if isinstance(told, Fault):
                fault, asked = _seen_from_outside(told, frames)
                if asked == 0 and frames[0].ask is None:
                    yield fault
                    continue
                frames[asked].found.append(fault)
                if len(frames[asked].found) >= frames[asked].ask.most:  # type: ignore[union-attr]
                    answer = self._answered(frames[asked])
                    self._close(frames, asked)
            elif isinstance(told, Into):
                if not self._passes(told.place, told.value) and not self._is_open(told):
                    frames.append(self._frame(told.place, told.value, told.path, told.route))
            else:
                answer = self._known(told)
                if answer is None and self._is_open(told):
                    answer = ()
                elif answer is None:
                    frames.append(self._frame(told.place, told.value, ask=told))

    def _frame(
        self,
        place: Place,
        value: Document,
        path: tuple[Step, ...] = (),
        route: tuple[Step, ...] = (),
        ask: Ask | None = None,
    ) -> _Frame:
        self._open.add(subject := _subject(place, value))
        return _Frame(self._judged(place, value), subject, path, route, ask)

    def _is_open(self, told: Into | Ask) -> bool:
        """Whether a schema has led back to itself at the same value: that finds nothing new (Core, 9.4.1)."""
        return not self._places.dynamic and _subject(told.place, told.value) in self._open

    def _close(self, frames: list[_Frame], first: int) -> None:
        self._open.difference_update(frame.subject for frame in frames[first:])
        del frames[first:]

    def _known(self, ask: Ask) -> Faults | None:
        if self._passes(ask.place, ask.value):
            return ()
        known = None if self._places.dynamic else self._answers.get((id(ask.place.schema), id(ask.value), ask.most))
        return known[1] if known is not None else None

    def _answered(self, frame: _Frame) -> Faults:
        ask, answer = frame.ask, tuple(frame.found)
        assert ask is not None
        # With the question, so that what has an ``id`` in the memory does not get lost.
        self._answers[id(ask.place.schema), id(ask.value), ask.most] = ask, answer
        return answer

    def _passes(self, place: Place, value: Document) -> bool:
        """Whether a value is valid by a schema, where that is quickly said."""
        self.step()
        if isinstance(place.schema, bool):
            return place.schema
        whole = self._schema.whole(place)
        return whole is not None and is_small(value) and whole(value)

    def _judged(self, place: Place, value: Document) -> Rule:
        """What the schema at a place says of a value."""
        self.step(_COST_OF_A_SCHEMA)
        schema = place.schema
        if not isinstance(schema, dict):
            if schema is False:
                yield Fault("false", False, value)
            return
        if self._places.is_dynamic(schema) and not self._places.dynamic:
            raise _Dynamic
        alone = "$ref" in schema and place.draft.ref_stands_alone
        for keyword in () if alone else schema:
            if keyword in _SIMPLE:
                yield from self._simple(place, keyword, value)
        for keyword in ("$ref",) if alone else schema:
            if keyword in RULES and keyword in judged_keywords(place.draft):
                yield from RULES[keyword](self, place, value, keyword)

    def at(self, place: Place, inner: Document, value: Document, path: tuple[Step, ...], *route: Step) -> Into:
        """The faults of a part of the value, or of the value, by a part of the schema."""
        return Into(self.inside(place, inner), value, path, route)

    def ask(self, place: Place, inner: Document, value: Document, most: int = 1) -> Ask:
        """The question for the first faults of a value by a part of the schema."""
        return Ask(self.inside(place, inner), value, most)

    def doubtful(
        self, place: Place, inner: Document, entries: Iterable[tuple[Step, Document]]
    ) -> Iterator[tuple[Step, Document]]:
        """Of the parts of a value, those that are not quickly seen to be valid by a part of the schema."""
        behind = self._behind(self.inside(place, inner))
        whole = self._schema.whole(behind) if isinstance(behind.schema, dict) else None
        for number, (step, item) in enumerate(entries):
            if number % 4 == 0:
                self.step()
            if whole is None or not is_small(item) or not whole(item):
                yield step, item

    def _behind(self, place: Place) -> Place:
        """Where a schema leads that is a reference and nothing else."""
        for _ in range(_MOST_REFERENCES):
            schema = place.schema
            if not (
                isinstance(schema, dict) and "$ref" in schema and (len(schema) == 1 or place.draft.ref_stands_alone)
            ):
                break
            place = self.target(place, "$ref") or place
        return place

    def target(self, place: Place, keyword: str) -> Place | None:
        """Where a reference leads, if anywhere."""
        try:
            return self._places.target(place, keyword)
        except NoPlace:
            return None

    def matches(self, place: Place, pattern: str, name: str) -> bool:
        """Whether a name matches a pattern of a schema."""
        self.step()
        return self._schema.test(place, {"pattern": pattern}, f"pattern {pattern}")(name)

    def named(self, place: Place, value: dict[str, Any]) -> set[Step]:
        """The properties that ``properties`` and ``patternProperties`` are about."""
        names: set[Step] = value.keys() & place.schema.get("properties", {}).keys()
        for pattern in place.schema.get("patternProperties", ()):
            names.update(name for name in value if self.matches(place, pattern, name))
        return names

    def _simple(self, place: Place, keyword: str, value: Document) -> Rule:
        assert isinstance(place.schema, dict)
        part, said = {keyword: place.schema[keyword]}, place.schema[keyword]
        strict = _STRICT.get(keyword)
        if strict is not None and isinstance(place.schema.get(strict), bool) and place.draft is Draft.DRAFT_04:
            part[strict] = place.schema[strict]
        self.step()
        if _may_hold(keyword, said, value) and self._schema.test(place, part, keyword)(self._needed(keyword, value)):
            return
        if keyword == "required":
            assert isinstance(value, dict)
            for name in said:
                if name not in value:
                    yield Fault(keyword, said, value, route=(keyword,), more=(name,))
            return
        told = strict if strict is not None and part.get(strict) is True else keyword
        yield Fault(told, said, value, route=(told,))

    def _needed(self, keyword: str, value: Document) -> Document:
        """As much of a value as a keyword looks at."""
        if not isinstance(value, dict | list) or keyword == "type":
            return value if not isinstance(value, dict | list) else type(value)()
        if keyword in (*_COMPARED, "uniqueItems"):
            self.step(size(value))
            return value
        self.step(len(value) // 100)
        return dict.fromkeys(value) if isinstance(value, dict) else [None] * len(value)


def _subject(place: Place, value: Document) -> tuple[int, int]:
    return id(place.schema), id(value)


def _may_hold(keyword: str, said: Any, value: Document) -> bool:
    """Whether it is worth to compare a value as a whole with what it should be: it may be large."""
    if keyword not in _COMPARED or not isinstance(value, dict | list):
        return True
    allowed = said if keyword == "enum" else [said]
    return any(isinstance(one, type(value)) and len(one) == len(value) for one in allowed)


def _seen_from_outside(fault: Fault, frames: list[_Frame]) -> tuple[Fault, int]:
    """A fault as the frame sees it that asked for it, and which that is; else the first."""
    path, route = fault.path, fault.route
    for number in range(len(frames) - 1, -1, -1):
        path, route = frames[number].path + path, frames[number].route + route
        if frames[number].ask is not None:
            break
    return replace(fault, path=path, route=route), number


_SIMPLE = keywords(kinds=(Kind.ASSERTION,)) - {"dependentRequired", "minContains", "maxContains"}
"""Keywords without schemas inside: the validator is asked, which knows in which drafts they are."""

_STRICT = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
