"""Finite automata for patterns: membership, and the words of an intersection of patterns and refused patterns.

Each pattern is a nondeterministic automaton that is made deterministic as far as it is walked; an intersection walks
several at once. ``^``, ``$`` and ``\\b`` are empty steps that look at the characters on either side; a lookahead is an
empty step that obliges whoever takes it to satisfy (or never satisfy) another automaton from there on. The alphabet
is cut into classes of characters that all automata treat alike, so that one character stands for each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from jsonschema_tools.compatibility.containment.regular import (
    ANY,
    WORD,
    Alternatives,
    Assertion,
    Characters,
    Lookahead,
    NotRegular,
    Ranges,
    Repetition,
    Sequence,
    Tree,
    parse,
)

MAX_NFA_STATES = 6000
MAX_STATES = 3000
MAX_LENGTH = 100_000
"""Words longer than this are not written."""

_ACCEPT = 1
_EDGE, _WORD, _OTHER = "edge", "word", "other"


class TooLarge(Exception):
    """An automaton or a word would be too large."""


Obligations = frozenset[tuple[int, int, bool]]
"""Lookaheads that are not settled: number of the lookahead, state of its automaton, whether it is wanted."""

Thread = tuple[int, Obligations]

_FREE: Obligations = frozenset()


class Automaton:
    """The texts in which a pattern is found; with ``anchored``, those that begin with it."""

    def __init__(self, tree: Tree, *, anchored: bool = False) -> None:
        self.sets: list[Ranges] = []
        self._empty: list[list[tuple[str | int, int]]] = [[], []]
        self._steps: list[list[tuple[Ranges, int]]] = [[] if anchored else [(ANY, 0)], [(ANY, _ACCEPT)]]
        self._lookaheads: list[tuple[Automaton, bool]] = []
        self._bounded = False
        start = self._state()
        self._empty[0].append(("", start))
        self._build(tree, start, _ACCEPT)
        self.sets += [ranges for machine, _ in self._lookaheads for ranges in machine.sets]
        if self._bounded:
            self.sets.append(WORD)
        self._ids: dict[tuple[frozenset[Thread], str], int] = {}
        self._states: list[tuple[frozenset[Thread], str]] = []
        self._next: dict[tuple[int, int], int] = {}
        self._accepts: dict[int, bool] = {}
        self.found = self._id(frozenset([(_ACCEPT, _FREE)]), _OTHER)
        """The state from which every text is accepted."""
        self.start = self.start_after(_EDGE)

    def start_after(self, before: str) -> int:
        return self._id(frozenset([(0, _FREE)]), before)

    def step(self, state: int, code: int) -> int:
        key = (state, code)
        known = self._next.get(key)
        if known is None:
            known = self._next[key] = self._step(state, code)
        return known

    def accepts(self, state: int) -> bool:
        known = self._accepts.get(state)
        if known is None:
            kernel, before = self._states[state]
            ends = [owed for source, owed in self._closure(kernel, before, _EDGE) if source == _ACCEPT]
            known = self._accepts[state] = any(all(map(self._settled, owed)) for owed in ends)
        return known

    def _settled(self, obligation: tuple[int, int, bool]) -> bool:
        number, state, wanted = obligation
        return self._lookaheads[number][0].accepts(state) is wanted

    def _step(self, state: int, code: int) -> int:
        kernel, before = self._states[state]
        after = _WORD if _contains(WORD, code) else _OTHER
        closure = self._closure(kernel, before, after)
        if (_ACCEPT, _FREE) in closure:
            return self.found
        threads = set()
        for source, obligations in closure:
            targets = [target for ranges, target in self._steps[source] if _contains(ranges, code)]
            owed = self._owed_after(obligations, code) if targets else None
            if owed is not None:
                threads |= {(target, owed) for target in targets}
        return self._id(frozenset(threads), after if self._bounded or self._lookaheads else _OTHER)

    def _owed_after(self, obligations: Obligations, code: int) -> Obligations | None:
        """What is left of the lookaheads after a character; ``None`` where one is not kept."""
        left = set()
        for number, state, wanted in obligations:
            machine = self._lookaheads[number][0]
            following = machine.step(state, code)
            if following != machine.found:
                left.add((number, following, wanted))
            elif not wanted:
                return None
        return frozenset(left)

    def _closure(self, kernel: frozenset[Thread], before: str, after: str) -> set[Thread]:
        reached, open_threads = set(kernel), list(kernel)
        at_bound = (before == _WORD) != (after == _WORD)
        passable = {"": True, "^": before == _EDGE, "$": after == _EDGE, "b": at_bound, "B": not at_bound}
        while open_threads:
            source, obligations = open_threads.pop()
            for condition, target in self._empty[source]:
                thread = (target, obligations)
                if isinstance(condition, int):
                    machine, wanted = self._lookaheads[condition]
                    thread = (target, obligations | {(condition, machine.start_after(before), wanted)})
                elif not passable[condition]:
                    continue
                if thread not in reached:
                    reached.add(thread)
                    open_threads.append(thread)
        return reached

    def _id(self, kernel: frozenset[Thread], before: str) -> int:
        known = self._ids.get((kernel, before))
        if known is None:
            known = self._ids[(kernel, before)] = len(self._states)
            self._states.append((kernel, before))
        return known

    def _state(self) -> int:
        if len(self._empty) >= MAX_NFA_STATES:
            raise NotRegular("it is too large")
        self._empty.append([])
        self._steps.append([])
        return len(self._empty) - 1

    def _build(self, tree: Tree, source: int, target: int) -> None:
        match tree:
            case Characters(ranges):
                self.sets.append(ranges)
                self._steps[source].append((ranges, target))
            case Assertion(kind):
                self._bounded |= kind in "bB"
                self._empty[source].append((kind, target))
            case Alternatives(parts):
                for part in parts:
                    self._build(part, source, target)
            case Sequence(parts):
                for part in parts[:-1]:
                    middle = self._state()
                    self._build(part, source, middle)
                    source = middle
                if parts:
                    self._build(parts[-1], source, target)
                else:
                    self._empty[source].append(("", target))
            case Lookahead(part, wanted):
                self._empty[source].append((len(self._lookaheads), target))
                self._lookaheads.append((Automaton(part, anchored=True), wanted))
            case Repetition():
                self._repeat(tree, source, target)

    def _repeat(self, tree: Repetition, source: int, target: int) -> None:
        for _ in range(tree.low):
            middle = self._state()
            self._build(tree.part, source, middle)
            source = middle
        if tree.high is None:
            loop = self._state()
            self._empty[source].append(("", loop))
            self._build(tree.part, loop, loop)
            source = loop
        for _ in range((tree.high or tree.low) - tree.low):
            self._empty[source].append(("", target))
            middle = self._state()
            self._build(tree.part, source, middle)
            source = middle
        self._empty[source].append(("", target))


def _contains(ranges: Ranges, code: int) -> bool:
    at = bisect_right(ranges, (code, 0x110000)) - 1
    return at >= 0 and ranges[at][1] >= code


@lru_cache(maxsize=1024)
def automaton(pattern: str) -> Automaton:
    """The automaton of a pattern. Raises `NotRegular`."""
    try:
        return Automaton(parse(pattern))
    except RecursionError:
        raise NotRegular("it nests too deep") from None


def found_in(machine: Automaton, text: str) -> bool:
    state = machine.start
    for character in text:
        state = machine.step(state, ord(character))
    return machine.accepts(state)


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

    def __post_init__(self) -> None:
        machines = [*self.wanted, *self.unwanted]
        self._classes = _classes([ranges for machine in machines for ranges in machine.sets])
        self._explore(machines)

    def _explore(self, machines: list[Automaton]) -> None:
        start = tuple(machine.start for machine in machines)
        ids, order = {start: 0}, [start]
        accepting = set()
        for state in order:
            step = []
            for code, _ in self._classes:
                target = tuple(machine.step(inner, code) for machine, inner in zip(machines, state, strict=True))
                if target not in ids:
                    if len(order) >= MAX_STATES:
                        raise TooLarge
                    ids[target] = len(order)
                    order.append(target)
                step.append(ids[target])
            self._steps.append(step)
            found = [machine.accepts(inner) for machine, inner in zip(machines, state, strict=True)]
            if all(found[: len(self.wanted)]) and not any(found[len(self.wanted) :]):
                accepting.add(ids[state])
        self._accepting = frozenset(accepting)

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
        if low != 0xD800:
            groups.setdefault(tuple(_contains(ranges, low) for ranges in distinct), []).append((low, after - 1))
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
