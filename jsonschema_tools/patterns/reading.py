"""The reader of regular expressions of ECMA-262 (2024), with the flag ``u`` or, by Annex B.1.2, without flags."""

from __future__ import annotations

import re
from functools import lru_cache

from jsonschema_tools.patterns.characters import DOT
from jsonschema_tools.patterns.escapes import EscapeReader
from jsonschema_tools.patterns.syntax import (
    Alternatives,
    Assertion,
    Characters,
    Group,
    Look,
    NotAPattern,
    Pattern,
    Reference,
    Repetition,
    Sequence,
    TooDeep,
    Tree,
    utf16_units,
)

_COUNTS = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_NO_COUNTS = re.compile(r"\{,[0-9]+\}")
_SKIPPED = re.compile(r"\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]?|[^(\\\[]+")
_GROUP = re.compile(r"\((?:\?<(?![=!])([^>]*)>|(?!\?))|\(")
_NAMED_REFERENCE = re.compile(r"k<([^>]*)>")
_NUMBER = re.compile("[1-9][0-9]*")
_IN_NAME = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})")
_MANY = 2**31


@lru_cache(maxsize=1024)
def read(source: str, ignore_case: bool = False) -> Pattern:
    """A pattern of a schema or a configuration: with the flag ``u`` where it is valid so, else without.

    Raises `NotAPattern`, also for ``{,2}``: plain characters to ECMA-262 without the flag, a count to other engines.
    """
    try:
        return parse(source, unicode=True, ignore_case=ignore_case)
    except TooDeep:
        raise
    except NotAPattern:
        pattern = parse(source, unicode=False, ignore_case=ignore_case)
    for piece in pattern.foreign:
        if piece.startswith("{"):
            raise NotAPattern(f"`{piece}` is no count in ECMA-262, but is one in other engines")
    return pattern


@lru_cache(maxsize=1024)
def parse(source: str, *, unicode: bool, ignore_case: bool = False) -> Pattern:
    """The pattern as ECMA-262 reads it with or without the flags ``u`` and ``i``. Raises `NotAPattern`.

    With ``i`` no group can be referred to, and ``\\b`` knows the letters of ASCII only.
    """
    reader = _Reader(source if unicode else utf16_units(source), unicode=unicode, ignore_case=ignore_case)
    try:
        tree = reader.whole()
    except RecursionError:
        raise TooDeep("it nests too deep to be read") from None
    return Pattern(source, unicode, tree, tuple(reader.foreign))


class _Reader(EscapeReader):
    def __init__(self, text: str, *, unicode: bool, ignore_case: bool) -> None:
        self._groups = _groups(text)
        names = [name for name in self._groups if name is not None]
        super().__init__(text, unicode=unicode, named=bool(names), ignore_case=ignore_case)
        if len(set(names)) < len(names):
            self.fail("two groups have one name")
        self._opened = 0

    def whole(self) -> Tree:
        tree = self._alternatives()
        if self.at < len(self.text):
            self.fail("`)` closes no group")
        return tree

    def _alternatives(self) -> Tree:
        branches = [self._sequence()]
        while self.take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Alternatives(tuple(branches))

    def _sequence(self) -> Tree:
        parts: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _term(self) -> Tree:
        looks = self.text.startswith(("(?=", "(?!"), self.at)
        fixed = (looks and self.unicode) or self.text.startswith(_FIXED, self.at)
        part = self._atom()
        return part if fixed else self._quantified(part)

    def _quantified(self, part: Tree) -> Tree:
        counts: tuple[int, int | None]
        if self.take("*"):
            counts = (0, None)
        elif self.take("+"):
            counts = (1, None)
        elif self.take("?"):
            counts = (0, 1)
        elif found := self.take_match(_COUNTS):
            low = min(int(found[1][:12]), _MANY)
            high = None if found[2] and not found[3] else min(int((found[3] or found[1])[:12]), _MANY)
            if high is not None and high < low:
                self.fail(f"the counts of `{found[0]}` are out of order")
            counts = (low, high)
        else:
            return part
        greedy = not self.take("?")
        if isinstance(part, Look):
            # To look several times is to look once, and a round beyond the lowest number must not be empty.
            return part if counts[0] > 0 else Sequence(())
        return Repetition(part, *counts, greedy)

    def _atom(self) -> Tree:
        character = self.peek()
        if character in ("*", "+", "?") or (character == "{" and _COUNTS.match(self.text, self.at)):
            self.fail(f"`{character}` repeats nothing")
        if character in ("{", "}", "]"):
            self._literal_bracket(character)
        self.at += 1
        match character:
            case "^" | "$":
                return Assertion(character)
            case ".":
                return Characters(DOT if self.unicode else self.complement(self.complement(DOT)))
            case "(":
                return self._group()
            case "[":
                return Characters(self.set())
            case "\\":
                return self._escaped()
        return Characters(self.cases(((ord(character), ord(character)),)))

    def _literal_bracket(self, character: str) -> None:
        if self.unicode:
            self.fail(f"`{character}` stands alone")
        found = _NO_COUNTS.match(self.text, self.at)
        if found:
            self.foreign.append(found[0])

    def _escaped(self) -> Tree:
        if self.peek() in ("b", "B"):
            self.at += 1
            return Assertion(self.text[self.at - 1])
        if self.peek() == "k" and (self.unicode or self.named):
            found = self.take_match(_NAMED_REFERENCE)
            name = _name(found[1]) if found else None
            if name is None or name not in self._groups:
                self.fail("`\\k` refers to a group that there is not")
            return self._reference(self._groups.index(name) + 1)
        number = _NUMBER.match(self.text, self.at)
        if number and int(number[0][:9]) <= len(self._groups):
            self.at = number.end()
            return self._reference(int(number[0]))
        return Characters(self.cases(self.escape(in_set=False)[0]))

    def _reference(self, number: int) -> Tree:
        if self.ignore_case:
            self.fail("a group cannot be referred to where case is ignored")
        return Reference(number)

    def _group(self) -> Tree:
        for opening, wanted, behind in _LOOKS:
            if self.take(opening):
                return Look(self._closed(), wanted, behind)
        if self.take("?:"):
            return self._closed()
        if self.take("?<"):
            self.at = self.text.index(">", self.at) + 1
        elif self.peek() == "?":
            self.fail(f"there is no group `({self.text[self.at : self.at + 2]}` in ECMA-262")
        self._opened += 1
        number = self._opened
        return Group(self._closed(), number)

    def _closed(self) -> Tree:
        tree = self._alternatives()
        if not self.take(")"):
            self.fail("a group is not closed: `(` without `)`")
        return tree


_FIXED = ("(?<=", "(?<!", "^", "$", "\\b", "\\B")
"""What no quantifier may follow."""

_LOOKS = (("?=", True, False), ("?!", False, False), ("?<=", True, True), ("?<!", False, True))


def _groups(text: str) -> list[str | None]:
    """The names of all groups that capture, ``None`` for those without. Raises `NotAPattern`."""
    found: list[str | None] = []
    at = 0
    while at < len(text):
        match = _SKIPPED.match(text, at) or _GROUP.match(text, at)
        if match is None:
            break
        if match[0].startswith("(") and match[0] != "(":
            found.append(_name(match[1]))
        elif match[0] == "(" and not text.startswith("(?", at):
            found.append(None)
        elif text.startswith("(?<", at) and text[at + 3 : at + 4] not in ("=", "!"):
            raise NotAPattern("the name of a group is not closed: `(?<` without `>`")
        at = match.end()
    return found


def _name(written: str) -> str:
    """The name of a group. Raises `NotAPattern` where it is none."""
    name = _IN_NAME.sub(lambda code: chr(min(int(code[1] or code[2], 16), 0x10FFFF)), written)
    name = name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not re.sub("[$\u200c\u200d]", "_", name).isidentifier():
        raise NotAPattern(f"{written!r} is no name for a group")
    return name
