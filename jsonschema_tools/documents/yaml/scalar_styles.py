"""How YAML writes a string: plain, quoted, or as a literal or folded block, as js-yaml 3.x chooses.

Lengths are counted in UTF-16 code units there. That is no concern here: a string with a character beyond the Basic
Multilingual Plane is always double quoted, and no length is asked for then.
"""

from __future__ import annotations

import re
from functools import lru_cache

from jsonschema_tools.documents.numbers import NumberTooLarge
from jsonschema_tools.documents.yaml.scalars import plain_value

_INDENT = 2
_WIDTH = 80
_NARROWEST = 40

_BOOLEANS_OF_YAML_1_1 = frozenset(
    cased for word in ("y", "n", "yes", "no", "on", "off") for cased in (word, word.capitalize(), word.upper())
)
_UNPRINTABLE_ASCII = re.compile(r"[^ -~]")
_PLAIN = re.compile(r"""[^ \-?:,\[\]{}\#&*!|=>'"%@`](?:[^,\[\]{}:\#]|(?<!\ )\#)*(?<!\ )""", re.VERBOSE)
_LEADING_SPACE = re.compile(r"\n* ")
_LINES = re.compile(r"(\n+)([^\n]*)")
_BREAKABLE_SPACE = re.compile(r" (?=[^ ])")
_NEEDS_ESCAPE = re.compile(
    r'["\\\u0000-\u001f\u007f-\u00a0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\U00010000-\U0010ffff]'
)
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


@lru_cache(maxsize=8192)
def key_text(key: str) -> str:
    """A string as a mapping key: on one line, whatever its length."""
    if not key:
        return "''"
    if _has_unprintable(key):
        return _double_quoted(key)
    return _in_line(key)


@lru_cache(maxsize=8192)
def string_text(text: str, level: int) -> str:
    """A string as a value at the given level of nesting, which decides how wide a folded line may be."""
    if not text:
        return "''"
    if _has_unprintable(text.replace("\n", "")):
        return _double_quoted(text)
    indent = _INDENT * max(1, level)
    width = max(_NARROWEST, _WIDTH - indent)
    if len(text) > width and any(len(line) > width and line[0] != " " for line in text.split("\n")):
        return f">{_block_header(text)}{_indented(_folded(text, width), indent)}"
    if "\n" in text:
        return f"|{_block_header(text)}{_indented(text, indent)}"
    return _in_line(text)


def _has_unprintable(text: str) -> bool:
    """Whether a character other than js-yaml's printable ones is in the text."""
    pattern = _UNPRINTABLE_ASCII if text.isascii() else _unprintable_anywhere()
    return pattern.search(text) is not None


@lru_cache(maxsize=1)
def _unprintable_anywhere() -> re.Pattern[str]:
    # Compiling a class of characters that wide takes milliseconds, and hardly any schema needs it.
    return re.compile(r"[^ -~\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def _in_line(text: str) -> str:
    if _PLAIN.fullmatch(text) and text not in _BOOLEANS_OF_YAML_1_1 and not _means_something_else(text):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


def _means_something_else(text: str) -> bool:
    if text == "<<":
        return True
    try:
        value = plain_value(text)
    except NumberTooLarge:
        return True
    return type(value) is not str


def _double_quoted(text: str) -> str:
    escaped = _NEEDS_ESCAPE.sub(_escape, text)
    return f'"{escaped}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return "\\" + _ESCAPES[character]
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _block_header(text: str) -> str:
    """What follows ``|`` or ``>``: the indentation where it cannot be guessed, and what becomes of final newlines."""
    indentation = str(_INDENT) if _LEADING_SPACE.match(text) else ""
    if not text.endswith("\n"):
        return f"{indentation}-\n"
    return f"{indentation}+\n" if text == "\n" or text.endswith("\n\n") else f"{indentation}\n"


def _indented(text: str, indent: int) -> str:
    """The lines of a block, without the newline of the last one: the writer adds it. Empty lines stay empty."""
    space = " " * indent
    return "\n".join(space + line if line else "" for line in text.removesuffix("\n").split("\n"))


def _folded(text: str, width: int) -> str:
    """Long lines broken at spaces; a newline that was there before is doubled, except around more-indented lines."""
    first, newline, _ = text.partition("\n")
    folded = [_folded_line(first, width)]
    more_indented_before = text[0] in "\n "
    for breaks, line in _LINES.findall(text, len(first)) if newline else ():
        more_indented = line.startswith(" ")
        folded.append(breaks)
        if line and not more_indented and not more_indented_before:
            folded.append("\n")
        folded.append(_folded_line(line, width))
        more_indented_before = more_indented
    return "".join(folded)


def _folded_line(line: str, width: int) -> str:
    """Greedy: the longest piece that fits, or else the shortest that there is. Runs of spaces stay together."""
    if len(line) <= width or line[0] == " ":
        return line
    pieces = []
    start = last = 0
    for space in _BREAKABLE_SPACE.finditer(line):
        here = space.start()
        if here - start > width:
            end = last if last > start else here
            pieces.append(line[start:end])
            start = end + 1
        last = here
    if len(line) - start > width and last > start:
        pieces.append(line[start:last])
        start = last + 1
    pieces.append(line[start:])
    return "\n".join(pieces)
