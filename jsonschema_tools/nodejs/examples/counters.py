"""The keywords ``autoIncrement`` and ``sequentialDate`` (also with ``x-`` before them): a new value at every use.

Source: json-schema-faker 0.5.0-rcv.34. Its dates count from the time of generation, these from the first moment of
2021.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

from jsonschema_tools.nodejs.examples.numbers import whole_between
from jsonschema_tools.nodejs.examples.values import as_document, at, number_at, refuse, truthy

_STEPS = {
    "seconds": (0, 60, 60),
    "minutes": (15, 50, 612),
    "hours": (12, 72, 36123),
    "days": (7, 30, 86412345),
    "weeks": (4, 52, 604812345),
    "months": (2, 13, 2592012345),
    "years": (1, 20, 31104012345),
}
"""Of each unit: how many at least and at most, and its milliseconds (upstream's, which are not those of a calendar)."""


class Counter(Protocol):
    """Gives the next value at every call."""

    def __init__(self, schema: dict[str, Any], keyword: str) -> None: ...

    def next(self) -> Any: ...


class _Increment:
    def __init__(self, schema: dict[str, Any], keyword: str) -> None:
        self._schema, self._keyword = schema, keyword
        self._next = 0.0

    def next(self) -> int | float:
        if self._schema.get(self._keyword) is not True:
            refuse(f"the value of `{self._keyword}` is not true")
        if not self._next:
            self._next = self._first()
        self._next += 1
        return as_document(self._next - 1)

    def _first(self) -> float:
        if truthy(at(self._schema, "initialOffset")):
            return number_at(self._schema, "initialOffset", 0.0)
        low = number_at(self._schema, "minimum", 0.0) or 1.0
        return whole_between(low, low + 100)


class _Dates:
    def __init__(self, schema: dict[str, Any], keyword: str) -> None:
        self._schema, self._keyword = schema, keyword
        self._next = datetime(2021, 1, 1)

    def next(self) -> str:
        unit = self._schema.get(self._keyword)
        unit = "days" if unit is True else unit
        if not isinstance(unit, str) or unit not in _STEPS:
            refuse(f"the value of `{self._keyword}` is none of true, {', '.join(_STEPS)}")
        low, high, milliseconds = _STEPS[unit]
        moment = self._next
        try:
            self._next = moment + timedelta(milliseconds=whole_between(low, high) * milliseconds)
        except OverflowError:
            refuse(f"`{self._keyword}` counts beyond the year 9999")
        return moment.isoformat(timespec="milliseconds") + "Z"


COUNTERS: dict[str, type[Counter]] = {"autoIncrement": _Increment, "sequentialDate": _Dates}
