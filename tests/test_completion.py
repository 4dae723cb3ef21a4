"""Completion: what a shell asks for by its environment, and a real bash with a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jsonschema_tools.cli.completion import SHELLS
from tests.conftest import Scratch

PROGRAMS = Path(sys.executable).parent
SCHEMA = "title: {title}\n$id: /{title}/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    for title in ("shop/cart/changed", "shop/order", "größe"):
        scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title=title))
    assert scratch.jst("materialize").exit_code == 0
    return scratch


def completed(folder: Path, *words: str) -> list[str]:
    """What the program offers for the last of the words after its name, as a shell asks; nothing is said besides."""
    asked = {"_JST_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["jst", *words]), "COMP_CWORD": str(len(words))}
    command = [PROGRAMS / "jst"]
    done = subprocess.run(command, cwd=folder, env=os.environ | asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["expl"], ["plain,explain"]),
        (["ls", "shop/"], ["plain,shop/cart/changed", "plain,shop/order"]),
        (["ls", "g"], ["plain,größe"]),
        (["check", "--format", "sa"], ["plain,sarif"]),
        (["check", "shop/order", "shop/c"], ["plain,shop/cart/changed"]),
        (["compat", "shop/order@1"], ["plain,shop/order@1.0.0"]),
        (["compat", "shop/order@1.0.0", "shop/ca"], ["plain,shop/cart/changed"]),
        (["retire", "--successor", "shop/o"], ["plain,shop/order"]),
        (["validate", "--schema", "shop/order@"], ["plain,shop/order@1.0.0"]),
        (["vendor", "shop/order@"], ["plain,shop/order@1.0.0"]),
        (["types", "shop/o"], ["plain,shop/order"]),
        (["table", "shop/o"], ["plain,shop/order"]),
        (["resolve", "/shop/o"], ["plain,/shop/order/1.0.0"]),
        (["explain", "enums"], ["plain,enums-growing"]),
        (["check", "--ignore", "enums-growing,draft"], ["plain,enums-growing,draft-is-named"]),
        (["ls", "nothing/"], ["file,nothing/"]),
        (["ls", "shop/none@"], ["file,shop/none@"]),
        (["materialize", "json"], ["file,json"]),
        (["materialize", "shop/o"], ["plain,shop/order"]),
        (["validate", "ev"], ["file,ev"]),
        (["ls", "-C", "ot"], ["file,ot"]),
    ],
)
def test_what_is_offered(shop: Scratch, words: list[str], offered: list[str]) -> None:
    assert completed(shop.root, *words) == offered


def test_the_configuration_that_is_named_counts(shop: Scratch, tmp_path: Path) -> None:
    shop.write("other.yaml", "schemaBasePath: jsonschema/shop\n")
    assert completed(shop.root, "ls", "-C", "other.yaml", "or") == ["plain,order"]


STREAMS = "streams: {shop.order: {}, shop.cart: {}, '/^shop/': {}, 'shop$(x)': {}, other: {}}\n"


@pytest.mark.sampled(4)
@pytest.mark.parametrize("words", [["streams", "show"], ["streams", "ls", "other"], ["streams", "topics"], ["canary"]])
def test_streams_are_offered(shop: Scratch, words: list[str]) -> None:
    shop.write("mine.yaml", STREAMS)
    assert completed(shop.root, *words, "shop") == [""]
    assert completed(shop.root, *words, "--streams", "mine.yaml", "shop.") == ["plain,shop.order", "plain,shop.cart"]
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nstreams: mine.yaml\n")
    assert completed(shop.root, *words, "sh") == ["plain,shop.order", "plain,shop.cart"]
    for source in ("http://127.0.0.1:9/", "nowhere.yaml"):
        assert completed(shop.root, *words, "--streams", source, "shop.") == [""]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", ["$(touch x)", "a;b", "*", "a b", "a\nb", "`id`", "\x1b[31m", "a'b"])
def test_names_that_a_shell_would_expand_are_left_out(shop: Scratch, name: str) -> None:
    shop.write(f"jsonschema/{name}/current.yaml", SCHEMA.format(title="x"))
    assert completed(shop.root, "ls", "s") == ["plain,shop/cart/changed", "plain,shop/order"]
    assert "plain,größe" in completed(shop.root, "ls", "")
    assert not [line for line in completed(shop.root, "ls", "") if not re.fullmatch(r"plain,[\w/]+", line)]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("text", ["a: [\n", "nothing: 1\n", "schemaBasePath: none\n", "logLevel: debug\n"])
def test_nothing_is_said_of_what_is_wrong(shop: Scratch, text: str) -> None:
    shop.write(".jsonschema-tools.yaml", text)
    for words in (["ls", "shop/"], ["resolve", "/s"], ["check", "--select", "enum"]):
        completed(shop.root, *words)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    assert completed(tmp_path, "ls", "shop/") == ["file,shop/"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_read_its_script(scratch: Scratch, shell: str) -> None:
    done = scratch.jst("completion", shell)
    assert done.exit_code == 0
    assert "_JST_COMPLETE" in done.stdout
    if shutil.which(shell) and shell != "fish":
        subprocess.run([shell, "-n"], input=done.stdout, text=True, check=True, timeout=60)


def typed(folder: Path, keys: str, until: str) -> str:
    """What a terminal with bash shows after the keys were typed into it."""
    names = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "PS1": "ready> ", "TERM": "dumb", "HISTFILE": os.devnull}
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], os.environ | names)
    shown, end = "", time.monotonic() + 60
    pending = ['eval "$(jst completion bash)"\n', keys]
    try:
        while time.monotonic() < end and not (not pending and until in shown):
            if pending and shown.endswith("ready> "):
                os.write(terminal, pending.pop(0).encode())
                shown = ""
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 4096).decode()
    finally:
        os.write(terminal, b"\x03\x04")
        os.close(terminal)
        os.waitpid(process, 0)
    return shown


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("jst ls shop/ca\t", "jst ls shop/cart/changed "),
        ("jst compat shop/order@1\t", "jst compat shop/order@1.0.0 "),
        ("jst explain schema-is-v\t", "jst explain schema-is-valid "),
        ("jst stat\t", "jst status "),
        ("jst materialize jsonsch\t", "jst materialize jsonschema/"),
        ("jst check jsonschema/sh\t", "jst check jsonschema/shop/"),
    ],
)
def test_in_bash(shop: Scratch, keys: str, line: str) -> None:
    assert line in typed(shop.root, keys, line)
