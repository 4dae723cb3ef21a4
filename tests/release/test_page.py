"""The page on releases shows the states that are tested."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_table_is_current() -> None:
    """Write it with: python tools/release_states.py"""
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "release_states.py"))
    assert tool["PAGE"].read_text("utf-8") == tool["page"]()
