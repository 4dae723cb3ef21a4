"""Which rows of a batch are there already, by what they are known by."""

from __future__ import annotations

from collections.abc import Set

from jsonschema_tools.tables.rows import Row
from jsonschema_tools.targets.model import TableRows


def first_of_each(batch: TableRows, known: Set[bytes] = frozenset()) -> tuple[list[Row], list[bytes]]:
    """The rows to store, in order, and their keys: of rows with one key the first, unless the key is ``known``.

    Rows without a key are all stored.
    """
    kept, keys = kept_of(batch, known)
    return batch.rows if kept is None else [batch.rows[index] for index in kept], keys


def kept_of(batch: TableRows, known: Set[bytes] = frozenset()) -> tuple[list[int] | None, list[bytes]]:
    """The indexes of the rows to store, ``None`` for all of them, and their keys."""
    if not batch.keys:
        return None, []
    kept, keys = list[int](), dict[bytes, None]()
    for index, key in enumerate(batch.keys):
        if key is None:
            kept.append(index)
        elif key not in known and key not in keys:
            keys[key] = None
            kept.append(index)
    return (None if len(kept) == len(batch.keys) else kept), list(keys)
