"""Find an array that satisfies literals about items and their number, or prove that there is none.

Positions up to the last one that is mentioned are told apart, all later ones are alike. So an array needs at most as
many items as its smallest size, or the mentioned positions and one more for each item that must exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.outcomes import EMPTY, Empty, Found, Outcome, Unknown
from jsonschema_tools.documents.values import Document

if TYPE_CHECKING:
    from jsonschema_tools.containment.search import Search

MAX_ITEMS = 5000
MAX_DISTINCT = 70
MAX_ARRANGEMENTS = 2000

Goals = list[frozenset[Node]]


@dataclass(slots=True)
class _Wanted:
    low: int = 0
    high: int | None = None
    items: list[tuple[int, Node]] = field(default_factory=list)
    rests: list[tuple[int, Node]] = field(default_factory=list)
    at: list[tuple[int, Node]] = field(default_factory=list)
    """Items that must exist: where, and what they satisfy."""
    somewhere: list[tuple[int, Node, int]] = field(default_factory=list)
    """So many items from the index on satisfy the node."""
    limits: list[tuple[Node, int]] = field(default_factory=list)
    """At most so many items satisfy the node."""
    unique: bool = False
    repeated: bool = False

    def lower_high(self, limit: int) -> None:
        self.high = limit if self.high is None else min(self.high, limit)


def solve_array(search: Search, literals: list[Node]) -> Outcome:
    """An array that satisfies the literals."""
    return _Solver(search, _read(literals)).solve()


def _read(literals: list[Node]) -> _Wanted:
    wanted = _Wanted()
    for node in literals:
        args = node.args
        match node.kind, node.positive:
            case "min-items", True:
                wanted.low = max(wanted.low, args[0])
            case "max-items", False:
                wanted.low = max(wanted.low, args[0] + 1)
            case ("max-items", True) | ("min-items", False):
                wanted.lower_high(args[0] if node.positive else args[0] - 1)
            case "item", True:
                wanted.items.append(args)
            case "item", False:
                wanted.at.append((args[0], args[1].opposite))
                wanted.low = max(wanted.low, args[0] + 1)
            case "rest", True:
                wanted.rests.append(args)
            case "rest", False:
                wanted.somewhere.append((args[0], args[1].opposite, 1))
            case "min-contains", True:
                wanted.somewhere.append((0, *args))
            case "max-contains", False:
                wanted.somewhere.append((0, args[0], args[1] + 1))
            case ("max-contains", True) | ("min-contains", False):
                wanted.limits.append((args[0], args[1] if node.positive else args[1] - 1))
            case "unique", positive:
                wanted.unique |= positive
                wanted.repeated |= not positive
    return wanted


class _Solver:
    def __init__(self, search: Search, wanted: _Wanted) -> None:
        self.search, self.wanted = search, wanted
        self.unknown: Unknown | None = None
        indexes = [index + 1 for index, _ in (*wanted.items, *wanted.at)]
        starts = [*(start for start, _ in wanted.rests), *(start for start, _, _ in wanted.somewhere)]
        self.mentioned = max([0, *indexes, *starts])
        needed = sum(count for _, _, count in wanted.somewhere) + 2 * wanted.repeated
        self.needed = needed
        self.interchangeable = self.mentioned + needed + sum(count for _, count in wanted.limits)

    def solve(self) -> Outcome:
        wanted = self.wanted
        if any(limit < 0 for _, limit in wanted.limits):
            return EMPTY
        self._cut_at_impossible_positions()
        high = max(wanted.low, self.mentioned + self.needed)
        high = high if wanted.high is None else min(high, wanted.high)
        if wanted.low > high:
            return self.unknown or EMPTY
        if wanted.low > MAX_ITEMS:
            return Unknown("minItems")
        for length in range(wanted.low, min(high, MAX_ITEMS) + 1):
            outcome = self.of_length(length)
            if isinstance(outcome, Found):
                return outcome
            if isinstance(outcome, Unknown):
                self.unknown = self.unknown or outcome
        return self.unknown or (EMPTY if high <= MAX_ITEMS else Unknown("contains"))

    def of_length(self, length: int) -> Outcome:
        unknown: Outcome = EMPTY
        for count, goals in enumerate(self.arrangements(length)):
            if count >= MAX_ARRANGEMENTS:
                return Unknown("contains")
            outcome = self.filled(goals)
            if isinstance(outcome, Found):
                return outcome
            if isinstance(outcome, Unknown):
                unknown = outcome
        return unknown

    def _cut_at_impossible_positions(self) -> None:
        """An array ends before the first position that no value can have."""
        for index in range(self.mentioned + 1):
            if isinstance(self.search.solve(self.said_of(index)), Empty):
                self.wanted.lower_high(index)
                return

    def said_of(self, index: int) -> frozenset[Node]:
        found = [node for at, node in self.wanted.items if at == index]
        return frozenset([*found, *(node for start, node in self.wanted.rests if start <= index)])

    def arrangements(self, length: int) -> Iterator[Goals]:
        """What each item of an array of this length has to satisfy, in every way that matters."""
        goals = [self.said_of(index) for index in range(length)]
        for index, node in self.wanted.at:
            goals[index] |= {node}
        tasks = [(start, node, count, True) for start, node, count in self.wanted.somewhere]
        tasks += [(0, node.opposite, count, False) for node, count in self.wanted.limits]
        yield from self._arranged(goals, tasks)

    def _arranged(self, goals: Goals, tasks: list[tuple[int, Node, int, bool]]) -> Iterator[Goals]:
        if not tasks:
            yield from self._with_twins(goals) if self.wanted.repeated else [goals]
            return
        (start, node, count, chosen_only), *others = tasks
        places = range(start, min(len(goals), self.interchangeable))
        if not chosen_only:
            count = min(count, len(places))
        for chosen in combinations(places, count):
            affected = set(chosen) if chosen_only else set(range(len(goals))) - set(chosen)
            narrowed = {goals[index] | {node} for index in affected}
            if not any(isinstance(self.search.solve(goal), Empty) for goal in narrowed):
                yield from self._arranged(
                    [goal | {node} if index in affected else goal for index, goal in enumerate(goals)], others
                )

    def _with_twins(self, goals: Goals) -> Iterator[Goals]:
        for first, second in combinations(range(min(len(goals), self.interchangeable)), 2):
            both = goals[first] | goals[second]
            yield [both if index in (first, second) else goal for index, goal in enumerate(goals)]

    def filled(self, goals: Goals) -> Outcome:
        if self.wanted.unique and self.wanted.repeated:
            return EMPTY
        if self.wanted.unique and len(goals) > 1:
            return self.distinct(goals)
        found = []
        unknown: Outcome = EMPTY
        for goal in sorted(set(goals), key=lambda one: -len(one)):
            outcome = self.search.solve(goal)
            if isinstance(outcome, Empty):
                return EMPTY
            if isinstance(outcome, Unknown):
                unknown = outcome
        if isinstance(unknown, Unknown):
            return unknown
        for goal in goals:
            outcome = self.search.solve(goal)
            if isinstance(outcome, Found):
                found.append(outcome.value)
        return Found(found)

    def distinct(self, goals: Goals) -> Outcome:
        """Different values for all items: those with few possible values choose first, by augmenting paths."""
        if len(goals) > MAX_DISTINCT:
            return Unknown("uniqueItems")
        possible: dict[frozenset[Node], list[Document]] = {}
        for goal in goals:
            if goal not in possible:
                outcome = self.values_of(goal, len(goals))
                if not isinstance(outcome, list):
                    return outcome
                possible[goal] = outcome
        matched = _matching([[self._key(value) for value in possible[goal]] for goal in goals])
        if matched is None:
            return EMPTY
        return Found([possible[goal][at] for goal, at in zip(goals, matched, strict=True)])

    def _key(self, value: Document) -> Node:
        return self.search.graph.enum([value])

    def values_of(self, goal: frozenset[Node], enough: int) -> list[Document] | Outcome:
        """As many different values as are enough, or all there are."""
        values: list[Document] = []
        while len(values) < enough:
            excluded = [self.search.graph.enum(values).opposite] if values else []
            outcome = self.search.solve(goal.union(excluded))
            if isinstance(outcome, Unknown):
                return outcome
            if isinstance(outcome, Empty):
                return values if values else EMPTY
            values.append(outcome.value)
        return values


def _matching(possible: list[list[Node]]) -> list[int] | None:
    """For each place the index of its own value, no value twice; ``None`` where that cannot be."""
    owner: dict[Node, int] = {}
    choice = [-1] * len(possible)

    def place(at: int, seen: set[Node]) -> bool:
        for index, value in enumerate(possible[at]):
            if value not in seen:
                seen.add(value)
                if value not in owner or place(owner[value], seen):
                    owner[value], choice[at] = at, index
                    return True
        return False

    return choice if all(place(at, set()) for at in range(len(possible))) else None
