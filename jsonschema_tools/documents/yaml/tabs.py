"""Tabs that separate tokens: js-yaml takes them nearly everywhere, libyaml does not.

Where libyaml stumbles over a tab, tabs are replaced by spaces, one for one; those that turn out to be part of a
value are put back. Tabs before the first token of a line stay: that is indentation, and an error.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

import yaml
from yaml.events import ScalarEvent

from jsonschema_tools.documents.yaml.errors import is_about_a_tab
from jsonschema_tools.documents.yaml.events import raw_events
from jsonschema_tools.documents.yaml.hiding import hide
from jsonschema_tools.documents.yaml.text import Disguise, disguise

_LINE_WITH_TAB = re.compile(r"([ \t]*)([^\r\n]*)")
_ROUNDS = 8


def legible(text: str, source: str) -> tuple[str, Disguise | None]:
    """The text as libyaml can read it, every character in its place, and what stands for what in it."""
    if not text.endswith(("\n", "\r")):
        text += "\n"
    disguised = disguise(text)
    disguised = hide(disguised.text if disguised else text, disguised)
    if disguised is not None:
        text = disguised.text
    return without_separating_tabs(text, source), disguised


def without_separating_tabs(text: str, source: str) -> str:
    """The text with spaces for the tabs that stop libyaml and are no part of a value; the same length."""
    if "\t" not in text or not _stumbles(text, source):
        return text
    tabs, on_blank_lines = _replaceable(text)
    for _ in range(_ROUNDS):
        spaced = _spaced(text, tabs)
        wrong = _in_values(spaced, tabs, on_blank_lines, source)
        if not wrong:
            return spaced
        tabs = [tab for tab in tabs if tab not in wrong]
    return text


def _stumbles(text: str, source: str) -> bool:
    try:
        for _ in raw_events(text, source):
            pass
    except yaml.YAMLError as error:
        return is_about_a_tab(error, text)
    return False


def _replaceable(text: str) -> tuple[list[int], set[int]]:
    """Where the tabs are that may be spaces; and those of them that are on lines without anything else."""
    tabs, on_blank_lines = [], set()
    for line in _LINE_WITH_TAB.finditer(text):
        blank_or_comment = line[2] == "" or line[2].startswith("#")
        start = line.start(1 if blank_or_comment else 2)
        found = [index for index in range(start, line.end()) if text[index] == "\t"]
        tabs += found
        if line[2] == "":
            on_blank_lines.update(found)
    return tabs, on_blank_lines


def _spaced(text: str, tabs: list[int]) -> str:
    characters = list(text)
    for tab in tabs:
        characters[tab] = " "
    return "".join(characters)


def _in_values(spaced: str, tabs: list[int], on_blank_lines: set[int], source: str) -> set[int]:
    """The replaced tabs that change a value. A blank line means the same to a plain scalar, however blank it is."""
    wrong: set[int] = set()
    try:
        for event in raw_events(spaced, source):
            if isinstance(event, ScalarEvent):
                start, end = _span(event)
                within = tabs[bisect_left(tabs, start) : bisect_left(tabs, end)]
                wrong.update(within if event.style else (tab for tab in within if tab not in on_blank_lines))
    except yaml.YAMLError:
        pass
    return wrong


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index
