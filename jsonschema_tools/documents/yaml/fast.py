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
_BLOCK_HEADER = re.compile(r" *(?P<items>(?:- +)*)(?P<key>[^ #][^#]*:(?= ))? ?[|>][-+]?")
_FLOW_BEGINS = re.compile(r" *(?:- +)*(?:[A-Za-z_$]+: +)?[\[{]")
_BLANKS = 100
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
    if "<<" in text or "\\\n" in text or " " * _BLANKS in text or any(key in lower for key in _CONSTANT_KEYS):
        return False
    last_line = text[-_TAIL:].rstrip().rpartition("\n")[2]
    if not last_line or "|" in last_line or ">" in last_line:
        return False
    return not _Lines(text).has_odd_token()


class _Lines:
    """Goes through a text once. ``start`` and ``end`` are those of the line it is at; nothing before ``known`` is odd.

    A line may be the whole text, so that no line may be looked at for each of its tokens.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = self.end = self.known = 0

    def has_odd_token(self) -> bool:
        """Whether a token may mean something else to the Rust parser."""
        return any(self._is_odd(match.start()) for match in _CANDIDATE.finditer(self.text))

    def _is_odd(self, index: int) -> bool:
        if index < self.known:
            return False
        if index >= self.end:
            self.start = self.text.rfind("\n", self.end, index) + 1
            self.end = self.text.index("\n", index)
        character = self.text[index]
        before = self.text[max(self.start, index - _BLANKS) : index].rstrip(" ")
        if character != ":" and before and before[-1] not in ":-?":
            return False
        if character in "[{":
            flow = _FLOW_BEGINS.match(self.text, self.start, self.end)
            fine = _is_simple_flow(self.text[flow.end() - 1 if flow else index : self.end])
            self.known = self.end if fine else 0
        else:
            fine = character != ":" and _HARMLESS.match(self.text, index) is not None
        return not fine and not self._is_in_block_text()

    def _is_in_block_text(self) -> bool:
        """Whether the line is one of a ``|`` or ``>`` text; all of that is known then.

        One of the lines above opens the text, and those between are indented more than what it belongs to.
        """
        start, end = self.start, self.end
        indent = _indent(self.text[start:end])
        for _ in range(_TAIL):
            start, end = self.text.rfind("\n", 0, max(start - 1, 0)) + 1, start - 1
            if end < 0 or indent == 0:
                return False
            line = self.text[start:end]
            if line.strip(" ") and _indent(line) < indent:
                owner = _column_of_owner(line)
                if owner is not None and owner < indent:
                    following = re.compile(rf"\n {{0,{owner}}}[^ \n]").search(self.text, self.end)
                    self.known = following.start() if following else len(self.text)
                    return True
                indent = _indent(line)
        return False


def _column_of_owner(line: str) -> int | None:
    """The column of the key or list item that a ``|`` or ``>`` text belongs to, when one begins with this line."""
    header = _BLOCK_HEADER.fullmatch(line)
    if header is None or not (header["key"] or header["items"]):
        return None
    return header.start("key") if header["key"] else header["items"].rindex("-") + header.start("items")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_simple_flow(line: str) -> bool:
    """Whether a flow collection ends on its line and holds nothing but ordinary words, strings and whole numbers.

    From the innermost one outwards, ``0`` stands for what has been looked at: a value, and not a key.
    """
    line = _STRING.sub("x", line)
    for _ in range(_NESTING):
        line, found = _INNERMOST.subn("0", line)
        if not found:
            break
    return line.rstrip(" ") == "0"
