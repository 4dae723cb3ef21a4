"""What the search of a site looks through, as a program that a page loads: that works from a disk, too."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jsonschema_tools.site.model import Summary

_LONGEST_VALUE = 60
_MOST_VALUES = 200


def index(summaries: Sequence[Summary]) -> bytes:
    """Titles, and of each field and each value of an enum the numbers of the titles that have it."""
    fields: dict[str, list[int]] = {}
    values: dict[str, list[int]] = {}
    for number, summary in enumerate(summaries):
        for field in dict.fromkeys(summary.fields):
            fields.setdefault(field, []).append(number)
        for value in summary.values[:_MOST_VALUES]:
            if len(value) <= _LONGEST_VALUE:
                values.setdefault(value, []).append(number)
    data = {
        "titles": [[each.place, each.newest, each.description, int(each.deprecated)] for each in summaries],
        "fields": {name: _steps(numbers) for name, numbers in fields.items()},
        "values": {name: _steps(numbers) for name, numbers in values.items()},
    }
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    # A program, so no text of a schema may end it.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"window.jstSearch={text};\n".encode()


def _steps(numbers: list[int]) -> list[int]:
    """Each number as the step from the one before it, which takes fewer digits."""
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]
