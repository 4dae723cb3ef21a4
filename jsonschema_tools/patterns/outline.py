"""A regular pattern that is found wherever a pattern that is not regular is found."""

from __future__ import annotations

from functools import lru_cache

from jsonschema_tools.patterns.characters import ANY
from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.rust import in_ecmascript
from jsonschema_tools.patterns.searching import machine
from jsonschema_tools.patterns.syntax import (
    Alternatives,
    Characters,
    Group,
    Look,
    NotAPattern,
    Reference,
    Repetition,
    Sequence,
    Tree,
    walk,
)

_ANYTHING = Repetition(Characters(ANY), 0, None)
_NOTHING = Sequence(())


@lru_cache(maxsize=256)
def outline(source: str) -> str | None:
    """The regular pattern; ``None`` where there is none that is small enough."""
    try:
        pattern = read(source)
        groups = {one.number: one.part for one in walk(pattern.tree) if isinstance(one, Group)}
        written = in_ecmascript(_around(pattern.tree, groups), unicode=pattern.unicode)
    except (NotAPattern, RecursionError):
        return None
    return written if written is not None and machine(written) is not None else None


def _around(tree: Tree, groups: dict[int, Tree]) -> Tree:
    match tree:
        case Sequence(parts):
            return Sequence(tuple(_around(part, groups) for part in parts))
        case Alternatives(parts):
            return Alternatives(tuple(_around(part, groups) for part in parts))
        case Repetition(part, low, high):
            return Repetition(_around(part, groups), low, high)
        case Group(part):
            return _around(part, groups)
        case Reference(number):
            # A group that is nowhere left is one that takes no part: what refers to it is found everywhere.
            part = groups.get(number, _NOTHING)
            is_plain = not any(isinstance(one, (Reference, Look)) for one in walk(part))
            return Alternatives((_around(part, groups), _NOTHING)) if is_plain else _ANYTHING
        case Look(part, wanted, behind):
            if not any(isinstance(one, Reference) or (isinstance(one, Look) and one.behind) for one in walk(tree)):
                return tree
            return Look(_around(part, groups), wanted) if wanted and not behind else _NOTHING
    return tree
