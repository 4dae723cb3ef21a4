"""The pictures of the documentation are of the pages that they say, and small."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.intake.test_browser import CHROMIUM

ROOT = Path(__file__).parents[2]
PICTURES: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "screenshots.py"))
LARGEST = 150_000


def size(picture: Path) -> tuple[int, int]:
    """Width and height, as the head of a PNG file has them."""
    head = picture.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def test_they_are_there_and_used() -> None:
    pages = (ROOT / "README.md").read_text("utf-8") + (ROOT / "docs/site.md").read_text("utf-8")
    names = {f"{picture.name}.png" for picture in PICTURES["PICTURES"]}
    assert {path.name for path in (ROOT / "docs/images").glob("*.png")} == names
    for name in names:
        path = ROOT / "docs/images" / name
        assert f"images/{name}" in pages
        assert path.stat().st_size < LARGEST
        assert size(path) == (PICTURES["SIZE"]["width"], PICTURES["SIZE"]["height"])


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_they_are_made(tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    PICTURES["take"](tmp_path, CHROMIUM)
    for picture in PICTURES["PICTURES"]:
        assert size(tmp_path / f"{picture.name}.png") == size(ROOT / "docs/images" / f"{picture.name}.png")
