"""The nondeterministic automaton of a pattern: states, steps over a character, and empty steps with a condition."""

from __future__ import annotations

from jsonschema_tools.patterns.characters import ANY, Ranges
from jsonschema_tools.patterns.syntax import (
    Alternatives,
    Assertion,
    Characters,
    Group,
    Look,
    Repetition,
    Sequence,
    Tree,
)

MAX_STATES = 6000

ACCEPT = 1
"""The state in which the pattern has been found; 0 is the first."""


class NotRegular(Exception):
    """The pattern has something that a finite automaton cannot do, is too large for one, or is no pattern at all."""


class Construction:
    """``steps`` of each state: a set of characters and the state after. ``empty`` steps of each: a condition (nothing,
    ``^``, ``$``, ``b``, ``B``, or the number of one of the ``lookaheads``) and the state after.

    ``sets`` are all sets of characters; ``bounded``: whether there is a ``\\b`` or ``\\B``. Raises `NotRegular`.
    """

    def __init__(self, tree: Tree, *, anchored: bool) -> None:
        self.sets: list[Ranges] = []
        self.empty: list[list[tuple[str | int, int]]] = [[], []]
        self.steps: list[list[tuple[Ranges, int]]] = [[] if anchored else [(ANY, 0)], [(ANY, ACCEPT)]]
        self.lookaheads: list[Look] = []
        self.bounded = False
        self._numbers: dict[int, int] = {}
        start = self._state()
        self.empty[0].append(("", start))
        self._add(tree, start, ACCEPT)

    def _state(self) -> int:
        if len(self.empty) >= MAX_STATES:
            raise NotRegular("it is too large for an automaton")
        self.empty.append([])
        self.steps.append([])
        return len(self.empty) - 1

    def _add(self, tree: Tree, source: int, target: int) -> None:
        match tree:
            case Characters(ranges):
                self.sets.append(ranges)
                self.steps[source].append((ranges, target))
            case Assertion(kind):
                self.bounded |= kind in "bB"
                self.empty[source].append((kind, target))
            case Alternatives(parts):
                for part in parts:
                    self._add(part, source, target)
            case Sequence(parts):
                self._follow(parts, source, target)
            case Group(part):
                self._add(part, source, target)
            case Look():
                if tree.behind:
                    raise NotRegular("it looks behind")
                self.empty[source].append((self._number(tree), target))
            case Repetition():
                self._repeat(tree, source, target)
            case _:
                raise NotRegular("it refers back")

    def _follow(self, parts: tuple[Tree, ...], source: int, target: int) -> None:
        for part in parts[:-1]:
            middle = self._state()
            self._add(part, source, middle)
            source = middle
        if parts:
            self._add(parts[-1], source, target)
        else:
            self.empty[source].append(("", target))

    def _number(self, look: Look) -> int:
        """The number of a lookahead, which has one automaton however often it is repeated."""
        if id(look) not in self._numbers:
            self._numbers[id(look)] = len(self.lookaheads)
            self.lookaheads.append(look)
        return self._numbers[id(look)]

    def _repeat(self, tree: Repetition, source: int, target: int) -> None:
        for _ in range(tree.low):
            middle = self._state()
            self._add(tree.part, source, middle)
            source = middle
        if tree.high is None:
            loop = self._state()
            self.empty[source].append(("", loop))
            self._add(tree.part, loop, loop)
            source = loop
        for _ in range((tree.high or tree.low) - tree.low):
            self.empty[source].append(("", target))
            middle = self._state()
            self._add(tree.part, source, middle)
            source = middle
        self.empty[source].append(("", target))
