"""Finite automata for patterns.

Each pattern is a nondeterministic automaton that is made deterministic as far as it is walked. ``^``, ``$`` and
``\\b`` are empty steps that look at the characters on either side; a lookahead is an empty step that obliges whoever
takes it to satisfy (or never satisfy) another automaton from there on. Searching costs at most the length of the text
times the size of the automaton, and is given up where that is too much.
"""

from __future__ import annotations

import threading
from functools import lru_cache

from jsonschema_tools.patterns.building import ACCEPT, MAX_STATES, Construction, NotRegular
from jsonschema_tools.patterns.characters import MAX_UNIT, SURROGATES, WORD, Ranges, contains, normal
from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.syntax import NotAPattern, Pattern, Tree

MAX_THREADS = 20_000
"""Ways to be in the midst of a pattern at one place of a text, at most."""

MAX_WORK = 200_000
"""Threads that one search follows, at most; those of a step that was taken before count once."""

_EDGE, _WORD, _OTHER = "edge", "word", "other"


class TooLarge(Exception):
    """An automaton or a word would be too large."""


Obligations = frozenset[tuple[int, int, bool]]
"""Lookaheads that are not settled: number of the lookahead, state of its automaton, whether it is wanted."""

Thread = tuple[int, Obligations]

_FREE: Obligations = frozenset()


class Automaton:
    """The texts in which a pattern is found; with ``anchored``, those that begin with it.

    With ``units`` the pattern reads UTF-16 units, and a step over a character beyond U+FFFF is two steps. Whoever walks
    an automaton that others may walk too holds its ``lock``.
    """

    def __init__(self, tree: Tree, *, anchored: bool = False, units: bool = False) -> None:
        self.lock = threading.Lock()
        self._units = units
        built = Construction(tree, anchored=anchored)
        self._empty, self._steps, self._bounded = built.empty, built.steps, built.bounded
        self._lookaheads: list[tuple[Automaton, bool]] = []
        self._size = len(self._empty)
        for look in built.lookaheads:
            machine = Automaton(look.part, anchored=True, units=units)
            self._lookaheads.append((machine, look.wanted))
            self._size += machine._size
            if self._size > MAX_STATES:
                raise NotRegular("it is too large for an automaton")
        self.sets: list[Ranges] = [*built.sets, *(ranges for machine, _ in self._lookaheads for ranges in machine.sets)]
        if self._bounded:
            self.sets.append(WORD)
        self.forget()

    def forget(self) -> None:
        """Begin anew with no step taken: the numbers of states change."""
        for machine, _ in self._lookaheads:
            machine.forget()
        self._ids: dict[tuple[frozenset[Thread], str], int] = {}
        self._states: list[tuple[frozenset[Thread], str]] = []
        self._next: dict[tuple[int, int], tuple[int, int]] = {}
        self._accepts: dict[int, bool] = {}
        self._held = 0
        self.found = self._id(frozenset([(ACCEPT, _FREE)]), _OTHER)
        """The state from which every text is accepted."""
        self.start = self.start_after(_EDGE)

    @property
    def held(self) -> int:
        """How much it remembers of the steps that were taken."""
        return self._held + sum(machine.held for machine, _ in self._lookaheads)

    @property
    def splits_pairs(self) -> bool:
        """Whether it tells some halves of surrogate pairs from others, which no set of characters can do."""
        return self._units and any(any(map(_some_surrogates, ranges)) for ranges in self.sets)

    @property
    def character_sets(self) -> list[Ranges]:
        """The sets of characters that it tells apart, if it does not split pairs."""
        if not self._units:
            return self.sets
        sets = [normal([*ranges, *_BEYOND]) if contains(ranges, 0xD800) else ranges for ranges in self.sets]
        return [*sets, _BEYOND]

    def start_after(self, before: str) -> int:
        """The state in which a search begins after a character."""
        return self._id(frozenset([(0, _FREE)]), before)

    def is_stuck(self, state: int) -> bool:
        """Whether no text is accepted from the state on."""
        return not self._states[state][0]

    def step_and_cost(self, state: int, code: int) -> tuple[int, int]:
        """The state after a character, and how many threads were followed. Raises `TooLarge`."""
        key = (state, code)
        known = self._next.get(key)
        if known is None:
            if self._units and code > MAX_UNIT:
                middle, cost = self.step_and_cost(state, 0xD7C0 + (code >> 10))
                target, more = self.step_and_cost(middle, 0xDC00 + (code & 0x3FF))
                known = target, cost + more
            else:
                known = self._step(state, code)
            self._next[key] = known
            self._held += 1
        return known

    def accepts(self, state: int) -> bool:
        """Whether a text may end in a state."""
        known = self._accepts.get(state)
        if known is None:
            kernel, before = self._states[state]
            ends = [owed for source, owed in self._closure(kernel, before, _EDGE) if source == ACCEPT]
            known = self._accepts[state] = any(all(map(self._settled, owed)) for owed in ends)
        return known

    def _settled(self, obligation: tuple[int, int, bool]) -> bool:
        number, state, wanted = obligation
        return self._lookaheads[number][0].accepts(state) is wanted

    def _step(self, state: int, code: int) -> tuple[int, int]:
        kernel, before = self._states[state]
        after = _WORD if contains(WORD, code) else _OTHER
        closure = self._closure(kernel, before, after)
        cost = len(closure)
        if (ACCEPT, _FREE) in closure:
            return self.found, cost
        threads = set()
        for source, obligations in closure:
            targets = [target for ranges, target in self._steps[source] if contains(ranges, code)]
            if not targets:
                continue
            owed, more = self._owed_after(obligations, code)
            cost += more
            if owed is not None:
                threads |= {(target, owed) for target in targets}
        return self._id(frozenset(threads), after if self._bounded or self._lookaheads else _OTHER), cost

    def _owed_after(self, obligations: Obligations, code: int) -> tuple[Obligations | None, int]:
        """What is left of the lookaheads after a character (``None`` where one is not kept), and what it cost."""
        left, cost = set(), 0
        for number, state, wanted in obligations:
            machine = self._lookaheads[number][0]
            following, more = machine.step_and_cost(state, code)
            cost += more
            if following != machine.found:
                left.add((number, following, wanted))
            elif not wanted:
                return None, cost
        return frozenset(left), cost

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
            if len(reached) > MAX_THREADS:
                raise TooLarge
        return reached

    def _id(self, kernel: frozenset[Thread], before: str) -> int:
        known = self._ids.get((kernel, before))
        if known is None:
            known = self._ids[(kernel, before)] = len(self._states)
            self._states.append((kernel, before))
            self._held += len(kernel)
        return known


_BEYOND: Ranges = ((0x10000, 0x10FFFF),)


def _some_surrogates(bounds: tuple[int, int]) -> bool:
    """Whether a range has some surrogates and not all of them."""
    low, high = bounds
    (first, last) = SURROGATES[0]
    return low <= last and high >= first and not (low <= first and high >= last)


@lru_cache(maxsize=1024)
def automaton_of(pattern: Pattern) -> Automaton:
    """The automaton of a pattern. Raises `NotRegular`."""
    try:
        return Automaton(pattern.tree, units=not pattern.unicode)
    except RecursionError:
        raise NotRegular("it nests too deep") from None


def automaton(source: str) -> Automaton:
    """The automaton of a pattern, for words that it is found in. Raises `NotRegular`."""
    try:
        machine = automaton_of(read(source))
    except NotAPattern as error:
        raise NotRegular(str(error)) from None
    if machine.splits_pairs:
        raise NotRegular("it speaks of halves of surrogate pairs")
    return machine


def found_in(machine: Automaton, text: str) -> bool | None:
    """Whether the pattern is found in a text; ``None`` where that takes more than `MAX_WORK`."""
    with machine.lock:
        if machine.held > MAX_WORK:
            machine.forget()
        try:
            return _found_in(machine, text)
        except TooLarge:
            return None


def _found_in(machine: Automaton, text: str) -> bool | None:
    state, work = machine.start, 0
    taken: set[tuple[int, int]] = set()
    for code in map(ord, text):
        before = state
        state, cost = machine.step_and_cost(state, code)
        if (before, code) not in taken:
            taken.add((before, code))
            work += cost
            if work > MAX_WORK:
                return None
        if state == machine.found:
            return True
    return machine.accepts(state)
