"""Is there a value that satisfies all of some nodes? One mechanism for proof and witness.

A *goal* is a set of nodes about one value. For each JSON type the goal is cut into literals, about which the solver of
the type knows everything, and choices (``anyOf``, ``oneOf``, ``if``, what is refused of an ``allOf``). The literals
are solved alone; their value decides which choice to look into next: one that it does not satisfy. So choices that
have nothing to do with the question are never multiplied with each other. Parts of arrays and objects are goals again.

Instances are finite, and a smallest value for a goal has no part that is itself a value for it: a goal that comes up
inside its own derivation needs no second look (coinduction). That such a goal is empty then holds only in this place,
so what depends on it is not remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

from jsonschema_tools.containment.arrays import solve_array
from jsonschema_tools.containment.candidates import PLAUSIBLE_NAMES, first_suiting, resolved
from jsonschema_tools.containment.choices import options, possible_types, type_fits
from jsonschema_tools.containment.evaluation import suits, verdict
from jsonschema_tools.containment.model import MAX_STEPS
from jsonschema_tools.containment.nodes import TYPE_OF_KIND, Graph, Node, type_of
from jsonschema_tools.containment.numbers import solve_number, writings
from jsonschema_tools.containment.objects import solve_object
from jsonschema_tools.containment.outcomes import (
    EMPTY,
    TOO_DEEP,
    Empty,
    Found,
    Outcome,
    Unknown,
    first_found,
)
from jsonschema_tools.containment.strings import solve_string
from jsonschema_tools.documents.values import Document

LITERALS_PER_STEP = 50

TRANSITIONS_PER_STEP = 200

MAX_NESTING = 64

MAX_WRITINGS = 64
"""In so many ways a value of draft-04 is written: each whole number without a point and with one."""

Literals = dict[Node, None]

_NOWHERE = 1_000_000

_LITERAL_KINDS = {*TYPE_OF_KIND, "types", "enum"}


class Search:
    """Looks for values of goals in a graph, and remembers what it finds."""

    def __init__(self, graph: Graph, max_steps: int = MAX_STEPS) -> None:
        self.graph = graph
        self._steps_left = max_steps
        self._known: dict[frozenset[Node], Outcome] = {}
        self._open: dict[frozenset[Node], int] = {}
        self._lowest = _NOWHERE
        """The outermost open goal on whose emptiness the present outcome depends."""

    def solve(self, nodes: Iterable[Node]) -> Outcome:
        """A value that satisfies all nodes."""
        goal = frozenset(resolved(node) for node in nodes)
        known = self._known.get(goal)
        if known is not None:
            return known
        level = self._open.get(goal)
        if level is not None:
            self._lowest = min(self._lowest, level)
            return EMPTY
        if any(node.opposite in goal for node in goal):
            return EMPTY
        if len(self._open) >= MAX_NESTING:
            return TOO_DEEP
        return self._solve_new(goal)

    def _solve_new(self, goal: frozenset[Node]) -> Outcome:
        level = len(self._open)
        self._open[goal] = level
        outside, self._lowest = self._lowest, _NOWHERE
        try:
            outcome = self._any_type(goal)
        except RecursionError:
            outcome = TOO_DEEP
        finally:
            del self._open[goal]
        if not isinstance(outcome, Empty) or self._lowest >= level:
            self._known[goal] = outcome
            self._lowest = _NOWHERE
        self._lowest = min(outside, self._lowest)
        return outcome

    def _any_type(self, goal: frozenset[Node]) -> Outcome:
        nodes = sorted(goal, key=lambda node: node.order)
        return first_found(self._of_type(kind, nodes) for kind in possible_types(nodes))

    def solve_property(self, name: str, goal: frozenset[Node]) -> Outcome:
        """A value of a property: what examples or defaults of the schemas have there, if it fits."""
        outcome = self.solve(goal)
        if isinstance(outcome, Found):
            for value in self.graph.samples.get(name, ()):
                if suits(goal, value):
                    return Found(value)
        return outcome

    def solve_name(self, goal: frozenset[Node]) -> Outcome:
        """The name of a property."""
        for name in PLAUSIBLE_NAMES:
            if suits(goal, name):
                return Found(name)
        return self.solve(goal)

    def _of_type(self, kind: str, goal: list[Node]) -> Outcome:
        literals: Literals = {}
        choices: list[Node] = []
        if not self._assume(kind, literals, choices, goal):
            return EMPTY
        return self._branch(kind, literals, choices)

    def _assume(self, kind: str, literals: Literals, choices: list[Node], nodes: Iterable[Node]) -> bool:
        """Take nodes apart for a value of a type; false if they contradict what is assumed already."""
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if node in literals:
                continue
            if node.opposite in literals:
                return False
            needed = TYPE_OF_KIND.get(node.kind)
            if needed is not None and needed != kind:
                if node.positive:
                    continue
                return False
            literals[node] = None
            if node.kind == "types":
                if not type_fits(kind, node):
                    return False
            elif node.kind == "ref":
                stack.append(resolved(node))
            elif node.kind == "all" and node.positive:
                stack.extend(reversed(node.payload))
            elif node.kind == "enum" and not node.positive and kind in ("array", "object"):
                stack += [self.graph.equal_to(v).opposite for v in node.payload if type_of(v) == kind]
            elif node.kind in ("all", "one", "if"):
                choices.append(node)
        return True

    def _branch(self, kind: str, literals: Literals, choices: list[Node]) -> Outcome:
        choices = list(choices)
        decided = self._decide(kind, literals, choices)
        if not decided:
            return EMPTY
        self._steps_left -= 1 + len(literals) // LITERALS_PER_STEP
        if self._steps_left < 0:
            return Unknown("", self._source([*choices, *literals]), exhausted=True)
        outcome = self._solve_literals(kind, literals, choices)
        if isinstance(outcome, Empty) or not choices:
            return outcome
        violated = choices[0]
        if isinstance(outcome, Found):
            refusing = next((choice for choice in choices if not suits([choice], outcome.value)), None)
            if refusing is None:
                return outcome
            violated = refusing
        rest = [choice for choice in choices if choice is not violated]
        ways = options(violated, literals)
        return first_found(self._take(kind, literals, rest, way) for way in ways)

    def _take(self, kind: str, literals: Literals, choices: list[Node], option: tuple[Node, ...]) -> Outcome:
        literals, choices = dict(literals), list(choices)
        return self._branch(kind, literals, choices) if self._assume(kind, literals, choices, option) else EMPTY

    def _decide(self, kind: str, literals: Literals, choices: list[Node]) -> bool:
        """Drop the choices that are made already, make those with one option left; false if one has none."""
        changed = True
        while changed:
            changed = False
            for choice in list(choices):
                ways = [way for way in options(choice, literals) if not self._refused(kind, literals, way)]
                if any(all(node in literals for node in way) for way in ways):
                    choices.remove(choice)
                elif not ways:
                    return False
                elif len(ways) == 1:
                    choices.remove(choice)
                    changed = True
                    if not self._assume(kind, literals, choices, ways[0]):
                        return False
        return True

    @staticmethod
    def _refused(kind: str, literals: Literals, option: tuple[Node, ...]) -> bool:
        for node in option:
            if node.opposite in literals:
                return True
            if node.kind == "types" and not type_fits(kind, node):
                return True
            if not node.positive and TYPE_OF_KIND.get(node.kind, kind) != kind:
                return True
        return False

    def _solve_literals(self, kind: str, literals: Literals, choices: list[Node]) -> Outcome:
        finite = next((node for node in literals if node.kind == "enum" and node.positive), None)
        if finite is not None or kind in ("null", "boolean"):
            candidates = finite.payload if finite is not None else (None, False, True)
            return self._pick([value for value in candidates if type_of(value) == kind], [*literals, *choices])
        opaque = next((node for node in literals if node.kind == "undecided"), None)
        outcome = self._solve_type(kind, [node for node in literals if node.kind in _LITERAL_KINDS])
        if isinstance(outcome, Unknown) and outcome.node is None and outcome.keyword:
            named = [node for node in literals if node.keyword == outcome.keyword]
            return replace(outcome, node=self._source(named or literals))
        if opaque is not None and isinstance(outcome, Found):
            return Unknown(opaque.keyword, opaque, why=opaque.payload)
        return outcome

    def _pick(self, candidates: list[Document], nodes: list[Node]) -> Outcome:
        """Of all the values there are, the first that satisfies the nodes, however its numbers are written."""
        outcome = first_suiting(candidates, nodes)
        if not isinstance(outcome, Empty) or not self.graph.looks_at_writing:
            return outcome
        try:
            written = [list(islice(writings(value), MAX_WRITINGS + 1)) for value in candidates]
        except OverflowError:
            return Unknown("type")
        if any(len(ways) > MAX_WRITINGS for ways in written):
            return Unknown("enum")
        return first_suiting(chain.from_iterable(written), nodes)

    def _source(self, nodes: Iterable[Node]) -> Node | None:
        """The first of the nodes that stands somewhere in a schema."""
        known = self.graph.sources
        return next((one for node in nodes for one in (node, node.opposite) if one in known), None)

    def _charge(self, size: int) -> None:
        self._steps_left -= size // TRANSITIONS_PER_STEP

    def _solve_type(self, kind: str, literals: list[Node]) -> Outcome:
        if kind == "number":
            return solve_number(literals)
        if kind == "string":
            return solve_string(literals, lambda text: verdict(literals, text), self._charge)
        return solve_array(self, literals) if kind == "array" else solve_object(self, literals)
