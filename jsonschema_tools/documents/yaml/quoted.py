"""Quoted YAML scalars that go over several lines.

js-yaml keeps the blanks before a folded line break (YAML drops them), and it takes all of the blank lines behind
an escaped one. What it makes of a text must not change, so these scalars are read here from their source.
"""

from __future__ import annotations

import re

_LINE_BREAKS = r"[\r\n][ \t\r\n]*"
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
_SINGLE = re.compile(rf"''|{_LINE_BREAKS}")
_DOUBLE = re.compile(
    rf"\\(?P<joined>{_LINE_BREAKS})|\\(?:x(?P<x>..)|u(?P<u>.{{4}})|U(?P<U>.{{8}})|(?P<simple>.))|{_LINE_BREAKS}"
)
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))


def read_quoted(source: str) -> str:
    """The string that a quoted scalar, given with its quotes and known to be well-formed, stands for."""
    if source[0] == "'":
        return _SINGLE.sub(lambda match: "'" if match[0] == "''" else _folded(match[0]), source[1:-1])
    return _DOUBLE.sub(_unescaped, source[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind is None:
        return _folded(match[0])
    if kind == "joined":
        return ""
    if kind == "simple":
        return _ESCAPES[match[kind]]
    return chr(int(match[kind], 16))


def _folded(breaks: str) -> str:
    count = len(_LINE_BREAK.findall(breaks))
    return " " if count == 1 else "\n" * (count - 1)
