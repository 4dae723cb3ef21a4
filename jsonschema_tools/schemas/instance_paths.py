"""The way to a value in a document, from the steps that jsonschema-rs gives: it reads names as numbers and drops some.

A property ``01`` comes as the number 1, and one whose name is empty not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import Document, escape_token


def instance_pointer(error: Any, document: Document) -> str:
    """The JSON Pointer of the value that an error is about: as far as its steps lead to something, else as they are."""
    steps = list(error.instance_path)
    return "".join(
        f"/{escape_token(str(step))}" for step in _way(steps, document, getattr(error, "instance", document))
    )


def _way(steps: list[str | int], document: Document, instance: Document) -> Iterator[str | int]:
    value, place = document, 0
    while place < len(steps):
        step = steps[place]
        if isinstance(value, dict):
            name = _name(step, value)
            if name is None and "" in value:
                yield ""
                value = value[""]
                continue
            if name is None:
                break
            step, value = name, value[name]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            break
        yield step
        place += 1
    yield from steps[place:]
    while place == len(steps) and isinstance(value, dict) and "" in value and value != instance:
        yield ""
        value = value[""]


def _name(step: str | int, properties: dict[str, Document]) -> str | None:
    """The name of the property that a step means."""
    if str(step) in properties:
        return str(step)
    return next((name for name in properties if _is_number(name, step)), None) if isinstance(step, int) else None


def _is_number(name: str, number: int) -> bool:
    digits = name.removeprefix("+")
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) == number
