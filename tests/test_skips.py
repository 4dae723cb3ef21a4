"""A skip that nobody expects is a failure in CI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import accepted_skips

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """import pytest

@pytest.mark.skipif(True, reason="{known}")
def test_with_a_mark(): ...

def test_within(): pytest.skip("Node.js is not installed")

@pytest.mark.xfail(reason="known")
def test_expected(): assert False
"""


@pytest.mark.parametrize(("in_ci", "outcome"), [("", "2 skipped, 1 xfailed"), ("1", "1 failed, 1 skipped, 1 xfailed")])
def test_only_what_is_on_the_list_may_be_skipped(tmp_path: Path, in_ci: str, outcome: str) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    for name in ("conftest.py", "skips.yaml"):
        (folder / name).write_bytes(CONFTEST.with_name(name).read_bytes())
    (folder / "test_some.py").write_text(TESTS.format(known="root may read everything"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", str(folder)]
    environment = {"JST_CI": in_ci, "PATH": "/usr/bin:/bin", "PYTHONPATH": ""}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert outcome in done.stdout
    assert ("tests/skips.yaml does not say why" in done.stdout) is bool(in_ci)


def test_every_entry_is_meant() -> None:
    text = "".join(
        path.read_text("utf-8") for path in CONFTEST.parent.rglob("*.py") if "node_modules" not in path.parts
    )
    for reason in accepted_skips().pattern.split("|"):
        assert reason.removeprefix("(?:").removesuffix(")") in text
