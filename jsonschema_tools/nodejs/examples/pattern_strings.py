"""One string for a regular expression, the same one as upstream makes.

Upstream parses patterns with ``ret`` and writes strings with ``randexp``, whose grammar is near that of ECMAScript but
not the same: there are no lookbehinds, named groups or Unicode properties; a lookahead or an anchor adds nothing; hex
digits of escapes are upper case; a set holds printable ASCII only. Its random source always answers 0.15, so a choice
of n takes the one at ``0.15 * n``, and ``+`` means twice. Source: ret 0.2, randexp 0.5, as json-schema-faker bundles
them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.examples.numbers import DRAW, picked
from jsonschema_tools.nodejs.examples.sets import BrokenSet, class_example, set_example
from jsonschema_tools.nodejs.examples.values import REMEDY, from_utf16_units, utf16_units

MAX_STEPS = 1_000_000
"""A pattern that needs more steps than this for its string is refused; upstream would go on."""

_UNBOUNDED = 10
_CONTROLS = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^ ?"
_SHORT = {"0": 0, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_SPECIAL = frozenset("[]{}^$.|?*+()")
_ESCAPE = re.compile(
    r"(?P<backspace>\[\\b\])|(?P<escaped>\\)?\\(?:u(?P<unicode>[A-F0-9]{4})|x(?P<hex>[A-F0-9]{2})"
    r"|(?P<octal>0?[0-7]{2})|c(?P<control>[@A-Z\[\\\]^?])|(?P<short>[0tnvfr]))"
)
_COUNT = re.compile(r"([0-9]+)(,([0-9]+)?)?\}")
_QUANTIFIERS = {"?": (0, 1), "+": (1, None), "*": (0, None)}


def string_for(pattern: str) -> str:
    """The string for a pattern. Raises `SchemaError` for a pattern that upstream cannot read, or that never ends."""
    parser = _Parser(_without_escapes(utf16_units(pattern)), pattern)
    return from_utf16_units(_Writer(pattern).text(parser.root))


@dataclass(slots=True)
class _Group:
    """Alternatives, each a sequence of tokens. A lookahead is a group that writes nothing."""

    branches: list[list[_Token]] = field(default_factory=lambda: [[]])
    captures: bool = False
    silent: bool = False
    number: int | None = None


@dataclass(slots=True)
class _Repetition:
    times: int
    token: _Token


@dataclass(slots=True)
class _Reference:
    number: int


_Token = str | _Group | _Repetition | _Reference


class _Parser:
    """Reads a pattern into tokens; characters, sets and anchors are already the text they write."""

    def __init__(self, text: str, pattern: str) -> None:
        self._text, self._pattern, self._at = text, pattern, 0
        self.root = _Group()
        self._open = [self.root]
        while self._at < len(text):
            self._at += 1
            self._read(text[self._at - 1])
        if len(self._open) > 1:
            _refuse(pattern, "a group is not closed")

    def _read(self, unit: str) -> None:
        tokens = self._open[-1].branches[-1]
        count = _COUNT.match(self._text, self._at) if unit == "{" else None
        if unit == "\\":
            tokens.append(self._escape())
        elif unit in "^$":
            tokens.append("")
        elif unit in ".[":
            tokens.append(self._set() if unit == "[" else class_example("."))
        elif unit == "(":
            self._open_group(tokens)
        elif unit == ")":
            if len(self._open) == 1:
                _refuse(self._pattern, "`)` closes no group")
            self._open.pop()
        elif unit == "|":
            self._open[-1].branches.append([])
        elif unit in _QUANTIFIERS:
            self._repeat(tokens, *_QUANTIFIERS[unit])
        elif count:
            self._at = count.end()
            low = self._count(count[1])
            self._repeat(tokens, low, (self._count(count[3]) if count[3] else None) if count[2] else low)
        else:
            tokens.append(unit)

    def _escape(self) -> _Token:
        unit = self._text[self._at : self._at + 1]
        self._at += 1
        if not unit:
            _refuse(self._pattern, "it ends in a backslash")
        if unit in "bB":
            return ""
        if unit in "wWdDsS":
            return class_example(unit)
        return _Reference(int(unit)) if unit in "0123456789" else unit

    def _set(self) -> str:
        negated = self._text.startswith("^", self._at)
        self._at += negated
        try:
            text, self._at = set_example(self._text, self._at, negated=negated)
        except BrokenSet as error:
            _refuse(self._pattern, str(error))
        return text

    def _open_group(self, tokens: list[_Token]) -> None:
        group = _Group(captures=not self._text.startswith("?", self._at))
        if not group.captures:
            kind = self._text[self._at + 1 : self._at + 2]
            if kind not in (":", "=", "!"):
                _refuse(self._pattern, f"a group of the kind `(?{kind}` is not supported")
            group.silent = kind != ":"
            self._at += 2
        tokens.append(group)
        self._open.append(group)

    def _repeat(self, tokens: list[_Token], low: int, high: int | None) -> None:
        if not tokens:
            _refuse(self._pattern, "there is nothing to repeat")
        spread = _UNBOUNDED if high is None else high - low
        tokens.append(_Repetition(low + math.floor(DRAW * (1 + spread)), tokens.pop()))

    def _count(self, digits: str) -> int:
        if len(digits) > 9:
            _refuse(self._pattern, "it repeats too often")
        return int(digits)


class _Writer:
    """Writes the text of tokens, remembering what groups captured."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._captured: list[str] = []
        self._steps = 0

    def text(self, token: _Token) -> str:
        if isinstance(token, _Group):
            return self._group(token)
        if isinstance(token, _Repetition):
            return self._counted("".join(self.text(token.token) for _ in range(token.times)))
        if isinstance(token, _Reference):
            known = 0 < token.number <= len(self._captured)
            return self._counted(self._captured[token.number - 1] if known else "")
        return self._counted(token)

    def _group(self, group: _Group) -> str:
        if group.silent:
            return ""
        if group.captures and group.number is None:
            group.number = len(self._captured)
            self._captured.append("")
        text = "".join(map(self.text, picked(group.branches)))
        if group.number is not None:
            self._captured[group.number] = text
        return self._counted(text)

    def _counted(self, text: str) -> str:
        self._steps += 1 + len(text)
        if self._steps > MAX_STEPS:
            _refuse(self._pattern, "its string would be too long")
        return text


def _without_escapes(text: str) -> str:
    """The pattern with escaped control characters and code points put in literally, as ret starts with."""

    def literal(match: re.Match[str]) -> str:
        if match["escaped"]:
            return match[0]
        if match["backspace"]:
            code = 8
        elif match["unicode"] or match["hex"]:
            code = int(match["unicode"] or match["hex"], 16)
        elif match["octal"]:
            code = int(match["octal"], 8)
        else:
            code = _CONTROLS.index(match["control"]) if match["control"] else _SHORT[match["short"]]
        return f"\\{chr(code)}" if chr(code) in _SPECIAL else chr(code)

    return _ESCAPE.sub(literal, text)


def _refuse(pattern: str, reason: str) -> NoReturn:
    shown = pattern if len(pattern) <= 60 else f"{pattern[:57]}..."
    raise SchemaError(f"no example can be generated for the pattern `{shown}`: {reason}", remedy=REMEDY)
