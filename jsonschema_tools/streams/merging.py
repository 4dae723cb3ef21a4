"""The settings of a stream over the defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import equal
from jsonschema_tools.streams.php import entries

Settings = dict[str, Any]


def merged(defaults: Settings, settings: Settings) -> Settings:
    """The defaults, and what the settings of a stream say instead, mappings merged at every level.

    A list replaces what the default has, and ``null`` switches it off. A mapping over a list is merged by index, as
    EventStreamConfig does it.
    """
    result = dict(defaults)
    for key, value in settings.items():
        before = defaults.get(key)
        if isinstance(value, dict) and isinstance(before, (dict, list)):
            result[key] = merged(entries(before), value)
        else:
            result[key] = value
    return result


def merged_otherwise(defaults: Settings, settings: Settings, pointer: str = "") -> Iterator[str]:
    """The JSON Pointers at which EventStreamConfig, which merges lists by index, has another value than `merged`."""
    for key, value in settings.items():
        before = defaults.get(key)
        here = f"{pointer}/{escape_token(key)}"
        if not isinstance(before, (dict, list)):
            continue
        if isinstance(value, list) and not equal(_by_index(before, value), entries(value)):
            yield here
        elif isinstance(value, dict):
            yield from merged_otherwise(entries(before), value, here)


def _by_index(before: Any, value: Any) -> Any:
    if not (isinstance(before, (dict, list)) and isinstance(value, (dict, list))):
        return value
    result = dict(entries(before))
    for key, item in entries(value).items():
        result[key] = _by_index(result.get(key), item)
    return result
