"""The words in which some patterns are found and others are not, short ones first.

Several automata are walked at once. The alphabet is cut into classes of characters that all of them treat alike, so
that one character stands for each class; letters and digits come before characters that are hard to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise

from jsonschema_tools.patterns.automata import Automaton, TooLarge
from jsonschema_tools.patterns.characters import Ranges, contains

MAX_STATES = 3000
MAX_WORK = 3_000_000
"""Threads of the single automata that are followed for one set of words, at most."""

MAX_LENGTH = 100_000
"""Words longer than this are not written."""


@dataclass(slots=True)
class Words:
    """The texts in which all wanted patterns are found, and none of the others."""

    wanted: list[Automaton]
    unwanted: list[Automaton]
    _classes: list[tuple[int, list[tuple[int, int]]]] = field(default_factory=list)
    _steps: list[list[int]] = field(default_factory=list)
    _accepting: frozenset[int] = frozenset()
    _after: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    _before: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    _work: int = 0

    def __post_init__(self) -> None:
        machines = [*self.wanted, *self.unwanted]
        self._classes = _classes([ranges for machine in machines for ranges in machine.character_sets])
        with ExitStack() as stack:
            for machine in sorted(dict.fromkeys(machines), key=id):
                stack.enter_context(machine.lock)
            self._explore(machines)

    @property
    def size(self) -> int:
        """How many steps of the single automata it took to walk them together."""
        return len(self._steps) * len(self._classes) * (len(self.wanted) + len(self.unwanted))

    def _explore(self, machines: list[Automaton]) -> None:
        start = tuple(machine.start for machine in machines)
        ids: dict[tuple[int, ...] | None, int] = {start: 0}
        order: list[tuple[int, ...] | None] = [start]
        accepting = set()
        for state in order:
            step = []
            for code, _ in self._classes:
                target = self._step(machines, state, code)
                if target not in ids:
                    if len(order) >= MAX_STATES:
                        raise TooLarge
                    ids[target] = len(order)
                    order.append(target)
                step.append(ids[target])
            self._steps.append(step)
            if state is not None and self._accepts(machines, state):
                accepting.add(ids[state])
        self._accepting = frozenset(accepting)

    def _step(self, machines: list[Automaton], state: tuple[int, ...] | None, code: int) -> tuple[int, ...] | None:
        """``None`` once nothing can come of it: a wanted pattern cannot be found any more, or an unwanted one is."""
        if state is None:
            return None
        steps = [machine.step_and_cost(inner, code) for machine, inner in zip(machines, state, strict=True)]
        self._work += sum(cost for _, cost in steps)
        if self._work > MAX_WORK:
            raise TooLarge
        target = tuple(following for following, _ in steps)
        count = len(self.wanted)
        if any(machine.is_stuck(inner) for machine, inner in zip(self.wanted, target, strict=False)):
            return None
        if any(inner == machine.found for machine, inner in zip(self.unwanted, target[count:], strict=True)):
            return None
        return target

    def _accepts(self, machines: list[Automaton], state: tuple[int, ...]) -> bool:
        found = [machine.accepts(inner) for machine, inner in zip(machines, state, strict=True)]
        return all(found[: len(self.wanted)]) and not any(found[len(self.wanted) :])

    def __call__(self, low: int, high: int | None) -> Iterator[str]:
        """The words with so many code points, short ones first, without end if there are that many.

        Raises `TooLarge` when words would be longer than `MAX_LENGTH`.
        """
        alive = self._alive()
        front = frozenset([0]) & alive
        remaining = [self._accepting]
        length = 0
        while front and (high is None or length <= high):
            if length > MAX_LENGTH:
                raise TooLarge
            if length >= low and front & self._accepting:
                yield from self._of_length(length, remaining)
            front = self._following(front) & alive
            length += 1
            remaining.append(self._preceding(remaining[-1]))

    def _of_length(self, length: int, remaining: list[frozenset[int]]) -> Iterator[str]:
        if length == 0:
            yield ""
            return
        text: list[str] = []
        open_choices = [self._choices(0, length, remaining)]
        while open_choices:
            choice = next(open_choices[-1], None)
            if choice is None:
                open_choices.pop()
                if text:
                    text.pop()
                continue
            character, state = choice
            left = length - len(open_choices)
            if left == 0:
                yield "".join(text) + character
            else:
                text.append(character)
                open_choices.append(self._choices(state, left, remaining))

    def _choices(self, state: int, left: int, remaining: list[frozenset[int]]) -> Iterator[tuple[str, int]]:
        for target, (code, ranges) in zip(self._steps[state], self._classes, strict=True):
            if target in remaining[left - 1]:
                for each in _members(code, ranges):
                    yield chr(each), target

    def _following(self, states: frozenset[int]) -> frozenset[int]:
        known = self._after.get(states)
        if known is None:
            known = self._after[states] = frozenset(target for state in states for target in self._steps[state])
        return known

    def _preceding(self, states: frozenset[int]) -> frozenset[int]:
        known = self._before.get(states)
        if known is None:
            found = [source for source, step in enumerate(self._steps) if not states.isdisjoint(step)]
            known = self._before[states] = frozenset(found)
        return known

    def _alive(self) -> frozenset[int]:
        """The states from which some word can be completed."""
        alive = self._accepting
        while True:
            more = alive | self._preceding(alive)
            if more == alive:
                return alive
            alive = more


_NICE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-./ :"


def _classes(sets: list[Ranges]) -> list[tuple[int, list[tuple[int, int]]]]:
    """The alphabet cut where any of the sets begins or ends: a representative and the ranges of each class."""
    distinct = list(dict.fromkeys(sets))
    cuts = {0, 0xD800, 0xE000, 0x110000, 0x20, 0x7F}
    for ranges in distinct:
        for low, high in ranges:
            cuts |= {low, high + 1}
    bounds = sorted(cuts)
    groups: dict[tuple[bool, ...], list[tuple[int, int]]] = {}
    for low, after in pairwise(bounds):
        if not 0xD800 <= low <= 0xDFFF:
            groups.setdefault(tuple(contains(ranges, low) for ranges in distinct), []).append((low, after - 1))
    classes = [(_representative(ranges), ranges) for ranges in groups.values()]
    return sorted(classes, key=lambda found: _niceness(found[0]))


def _representative(ranges: list[tuple[int, int]]) -> int:
    return min((min(_nicest(low, high), key=_niceness) for low, high in ranges), key=_niceness)


def _nicest(low: int, high: int) -> list[int]:
    return [low, *(ord(letter) for letter in _NICE if low <= ord(letter) <= high)]


def _niceness(code: int) -> tuple[int, int]:
    at = _NICE.find(chr(code))
    if at >= 0:
        return 0, at
    return (1 if 0x20 <= code < 0x7F else 2 if code >= 0xA1 else 3), code


def _members(representative: int, ranges: list[tuple[int, int]]) -> Iterator[int]:
    """The representative, then other nice characters, then all the rest."""
    yield representative
    nice = sorted({code for low, high in ranges for code in _nicest(low, high)}, key=_niceness)
    seen = {representative}
    for code in nice:
        if code not in seen:
            seen.add(code)
            yield code
    for low, high in ranges:
        yield from (code for code in range(low, high + 1) if code not in seen)
