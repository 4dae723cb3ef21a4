"""Text that came from anywhere, made safe to show. Each format adds the escapes of its own syntax."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_LINE = 600
"""Characters of a message, a path or a value that a line has at most; what is longer loses its middle."""

LONGEST_POINTER = 200

_COMMAND = re.compile(r"^\s*:(?=:)|#(?=#\[)")
"""What begins a command to the runner in the log of a GitHub workflow, whichever program printed it.

Source: ActionCommand.cs of actions/runner: `::` at the start of a line, `##[` anywhere.
"""


def readable(text: str, keep: str = "") -> str:
    """The text with control characters, lone surrogates and the like written as in Python; those in ``keep`` stay.

    What is left can be encoded, does nothing to a terminal, and is legal in XML.
    """
    others = text
    for char in keep:
        others = others.replace(char, "")
    if others.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else repr(char)[1:-1] for char in text)


def inert(line: str) -> str:
    """The line so that no CI system takes it for a command."""
    return _COMMAND.sub(lambda found: f"{found[0][:-1]}\\x{ord(found[0][-1]):x}", line)


def log_line(text: str) -> str:
    """What is safe as a line on a terminal and in a log, whatever names stand in it."""
    return inert(readable(text))


def json_text(document: Any, *, indent: int | None = 2) -> str:
    """A document as JSON text in which every character can be seen; what cannot is an escape of JSON, and so is what a
    CI system would take for a command."""
    return visible_json(json.dumps(document, indent=indent, ensure_ascii=False, default=str))


def visible_json(text: str) -> str:
    """JSON text so that every character of it can be seen."""
    if not text.replace("\n", " ").isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
    return text.replace("##[", "#\\u0023[")


def code(text: str) -> str:
    """A code span of Markdown of what is on one line: its fence is longer than any run of backticks inside."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if not text.strip() or text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


_MARKDOWN = re.compile(r"[<>\[\]`|\\*&@!~]|://|www\.|^\s*[#=+-]")
"""What may be more than text in Markdown: HTML, a link, an image, a person, another cell."""


def in_markdown(text: str, *, cell: bool = False) -> str:
    """One line of text, which may be of names that schemas gave, in Markdown: as it is where it cannot be more than
    text, else in a code span. ``cell``: for a table."""
    text = readable(text)
    if not _MARKDOWN.search(text):
        return text
    return code(text).replace("|", "\\|") if cell else code(text)


def short(text: str, most: int = LONGEST_LINE) -> str:
    """The text for people: one that is very long loses its middle."""
    half = most // 2
    return text if len(text) <= most else f"{text[:half]} ... {text[-half:]}"


def fault_line(pointer: str, message: str, whole: str = "") -> str:
    """What is wrong at a place, short enough to read where an event nests very deeply; ``whole`` names the root."""
    place = short(pointer, LONGEST_POINTER) or whole
    return f"{place}: {short(message)}" if place else short(message)


def one_line(text: str) -> str:
    """What is safe and short enough for a line, whatever stood in the input."""
    return short(readable(text))
