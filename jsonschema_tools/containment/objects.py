"""Find an object that satisfies literals about its properties, or prove that there is none.

What a schema refuses of an object is that a property exists: named (not ``property``), or with any name in a region
(not ``additional``, not ``pattern-property``, not ``names``). Each is given a place: a property that is there anyway,
another name that the schemas mention, or a fresh name, found like any other string. The value of a property has to
satisfy all that the schemas say about its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jsonschema_tools.containment.evaluation import Undecided, all_hold
from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.outcomes import EMPTY, Empty, Found, Outcome, Unknown
from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.searching import matches

if TYPE_CHECKING:
    from jsonschema_tools.containment.search import Search
from jsonschema_tools.containment.object_literals import ANY, Chosen, Nodes, Wanted, Wish, read

MAX_FRESH = 500

MAX_FILLED = 2000

"""Properties that shall be there, by name, and what their values have to satisfy beside what is said of the name."""


def solve_object(search: Search, literals: list[Node]) -> Outcome:
    """An object that satisfies the literals."""
    return _Solver(search, read(search, literals)).solve()


class _Solver:
    def __init__(self, search: Search, wanted: Wanted) -> None:
        self.search, self.wanted = search, wanted
        self.unknown: Unknown | None = None
        mentioned = [*wanted.properties, *(name for names, _, _ in wanted.additional for name in sorted(names))]
        self.mentioned = list(dict.fromkeys(mentioned))
        used = [
            *(pattern for pattern, _ in wanted.patterns),
            *(p for _, ps, _ in wanted.additional for p in sorted(ps)),
        ]
        self.used_patterns = list(dict.fromkeys(used))
        self.distinctions = self._find_distinctions()
        self._said: dict[str, Nodes | Unknown | None] = {}

    def _find_distinctions(self) -> dict[Node, Nodes]:
        """Names that agree in all of these are alike; with what is said of the values if one holds for the name."""
        graph = self.search.graph
        found = {
            graph.atom("pattern", used): frozenset(node for pattern, node in self.wanted.patterns if pattern == used)
            for used in self.used_patterns
        }
        for wish in self.wanted.wishes:
            found.setdefault(graph.all_of(sorted(wish.name, key=lambda node: node.order)), frozenset())
        return found

    def solve(self) -> Outcome:
        wanted = self.wanted
        if not wanted.absent.isdisjoint(wanted.required) or (wanted.high is not None and wanted.low > wanted.high):
            return EMPTY
        demanding = sorted(wanted.required.items(), key=lambda entry: not entry[1])
        for name, nodes in demanding:
            if isinstance(self.value(name, nodes), Empty):
                return EMPTY
        for chosen in self.arrangements(dict(wanted.required), wanted.wishes):
            outcome = self.complete(chosen)
            if isinstance(outcome, Found):
                return outcome
        return self.unknown or EMPTY

    def value(self, name: str, nodes: Nodes) -> Outcome:
        """A value for the property that satisfies all that is said of its name, and the given nodes too."""
        said = self.said_of(name)
        if isinstance(said, Unknown):
            return self.note(said)
        return EMPTY if said is None else self.note(self.search.solve_property(name, said | nodes))

    def note(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Unknown):
            self.unknown = self.unknown or outcome
        return outcome

    def said_of(self, name: str) -> Nodes | Unknown | None:
        """What the schemas say about the value of a property; ``None`` where the name itself is refused."""
        if name not in self._said:
            self._said[name] = self._find_said(name)
        return self._said[name]

    def _find_said(self, name: str) -> Nodes | Unknown | None:
        try:
            if not all_hold(self.wanted.names, name):
                return None
        except Undecided as error:
            return Unknown(error.keyword, error.node)
        matching = {pattern: matches(pattern, name) for pattern in self.used_patterns}
        if None in matching.values():
            return Unknown("patternProperties")
        nodes = list(self.wanted.properties.get(name, ()))
        nodes += [node for pattern, node in self.wanted.patterns if matching[pattern]]
        for names, patterns, node in self.wanted.additional:
            if name not in names and not any(matching[pattern] for pattern in patterns):
                nodes.append(node)
        return frozenset(nodes)

    def arrangements(self, chosen: Chosen, wishes: list[Wish]) -> Iterator[Chosen]:
        """Every way to give the wishes their places."""
        if self.wanted.high is not None and len(chosen) > self.wanted.high:
            return
        if not wishes:
            yield chosen
            return
        wish, *others = wishes
        for name in self.places(chosen, wish):
            nodes = chosen.get(name, frozenset()) | wish.value
            if isinstance(self.value(name, nodes), Found):
                yield from self.arrangements({**chosen, name: nodes}, others)

    def places(self, chosen: Chosen, wish: Wish) -> Iterator[str]:
        known = [name for name in dict.fromkeys([*chosen, *self.mentioned]) if name not in self.wanted.absent]
        for name in known:
            try:
                if all_hold(wish.name, name):
                    yield name
            except Undecided as error:
                self.note(Unknown(error.keyword, error.node))
        yield from self.fresh(wish, {*known, *self.wanted.absent})

    def fresh(self, wish: Wish, taken: set[str]) -> Iterator[str]:
        """A name that is not taken, for each combination of distinctions."""
        graph = self.search.graph
        untaken = {graph.types(["string"]), graph.enum(sorted(taken)).opposite}
        begun = Wish(wish.name.union(self.wanted.names, untaken), wish.value)
        for count, name in enumerate(self.fresh_matching(begun, list(self.distinctions.items()))):
            if count >= MAX_FRESH:
                self.note(Unknown("patternProperties", why="there are too many kinds of names"))
                return
            yield name

    def fresh_matching(self, wish: Wish, distinctions: list[tuple[Node, Nodes]]) -> Iterator[str]:
        """A combination that no name or no value can have is not followed."""
        outcome = self.note(self.search.solve_name(wish.name))
        if isinstance(outcome, Empty) or isinstance(self.search.solve(wish.value), Empty):
            return
        if not distinctions:
            if isinstance(outcome, Found):
                yield outcome.value
            return
        (node, said), *others = distinctions
        yield from self.fresh_matching(Wish(wish.name | {node.opposite}, wish.value), others)
        yield from self.fresh_matching(Wish(wish.name | {node}, wish.value | said), others)

    def complete(self, chosen: Chosen) -> Outcome:
        """The object with the chosen properties, and others where there are too few."""
        result: dict[str, Document] = {}
        for name, nodes in chosen.items():
            outcome = self.value(name, nodes)
            if not isinstance(outcome, Found):
                return outcome
            result[name] = outcome.value
        for name in self.fillers(result):
            if len(result) >= self.wanted.low:
                break
            outcome = self.value(name, frozenset())
            if isinstance(outcome, Found):
                result[name] = outcome.value
        return Found(result) if len(result) >= self.wanted.low else EMPTY

    def fillers(self, result: dict[str, Document]) -> Iterator[str]:
        if len(result) >= self.wanted.low:
            return
        if self.wanted.low > MAX_FILLED:
            self.note(Unknown("minProperties"))
            return
        yield from (name for name in self.mentioned if name not in result and name not in self.wanted.absent)
        taken = {*result, *self.mentioned, *self.wanted.absent}
        for name in self.fresh(ANY, set(taken)):
            if not isinstance(self.value(name, frozenset()), Found):
                continue
            said = self.said_of(name)
            yield name
            taken.add(name)
            while len(result) < self.wanted.low:
                more = next((one for one in self.fresh(ANY, taken) if self.said_of(one) == said), None)
                if more is None:
                    break
                taken.add(more)
                yield more
