"""Why a schema refuses a value: found keyword by keyword, as many as are asked for, within a number of steps.

The validator says quickly that an event is refused, but builds all there is to say about it at once: gigabytes, for a
large event or a schema that refers to itself. Here one fault is found after the other, values are not copied, and what
was found out about a part of the event is remembered. What a single keyword says, the validator is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.evaluated import evaluated
from jsonschema_tools.events.places import (
    DRAFT_04,
    DRAFT_06,
    DRAFT_07,
    DRAFT_2019,
    DRAFT_2020,
    NoPlace,
    Place,
    Places,
)

Step = str | int
Test = Callable[[Any], bool]
CompilePart = Callable[[dict[str, Any], str], Test]
"""From a schema without references and the URI of its draft to its validator; raises `ValueError`."""

_MOST_OF_A_BRANCH = 20


class GaveUp(Exception):
    """It took too many steps."""


class _Dynamic(Exception):
    """References depend on the way: nothing may be remembered."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A keyword that refuses a value. ``path`` leads to that in the event, ``route`` to the keyword in the schema.

    ``said`` is the value of the keyword, ``more`` what it refuses in particular (names, indexes). ``branches`` are the
    faults by each alternative of an ``anyOf`` or ``oneOf`` of which none fits.
    """

    keyword: str
    said: Any
    value: Document
    path: tuple[Step, ...] = ()
    route: tuple[Step, ...] = ()
    more: tuple[Step, ...] = ()
    branches: tuple[tuple[Fault, ...], ...] = ()

    def inside(self, path: tuple[Step, ...], route: tuple[Step, ...]) -> Fault:
        """The same, seen from further outside."""
        return replace(self, path=path + self.path, route=route + self.route)


class Schema:
    """A schema taken apart as far as its faults need it; kept for the next event. Threads may share it."""

    def __init__(self, places: Places, compile_part: CompilePart) -> None:
        self.places, self._compile = places, compile_part
        self._tests: dict[tuple[int, str], tuple[Any, Test]] = {}

    def test(self, place: Place, part: dict[str, Any], name: str) -> Test:
        """The validator of some keywords of a schema, which ``name`` stands for."""
        key = (id(place.schema), name)
        known = self._tests.get(key)
        if known is None:
            try:
                test = self._compile(part, place.draft_uri)
            except ValueError:
                test = _anything
            # With the schema, so that its ``id`` stays its own.
            known = self._tests[key] = place.schema, test
        return known[1]


def _anything(_value: Any) -> bool:
    return True


def faults(schema: Schema, event: Document, steps: int) -> Iterator[Fault]:
    """The faults of an event one after the other; none is a second time inside another.

    Raises `GaveUp` after so many steps, and `RecursionError` where event or schema nest too deeply.
    """
    if not schema.places.dynamic:
        try:
            yield from Search(schema, steps).faults(schema.places.root(), event)
        except _Dynamic:
            schema.places.dynamic = True
        else:
            return
    yield from Search(schema, steps).faults(schema.places.root(), event)


class Search:
    """The search in one event: what is known of its parts, and how many steps are left."""

    def __init__(self, schema: Schema, steps: int) -> None:
        self._schema, self._places, self._left = schema, schema.places, steps
        self.inside = self._places.inside
        self._fits: dict[tuple[int, int], bool] = {}
        self._some: dict[tuple[int, int], tuple[Fault, ...]] = {}
        self._kept: list[Any] = []
        """What has an ``id`` in the memory, and must not get lost."""

    def step(self, count: int = 1) -> None:
        """Count the work. Raises `GaveUp`."""
        self._left -= count
        if self._left < 0:
            raise GaveUp

    def faults(self, place: Place, value: Document) -> Iterator[Fault]:
        """The faults of a value by the schema at a place."""
        self.step()
        schema = place.schema
        if not isinstance(schema, dict):
            if schema is False:
                yield Fault("false", False, value)
            return
        if self._places.is_dynamic(schema) and not self._places.dynamic:
            raise _Dynamic
        if "$ref" in schema and place.draft <= DRAFT_07:
            yield from _reference(self, place, value, "$ref")
            return
        for keyword in schema:
            if keyword in _SIMPLE:
                yield from self._simple(place, keyword, value)
        for keyword in schema:
            first, last, rule = _RULES.get(keyword, _NO_RULE)
            if first <= place.draft <= last:
                yield from rule(self, place, value, keyword)

    def at(self, place: Place, inner: Document, value: Document, path: tuple[Step, ...], *route: Step) -> Iterator[Fault]:
        """The faults of a part of the value, or of the value, by a part of the schema."""
        for fault in self.faults(self.inside(place, inner), value):
            yield fault.inside(path, route)

    def fits(self, place: Place, inner: Document, value: Document) -> bool:
        """Whether a value is valid by a part of the schema."""
        return self.fits_at(self.inside(place, inner), value)

    def fits_at(self, place: Place, value: Document) -> bool:
        """Whether a value is valid by the schema at a place."""
        key = (id(place.schema), id(value))
        if self._places.dynamic or key not in self._fits:
            self._fits[key] = next(self.faults(place, value), None) is None
            self._kept.append(value)
        return self._fits[key]

    def some(self, place: Place, inner: Document, value: Document) -> tuple[Fault, ...]:
        """The first faults of a value by a part of the schema."""
        key = (id(inner), id(value))
        if self._places.dynamic or key not in self._some:
            found = self.faults(self.inside(place, inner), value)
            self._some[key] = tuple(islice(found, _MOST_OF_A_BRANCH))
            self._kept.append(value)
        return self._some[key]

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

    def _simple(self, place: Place, keyword: str, value: Document) -> Iterator[Fault]:
        assert isinstance(place.schema, dict)
        part, said = {keyword: place.schema[keyword]}, place.schema[keyword]
        strict = _STRICT.get(keyword)
        if strict is not None and isinstance(place.schema.get(strict), bool) and place.draft == DRAFT_04:
            part[strict] = place.schema[strict]
        self.step()
        if self._schema.test(place, part, keyword)(self._needed(keyword, value)):
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
        if keyword in ("enum", "const", "uniqueItems"):
            self.step(_size(value))
            return value
        self.step(len(value) // 100)
        return dict.fromkeys(value) if isinstance(value, dict) else [None] * len(value)


def _size(value: Document) -> int:
    """How many values there are in a value, about."""
    count, pending = 0, [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict | list):
            count += len(inner)
            pending += inner.values() if isinstance(inner, dict) else inner
    return count // 10


def _reference(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    target = search.target(place, keyword)
    for fault in search.faults(target, value) if target is not None else ():
        yield fault.inside((), (keyword,))


def _all_of(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    for number, part in enumerate(place.schema[keyword]):
        yield from search.at(place, part, value, (), keyword, number)


def _any_of(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    parts = place.schema[keyword]
    fitting = 0
    for part in parts:
        fitting += search.fits(place, part, value)
        if fitting > (keyword == "oneOf"):
            break
    if fitting == 0:
        branches = tuple(search.some(place, part, value) for part in parts)
        yield Fault(keyword, parts, value, route=(keyword,), branches=branches)
    elif keyword == "oneOf" and fitting > 1:
        yield Fault(keyword, parts, value, route=(keyword,))


def _not(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    if search.fits(place, place.schema[keyword], value):
        yield Fault(keyword, place.schema[keyword], value, route=(keyword,))


def _if(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    branch = "then" if search.fits(place, place.schema[keyword], value) else "else"
    if branch in place.schema:
        yield from search.at(place, place.schema[branch], value, (), branch)


def _properties(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    inner = place.schema[keyword]
    if isinstance(value, dict):
        search.step(len(value) // 100)
        for name in value:
            if name in inner:
                yield from search.at(place, inner[name], value[name], (name,), keyword, name)


def _pattern_properties(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    for pattern, inner in place.schema[keyword].items() if isinstance(value, dict) else ():
        for name in value:
            if search.matches(place, pattern, name):
                yield from search.at(place, inner, value[name], (name,), keyword, pattern)


def _rest(
    search: Search, place: Place, rest: Iterable[tuple[Step, Document]], value: Document, keyword: str
) -> Iterator[Fault]:
    """What is left over: refused together by ``false``, else one by one."""
    inner = place.schema[keyword]
    if inner is not False:
        for step, item in rest:
            yield from search.at(place, inner, item, (step,), keyword)
        return
    steps = tuple(step for step, _ in islice(rest, _MOST_OF_A_BRANCH))
    if steps:
        yield Fault(keyword, inner, value, route=(keyword,), more=steps)


def _additional_properties(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    if isinstance(value, dict):
        known = search.named(place, value)
        rest = ((name, item) for name, item in value.items() if name not in known)
        yield from _rest(search, place, rest, value, keyword)


def _property_names(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    inner = place.schema[keyword]
    for name in value if isinstance(value, dict) else ():
        fault = next(search.at(place, inner, name, (), keyword), None)
        if fault is not None:
            yield replace(fault, keyword=keyword, branches=((fault,),)) if inner is not False else fault


def _items(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        return
    inner = place.schema[keyword]
    if isinstance(inner, list):
        # The list form of ``items``, or ``prefixItems``.
        for number, (one, item) in enumerate(zip(inner, value, strict=False)):
            yield from search.at(place, one, item, (number,), keyword, number)
        return
    start = len(place.schema.get("prefixItems", ())) if place.draft == DRAFT_2020 else 0
    for number, item in enumerate(islice(value, start, None), start):
        yield from search.at(place, inner, item, (number,), keyword)


def _additional_items(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    leading = place.schema.get("items")
    if isinstance(value, list) and isinstance(leading, list):
        rest = enumerate(islice(value, len(leading), None), len(leading))
        yield from _rest(search, place, rest, value, keyword)


def _contains(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    if not isinstance(value, list):
        return
    schema = place.schema
    limited = place.draft >= DRAFT_2019
    least = schema.get("minContains", 1) if limited else 1
    most = schema.get("maxContains", len(value)) if limited else len(value)
    found = 0
    for item in value:
        found += search.fits(place, schema[keyword], item)
        if found >= least and most >= len(value):
            return
        if found > most:
            yield Fault(keyword, schema[keyword], value, route=("maxContains",))
            return
    if found < least:
        yield Fault(keyword, schema[keyword], value, route=("minContains" if "minContains" in schema else keyword,))


def _dependencies(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    for name, needed in place.schema[keyword].items() if isinstance(value, dict) else ():
        if name not in value:
            continue
        if isinstance(needed, list):
            for missing in needed:
                if missing not in value:
                    yield Fault("required", needed, value, route=(keyword, name), more=(missing,))
        else:
            yield from search.at(place, needed, value, (), keyword, name)


def _unevaluated(search: Search, place: Place, value: Document, keyword: str) -> Iterator[Fault]:
    if not isinstance(value, dict if keyword == "unevaluatedProperties" else list):
        return
    known = evaluated(search, place, value, besides=keyword)
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value)
    inner = place.schema[keyword]
    bad = (step for step, item in entries if step not in known and not search.fits(place, inner, item))
    steps = tuple(islice(bad, _MOST_OF_A_BRANCH))
    if steps:
        yield Fault(keyword, inner, value, route=(keyword,), more=steps)


_SIMPLE = frozenset(
    {"type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"}
    | {"maxLength", "minLength", "pattern", "format", "maxItems", "minItems", "uniqueItems"}
    | {"maxProperties", "minProperties", "required"}
)
"""Keywords without schemas inside: the validator is asked, which knows in which drafts they are."""

_STRICT = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}

Rule = Callable[[Search, Place, Any, str], Iterator[Fault]]

_RULES: dict[str, tuple[int, int, Rule]] = {
    "properties": (DRAFT_04, DRAFT_2020, _properties),
    "patternProperties": (DRAFT_04, DRAFT_2020, _pattern_properties),
    "additionalProperties": (DRAFT_04, DRAFT_2020, _additional_properties),
    "propertyNames": (DRAFT_06, DRAFT_2020, _property_names),
    "prefixItems": (DRAFT_2020, DRAFT_2020, _items),
    "items": (DRAFT_04, DRAFT_2020, _items),
    "additionalItems": (DRAFT_04, DRAFT_2019, _additional_items),
    "contains": (DRAFT_06, DRAFT_2020, _contains),
    "dependencies": (DRAFT_04, DRAFT_2020, _dependencies),
    "dependentSchemas": (DRAFT_2019, DRAFT_2020, _dependencies),
    "dependentRequired": (DRAFT_2019, DRAFT_2020, _dependencies),
    "$ref": (DRAFT_2019, DRAFT_2020, _reference),
    "$recursiveRef": (DRAFT_2019, DRAFT_2019, _reference),
    "$dynamicRef": (DRAFT_2020, DRAFT_2020, _reference),
    "allOf": (DRAFT_04, DRAFT_2020, _all_of),
    "if": (DRAFT_07, DRAFT_2020, _if),
    "anyOf": (DRAFT_04, DRAFT_2020, _any_of),
    "oneOf": (DRAFT_04, DRAFT_2020, _any_of),
    "not": (DRAFT_04, DRAFT_2020, _not),
    "unevaluatedItems": (DRAFT_2019, DRAFT_2020, _unevaluated),
    "unevaluatedProperties": (DRAFT_2019, DRAFT_2020, _unevaluated),
}
"""The first and the last draft that has a keyword, and its rule."""

_NO_RULE: tuple[int, int, Rule] = (1, 0, _not)
