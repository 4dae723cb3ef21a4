"""What a version breaks: since the one before it, and under a transitive policy since older ones, each break once.

One function for every door, so that what `bump` advises is what `check` accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from semver import Version

from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.policies import Policy

T = TypeVar("T")

Judged = Callable[[T, T], Iterable[Break]]
"""The breaks from one version to another."""


def broken(versions: Sequence[T], policy: Policy, judged: Judged[T]) -> Iterator[tuple[T, Break]]:
    """The breaks of the last of some versions, each with the nearest version since which it is one.

    The versions are those that a policy judges together, the oldest first: see `of_one_line`. A break that the version
    before the last had already made, at the same place in the same direction, is told of that one.
    """
    *earlier, last = versions
    told: set[object] = set()
    for old in reversed(earlier if policy.transitive else earlier[-1:]):
        known = set() if old is earlier[-1] else {_identity(item) for item in judged(old, earlier[-1])}
        for item in judged(old, last):
            if _identity(item) not in known | told:
                yield old, item
        told |= {_identity(item) for item in judged(old, last)}


def since_older(versions: Sequence[T], policy: Policy, judged: Judged[T], name: Callable[[T], str]) -> list[Break]:
    """Of these breaks those towards older versions than the one before, with the version in words."""
    found = broken(versions, policy, judged)
    return [
        replace(item, message=f"{item.message} since {name(old)}") for old, item in found if old is not versions[-2]
    ]


def of_one_line(one: str, other: str, policy: Policy) -> bool:
    """Whether two versions must be compatible: of one major, or below 1.0.0 of one minor (SemVer, 4), since there a
    minor version is what a break needs. The Node.js tool takes 0 for a major like any other."""
    a, b = Version.parse(one), Version.parse(other)
    return a.major == b.major and (a.major > 0 or policy.upstream or a.minor == b.minor)


def _identity(item: Break) -> object:
    """What two breaks share that are the same to a reader."""
    places = (change.new_pointer if change.new_pointer is not None else change.old_pointer for change in item.changes)
    return item.direction, item.answer, frozenset(places)
