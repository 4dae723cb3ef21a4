"""What a version breaks: since the one before it, and under a transitive policy since older ones, each break once.

One place for every door, so that what `bump` advises is what `check` accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from semver import Version

from jsonschema_tools.compatibility import locality
from jsonschema_tools.compatibility.assessment import assess
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.compatibility.kept import Comparisons, Line
from jsonschema_tools.compatibility.policies import CompatibilitySettings, ContentModel, Policy
from jsonschema_tools.containment.model import Answer
from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document, value_key

T = TypeVar("T")

Judged = Callable[[T, T], Iterable[Break]]
"""The breaks from one version to another."""

_Identity = tuple[object, Answer, frozenset[str | None]]
_Identities = frozenset[_Identity]
_Pair = tuple[Same, Same]
_NONE: _Identities = frozenset()


@dataclass
class Judgements(Generic[T]):
    """What is known of pairs of versions, so that no pair is judged whose verdict follows from that of others.

    ``judged`` gives the breaks from one version to another, ``document`` what a version says: the same object whenever
    it is asked.

    A pair is not judged where nothing would be told of it:

    - Under the strict content model containment is transitive. Where an older version and the one after it have no
      break, and neither has that one and the new version, the pair has none.
    - What the new version changes of the version before it, in places where that and the older version say the same, is
      to the older version what it is to the version before: see `locality`.
    """

    settings: CompatibilitySettings
    judged: Judged[T]
    document: Callable[[T], Document]
    kept: Comparisons | None = None
    """What earlier runs found out."""
    _known: dict[_Pair, _Identities] = field(default_factory=dict)
    _lines: dict[Same, Line[tuple[list[Break], _Identities]]] = field(default_factory=dict)
    _told: dict[Same, tuple[set[_Identity], list[tuple[T, list[Break]]]]] = field(default_factory=dict)
    _read: dict[Same, locality.Object | None] = field(default_factory=dict)
    _of_places: dict[Hashable, _Identities] = field(default_factory=dict)
    _changed: dict[_Pair, list[locality.Path] | None] = field(default_factory=dict)

    def broken_since(self, versions: Sequence[T]) -> list[Break]:
        """The breaks of the last of some versions that are told of the first.

        The versions are those that a policy judges together, the oldest first: see `of_one_line`. A break is told of
        the nearest version since which it is one; one that the version before the last had already made, at the same
        place in the same direction, is told of that one.
        """
        return self._rows(versions)[-1][1]

    def since_older(self, versions: Sequence[T], name: Callable[[T], str]) -> list[Break]:
        """Those that are told of older versions than the one before, with the version in words."""
        if not self.settings.policy.transitive:
            return []
        found = self._rows(versions)[1:]
        return [replace(item, message=f"{item.message} since {name(old)}") for old, items in found for item in items]

    def _rows(self, versions: Sequence[T]) -> list[tuple[T, list[Break]]]:
        """The older versions, the nearest first, each with the breaks that are told of it."""
        last = len(versions) - 1
        wanted = last if self.settings.policy.transitive else min(last, 1)
        told, rows = self._told.setdefault(Same(self.document(versions[last])), (set(), []))
        done = min(len(rows), wanted)
        if done and rows[done - 1][0] is not versions[last - done]:
            # Another line of versions: what is told of one version depends on those between.
            told.clear()
            rows.clear()
        while len(rows) < wanted:
            at = last - 1 - len(rows)
            rows.append((versions[at], self._row(versions, at, told)))
        return rows[:wanted]

    def _row(self, versions: Sequence[T], at: int, told: set[_Identity]) -> list[Break]:
        """As `_items`, of which an earlier run may know."""
        last = len(versions) - 1
        document, pair = self.document(versions[last]), self._pair(versions, at, last)
        if self.kept is not None and Same(document) not in self._lines:
            self._lines[Same(document)] = Line(self.kept, document)
        line = self._lines.get(Same(document))
        found = None if line is None else line.row(last - 1 - at, self.document(versions[at]))
        if found is not None:
            items, self._known[pair] = found
            told |= self._known[pair]
            return items
        items = self._items(versions, at, told)
        if line is not None:
            line.add(last - 1 - at, self.document(versions[at]), (items, self._known[pair]))
        return items

    def _items(self, versions: Sequence[T], at: int, told: set[_Identity]) -> list[Break]:
        """The breaks that the last version makes since one of the others, without those that are told elsewhere."""
        last = len(versions) - 1
        identities = self._identities(versions, at, last)
        found: list[Break] = []
        if not identities <= told:
            known = _NONE if at == last - 1 else self._identities(versions, at, last - 1)
            if not identities <= told | known:
                items = self.judged(versions[at], versions[last])
                found = [item for item in items if _identity(item) not in told | known]
        told |= identities
        return found

    def _identities(self, versions: Sequence[T], at: int, last: int) -> _Identities:
        """What the breaks between two of the versions are to a reader."""
        steps = []
        new = last
        while self._pair(versions, at, new) not in self._known:
            if new == at + 1 or not self._is_local(versions, at, new):
                self._known[self._pair(versions, at, new)] = self._by_itself(versions, at, new)
                break
            steps.append(new)
            new -= 1
        found = self._known[self._pair(versions, at, new)]
        for new in reversed(steps):
            found = self._with_step(versions, at, new, found)
            self._known[self._pair(versions, at, new)] = found
        return found

    def _by_itself(self, versions: Sequence[T], at: int, new: int) -> _Identities:
        if self.settings.content_model is ContentModel.STRICT and new > at + 1:
            ways = self._pair(versions, at, at + 1), self._pair(versions, at + 1, new)
            if all(self._known.get(way) == _NONE for way in ways):
                return _NONE
        found = self._by_places(versions, at, new) if new > at + 1 else None
        return frozenset(map(_identity, self.judged(versions[at], versions[new]))) if found is None else found

    def _by_places(self, versions: Sequence[T], at: int, new: int) -> _Identities | None:
        """What was broken before the last step, where that left the place as it was, with what is in changed places."""
        older, before, after = (self._object(versions[index]) for index in (at, new - 1, new))
        found = self._known.get(self._pair(versions, at, new - 1))
        steps = self._steps(versions, new)
        if found is None or older is None or before is None or after is None or steps is None or not _are_apart(found):
            return None
        for step in steps:
            place = locality.meeting(older, after, step)
            if place is None:
                return None
            one, other = (locality.only(self.document(versions[index]), place) for index in (at, new))
            key = value_key([one, other])
            if key not in self._of_places:
                self._of_places[key] = frozenset(map(_identity, assess(one, other, self.settings).breaks))
            here = self._of_places[key]
            left = frozenset(item for item in found if not _is_in(item, place))
            if not all(_is_in(item, place) for item in here) or not all(_is_beside(item, place) for item in left):
                return None
            found = left | here
        return found if _are_apart(found) else None

    def _with_step(self, versions: Sequence[T], at: int, new: int, before: _Identities) -> _Identities:
        """The breaks between two versions, the last step of which is local."""
        step = self._identities(versions, new - 1, new)
        if all(answer is Answer.NO for _, answer, _ in before | step):
            apart = (_are_apart(before | step) or not before) and self._is_in_steps(step, versions, new)
            if not step or (apart and self._is_local(versions, at, new, whole=True)):
                return before | step
        return self._by_itself(versions, at, new)

    def _is_local(self, versions: Sequence[T], at: int, new: int, *, whole: bool = False) -> bool:
        """Whether the last step between two versions changes only what the older one says like the one before."""
        older, before, after = (self._object(versions[index]) for index in (at, new - 1, new))
        if older is None or before is None or after is None or self.settings.content_model is ContentModel.STRICT:
            return False
        places = self._steps(versions, new)
        return places is not None and all(locality.same_at(older, before, place, whole=whole) for place in places)

    def _steps(self, versions: Sequence[T], new: int) -> list[locality.Path] | None:
        """The places in which a version differs from the one before it, where both are told by places."""
        pair = self._pair(versions, new - 1, new)
        if pair not in self._changed:
            before, after = self._object(versions[new - 1]), self._object(versions[new])
            self._changed[pair] = None if before is None or after is None else locality.changed(before, after)
        return self._changed[pair]

    def _is_in_steps(self, step: _Identities, versions: Sequence[T], new: int) -> bool:
        """Whether each break is in a place in which a version differs from the one before it."""
        return all(any(_is_in(item, place) for place in self._steps(versions, new) or ()) for item in step)

    def _object(self, version: T) -> locality.Object | None:
        document = Same(self.document(version))
        if document not in self._read:
            try:
                found = locality.read(document.value)
                self._read[document] = found if found is not None and locality.is_whole(document.value) else None
            except RecursionError:
                self._read[document] = None
        return self._read[document]

    def _pair(self, versions: Sequence[T], old: int, new: int) -> _Pair:
        return Same(self.document(versions[old])), Same(self.document(versions[new]))


def of_one_line(one: str, other: str, policy: Policy) -> bool:
    """Whether two versions must be compatible: of one major, or below 1.0.0 of one minor (SemVer, 4), since there a
    minor version is what a break needs. The Node.js tool takes 0 for a major like any other."""
    a, b = Version.parse(one), Version.parse(other)
    return a.major == b.major and (a.major > 0 or policy.upstream or a.minor == b.minor)


def _identity(item: Break) -> _Identity:
    """What two breaks share that are the same to a reader."""
    places = (change.new_pointer if change.new_pointer is not None else change.old_pointer for change in item.changes)
    return item.direction, item.answer, frozenset(places)


def _are_apart(identities: _Identities) -> bool:
    """Whether each break is in a place of its own."""
    return all(answer is Answer.NO and len(places) == 1 for _, answer, places in identities)


def _is_in(item: _Identity, place: locality.Path) -> bool:
    """Whether a break is in a place or below it."""
    pointer = _pointer(place)
    return any(found is not None and f"{found}/".startswith(f"{pointer}/") for found in item[2])


def _is_beside(item: _Identity, place: locality.Path) -> bool:
    """Whether a break is in another property of one of the objects around a place."""
    around = [f"{_pointer(place[:length])}/properties/" for length in range(len(place))]
    inner = [f"{_pointer(place[:length])}/" for length in range(len(place))]
    for found in item[2]:
        at = max((n for n, start in enumerate(inner) if found is not None and f"{found}/".startswith(start)), default=0)
        if found is None or not found.startswith(around[at]):
            return False
    return True


def _pointer(place: locality.Path) -> str:
    return join(each for name in place for each in ("properties", name))
