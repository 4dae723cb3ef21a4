"""Characters that are text for js-yaml and structure for libyaml, hidden from it as `text` hides foreign ones.

They are a ``:`` or ``?`` that begins a word in a flow collection (``[:asc, :desc]``), and the tab with which the first
line of a ``|`` or ``>`` text begins. A ``>`` text with such a tab is given to libyaml as a ``|`` text, and folded here:
it depends on the tab what is folded.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import yaml
from yaml.tokens import (
    AliasToken,
    FlowMappingEndToken,
    FlowSequenceEndToken,
    KeyToken,
    ScalarToken,
    ValueToken,
)

from jsonschema_tools.documents.yaml.events import raw_tokens
from jsonschema_tools.documents.yaml.text import Disguise, stand_ins

_BREAK = r"(?:\r\n?|\n)"
_TAB_FIRST = re.compile(rf"(?P<header>[|>])[-+]?[ \t]*(?:(?<=[ \t])#[^\r\n]*)?{_BREAK}(?: *{_BREAK})*+ *(?P<tab>\t)")
_WORD_IN_FLOW = re.compile(r"[\[{,\s][:?][^\s,\[\]{}]")
_ENDS_WORD = frozenset(" \t\r\n,[]{}")
_FOLDED = re.compile(r"^([^ \t\n][^\n]*)\n(\n*)(?=[^ \t\n])", re.MULTILINE)

_COMPLETE = (ScalarToken, AliasToken, FlowSequenceEndToken, FlowMappingEndToken)
"""Tokens behind which a ``:`` in a flow collection stands between a key and its value."""


def hide(text: str, disguise: Disguise | None) -> Disguise | None:
    """The disguise of a text, given with the one that it has already, when there is something to hide in it."""
    tabs = {found.start("header"): found.start("tab") for found in _TAB_FIRST.finditer(text)} if "\t" in text else {}
    if not tabs and not (("[" in text or "{" in text) and _WORD_IN_FLOW.search(text)):
        return disguise
    characters = dict(zip("\t:?", stand_ins(text), strict=False))
    headers, words = _found(_replaced(text.replace("\t", " "), dict.fromkeys(tabs.values(), characters["\t"])))
    blocks = [header for header, end in headers.items() if header in tabs and tabs[header] < end]
    hidden = [*words, *(tabs[header] for header in blocks)]
    if not hidden:
        return disguise
    folded = frozenset(header for header in blocks if text[header] == ">")
    changes = {index: characters[text[index]] for index in hidden} | dict.fromkeys(folded, "|")
    known = disguise or Disguise("", {}, {})
    stands_for = {stand_in: character for character, stand_in in characters.items()}
    return Disguise(_replaced(text, changes), known.characters | stands_for, known.escapes, folded)


def _replaced(text: str, changes: dict[int, str]) -> str:
    letters = list(text)
    for index, letter in changes.items():
        letters[index] = letter
    return "".join(letters)


def fold(text: str) -> str:
    """What ``>`` makes of a text that was read as one of ``|``."""
    return _FOLDED.sub(lambda match: match[1] + (match[2] or " "), text)


def _found(text: str) -> tuple[dict[int, int], list[int]]:
    """From the header of each block text to its end; and where a ``:`` or ``?`` begins a word in a flow collection."""
    headers: dict[int, int] = {}
    words: list[int] = []
    before: Any = None
    # What follows an error in the syntax does not matter: it will be met again.
    with suppress(yaml.YAMLError):
        for token in raw_tokens(text):
            start = token.start_mark.index
            if isinstance(token, ScalarToken) and token.style in {"|", ">"}:
                headers[start] = token.end_mark.index
            elif (
                _is_indicator(token, before, text[start : start + 1]) and text[start + 1 : start + 2] not in _ENDS_WORD
            ):
                words.append(start)
            before = token
    return headers, words


def _is_indicator(token: Any, before: Any, character: str) -> bool:
    """Whether libyaml takes the character for the beginning of a key or value where a word could begin."""
    if isinstance(token, ValueToken):
        return character == ":" and not isinstance(before, _COMPLETE)
    return isinstance(token, KeyToken) and character == "?"
