"""What is wrong with a refused event: one error for each keyword that refuses it, the first of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.faults import Fault, Schema
from jsonschema_tools.events.model import EventError
from jsonschema_tools.events.search import GaveUp, faults
from jsonschema_tools.events.wording import message
from jsonschema_tools.schemas.compiling import Doubtful

MOST_ERRORS = 20
"""Errors told of one event, at most."""

_MOST_FAULTS = 10 * MOST_ERRORS
"""Faults looked for, at most, of which some say the same."""

MOST_STEPS = 1_000_000
"""The work for one event: about a value and a keyword each. Enough for a list of a hundred thousand values."""

_CLOSENESS = {"type": 0, "enum": 1, "const": 1}
"""Of alternatives that fail at the same place, a value of a wrong type is the furthest from being right."""


def explain(schema: Schema, event: Document, schema_uri: str, steps: int = MOST_STEPS) -> tuple[EventError, ...]:
    """The errors of an event that the schema refuses, the first `MOST_ERRORS` of them; at least one.

    Where an event is too large or nests too deeply to say what is wrong within the steps, the one error says so.
    """
    found: dict[tuple[str, str, str | None], EventError] = {}
    reason = "what is wrong could not be made out"
    try:
        for fault in islice(faults(schema, event, steps), _MOST_FAULTS):
            error = _error(fault, schema_uri)
            # A definition that several references lead to, or a schema that refers to itself, says it as often.
            found.setdefault((error.message, error.pointer, error.keyword), error)
            if len(found) == MOST_ERRORS:
                break
        if not found:
            schema.whole_test(event)
    except GaveUp:
        reason = f"the event is too large, or its schema too intricate, to say where within {steps} steps"
    except Doubtful as doubt:
        found[str(doubt), "", doubt.keyword] = EventError(str(doubt), "", doubt.keyword, schema_uri)
    return tuple(found.values()) or (EventError(f"the schema refuses the event; {reason}", "", "schema", schema_uri),)


def _error(fault: Fault, schema_uri: str) -> EventError:
    said = message(fault)
    cause = _closest(fault)
    if cause is not None:
        at = join(fault.path + cause.path) if cause.path else "the same value"
        said += f"; closest: {message(cause)}, at {at}"
    return EventError(said, join(fault.path), fault.keyword, f"{schema_uri}#{join(fault.route)}")


def _closest(fault: Fault) -> Fault | None:
    """Of the alternatives of an ``anyOf`` or ``oneOf`` that all fail, the fault of the one that gets furthest."""
    inner = list(_alternatives(fault))
    if not inner:
        return None
    best = max(inner, key=lambda one: (len(one.path), _CLOSENESS.get(one.keyword, 2)))
    further = _closest(best)
    return further.inside(best.path, ()) if further is not None else best


def _alternatives(fault: Fault) -> Iterator[Fault]:
    if fault.keyword in ("anyOf", "oneOf"):
        for branch in fault.branches:
            yield from branch
