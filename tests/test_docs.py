"""The pages are complete, and say what the code does."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest
from markdown_it import MarkdownIt

import jsonschema_tools
from jsonschema_tools.cli import COMMANDS, cli
from jsonschema_tools.reports.check import FORMATS
from tests.conftest import Scratch
from tests.needs import example_repository

ROOT = Path(__file__).parents[1]
PAGES = [str(path.relative_to(ROOT)) for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])]
LIBRARY = (ROOT / "docs/library.md").read_text("utf-8")
EXAMPLES = re.findall(r"^## ([\w ]+)$(?:(?!^## ).)*?^```python\n(.*?)^```", LIBRARY, re.DOTALL | re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def section(page: str, heading: str) -> str:
    return text_of(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def links(page: str) -> list[str]:
    """Where the links of a page lead, those on the web left out."""
    tokens = [token for block in MarkdownIt().enable("table").parse(text_of(page)) for token in block.children or ()]
    found = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: str) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    blocks = MarkdownIt().parse(text_of(page))
    headings = [text for block, text in pairwise(blocks) if block.type == "heading_open"]
    plain = ["".join(token.content for token in heading.children or ()).lower() for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


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
    scratch = Scratch(Path(shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)))
    scratch.git("init", "--quiet")
    scratch.commit()
    done = subprocess.run([sys.executable, "-c", code], cwd=scratch.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_of_tables() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", text_of("docs/tables.md"), re.DOTALL | re.MULTILINE)
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_section_of_the_library_has_one_example() -> None:
    assert [heading for heading, _ in EXAMPLES] == re.findall(r"^## (.+)$", LIBRARY, re.MULTILINE)
    assert len(EXAMPLES) == LIBRARY.count("```python\n")


def command(name: str) -> click.Command:
    """A command of the program by its name."""
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def test_every_page_is_in_the_index_once() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert sorted(set(links("docs/README.md")) - {"../README.md"}) == sorted(pages)
    assert len(links("docs/README.md")) == len(pages) + 1


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(str(target.relative_to(ROOT))), link


def test_every_path_that_contributing_names_is_there() -> None:
    words = [word for span in re.findall(r"`([^`]+)`", text_of("CONTRIBUTING.md")) for word in span.split()]
    paths = [word for word in words if re.fullmatch(r"[\w.-]*/[\w./-]*|[\w-]+\.(md|toml)", word)]
    paths = [path for path in paths if not path.startswith(".venv/")]
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_json_for_programs_is_on_the_page_of_what_is_stable() -> None:
    rows = re.findall(r"^\| `jst (\S+) --format json`", section("docs/stability.md", "JSON for programs"), re.MULTILINE)
    choices = {name: option.type for name in COMMANDS for option in command(name).params if option.name == "format_"}
    with_json = [name for name, type_ in choices.items() if isinstance(type_, click.Choice) and "json" in type_.choices]
    assert sorted(rows) == sorted(with_json)


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| \*\*([\w -]+?)\*\*", text_of("docs/glossary.md"), re.MULTILINE)
    assert words == sorted(words, key=str.lower)
    assert len(words) > 40


def test_both_lists_of_formats_are_complete() -> None:
    (listed,) = re.findall(r"`--format ([\w|]+)`, see \[checking\]", text_of("README.md"))
    assert sorted(listed.split("|")) == sorted(FORMATS)
    rows = re.findall(r"^\| `(\w+)` \|", section("docs/checking.md", "Formats"), re.MULTILINE)
    assert sorted(rows) == sorted(FORMATS)
