"""Repositories with streams, and engines that read them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.needs import example_repository
from tests.processing.repositories import add_counted


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """The example repository; not to be changed."""
    folder = tmp_path_factory.mktemp("example") / "copy"
    return Scratch(Path(shutil.copytree(example_repository().parent, folder, symlinks=True)) / "example-repo")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """The example repository with a stream that a job writes; not to be changed but for queries."""
    folder = tmp_path_factory.mktemp("counted") / "copy"
    scratch = Scratch(Path(shutil.copytree(example_repository().parent, folder, symlinks=True)) / "example-repo")
    add_counted(scratch)
    return scratch
