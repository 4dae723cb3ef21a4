"""Finite automata for patterns.

Each pattern is a nondeterministic automaton that is made deterministic as far as it is walked. ``^``, ``$`` and
``\\b`` are empty steps that look at the characters on either side; a lookahead is an empty step that obliges whoever
takes it to satisfy (or never satisfy) another automaton from there on.
"""

from __future__ import annotations

from functools import lru_cache

from jsonschema_tools.compatibility.containment.characters import ANY, WORD, Ranges, contains
from jsonschema_tools.compatibility.containment.regular import (
    Alternatives,
    Assertion,
    Characters,
    Lookahead,
    NotRegular,
    Repetition,
    Sequence,
    Tree,
    parse,
)

MAX_NFA_STATES = 6000

_ACCEPT = 1
_EDGE, _WORD, _OTHER = "edge", "word", "other"


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

    def is_stuck(self, state: int) -> bool:
        """Whether no text is accepted from the state on."""
        return not self._states[state][0]

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
        after = _WORD if contains(WORD, code) else _OTHER
        closure = self._closure(kernel, before, after)
        if (_ACCEPT, _FREE) in closure:
            return self.found
        threads = set()
        for source, obligations in closure:
            targets = [target for ranges, target in self._steps[source] if contains(ranges, code)]
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
