"""The pages are complete, and say what the code does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from jsonschema_tools.cli import COMMANDS

ROOT = Path(__file__).parents[1]


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
