"""The review of a branch, a file for each format: each is a pure function, found by the name of its format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema_tools.reports.check import Shown
    from jsonschema_tools.reports.review.model import Review

FORMATS = ("text", "markdown", "json")


def render(found: Review, format_: str, shown: Shown = str) -> str:
    """The review in one of `FORMATS`; ``shown`` shortens paths."""
    text: str = import_module(f"{__name__}.{format_}").render(found, shown)
    return text
