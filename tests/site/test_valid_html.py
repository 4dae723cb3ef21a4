"""Every page is HTML by the checker of the W3C (Nu), from npm, on Java: ``pytest -m browser``."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.test_wmf_primary import repository  # noqa: F401

HERE = Path(__file__).with_name("validator")
JAR = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("java") is None or shutil.which("npm") is None, reason="the HTML checker needs java and npm"
    ),
]


def wrong(site: Path) -> list[str]:
    """What the checker says of the pages below a folder."""
    with (HERE / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not JAR.is_file():
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)
    call = ["java", "-jar", str(JAR), "--skip-non-html", "--format", "json", "--exit-zero-always", str(site)]
    said = json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stderr)
    return [f"{each['url']}:{each.get('lastLine')}: {each['message']}" for each in said["messages"]]


def test_the_example(example_site: Path) -> None:
    assert wrong(example_site) == []


def test_a_real_repository(repository: Scratch) -> None:  # noqa: F811
    assert repository.jst("site", ".", "--output", "site").exit_code == 0
    assert wrong(repository.root / "site") == []


def test_what_is_no_html(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<!doctype html><html lang=en><title>x</title><p><div></p>")
    assert wrong(tmp_path)
