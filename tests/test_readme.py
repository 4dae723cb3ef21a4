"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.needs import example_repository

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def example(tmp_path: Path) -> Scratch:
    """A checkout as the README's reader has it: the example repository, released, in Git."""
    shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)
    scratch = Scratch(tmp_path)
    scratch.git("init", "--quiet")
    scratch.commit()
    return scratch


def shell(folder: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """What a reader's terminal says, with this Python's programs on the path and the folder at the end on a last line."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    script = f"{{ {commands}\n}}; code=$?; pwd > {folder.parent}/where; exit $code"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def told(page: str) -> list[tuple[str, str | None]]:
    """The commands of a page, each block with the output that is shown under it."""
    text = (ROOT / page).read_text("utf-8")
    blocks = list(re.finditer(r"^```(\w+)\n(.*?)^```\n", text, re.DOTALL | re.MULTILINE))
    found: list[tuple[str, str | None]] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        shown = after is not None and after[1] == "text" and not text[block.end() : after.start()].strip()
        if block[1] == "console":
            found.append((block[2], after[2] if after is not None and shown else None))
    return found


NOT_RUN = ("pip install -e", "jst install-git-hook", "jst check --format text")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("page", ["README.md", "docs/checking.md"])
def test_every_command_does_what_is_shown(page: str, example: Scratch) -> None:
    folder = example.root
    for commands, shown in told(page):
        if commands.startswith(NOT_RUN):
            continue
        done = shell(folder, commands.replace("pip install . && ", ""))
        if shown is not None:
            assert done.stdout == shown, done.stderr
        refuses = shown is not None and any(word in shown for word in (": error ", ": broken", ": refused by"))
        assert done.returncode == int(refuses), (
            commands,
            done.stdout,
            done.stderr,
        )
        folder = Path((folder.parent / "where").read_text().strip())


def test_the_refusal(example: Scratch) -> None:
    current = "example-repo/jsonschema/shop/cart/changed/current.yaml"
    example.write(current, example.read(current).replace("{type: integer}", "{type: integer, minimum: 0}"))
    shown = next(m for m in re.findall(r"^  ```text\n(.*?)^  ```", README, re.DOTALL | re.MULTILINE) if "released" in m)
    done = shell(example.root, "cd example-repo && jst materialize")
    assert done.returncode == 1
    said = re.sub(r"on \S+ in \w{10}", "on origin/main in 3f2a9c41d0", done.stderr)
    assert said == re.sub(r"^  ", "", shown, flags=re.MULTILINE) + "nothing was written\n"


@pytest.mark.parametrize("code", [text for language, text in BLOCKS if language == "python"])
def test_the_library(code: str, example: Scratch) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=example.root / "example-repo", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_command_is_listed(example: Scratch) -> None:
    from jsonschema_tools.cli import COMMANDS

    assert {name for name in COMMANDS if f"`jst {name} " in README} == set(COMMANDS)


def test_what_is_said_of_deleted_released_files(example: Scratch) -> None:
    folder = example.root / "example-repo"
    current, older = (folder / f"jsonschema/shop/cart/changed/{version}.yaml" for version in ("1.1.0", "1.0.0"))
    texts = [path.read_bytes() for path in (current, older)]
    current.unlink()
    older.unlink()
    assert shell(folder, "jst materialize").returncode == 0
    assert (current.read_bytes(), older.exists()) == (texts[0], False)
    done = shell(folder, "jst check --profile recommended --select released-versions-are-kept")
    assert shell(folder, re.findall("remedy: Restore it: `(.*)`", done.stdout)[0]).returncode == 0
    assert older.read_bytes() == texts[1]
