"""Which rows of a batch are there already, by what they are known by."""

from __future__ import annotations

from collections.abc import Set

from jsonschema_tools.tables.rows import Row
from jsonschema_tools.targets.model import TableRows


def first_of_each(batch: TableRows, known: Set[bytes] = frozenset()) -> tuple[list[Row], list[bytes]]:
    """The rows to store, in order, and their keys: of rows with one key the first, unless the key is ``known``.

    Rows without a key are all stored.
    """
    if not batch.keys:
        return batch.rows, []
    rows, keys = list[Row](), dict[bytes, None]()
    for row, key in zip(batch.rows, batch.keys, strict=True):
        if key is None:
            rows.append(row)
        elif key not in known and key not in keys:
            keys[key] = None
            rows.append(row)
    return rows, list(keys)
