"""What is kept of fetched documents is the user's own, in regular files, or it is not kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonschema_tools.lookup.http_cache import DocumentCache

URL = "https://schemas.example.org/a/1.0.0"


def owned_by_another(entry: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    os.chown(entry, 12345, -1)


def linked(entry: Path) -> None:
    entry.rename(entry.with_name("elsewhere"))
    entry.symlink_to("elsewhere")


def a_pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def a_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


@pytest.mark.parametrize("change", [owned_by_another, linked, a_pipe, a_folder], ids=lambda change: change.__name__)
def test_not_a_file_of_the_user(tmp_path: Path, change: Callable[[Path], None]) -> None:
    cache = DocumentCache(tmp_path)
    cache.put(URL, b"{}")
    assert cache.get(URL) == b"{}"
    (entry,) = tmp_path.iterdir()
    change(entry)
    assert cache.get(URL) is None
    cache.put(URL, b"[]")
    assert cache.get(URL) == (None if change is a_folder else b"[]")
