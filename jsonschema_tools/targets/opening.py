"""The target that a word on the command line means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.targets.model import TableTarget


def _sqlite(rest: str) -> TableTarget:
    from jsonschema_tools.targets.sqlite import SqliteTarget

    return SqliteTarget(Path(rest))


TARGETS: dict[str, tuple[str, str, Callable[[str], TableTarget]]] = {
    "sqlite": ("FILE", "sqlite", _sqlite),
}
"""By the name before the colon: what follows it, the dialect of its tables, and what makes the target."""


def target_of(word: str) -> tuple[TableTarget, str]:
    """The target that ``sqlite:shop.db`` means, not opened yet, and the dialect of its tables. Raises `UsageError`."""
    kind, colon, rest = word.partition(":")
    if kind not in TARGETS or not colon or not rest:
        known = ", ".join(f"{name}:{what}" for name, (what, _, _) in TARGETS.items())
        raise UsageError(f"{word!r} is no target", remedy=f"Name one of {known}.")
    _, dialect, make = TARGETS[kind]
    return make(rest), dialect
