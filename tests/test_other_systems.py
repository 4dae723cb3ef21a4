"""Where the system lacks what POSIX has, as Windows does: reading works, writing says that it does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import Scratch

SCHEMA = (
    "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    "properties: {x: {type: string}}\n"
)
WITHOUT = """
import os, select, sys
sys.modules["fcntl"] = None
for name in ("O_NONBLOCK", "O_NOFOLLOW", "fchmod"):
    delattr(os, name)
del select.poll
from jsonschema_tools.cli import main
main()
"""


def jst(scratch: Scratch, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=scratch.root, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def made(scratch: Scratch) -> Scratch:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    assert scratch.jst("materialize").exit_code == 0
    return scratch


@pytest.mark.parametrize(
    "arguments",
    [["ls"], ["check"], ["materialize", "--dry-run"], ["resolve", "/a/1.0.0"], ["validate", "-"], ["compat", "a"]],
    ids=" ".join,
)
def test_reading_works(made: Scratch, arguments: list[str]) -> None:
    done = jst(made, *arguments, stdin='{"$schema": "/a/1.0.0", "x": "1"}\n')
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["materialize"],
        ["materialize-all"],
        ["new", "b"],
        ["init", "elsewhere"],
    ],
    ids=" ".join,
)
def test_writing_says_that_it_does_not(made: Scratch, arguments: list[str]) -> None:
    made.write("jsonschema/a/current.yaml", SCHEMA.replace("1.0.0", "1.1.0"))
    before = made.snapshot()
    done = jst(made, *arguments)
    assert done.returncode == 2
    assert "error: jst cannot write files on this system, which has no POSIX file locks\n" in done.stderr
    assert "Windows Subsystem for Linux" in done.stderr
    assert "Traceback" not in done.stderr
    assert {name: text for name, text in made.snapshot().items() if name in before} == before
