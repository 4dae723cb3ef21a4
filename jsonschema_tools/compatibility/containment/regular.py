"""ECMA-262 patterns as syntax trees, where they are regular.

Read with the ``u`` flag, as JSON Schema recommends (draft-07, 4.3; 2020-12, 6.4), but forgiving escapes that only a
pattern without the flag may have. `NotRegular` is raised for lookbehinds, references back and inline flags.
"""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.compatibility.containment.characters import (
    DIGIT,
    DOT,
    MAX_CODE,
    SPACE,
    WORD,
    Ranges,
    category,
    complement,
    normal,
)

MAX_REPETITIONS = 2000


class NotRegular(Exception):
    """The pattern has something that a finite automaton cannot do, or is no pattern at all."""


@dataclass(frozen=True, slots=True)
class Characters:
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    part: Tree
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Assertion:
    """``^``, ``$``, ``b`` or ``B``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Lookahead:
    """``(?=part)``, or ``(?!part)`` if not wanted."""

    part: Tree
    wanted: bool


Tree = Characters | Sequence | Alternatives | Repetition | Assertion | Lookahead


_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE, "D": complement(DIGIT), "W": complement(WORD), "S": complement(SPACE)}
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}


def parse(pattern: str) -> Tree:
    """The tree of a pattern. Raises `NotRegular`."""
    return _Parser(pattern).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> Tree:
        tree = self.alternatives()
        if self.at < len(self.text):
            raise NotRegular("`)` closes no group")
        return tree

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def split(self) -> list[Tree]:
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return branches

    def alternatives(self) -> Tree:
        branches = self.split()
        return branches[0] if len(branches) == 1 else Alternatives(tuple(branches))

    def sequence(self) -> Tree:
        parts: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.quantified(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, part: Tree) -> Tree:
        bounds: tuple[int, int | None] | None = None
        if self.take("*"):
            bounds = (0, None)
        elif self.take("+"):
            bounds = (1, None)
        elif self.take("?"):
            bounds = (0, 1)
        elif self.peek() == "{":
            bounds = self.counts()
        if bounds is None:
            return part
        self.take("?")
        low, high = bounds
        if self.peek() in ("*", "+", "?") or isinstance(part, (Assertion, Lookahead)):
            raise NotRegular("there is nothing to repeat")
        if low > MAX_REPETITIONS or (high is not None and (high > MAX_REPETITIONS or high < low)):
            raise NotRegular("it repeats too often")
        return Repetition(part, low, high)

    def counts(self) -> tuple[int, int | None] | None:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : end].partition(",")
        if end >= 0 and comma and not low and (not high or high.isdigit()):
            raise NotRegular("`{,n}` is read differently by different engines")
        if end < 0 or not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            return None
        self.at = end + 1
        return int(low), (int(high) if high else None) if comma else int(low)

    def atom(self) -> Tree:
        character = self.peek()
        self.at += 1
        match character:
            case "^" | "$":
                return Assertion(character)
            case ".":
                return Characters(DOT)
            case "(":
                return self.group()
            case "[":
                return Characters(self.set())
            case "\\":
                if self.peek() in ("b", "B"):
                    self.at += 1
                    return Assertion(self.text[self.at - 1])
                return Characters(self.escape(in_set=False))
            case "*" | "+" | "?":
                raise NotRegular("there is nothing to repeat")
        if 0xD800 <= ord(character) <= 0xDFFF:
            raise NotRegular("half of a surrogate pair")
        return Characters(((ord(character), ord(character)),))

    def group(self) -> Tree:
        ahead = self.text[self.at : self.at + 2]
        if self.take("?=") or self.take("?!"):
            return Lookahead(self.closed(), ahead == "?=")
        if self.take("?<"):
            end = self.text.find(">", self.at)
            if end < 0 or not self.text[self.at : end].isidentifier():
                raise NotRegular("it looks behind")
            self.at = end + 1
        elif self.peek() == "?" and not self.take("?:"):
            raise NotRegular("it has flags")
        return self.closed()

    def closed(self) -> Tree:
        tree = self.alternatives()
        if not self.take(")"):
            raise NotRegular("a group is not closed")
        return tree

    def set(self) -> Ranges:
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        while not self.take("]"):
            if self.at >= len(self.text):
                raise NotRegular("a set is not closed")
            low = self.member()
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.member()
                if _single(low) and _single(high):
                    if low[0][0] > high[0][0]:
                        raise NotRegular("a range is out of order")
                    ranges.append((low[0][0], high[0][0]))
                    continue
                ranges += [*high, (45, 45)]
            ranges += low
        found = normal(ranges)
        return complement(found) if negated else found

    def member(self) -> Ranges:
        character = self.peek()
        self.at += 1
        if character == "\\":
            return self.escape(in_set=True)
        return ((ord(character), ord(character)),)

    def escape(self, *, in_set: bool) -> Ranges:
        character = self.peek()
        self.at += 1
        if character in _CLASSES:
            return _CLASSES[character]
        if character in ("p", "P"):
            return self.property(negated=character == "P")
        if character == "b" and in_set:
            return ((8, 8),)
        code = self.code(character)
        if 0xD800 <= code <= 0xDFFF:
            raise NotRegular("half of a surrogate pair")
        return ((code, code),)

    def code(self, character: str) -> int:
        if character == "0" and not self.peek().isdigit():
            return 0
        if character.isdigit() or character in ("k", ""):
            raise NotRegular("it refers back")
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "c" and self.peek().isascii() and self.peek().isalpha():
            self.at += 1
            return ord(self.text[self.at - 1]) % 32
        if character == "x":
            return self.hexadecimal(2)
        if character == "u":
            return self.unicode()
        if character.isascii() and character.isalpha():
            raise NotRegular(f"an unknown escape {character!r}")
        return ord(character)

    def unicode(self) -> int:
        if self.take("{"):
            end = self.text.find("}", self.at)
            code = self.hexadecimal(max(end - self.at, 1))
            self.at += 1
            if code > MAX_CODE:
                raise NotRegular("no such code point")
            return code
        high = self.hexadecimal(4)
        if 0xD800 <= high <= 0xDBFF and self.take("\\u"):
            return 0x10000 + ((high - 0xD800) << 10) + (self.hexadecimal(4) - 0xDC00)
        return high

    def hexadecimal(self, length: int) -> int:
        digits = self.text[self.at : self.at + length]
        self.at += length
        if len(digits) < length or not set(digits) <= set("0123456789abcdefABCDEF"):
            raise NotRegular("a broken escape")
        return int(digits, 16)

    def property(self, *, negated: bool) -> Ranges:
        end = self.text.find("}", self.at)
        if self.peek() != "{" or end < 0:
            raise NotRegular("a broken property")
        name = self.text[self.at + 1 : end]
        self.at = end + 1
        ranges = category(name.removeprefix("General_Category=").removeprefix("gc="))
        if ranges is None:
            raise NotRegular(f"an unknown property {name!r}")
        return complement(ranges) if negated else ranges


def _single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]
