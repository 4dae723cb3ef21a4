"""A part of the campaign: each command on repositories, names, numbers and events that were damaged at random.

``JST_FUZZ=SEED:COUNT`` tries others, or more of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile import fuzzing

pytestmark = pytest.mark.search

SEED, COUNT = map(int, os.environ.get("JST_FUZZ", "7:600").split(":"))
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_breaks(tmp_path: Path, part: int) -> None:
    fuzzing.preload()
    start = fuzzing.pristine(tmp_path / "pristine")
    for number in range(SEED * 10**7 + part, SEED * 10**7 + COUNT, PARTS):
        case, _, found = fuzzing.tried(number, start, tmp_path)
        assert not found, (number, case.done, case.arguments, found)


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        (fuzzing.Outcome(None, 20.0, "", ""), "took 20.0 s"),
        (fuzzing.Outcome(70, 1.0, "", "Traceback (most recent call last)\nKeyError: 1\n"), "traceback: KeyError: 1"),
        (fuzzing.Outcome(101, 1.0, "", ""), "exit code 101"),
        (fuzzing.Outcome(1, 1.0, "a\x1b[31m", ""), "prints '\\x1b'"),
        (fuzzing.Outcome(2, 1.0, "", " "), "exit code 2 without a word"),
    ],
)
def test_what_breaks_is_seen(tmp_path: Path, outcome: fuzzing.Outcome, says: str) -> None:
    case = fuzzing.Case(0, [], ["ls"], b"")
    found = list(fuzzing.faults(case, outcome, fuzzing.snapshot(tmp_path), tmp_path))
    assert any(fault.startswith(says) for fault in found), found


def test_a_file_that_is_left_is_seen(tmp_path: Path) -> None:
    before = fuzzing.snapshot(tmp_path)
    (tmp_path / "left").touch()
    case, outcome = fuzzing.Case(0, [], ["materialize"], b""), fuzzing.Outcome(1, 1.0, "", "error: x")
    assert "left" in "".join(fuzzing.faults(case, outcome, before, tmp_path))
