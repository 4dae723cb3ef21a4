"""A configuration that somebody else put into a folder above does not count; what a repository names is not run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jsonschema_tools.repository.configuration import CONFIG_NAME, find_config
from tests.conftest import Scratch


@pytest.fixture
def of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration that another user owns."""
    path = Scratch(tmp_path / "shared").write(CONFIG_NAME, "schemaBasePath: elsewhere\n")
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    else:
        other = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: other)
    return path


@pytest.mark.parametrize("inside", [False, True], ids=["outside of Git", "in a repository below"])
def test_one_above_does_not_count(of_somebody_else: Path, monkeypatch: pytest.MonkeyPatch, inside: bool) -> None:
    here = of_somebody_else.parent / "a/b"
    (here / "c").mkdir(parents=True)
    if inside:
        Scratch(here.parent).git("init", "--quiet")
    monkeypatch.chdir(here)
    assert find_config() is None
    assert find_config(here / "c") is None
    monkeypatch.chdir(of_somebody_else.parents[1])
    assert find_config(here) is None


def test_one_of_the_repository_counts_whoever_owns_it(of_somebody_else: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In containers of CI the files of a checkout are often somebody else's."""
    top = of_somebody_else.parent
    Scratch(top).git("init", "--quiet")
    (top / "a/b").mkdir(parents=True)
    monkeypatch.chdir(top / "a/b")
    assert find_config() == of_somebody_else
    assert find_config(top / "a") == of_somebody_else


def test_one_where_the_user_is_counts(of_somebody_else: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(of_somebody_else.parent)
    assert find_config() == of_somebody_else
