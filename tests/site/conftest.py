"""The site of the example repository, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Scratch

EXAMPLE = Path(__file__).parents[2] / "example-repo"


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    done = Scratch(EXAMPLE.parent).jst("site", str(EXAMPLE), "--output", str(site))
    assert done.exit_code == 0, done.output
    return site
