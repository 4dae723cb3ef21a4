"""What a fault of an event is called in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from jsonschema_tools.documents.numbers import json_text_of
from jsonschema_tools.documents.values import Document, ExactFloat
from jsonschema_tools.events.faults import Fault

_LONGEST_MESSAGE = 400
_LONGEST_VALUE = 200
_MOST_NAMES = 10
_MOST_VALUES = 3

Words = Callable[[str, Any], str]
"""From the value as text, and the keyword's, to the message."""


def message(fault: Fault) -> str:
    """What is wrong, of bounded length, whatever value it is about."""
    if fault.keyword == "propertyNames":
        return message(fault.branches[0][0])
    if fault.keyword == "required":
        return shortened(f"{json_of(fault.more[0])} is a required property")
    if fault.keyword in _LEFT_OVER and fault.more:
        return shortened(f"{_LEFT_OVER[fault.keyword]} are not allowed ({_unexpected(fault)} unexpected)")
    if fault.keyword == "oneOf" and not fault.branches:
        words: Words = _MORE_THAN_ONE
    else:
        words = _WORDS[fault.keyword]
    return shortened(words(json_of(fault.value), fault.said))


def shortened(text: str) -> str:
    """A message of bounded length, whatever value it tells of."""
    half = _LONGEST_MESSAGE // 2
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:half]} ... {text[-half:]}"


def json_of(value: Document) -> str:
    """A value as JSON, cut where it gets long."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > _LONGEST_VALUE:
            return f"{text[:_LONGEST_VALUE]} ..."
    return text


def _pieces(value: Document) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for number, (name, item) in enumerate(value.items()):
            yield f"{',' if number else ''}{_text(name)}:"
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from _pieces(item)
        yield "]"
    else:
        yield _scalar(value)


def _scalar(value: Document) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, ExactFloat):
        return value.text
    return json_text_of(value) if isinstance(value, (float, Decimal)) else json.dumps(value)


def _text(text: str) -> str:
    return json.dumps(text[: _LONGEST_VALUE + 1], ensure_ascii=False)


def _unexpected(fault: Fault) -> str:
    shown = fault.more[:_MOST_NAMES]
    if fault.keyword == "additionalItems":
        names = ", ".join(json_of(fault.value[step]) for step in shown)
    else:
        names = ", ".join(f"'{step}'" for step in shown)
    many = len(fault.more) > _MOST_NAMES
    return f"{names}{' and more' if many else ''} {'was' if len(fault.more) == 1 else 'were'}"


def _types(value: str, said: Any) -> str:
    names = [said] if isinstance(said, str) else said
    return f"{value} is not of type{'s' if len(names) > 1 else ''} {', '.join(json_of(name) for name in names)}"


def _enum(value: str, said: Any) -> str:
    shown = [json_of(item) for item in said[:_MOST_VALUES]]
    if len(said) > _MOST_VALUES:
        shown[2:] = [f"{len(said) - 2} other candidates"]
    return f"{value} is not one of {' or '.join(filter(None, [', '.join(shown[:-1]), *shown[-1:]]))}"


def _amount(words: str, noun: str, nouns: str) -> Words:
    return lambda value, said: f"{value} {words} {json_of(said)} {noun if said == 1 else nouns}"


def _limit(words: str) -> Words:
    return lambda value, said: f"{value} {words} {json_of(said)}"


_MORE_THAN_ONE: Words = lambda value, _: (  # noqa: E731
    f"{value} is valid under more than one of the schemas listed in the 'oneOf' keyword"
)

_LEFT_OVER = {
    "additionalProperties": "Additional properties",
    "additionalItems": "Additional items",
    "unevaluatedProperties": "Unevaluated properties",
    "unevaluatedItems": "Unevaluated items",
}

_WORDS: dict[str, Words] = {
    "false": lambda value, _: f"False schema does not allow {value}",
    "type": _types,
    "enum": _enum,
    "const": lambda _, said: f"{json_of(said)} was expected",
    "multipleOf": _limit("is not a multiple of"),
    "maximum": _limit("is greater than the maximum of"),
    "exclusiveMaximum": _limit("is greater than or equal to the maximum of"),
    "minimum": _limit("is less than the minimum of"),
    "exclusiveMinimum": _limit("is less than or equal to the minimum of"),
    "maxLength": _amount("is longer than", "character", "characters"),
    "minLength": _amount("is shorter than", "character", "characters"),
    "pattern": lambda value, said: f'{value} does not match "{said}"',
    "format": _limit("is not a"),
    "maxItems": _amount("has more than", "item", "items"),
    "minItems": _amount("has less than", "item", "items"),
    "uniqueItems": lambda value, _: f"{value} has non-unique elements",
    "maxProperties": _amount("has more than", "property", "properties"),
    "minProperties": _amount("has less than", "property", "properties"),
    "contains": lambda value, _: f"None of {value} are valid under the given schema",
    "not": lambda value, said: f"{json_of(said)} is not allowed for {value}",
    "anyOf": lambda value, _: f"{value} is not valid under any of the schemas listed in the 'anyOf' keyword",
    "oneOf": lambda value, _: f"{value} is not valid under any of the schemas listed in the 'oneOf' keyword",
}
