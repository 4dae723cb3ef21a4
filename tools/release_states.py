"""Write the table of docs/releases.md from tests/release/states.py.

python tools/release_states.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
PAGE = ROOT / "docs" / "releases.md"
START = (
    "<!-- Written by tools/release_states.py from tests/release/states.py, where every command is asked in each. -->\n"
)

WORDS = {
    "missing": "released, missing here",
    "taken": "released there; the draft here needs another number",
    "free": "free",
    "conflict": "draft",
    "ahead": "ahead: not merged yet",
}


def table() -> str:
    from tests.release.states import STATES

    rows = ["| the clone | versions |", "| --- | --- |"]
    for state in STATES:
        versions = "; ".join(f"{version}: {WORDS.get(word, word)}" for version, word in state.versions.items())
        rows.append(f"| {state.says} | {versions} |")
    return "\n".join(rows) + "\n"


def page() -> str:
    """The page with the table as it should be."""
    text = PAGE.read_text("utf-8")
    return f"{text.partition(START)[0]}{START}\n{table()}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
