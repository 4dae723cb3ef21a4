"""Constraints: which streams somebody asks for, by parts of their settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from jsonschema_tools.streams.php import entries, text_of

_KEY = re.compile(r"([^\[]*)((?:\[[^\]]*\])*)")
_STEP = re.compile(r"\[([^\]]*)\]")


def satisfies(settings: Mapping[str, Any], constraints: Mapping[str, Any]) -> bool:
    """Whether settings have all that is asked for, at every level.

    Scalars are compared as PHP converts them to strings, ``null`` is equal to nothing, a list of the settings has to
    have every member of a list in the constraints, in any order.
    """
    return all(key in settings and _has(settings[key], wanted) for key, wanted in constraints.items())


def _has(value: Any, wanted: Any) -> bool:
    if value is None or wanted is None:
        return False
    if isinstance(wanted, dict):
        return isinstance(value, (dict, list)) and satisfies(entries(value), wanted)
    if isinstance(wanted, list):
        if not isinstance(value, (dict, list)):
            return False
        members = list(entries(value).values())
        return all(any(_has(member, one) for member in members) for one in wanted)
    return not isinstance(value, (dict, list)) and text_of(value) == text_of(wanted)


def read_constraints(parts: str | Iterable[str]) -> dict[str, Any]:
    """The constraints that a request names: ``key=value``, ``key[inner]=value``, parted by ``|``.

    A key that stands there twice asks for a list. Every value is a string. Source: the parameter ``constraints`` of the
    action ``streamconfigs`` of MediaWiki.
    """
    found: dict[str, Any] = {}
    for part in parts.split("|") if isinstance(parts, str) else parts:
        for pair in filter(None, part.split("&")):
            name, _, value = pair.partition("=")
            match = _KEY.match(unquote_plus(name))
            assert match is not None
            _put(found, [match[1], *_STEP.findall(match[2])], unquote_plus(value))
    return found


def _put(target: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        inner = target.get(step)
        if not isinstance(inner, dict):
            inner = target[step] = {}
        target = inner
    last = steps[-1]
    if last not in target:
        target[last] = value
    elif isinstance(target[last], list):
        target[last].append(value)
    else:
        target[last] = [target[last], value]
