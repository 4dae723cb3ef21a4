"""What is wrong with a regular expression that a person wrote, and what to write instead."""

from __future__ import annotations

import re

from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.syntax import NotAPattern, TooDeep

_ADVICE = (
    (r"\(\?P<(\w+)>", r"Write `(?<\1>...)` for a group with a name."),
    (r"\(\?P=(\w+)\)", r"Write `\\k<\1>` for what a group with a name found."),
    (r"\(\?P?>", "Leave out `>`: there are no atomic groups."),
    (r"\(\?#[^)]*\)?", "Leave out the comment."),
    (r"\(\?-?[aimsuxL]+[-:)aimsuxL]*", "Leave out the flags; for both cases of a letter write a set such as `[Aa]`."),
    (r"\(\?\(", "Write the two alternatives out: there are no conditions."),
    (r"\(\?\|", "Write `(?:` for a group that captures nothing."),
    (r"(?:[*+?]|\{\d+(?:,\d*)?\})\+", "Leave out the second `+`: there are no possessive quantifiers."),
    (r"\{,(\d+)\}", r"Write `{0,\1}`, or `\\{` for the character."),
    (r"\\A", "Write `^` for the beginning of the text."),
    (r"\\[Zz]", "Write `$` for the end of the text."),
    (r"\\h", r"Write `[ \\t]` or `\\s`."),
    (r"\\[Qe]", "Put a backslash before each character that has a meaning."),
)
"""What people write who know Python, Perl or Rust, as an expression for it, and its cure."""

_OTHERWISE = "Write a regular expression as JavaScript has it (ECMA-262)."


def wrong_with(source: str, *, ignore_case: bool = False) -> tuple[str, str] | None:
    """Why a text of the configuration is no regular expression, and a remedy; ``None`` where nothing is wrong.

    What has a meaning in other engines and is plain characters in ECMA-262 is refused too: nobody means that.
    """
    try:
        pattern = read(source, ignore_case)
    except TooDeep as error:
        return str(error), "Make it simpler."
    except NotAPattern as error:
        return str(error), _remedy(source)
    if pattern.foreign:
        piece = pattern.foreign[0]
        return f"`{piece}` means nothing in ECMA-262 but its own letter", _remedy(piece)
    return None


def _remedy(source: str) -> str:
    for expression, advice in _ADVICE:
        found = re.search(expression, source)
        if found:
            return found.expand(advice)
    return _OTHERWISE
