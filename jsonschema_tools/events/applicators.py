"""Rules for keywords that hold schemas: which part of the value each schema is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.evaluated import evaluated
from jsonschema_tools.events.faults import MOST_OF_A_BRANCH, Fault, Into, Rule, Step
from jsonschema_tools.events.places import Place
from jsonschema_tools.schemas.vocabulary import Draft, keywords

if TYPE_CHECKING:
    from jsonschema_tools.events.search import Search


def _reference(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    target = search.target(place, keyword)
    if target is not None:
        yield Into(target, value, (), (keyword,))


def _all_of(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    for number, part in enumerate(place.schema[keyword]):
        yield search.at(place, part, value, (), keyword, number)


def _any_of(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    parts = place.schema[keyword]
    fitting = 0
    for part in parts:
        fitting += not (yield search.ask(place, part, value))
        if fitting > (keyword == "oneOf"):
            break
    if fitting == 0:
        branches = []
        for part in parts:
            branches.append((yield search.ask(place, part, value, MOST_OF_A_BRANCH)))
        yield Fault(keyword, parts, value, route=(keyword,), branches=tuple(branches))
    elif keyword == "oneOf" and fitting > 1:
        yield Fault(keyword, parts, value, route=(keyword,))


def _not(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    if not (yield search.ask(place, place.schema[keyword], value)):
        yield Fault(keyword, place.schema[keyword], value, route=(keyword,))


def _if(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    branch = "else" if (yield search.ask(place, place.schema[keyword], value)) else "then"
    if branch in place.schema:
        yield search.at(place, place.schema[branch], value, (), branch)


def _properties(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    inner = place.schema[keyword]
    if isinstance(value, dict):
        search.step(len(value) // 100)
        for name in value:
            if name in inner:
                yield search.at(place, inner[name], value[name], (name,), keyword, name)


def _pattern_properties(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    for pattern, inner in place.schema[keyword].items() if isinstance(value, dict) else ():
        for name in value:
            if search.matches(place, pattern, name):
                yield search.at(place, inner, value[name], (name,), keyword, pattern)


def _rest(search: Search, place: Place, rest: Iterable[tuple[Step, Document]], value: Document, keyword: str) -> Rule:
    """What is left over: refused together by ``false``, else one by one."""
    inner = place.schema[keyword]
    if inner is not False:
        for step, item in search.doubtful(place, inner, rest):
            yield search.at(place, inner, item, (step,), keyword)
        return
    steps = tuple(step for step, _ in islice(rest, MOST_OF_A_BRANCH))
    if steps:
        yield Fault(keyword, inner, value, route=(keyword,), more=steps)


def _additional_properties(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    if isinstance(value, dict):
        known = search.named(place, value)
        rest = ((name, item) for name, item in value.items() if name not in known)
        yield from _rest(search, place, rest, value, keyword)


def _property_names(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    inner = place.schema[keyword]
    for name in value if isinstance(value, dict) else ():
        for fault in (yield search.ask(place, inner, name)):
            route = (keyword, *fault.route)
            yield replace(fault, route=route, keyword="false" if inner is False else keyword, branches=((fault,),))


def _items(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    if not isinstance(value, list):
        return
    inner = place.schema[keyword]
    if isinstance(inner, list):
        # The list form of ``items``, or ``prefixItems``.
        for number, (one, item) in enumerate(zip(inner, value, strict=False)):
            yield search.at(place, one, item, (number,), keyword, number)
        return
    start = len(place.schema.get("prefixItems", ())) if place.draft >= Draft.DRAFT_2020_12 else 0
    for step, item in search.doubtful(place, inner, enumerate(islice(value, start, None), start)):
        yield search.at(place, inner, item, (step,), keyword)


def _additional_items(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    leading = place.schema.get("items")
    if isinstance(value, list) and isinstance(leading, list):
        rest = enumerate(islice(value, len(leading), None), len(leading))
        yield from _rest(search, place, rest, value, keyword)


def _contains(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    if not isinstance(value, list):
        return
    schema = place.schema
    limited = not place.draft.ref_stands_alone
    least = schema.get("minContains", 1) if limited else 1
    most = schema.get("maxContains", len(value)) if limited else len(value)
    found = 0
    for item in value:
        found += not (yield search.ask(place, schema[keyword], item))
        if found >= least and most >= len(value):
            return
        if found > most:
            yield Fault(keyword, schema[keyword], value, route=("maxContains",))
            return
    if found < least:
        yield Fault(keyword, schema[keyword], value, route=("minContains" if "minContains" in schema else keyword,))


def _dependencies(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    for name, needed in place.schema[keyword].items() if isinstance(value, dict) else ():
        if name not in value:
            continue
        if isinstance(needed, list):
            for missing in needed:
                if missing not in value:
                    yield Fault("required", needed, value, route=(keyword, name), more=(missing,))
        else:
            yield search.at(place, needed, value, (), keyword, name)


def _unevaluated(search: Search, place: Place, value: Document, keyword: str) -> Rule:
    if not isinstance(value, dict if keyword == "unevaluatedProperties" else list):
        return
    known = yield from evaluated(search, place, value, besides=keyword)
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value)
    inner = place.schema[keyword]
    steps: tuple[Step, ...] = ()
    rest = ((step, item) for step, item in entries if step not in known)
    for step, item in search.doubtful(place, inner, rest):
        if (yield search.ask(place, inner, item)):
            steps += (step,)
            if len(steps) >= MOST_OF_A_BRANCH:
                break
    if steps:
        yield Fault(keyword, inner, value, route=(keyword,), more=steps)


_Says = Callable[["Search", Place, Any, str], Rule]

RULES: dict[str, _Says] = {
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "prefixItems": _items,
    "items": _items,
    "additionalItems": _additional_items,
    "contains": _contains,
    "dependencies": _dependencies,
    "dependentSchemas": _dependencies,
    "dependentRequired": _dependencies,
    "$ref": _reference,
    "$recursiveRef": _reference,
    "$dynamicRef": _reference,
    "allOf": _all_of,
    "if": _if,
    "anyOf": _any_of,
    "oneOf": _any_of,
    "not": _not,
    "unevaluatedItems": _unevaluated,
    "unevaluatedProperties": _unevaluated,
}
"""The rule of each keyword that holds schemas."""


def judged_keywords(draft: Draft) -> frozenset[str]:
    """The keywords that the validator heeds in a draft: also ``dependencies`` in those that no longer know it."""
    return keywords(draft) | {"dependencies"}
