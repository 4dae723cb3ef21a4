"""What Git says when it fails, in our messages: one line, English, its advice as the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsonschema_tools import git
from jsonschema_tools.errors import GitError
from jsonschema_tools.git import process as git_process
from tests.conftest import Scratch

DUBIOUS = (
    "fatal: detected dubious ownership in repository at '/a'\n"
    "To add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /a\n"
)
EXCEPTION = "To add an exception for this directory, call: git config --global --add safe.directory /a"


@pytest.mark.parametrize(
    ("text", "said", "advice"),
    [
        ("", "", ""),
        ("fatal: bad\n", "fatal: bad", ""),
        ("error: one\n\nfatal: two\n", "error: one; fatal: two", ""),
        (DUBIOUS, "fatal: detected dubious ownership in repository at '/a'", EXCEPTION),
        ("\tonly this\n", "only this", ""),
        ("fatal: in two\n\tlines\n", "fatal: in two; lines", ""),
        ("warning: a\r\nfatal: b\r\n", "warning: a; fatal: b", ""),
    ],
)
def test_several_lines_become_one(text: str, said: str, advice: str) -> None:
    assert git_process.said_in_one_line(text) == (said, advice)


def test_a_broken_index(scratch: Scratch) -> None:
    scratch.write(".git/index", b"x" * 100)
    with pytest.raises(GitError) as caught:
        git.touched_since(scratch.root, None)
    assert caught.value.message == "git ls-files failed: error: bad signature 0x78787878; fatal: index file corrupt"
    assert caught.value.remedy == "Run the command inside a Git repository that is in order."


def test_git_speaks_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    git_process._asked.cache_clear()
    assert git.top_level(tmp_path) is None
