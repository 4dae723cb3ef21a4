"""What stands around a value in a YAML text: the corners in which js-yaml reads otherwise than libyaml.

libyaml's events do not tell these cases apart. Where js-yaml refuses, or makes something else of the text than YAML
does, the text is refused: each function answers whether that is so.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.events import AliasEvent, CollectionStartEvent

_LINE_BREAK = re.compile(r"[\r\n]")
_ITEM = re.compile(r"-[ \t\r\n]")
_GLUED_MARKER = re.compile(r"(?:[ \t]*(?:[#%][^\r\n]*)?[\r\n])*+---[^ \t\r\n]")
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s|(?<=\s)#[^\r\n]*)+)*")
_EXPLICIT_KEY = re.compile(r"(?:^|[\r\n])[ \t]*(?:[-?:][ \t]+)*\?[ \t\r\n]*$")
_BLOCK_HEADER = re.compile(r"[|>]([-+1-9]{0,2})(?=[ \t\r\n])")
_KEY_WINDOW = 200


def is_glued_marker(text: str) -> bool:
    """The document begins with ``---x``, which js-yaml takes for the marker and ``x``."""
    return _GLUED_MARKER.match(text) is not None


def node_start(text: str, event: Any) -> int:
    """Where a value itself begins: behind its tag and anchor."""
    properties = _PROPERTIES.match(text, event.start_mark.index)
    assert properties is not None
    return properties.end()


def begins_on_later_line(text: str, event: Any) -> bool:
    """A line break between the tag or anchor and the value: js-yaml applies them in another order."""
    return _LINE_BREAK.search(text, event.start_mark.index, node_start(text, event)) is not None


def loses_anchor(text: str, event: Any) -> bool:
    """The anchor is on a line before its value. js-yaml keeps it for block styles only."""
    is_collection = isinstance(event, CollectionStartEvent)
    is_block = event.flow_style is False if is_collection else event.style in {"|", ">"}
    return not is_block and begins_on_later_line(text, event)


def glued_to_name(text: str, event: Any) -> str | None:
    """The character right behind the name of an anchor or alias, where it is one that js-yaml counts to the name."""
    is_alias = isinstance(event, AliasEvent)
    end = event.end_mark.index if is_alias else text.index(f"&{event.anchor}", event.start_mark.index) + 1
    end += 0 if is_alias else len(event.anchor)
    return None if text[end] in " \t\r\n,[]{}" else text[end]


def is_explicit_key(text: str, event: Any) -> bool:
    """The key stands behind a ``?``."""
    end = event.start_mark.index
    return _EXPLICIT_KEY.search(text[max(0, end - _KEY_WINDOW) : end]) is not None


def has_properties_on_line(text: str, event: Any) -> bool:
    """The key of a block mapping has a tag or an anchor. js-yaml does not take that before the first key."""
    if type(event) is AliasEvent or not (event.anchor or event.tag):
        return False
    return not is_explicit_key(text, event)


def is_odd_flow_key(text: str, event: Any) -> bool:
    """A ``?`` in a flow collection without a space, or without a key: it would be part of a word for js-yaml."""
    start = event.start_mark.index
    return bool(text[start - 1] == "?" or start == event.end_mark.index)


def continues_list_above(text: str, event: Any, end: Any) -> bool:
    """A list that ended with an empty item is followed by an item further left; js-yaml takes it into the list."""
    return not event.flow_style and _ITEM.match(text, end.start_mark.index) is not None


def is_odd_block_header(text: str, event: Any) -> bool:
    """Something follows the ``|`` or ``>`` directly, such as a comment without a space."""
    return _BLOCK_HEADER.match(text, node_start(text, event)) is None


def is_unclear_root_block(text: str, event: Any) -> bool:
    """A ``|`` or ``>`` text as a whole document, of which js-yaml finds another indentation or end."""
    header = _BLOCK_HEADER.match(text, node_start(text, event))
    indented = header is not None and header[1].strip("+-") != ""
    return bool(indented or not event.value.strip() or text[event.end_mark.index :].strip() != "")
