"""An event on one line: whole where it is short, else the parts that lead to given places."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jsonschema_tools.documents.pointers import split
from jsonschema_tools.documents.values import Document

MOST_CHARACTERS = 160
"""So long an event is shown whole."""

_MOST_AT_PLACE = 60
_MOST_NAMES = 6
_LEFT_OUT = "\u2026"


def excerpt(event: Document, pointers: Sequence[str]) -> str:
    """The event in JSON, if it is long without what does not lead to the places of the ``pointers``."""
    whole = _json(event)
    if len(whole) <= MOST_CHARACTERS:
        return whole
    return _along(event, [*map(split, pointers)])


def _along(value: Document, paths: list[list[str]]) -> str:
    """What leads to the ends of the paths. Where one ends, the value is shown as far as it is short."""
    inner = {path[0]: [other[1:] for other in paths if other[:1] == path[:1]] for path in paths if path}
    if isinstance(value, dict) and (inner or [] not in paths):
        shown = [f"{_json(name)}: {_along(value[name], inner[name])}" for name in value if name in inner]
        return "{" + ", ".join([*shown, *([_LEFT_OUT] if len(shown) < len(value) else [])]) + "}"
    if isinstance(value, list) and inner:
        shown = [
            _along(value[int(token)], inner[token]) for token in inner if token.isdigit() and int(token) < len(value)
        ]
        return "[" + ", ".join([*shown, *([_LEFT_OUT] if len(shown) < len(value) else [])]) + "]"
    return _brief(value)


def _brief(value: Document) -> str:
    text = _json(value)
    if len(text) <= _MOST_AT_PLACE:
        return text
    if isinstance(value, dict):
        names = [f"{_json(name)}: {_LEFT_OUT}" for name in list(value)[:_MOST_NAMES]]
        return "{" + ", ".join([*names, *([_LEFT_OUT] if len(value) > _MOST_NAMES else [])]) + "}"
    if isinstance(value, list):
        return f"[{_LEFT_OUT}]"
    return f"{text[:_MOST_AT_PLACE]}{_LEFT_OUT}"


def _json(value: Document) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
