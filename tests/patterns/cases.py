"""The table of regular expressions: what Node.js says of each, for each of many texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parents[1] / "cases" / "patterns" / "ecmascript.jsonl"
_HEAD, *_ROWS = [json.loads(line) for line in _FILE.read_text("utf-8").splitlines()]

TEXTS: list[str] = _HEAD["texts"]


@dataclass(frozen=True)
class Case:
    """``flags``: those that the pattern is read with, ``None`` where it is none; ``found``: in which texts, so read;
    ``found_without_u``: the same without flags, ``None`` where the pattern is none."""

    pattern: str
    flags: str | None
    found: list[str] | None
    found_without_u: list[str] | None


def _case(row: dict[str, object]) -> Case:
    found = row.get("found")
    return Case(row["pattern"], row["flags"], found, row.get("found_without_u", found))  # type: ignore[arg-type]


CASES = [_case(row) for row in _ROWS]
