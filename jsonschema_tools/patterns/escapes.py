"""Escapes and sets in a regular expression: what stands for one character.

With the flag ``u`` as ECMA-262, 22.2.1 has it, without it as Annex B.1.2 has it.
"""

from __future__ import annotations

import re
from typing import NoReturn

from jsonschema_tools.patterns.cases import with_cases
from jsonschema_tools.patterns.characters import (
    DIGIT,
    MAX_CODE,
    MAX_UNIT,
    SPACE,
    WORD,
    Ranges,
    complement,
    normal,
    property_ranges,
)
from jsonschema_tools.patterns.syntax import NotAPattern

_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE}
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_SYNTAX = frozenset("^$\\.*+?()[]{}|/")
_OCTAL = re.compile("[0-3][0-7]{0,2}|[4-7][0-7]?")
_UNIT = re.compile("[0-9a-fA-F]{4}")
_BYTE = re.compile("[0-9a-fA-F]{2}")
_CODE = re.compile(r"\{([0-9a-fA-F]+)\}")
_LOW = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_PROPERTY = re.compile(r"\{([^}]*)\}")
_FOREIGN_LETTERS = frozenset("AzZGaehHNQERXVK<>`'")
"""Letters that mean something after a backslash in Perl, Python, Rust or Java, and nothing in ECMA-262."""


class EscapeReader:
    """Reads what follows a backslash or an opening bracket; ``at`` is where it is in the text."""

    def __init__(self, text: str, *, unicode: bool, named: bool, ignore_case: bool) -> None:
        self.text, self.unicode, self.named, self.ignore_case = text, unicode, named, ignore_case
        self.at = 0
        self.foreign: list[str] = []
        self._largest = MAX_CODE if unicode else MAX_UNIT

    def peek(self) -> str:
        """The next character, which is not taken; empty at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        """Whether the text follows; it is passed."""
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def take_match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        """What follows, if it is of this form; it is passed."""
        found = expression.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def fail(self, reason: str) -> NoReturn:
        """Raise `NotAPattern`, with the place."""
        raise NotAPattern(reason)

    def complement(self, ranges: Ranges) -> Ranges:
        """All characters but these."""
        return complement(ranges, self._largest)

    def cases(self, ranges: Ranges) -> Ranges:
        """The characters, and where case is ignored those that differ from one of them in case only."""
        return with_cases(ranges, unicode=self.unicode) if self.ignore_case else ranges

    def set(self) -> Ranges:
        """A set, after its bracket."""
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            low, is_class = self._member()
            if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
                ranges += low
                continue
            self.at += 1
            high, also_class = self._member()
            if not (is_class or also_class):
                if low[0][0] > high[0][0]:
                    self.fail("a range in a set is out of order")
                ranges.append((low[0][0], high[0][0]))
            elif self.unicode:
                self.fail("a class is no end of a range")
            else:
                ranges += [*low, (45, 45), *high]
        found = self.cases(normal(ranges))
        return self.complement(found) if negated else found

    def _member(self) -> tuple[Ranges, bool]:
        """A member of a set, and whether it is a class such as ``\\d``."""
        character = self.peek()
        if not character:
            self.fail("a set is not closed: `[` without `]`")
        self.at += 1
        return self.escape(in_set=True) if character == "\\" else (_one(ord(character)), False)

    def escape(self, *, in_set: bool) -> tuple[Ranges, bool]:
        """What an escape stands for, after its backslash, and whether that is a class."""
        letter = self.peek()
        if letter.lower() in _CLASSES and letter:
            self.at += 1
            ranges = self.cases(_CLASSES[letter.lower()])
            return ranges if letter.islower() else self.complement(ranges), True
        if self.unicode and letter in ("p", "P"):
            self.at += 1
            return self._property(negated=letter == "P"), True
        return _one(self._code(letter, in_set=in_set)), False

    def _property(self, *, negated: bool) -> Ranges:
        found = self.take_match(_PROPERTY)
        if found is None:
            self.fail("`\\p` has no property in braces")
        ranges = property_ranges(found[1])
        if ranges is None:
            self.fail(f"Unicode has no property {found[1]!r} that ECMA-262 knows")
        return complement(ranges) if negated else ranges

    def _code(self, letter: str, *, in_set: bool) -> int:
        self.at += 1
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "b" and in_set:
            return 8
        if letter == "c":
            return self._control(in_set=in_set)
        if letter.isascii() and letter.isdigit():
            return self._number(letter)
        if letter == "x":
            found = self.take_match(_BYTE)
            return int(found[0], 16) if found else self._itself(letter)
        if letter == "u":
            return self._unicode()
        if letter == "-" and in_set:
            return 45
        return self._itself(letter)

    def _control(self, *, in_set: bool) -> int:
        letter = self.peek()
        also = in_set and not self.unicode and (letter.isdigit() or letter == "_")
        if letter.isascii() and (letter.isalpha() or also):
            self.at += 1
            return ord(letter) % 32
        if self.unicode:
            self.fail("`\\c` has no letter")
        self.at -= 1
        return ord("\\")

    def _number(self, digit: str) -> int:
        if self.unicode:
            if digit != "0" or (self.peek().isascii() and self.peek().isdigit()):
                self.fail(f"`\\{digit}` refers to a group that there is not")
            return 0
        self.at -= 1
        octal = self.take_match(_OCTAL)
        if octal:
            return int(octal[0], 8)
        self.at += 1
        return ord(digit)

    def _unicode(self) -> int:
        if self.unicode and (braced := self.take_match(_CODE)):
            code = int(braced[1], 16)
            return code if code <= MAX_CODE else self.fail("there is no such code point")
        found = self.take_match(_UNIT)
        if not found:
            return self._itself("u")
        high = int(found[0], 16)
        if self.unicode and 0xD800 <= high <= 0xDBFF and (low := self.take_match(_LOW)):
            return 0x10000 + ((high - 0xD800) << 10) + (int(low[1], 16) - 0xDC00)
        return high

    def _itself(self, letter: str) -> int:
        if not letter:
            self.fail("it ends in a backslash")
        if (self.unicode and letter not in _SYNTAX) or (self.named and letter == "k"):
            self.fail(f"`\\{letter}` has no meaning")
        if letter in _FOREIGN_LETTERS:
            self.foreign.append(f"\\{letter}")
        return ord(letter)


def _one(code: int) -> Ranges:
    return ((code, code),)
