"""What changed between two versions of a schema: facts, without a verdict.

The two schemas are walked together. Each place is read as a whole (`View`), so that a definition that became a
``$ref``, a reordered ``allOf`` or another spelling of the same is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from jsonschema_tools.compatibility import combinations, scalars, wrapping
from jsonschema_tools.compatibility.arrays import arrays
from jsonschema_tools.compatibility.facts import Fact, Found, Pair, Path, change_of, homes
from jsonschema_tools.compatibility.kinds import CONSTRAINTS
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.objects import objects
from jsonschema_tools.compatibility.resolution import Documents
from jsonschema_tools.compatibility.view import At, View
from jsonschema_tools.containment.model import Answer
from jsonschema_tools.documents.values import Document, Equality
from jsonschema_tools.schemas.dialects import draft_of
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.schemas.vocabulary import Kind, constraints, keywords


def diff(
    old: Document, new: Document, draft: str | None = None, retrieve: Retrieve | None = None
) -> tuple[Change, ...]:
    """What changed from one version of a schema to another, in the order of the schemas.

    ``draft`` (``7``, ``2020-12``) is that of both; by default what ``$schema`` says, else draft-07. ``retrieve`` gives
    the other documents that they refer to. Raises `UnresolvableReference`, and what ``retrieve`` raises.
    """
    from jsonschema_tools.containment.proof import equivalent

    changes = spelled(old, new, draft, retrieve)
    constrained = any(change.kind in CONSTRAINTS for change in changes)
    same = constrained and equivalent(old, new, draft=draft, retrieve=retrieve) is Answer.YES
    return unconstrained(changes) if same else changes


def unconstrained(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes that are left of two schemas which are proved to have the same events."""
    return tuple(change for change in changes if change.kind not in CONSTRAINTS)


def spelled(
    old: Document, new: Document, draft: str | None = None, retrieve: Retrieve | None = None
) -> tuple[Change, ...]:
    """As `diff`, but not asking whether the two schemas as a whole say the same in other words."""
    numbers = draft_of(old, draft), draft_of(new, draft)
    before, after = (
        Documents(document, number, retrieve) for document, number in zip((old, new), numbers, strict=True)
    )
    changes = [_of_draft(old, new)] if numbers[0] != numbers[1] else []
    changes += _Walk(before, after).changes(View(before, [before.root]), View(after, [after.root]))
    return tuple(changes)


def _of_draft(old: Document, new: Document) -> Change:
    before, after = (At("/$schema", schema.get("$schema")) for schema in (old, new))
    return change_of(Fact("draft-changed", before, after), ())


class _Walk:
    def __init__(self, old: Documents, new: Documents) -> None:
        self._same: dict[tuple[frozenset[str], frozenset[str]], bool] = {}
        self._equal = Equality()
        self._self_contained = not old.has_references and not new.has_references
        self._constraints = constraints(old.draft) | constraints(new.draft)
        self._keywords = self._constraints | keywords(kinds=(Kind.CORE,))

    def changes(self, old: View, new: View, *, annotations: bool = True) -> Iterator[Change]:
        """Everything that differs, each pair of places once."""
        seen: set[tuple[frozenset[str], frozenset[str]]] = set()
        pending: list[tuple[Path, View, View, bool]] = [((), old, new, False)]
        while pending:
            path, before, after, rewritten = pending.pop()
            if self._self_contained and self._as_written(before, after):
                continue
            pair = (before.key, after.key)
            if pair in seen:
                continue
            seen.add(pair)
            path = _rebased(path, before, after)
            everything = list(self._found(before, after, annotations))
            facts = [found for found in everything if isinstance(found, Fact)]
            rewritten = rewritten or (annotations and _may_be_rewritten(facts) and _equivalent(before, after))
            told = [fact for fact in facts if not (rewritten and fact.kind in CONSTRAINTS)]
            yield from (change_of(fact, path, homes(fact, before, after)) for fact in told)
            pairs = [found for found in everything if isinstance(found, Pair)]
            pending += [((*path, *pair.steps), pair.old, pair.new, rewritten) for pair in reversed(pairs)]

    def same(self, old: View, new: View) -> bool:
        """Whether two places differ in nothing that matters for validation; recursive ones do not by themselves."""
        pair = (old.key, new.key)
        if pair not in self._same:
            self._same[pair] = True
            self._same[pair] = next(self.changes(old, new, annotations=False), None) is None
        return self._same[pair]

    def _as_written(self, old: View, new: View) -> bool:
        return (
            len(old.origins) == len(new.origins) == 1
            and old.draft == new.draft
            and self._equal(old.origins[0].schema, new.origins[0].schema)
        )

    def _found(self, old: View, new: View, annotations: bool) -> Found:
        if not old.is_false and not new.is_false:
            as_branch = wrapping.as_branch(*_listed_alike(old, new), self.same, self._constraints)
            if as_branch is not None:
                yield from as_branch
                return
        if annotations:
            yield from scalars.remarks(old, new, self._keywords)
        if old.is_false or new.is_false:
            if old.is_false != new.is_false:
                yield Fact("forbidden" if new.is_false else "permitted", _at(old), _at(new))
            return
        old, new = _listed_alike(old, new)
        yield from scalars.types(old, new)
        yield from scalars.values(old, new)
        yield from scalars.numbers(old, new)
        yield from scalars.strings(old, new)
        yield from objects(old, new)
        yield from arrays(old, new)
        yield from combinations.alternatives(old, new, self.same)
        yield from combinations.negations(old, new, self.same)
        yield from combinations.conditions(old, new, self.same)


def _listed_alike(old: View, new: View) -> tuple[View, View]:
    """The views; a list of one is no list, unless the other version has more in it."""
    if any(bool(old.groups(keyword)) != bool(new.groups(keyword)) for keyword in ("anyOf", "oneOf")):
        listed = old.listed(), new.listed()
        if all(bool(listed[0].groups(key)) == bool(listed[1].groups(key)) for key in ("anyOf", "oneOf")):
            return listed
    return old, new


def _may_be_rewritten(facts: list[Fact]) -> bool:
    """Whether the facts are of a kind that other words for the same bring about."""
    return any(fact.kind.startswith(_REWRITTEN) for fact in facts)


_REWRITTEN = ("any-of", "one-of", "not-", "condition-", "enum-added", "enum-removed", "forbidden", "permitted")


def _equivalent(old: View, new: View) -> bool:
    """Whether it is proved that two places say the same, whatever the words."""
    from jsonschema_tools.containment.proof import REWORDED_STEPS, contained

    (a, retrieve_old), (b, retrieve_new) = _alone(old, "urn:old"), _alone(new, "urn:new")
    if a is None or b is None:
        return False

    def retrieve(uri: str) -> Document:
        return retrieve_new(uri) if uri == "urn:new" else retrieve_old(uri)

    pairs = ((a, b), (b, a))
    answers = (contained(x, y, retrieve=retrieve, witness=False, max_steps=REWORDED_STEPS).answer for x, y in pairs)
    return all(answer is Answer.YES for answer in answers)


def _alone(view: View, name: str) -> tuple[Document | None, Retrieve]:
    """A schema that says what a view says, as a document of its own, and the look-up that it needs."""
    documents = view.documents
    root, metaschema = documents.root.schema, view.draft.uri
    places = view.origins
    retrieve = documents.retrieve
    if any(place.document for place in places) or not isinstance(root, dict):
        return (root if places == (documents.root,) else None), retrieve
    if not documents.has_references and len(places) == 1 and isinstance(places[0].schema, dict):
        return {**places[0].schema, "$schema": metaschema}, retrieve
    parts = [{"$ref": f"{name}#{quote(place.pointer)}"} for place in places]
    return {"$schema": metaschema, "allOf": parts}, lambda uri: root if uri == name else retrieve(uri)


def _at(view: View) -> At | None:
    return At(view.pointer, view.schema) if view.pointer is not None else None


def _rebased(path: Path, old: View, new: View) -> Path:
    """The path from the definition that both refer to: one more reference elsewhere must not rename its changes."""
    a, b = old.definition, new.definition
    return ("$ref", a) if a is not None and a == b else path
