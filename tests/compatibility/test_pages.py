"""The pages that are made from the code say what the code does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages() -> Any:
    spec = importlib.util.spec_from_file_location("compatibility_pages", ROOT / "tools" / "compatibility_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["compatibility", "policies"])
def test_the_page_is_current(pages: Any, name: str) -> None:
    text = {"compatibility": pages.compatibility_page, "policies": pages.policies_page}[name]()
    current = pages.PAGES[name].read_text("utf-8")
    assert text == current, "run python tools/compatibility_pages.py"
