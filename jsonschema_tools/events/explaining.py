"""What is wrong with an event, in words: one error for each keyword that refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from jsonschema_tools.documents.values import Document, escape_token
from jsonschema_tools.events.model import EventError

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

MOST_ERRORS = 20
"""Errors told of one event, at most."""

_LONGEST_MESSAGE = 400
_CLOSENESS = {"type": 0, "enum": 1, "const": 1}
"""Of alternatives that fail at the same place, a value of a wrong type is the furthest from being right."""


def explain(validator: Validator, event: Document, schema_uri: str) -> tuple[EventError, ...]:
    """The errors of an event, the first `MOST_ERRORS` of them; none when it is valid."""
    return tuple(_error(error, schema_uri) for error in islice(validator.iter_errors(event), MOST_ERRORS))


def _error(error: ValidationError, schema_uri: str) -> EventError:
    keyword = "false" if error.kind.name == "falseSchema" else error.kind.name
    message = shortened(error.message)
    cause = _closest(error)
    if cause is not None:
        message += f"; closest: {shortened(cause.message)}, at {_pointer(cause.instance_path) or 'the same value'}"
    return EventError(
        message,
        _pointer(error.instance_path),
        keyword,
        f"{schema_uri}#{_pointer(error.evaluation_path)}",
    )


def _closest(error: ValidationError) -> ValidationError | None:
    """Of the alternatives of an ``anyOf`` or ``oneOf`` that all fail, the error of the one that gets furthest."""
    errors = list(_alternatives(error))
    if not errors:
        return None
    best = max(errors, key=lambda inner: (len(inner.instance_path), _CLOSENESS.get(inner.kind.name, 2)))
    return _closest(best) or best


def _alternatives(error: ValidationError) -> Iterator[ValidationError]:
    context: Iterable[Iterable[ValidationError]] = getattr(error.kind, "context", ())
    if error.kind.name in ("anyOf", "oneOf"):
        for alternative in context:
            yield from alternative


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{escape_token(str(step))}" for step in path)


def shortened(message: str) -> str:
    """A message of bounded length, whatever value it tells of."""
    half = _LONGEST_MESSAGE // 2
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[:half]} ... {message[-half:]}"
