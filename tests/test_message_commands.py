"""Commands in messages can be copied: they stand in backticks, or are all that there is, and quote names with blanks."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools.cli.output import lines
from jsonschema_tools.errors import UsageError, command
from jsonschema_tools.model import GitAdd
from jsonschema_tools.release.refusals import merge, restore
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.sources.codecs import codec_of

PACKAGE = Path(jsonschema_tools.__file__).parent
GIT = "add checkout clean clone commit config fetch init merge pull push rebase reset restore rm switch"
JST = " ".join(path.stem.replace("_", "-") for path in (PACKAGE / "cli").glob("*.py") if path.stem != "__init__")
COMMAND = re.compile(
    rf"(?<![\w/-])(git ({GIT.replace(' ', '|')})|jst ({JST.replace(' ', '|')})|pip install|iconv -f)(?![\w-])"
)
TITLES = {"jst validate", "jst check", "**jst check**: {}"}
"""Names of reports."""


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module that are no docstrings, with ``{}`` for what is put in."""
    tree = ast.parse(path.read_text())
    within = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr | ast.Expr)
        for inner in ast.walk(node)
        if inner is not node
        and isinstance(inner, ast.Constant)
        and (isinstance(node, ast.JoinedStr) or inner is node.value)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in within:
            yield node.lineno, node.value


def is_safe(text: str) -> bool:
    """Whether every command in a text can be copied by people who do not know where it ends."""
    bare = re.sub(r"``.*?``|`[^`]*`", "", text, flags=re.DOTALL)
    if text in TITLES or not COMMAND.search(bare):
        return True
    alone = text.strip().removeprefix("remedy: ")
    starts = COMMAND.match(alone) or alone.endswith(" | jst validate -")
    return bool(starts) and not alone.endswith((".", ",", ";", ":"))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Restore it: git checkout origin/main -- {}.", False),
        ("Merge it: git merge {}, and release it.", False),
        ("Name two: jst compat {} NEW", False),
        ("git add {}.", False),
        ("Restore it: `git checkout origin/main -- {}`.", True),
        ("git add {} && jst materialize-modified", True),
        ("nothing to do with a repository of git", True),
    ],
)
def test_what_is_safe(text: str, safe: bool) -> None:
    assert is_safe(text) == safe


def test_every_command_in_a_message_can_be_copied() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in messages(path)
        if not is_safe(text)
    ]
    assert found == []


NAME = "/a folder/it's $HOME.yaml"
STANDING = Standing(State.RELEASED, "origin/a b", source="origin/a b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (command("git", "add", NAME), ["git", "add", NAME]),
        (restore(Path(NAME), STANDING, Path()), ["git", "checkout", "origin/a b", "--", NAME]),
        (merge(STANDING), ["git", "merge", "origin/a b"]),
        (str(GitAdd((Path(NAME), Path("b")))), ["git", "add", NAME, "b"]),
        (lines(GitAdd((Path(NAME),)))[0], ["git", "add", NAME]),
    ],
)
def test_names_are_quoted_for_a_shell(text: str, words: list[str]) -> None:
    assert shlex.split(text.strip("`")) == words


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"PAR1", b"\xff\xfe{\x00", b"\x04\x22\x4d\x18"])
def test_pipes_quote_names(head: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        codec_of(NAME, head)
    found = re.fullmatch("Convert it: `(.*)`.", str(caught.value.remedy))
    assert found is not None
    words = shlex.split(found[1])
    assert words[-3:] == ["jst", "validate", "-"]
    assert (
        NAME in words or f"COPY (FROM '{NAME.replace(chr(39), chr(39) * 2)}') TO '/dev/stdout' (FORMAT json)" in words
    )
