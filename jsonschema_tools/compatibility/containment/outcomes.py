"""What comes of looking for a value: one is found, there is none, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.documents.values import Document


@dataclass(frozen=True, slots=True)
class Found:
    value: Document


@dataclass(frozen=True, slots=True)
class Unknown:
    """``keyword`` is what stopped the search; see `TOO_DEEP`."""

    keyword: str


@dataclass(frozen=True, slots=True)
class Empty:
    """It is proved that no value exists."""


EMPTY = Empty()
TOO_DEEP = Unknown("")
"""No keyword is too much for the search, but the depth of the values."""

Outcome = Found | Unknown | Empty
