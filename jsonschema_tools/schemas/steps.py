"""The exact place of an error of jsonschema-rs, which reports names only.

It gives names that read like a number as that number (``01`` and ``+1`` as 1), and leaves out empty names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document

Step = str | int

_MOST_PLACES = 50
"""So many places are compared with the value that is wrong, where several are called the same."""


def steps_to(document: Document, error: Any) -> list[Step]:
    """The names and indexes that lead to the value which an error of jsonschema-rs is about."""
    called = list(error.instance_path)
    places = list(islice(_places(document, called, []), _MOST_PLACES))
    if len(places) == 1:
        return places[0][0]
    return next((steps for steps, value in places if value == error.instance), places[0][0] if places else called)


def pointer_to(document: Document, error: Any) -> str:
    """The JSON Pointer of the value which an error of jsonschema-rs is about."""
    return join(steps_to(document, error))


def _places(value: Document, called: Sequence[Step], before: list[Step]) -> Iterator[tuple[list[Step], Document]]:
    """Every place that may be called so, with what is there."""
    if not called:
        yield before, value
    if isinstance(value, dict):
        for name in _names(value, called[0]) if called else ():
            yield from _places(value[name], called[1:], [*before, name])
        if "" in value:
            yield from _places(value[""], called, [*before, ""])
    elif called and isinstance(value, list) and isinstance(called[0], int) and called[0] < len(value):
        yield from _places(value[called[0]], called[1:], [*before, called[0]])


def _names(mapping: dict[str, Any], step: Step) -> list[str]:
    if not isinstance(step, int):
        return [step] if step in mapping else []
    return [name for name in mapping if name.isascii() and name.removeprefix("+").isdigit() and int(name) == step]
