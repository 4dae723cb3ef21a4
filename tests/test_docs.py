"""The pages are complete, and say what the code does."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools.cli import COMMANDS
from tests.conftest import Scratch

ROOT = Path(__file__).parents[1]
LIBRARY = (ROOT / "docs/library.md").read_text("utf-8")
EXAMPLES = re.findall(r"^## ([\w ]+)$(?:(?!^## ).)*?^```python\n(.*?)^```", LIBRARY, re.DOTALL | re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def section(page: str, heading: str) -> str:
    return text_of(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_page_of_commands_is_current() -> None:
    spec = importlib.util.spec_from_file_location("command_reference", ROOT / "tools" / "command_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.page() == text_of("docs/cli.md"), "run python tools/command_reference.py"


def test_every_command_is_on_its_page_and_in_the_readme_once() -> None:
    assert re.findall(r"^## jst (\S+)$", text_of("docs/cli.md"), re.MULTILINE) == sorted(COMMANDS)
    rows = re.findall(r"^\| (`.*?) \| ", section("README.md", "Commands"), re.MULTILINE)
    assert sorted(re.findall(r"\bjst (\S+?)[ `]", " ".join(rows))) == sorted(COMMANDS)
    assert len(rows) == len(COMMANDS)


def test_every_public_name_is_on_the_page_of_the_library_once() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", LIBRARY, re.MULTILINE)) == sorted(jsonschema_tools.__all__)


@pytest.mark.parametrize("code", [pytest.param(code, id=heading) for heading, code in EXAMPLES])
def test_the_examples_of_the_library(code: str, tmp_path: Path) -> None:
    scratch = Scratch(Path(shutil.copytree(ROOT / "example-repo", tmp_path / "example-repo", symlinks=True)))
    scratch.git("init", "--quiet")
    scratch.commit()
    done = subprocess.run([sys.executable, "-c", code], cwd=scratch.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_section_of_the_library_has_one_example() -> None:
    assert [heading for heading, _ in EXAMPLES] == re.findall(r"^## (.+)$", LIBRARY, re.MULTILINE)
    assert len(EXAMPLES) == LIBRARY.count("```python\n")
