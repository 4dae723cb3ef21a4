"""The targets of `jst load` that need no server, and what tests read back from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.load.reading import PLACES, rows_of

Rows = list[dict[str, Any]]

STORES: dict[str, tuple[str, Callable[[Path, str], Rows]]] = {
    kind: (place, partial(rows_of, kind)) for kind, place in PLACES.items()
}
"""By the name of the target: the file or folder, and what reads the rows of a table."""
