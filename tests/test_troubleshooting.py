"""Every message of the page on troubleshooting is still what the code says.

A comment above the heading says how to come by it: ``case:`` is a mistake of ``cases/mistakes``, ``try:`` has commands; both in a
repository with two released schemas.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.test_mistakes import MISTAKES, base, make  # noqa: F401 (a fixture)

PAGE = (Path(__file__).parents[1] / "docs" / "troubleshooting.md").read_text("utf-8")
ENTRY = re.compile(r"^(?:<!-- (?P<kind>case|try): (?P<how>[^\n]*) -->\n)?### (?P<heading>.+)$", re.MULTILINE)
ENTRIES = [match.groupdict() for match in ENTRY.finditer(PAGE)]


def said(scratch: Scratch, kind: str, how: str) -> str:
    """All that the program says to a mistake, or to commands."""
    if kind == "case":
        (case,) = [case for case in MISTAKES["cases"] if case["name"] == how]
        make(scratch, case)
        how = "jst check"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    who = ("AUTHOR", "COMMITTER")
    names = {f"GIT_{one}_NAME": "someone" for one in who} | {f"GIT_{one}_EMAIL": "someone@example.org" for one in who}
    done = subprocess.run(
        ["bash", "-c", how],
        cwd=scratch.root,
        env={**os.environ, **names, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.sampled(5)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["heading"][:60])
def test_the_message_is_what_the_code_says(base: Path, tmp_path: Path, entry: dict[str, str]) -> None:  # noqa: F811
    assert entry["how"], "a comment above the heading says how to come by the message"
    message = re.match(r"`([^`]+)`", entry["heading"])
    assert message is not None
    pattern = ".+".join(map(re.escape, re.split("…", message[1])))
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    output = said(scratch, entry["kind"], entry["how"])
    assert re.search(pattern, output), output
    assert not re.search(r"Traceback|\bNone\b", output), output


def test_every_entry_is_read() -> None:
    assert len(ENTRIES) == PAGE.count("\n### ") > 30
