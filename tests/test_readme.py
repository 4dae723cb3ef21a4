"""What the README shows is what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Scratch

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def example(tmp_path: Path) -> Scratch:
    """A checkout as the README's reader has it: the example repository, released, in Git."""
    shutil.copytree(ROOT / "example-repo", tmp_path / "example-repo", symlinks=True)
    scratch = Scratch(tmp_path)
    scratch.git("init", "--quiet")
    scratch.commit()
    return scratch


def shell(scratch: Scratch, commands: str) -> subprocess.CompletedProcess[str]:
    jst = f'jst() {{ {sys.executable} -m jsonschema_tools "$@"; }}\n'
    return subprocess.run(
        ["bash", "-ec", jst + commands], cwd=scratch.root, capture_output=True, text=True, check=False
    )


def test_the_main_job(example: Scratch) -> None:
    command = next(text for language, text in BLOCKS if language == "console" and "pip install ." in text)
    assert shell(example, command.partition("&&")[2]).returncode == 0


def test_the_check(example: Scratch) -> None:
    index = next(i for i, (_, text) in enumerate(BLOCKS) if text.startswith("jst check"))
    assert shell(example, BLOCKS[index][1]).stdout == BLOCKS[index + 1][1]


def test_the_first_change(example: Scratch) -> None:
    index = next(i for i, (_, text) in enumerate(BLOCKS) if text.startswith("cd example-repo"))
    assert shell(example, BLOCKS[index][1]).stdout == BLOCKS[index + 1][1]


def test_the_refusal(example: Scratch) -> None:
    current = "example-repo/jsonschema/shop/cart/changed/current.yaml"
    example.write(current, example.read(current).replace("{type: integer}", "{type: integer, minimum: 0}"))
    shown = next(m for m in re.findall(r"^  ```text\n(.*?)^  ```", README, re.DOTALL | re.MULTILINE) if "released" in m)
    done = shell(example, "cd example-repo && jst materialize")
    assert done.returncode == 1
    assert done.stderr == re.sub(r"^  ", "", shown, flags=re.MULTILINE) + "nothing was written\n"


def test_the_library(example: Scratch) -> None:
    code = next(text for language, text in BLOCKS if language == "python")
    done = subprocess.run([sys.executable, "-c", code], cwd=example.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_is_listed(example: Scratch) -> None:
    from jsonschema_tools.cli import COMMANDS

    assert {name for name in COMMANDS if f"`jst {name} " in README} == set(COMMANDS)
