"""The fast way to read YAML: a Rust parser, for texts in which it is known to mean the same as js-yaml.

Ordinary schema files are such texts. A conservative look at the text decides: whatever the parsers could see
differently (odd numbers, dates, keys that are not strings, tags, anchors, all but simple flow collections, ...) is
left to the exact way. So is every text that the Rust parser refuses: the exact way has the better errors.
"""

from __future__ import annotations

import re
from typing import Any

_FOREIGN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ASCII_TEXT = bytes([0x0A, *range(0x20, 0x7F)])
_CONSTANT_KEYS = ("null:", "true:", "false:")

_FRACTION = r"\.(?=[0-9]*[1-9])[0-9]{1,7}"
_CANDIDATE = re.compile(
    rf"""
    [&*!%@`?:\[{{0-9.+_~-] (?<=[\n ].)                 # may be the odd beginning of a token, unless it begins
    (?! (?:(?<=0)(?:{_FRACTION})? | (?<=[1-9])(?:[0-9]{{0,30}}|[0-9]{{0,6}}{_FRACTION})) (?:\n|[ ]+[^ :])
      | (?<=-) (?: [ ][^ -] | \n | [A-Za-z] | [1-9][0-9]{{0,30}}\n )     # a list item, a word, a number
      | (?<=[+_:?]) [A-Za-z/] | (?<=\.) [A-HJ-MO-Za-hj-mo-z/]                                            # or a word
    )
    """,
    re.VERBOSE,
)
"""Kept cheap: it runs over every text. What it finds is looked at more closely."""

_STRING = re.compile(r"""(?<=[ ,\[{])(?:"(?:[^"\\\n]|\\["\\/nt])*"|'[^'\n]*')(?=[ ,:\]}])""")
_WORD = r"[A-Za-z$/][A-Za-z0-9_$/.-]*"
_KEY = rf"(?!(?i:null|true|false)\b){_WORD}:[ ]"
_ATOM = rf"(?:{_WORD}(?:[ ]{_WORD})*|-?[1-9][0-9]{{0,17}}|-?(?:0|[1-9][0-9]{{0,6}}){_FRACTION}|0)"
_INNERMOST = re.compile(
    rf"""\[[ ]*(?:{_ATOM}(?:,[ ]*{_ATOM})*[ ]*)?\] | \{{[ ]*(?:{_KEY}{_ATOM}(?:,[ ]*{_KEY}{_ATOM})*[ ]*)?\}}""",
    re.VERBOSE,
)
_HARMLESS = re.compile(
    r"""
    (?: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}   # a UUID
      | [1-9][0-9]*[a-df-z][0-9a-z]*                                   # a hash
      | [0-9]+\.[0-9]+\.[0-9.]*[0-9]                                   # a version, an IP address
      | [0-9]+/[0-9/]+
      | ~
    )[ ]*\n
    """,
    re.VERBOSE,
)
_NESTING = 8
_BLOCK_HEADER = re.compile(r"[:-][ ][|>][-+]?$")
_FLOW_BEGINS = re.compile(r" *(?:- +)*(?:[A-Za-z_$]+: +)?[\[{]")
_TAIL = 200


def read_fast(text: str) -> Any:
    """The document, or ``NotImplemented`` where the text is one for the exact way. ``text`` ends with a line break."""
    if not is_ordinary("\n" + text):
        return NotImplemented
    from yaml_rs import YAMLDecodeError, loads

    try:
        document = loads(text, parse_datetime=False)
    except (YAMLDecodeError, ValueError, RecursionError):
        return NotImplemented
    return document if document and isinstance(document, (dict, list)) else NotImplemented


def is_ordinary(text: str) -> bool:
    """Whether nothing in the text is suspect. It begins with a line break."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _ASCII_TEXT)
    if rest and (rest.isascii() or _FOREIGN.search(text)):
        return False
    if " \n" in text and ('"' in text or "'" in text):
        return False
    lower = text.lower()
    if "<<" in text or "\\\n" in text or " " * 100 in text or any(key in lower for key in _CONSTANT_KEYS):
        return False
    last_line = text[-_TAIL:].rstrip().rpartition("\n")[2]
    if not last_line or "|" in last_line or ">" in last_line:
        return False
    return not any(_is_odd(text, match.start()) for match in _CANDIDATE.finditer(text))


def _is_odd(text: str, index: int) -> bool:
    line_start = text.rfind("\n", 0, index) + 1
    before = text[line_start:index].rstrip(" ")
    character = text[index]
    if character != ":" and before and before[-1] not in ":-?":
        return False
    if character in "[{":
        flow = _FLOW_BEGINS.match(text, line_start)
        start = flow.end() - 1 if flow else index
        fine = _is_simple_flow(text[start : text.index("\n", index)])
    else:
        fine = character != ":" and _HARMLESS.match(text, index) is not None
    return not fine and not _is_in_block_text(text, line_start)


def _is_in_block_text(text: str, line_start: int) -> bool:
    """Whether one of the lines above, all those between being indented more, opens a ``|`` or ``>`` text."""
    line_end = text.index("\n", line_start)
    indent = _indent(text[line_start:line_end])
    for _ in range(_TAIL):
        line_end = line_start - 1
        line_start = text.rfind("\n", 0, line_end) + 1
        if line_end < 0 or indent == 0:
            return False
        line = text[line_start:line_end]
        if line.strip(" ") and _indent(line) < indent:
            if _BLOCK_HEADER.search(line):
                return True
            indent = _indent(line)
    return False


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_simple_flow(line: str) -> bool:
    """Whether a flow collection ends on its line and holds nothing but ordinary words, strings and whole numbers."""
    line = _STRING.sub("x", line)
    for _ in range(_NESTING):
        line, found = _INNERMOST.subn("x", line)
        if not found:
            break
    return line.rstrip(" ") == "x"
