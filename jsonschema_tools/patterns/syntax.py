"""A regular expression as a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jsonschema_tools.patterns.characters import Ranges


class NotAPattern(Exception):
    """The text is no regular expression of ECMA-262, or none that is read alike by all who read it."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One character (without the flag ``u``: one UTF-16 unit) out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts that follow each other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Parts of which one is found."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """A part that is found a number of times."""

    part: Tree
    low: int
    high: int | None
    greedy: bool = True


@dataclass(frozen=True, slots=True)
class Assertion:
    """``^``, ``$``, ``b`` or ``B``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    """``(?=part)``, or ``(?!part)`` if not wanted; ``(?<=part)`` and ``(?<!part)`` look behind."""

    part: Tree
    wanted: bool
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A group that captures; groups are numbered from 1."""

    part: Tree
    number: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What the group with this number captured last; nothing while it captured nothing."""

    number: int


Tree = Characters | Sequence | Alternatives | Repetition | Assertion | Look | Group | Reference


class TooDeep(NotAPattern):
    """The text nests too deep to be read, be it a regular expression or not."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A regular expression that was read; each is equal to itself alone.

    ``foreign`` are pieces of it that ECMA-262 takes for plain characters and other engines for something else, such as
    ``{,2}`` and ``\\A``.
    """

    source: str
    unicode: bool
    tree: Tree
    foreign: tuple[str, ...] = ()

    def units(self, text: str) -> str:
        """A text as the pattern sees it: without the flag ``u`` as UTF-16 units, each a character of its own."""
        return text if self.unicode else utf16_units(text)


def utf16_units(text: str) -> str:
    """A text with every character beyond U+FFFF as its two surrogates."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(chr(units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2))


def inner(tree: Tree) -> tuple[Tree, ...]:
    """The parts of a tree."""
    match tree:
        case Sequence(parts) | Alternatives(parts):
            return parts
        case Repetition() | Look() | Group():
            return (tree.part,)
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """A tree and all that is in it."""
    pending = [tree]
    while pending:
        found = pending.pop()
        yield found
        pending += inner(found)
