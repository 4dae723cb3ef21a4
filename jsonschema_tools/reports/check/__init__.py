"""Renderers: from a `Report` to text. Each is a pure function in a file of its own, found by the name of its format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema_tools.rules.model import Report

Shown = Callable[[str], str]
"""From a path, or a text with paths in it, to how the reader should see it."""

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif", "markdown")


def render(report: Report, format_: str, shown: Shown = str) -> str:
    """The report in one of `FORMATS`."""
    text: str = import_module(f"{__name__}.{format_}").render(report, shown)
    return text
