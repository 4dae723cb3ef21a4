"""A clone brings folders that look like Git repositories, with configurations that run programs: none of them runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import Scratch

pytestmark = pytest.mark.search

SCHEMA = "title: {0}\ndescription: d\n$id: /{0}/{1}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string}}\n"
COMMANDS = [
    ("check",),
    ("check", "--profile", "recommended"),
    ("check", "--against", "HEAD"),
    ("check", "--staged"),
    ("ls",),
    ("diff",),
    ("diff", "-T", "HEAD~1"),
    ("changelog",),
    ("bump",),
    ("retire", "shop/cart"),
    ("review",),
    ("table", "--as", "duckdb"),
    ("flink", "--files", "events", "--streams", "streams.yaml"),
    ("spark", "--files", "events", "--streams", "streams.yaml"),
    ("load", "events.jsonl", "--to", "sqlite:rows.db"),
    ("sql", "SELECT count(*) FROM shop_cart", "events.jsonl"),
    ("site", "--output", "site"),
    ("materialize-all", "--dry-run"),
    ("materialize-all",),
    ("materialize",),
    ("materialize-modified",),
    ("materialize-modified", "--staged"),
    ("clean", "shop/cart"),
    ("compat", "shop/cart"),
    ("compat", "git:HEAD:jsonschema/shop/cart/1.0.0.yaml", "shop/cart@1.0.0"),
    ("run-git-hook",),
    ("resolve", "/shop/cart/1.0.0"),
    ("install-git-hook",),
    ("new", "shop/new"),
    ("vendor", "shop/cart", "--to", "vendored"),
    ("types", "shop/cart", "--to", "typeddict"),
]


def planted(place: Path, trap: Path) -> None:
    """Make a folder what Git takes for a bare repository, whose configuration runs the trap wherever it can."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True, capture_output=True)
    (place / "config").write_text(
        f"""[core]
    repositoryformatversion = 0
    bare = false
    worktree = {place}
    fsmonitor = {trap}
    hooksPath = {trap.parent}
    pager = {trap}
    editor = {trap}
    sshCommand = {trap}
    gitProxy = {trap}
    askPass = {trap}
    alternateRefsCommand = {trap}
[pager]
    log = {trap}
    diff = {trap}
[diff]
    external = {trap}
[diff "yaml"]
    textconv = {trap}
    command = {trap}
[filter "trap"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[log]
    showSignature = true
[gpg]
    program = {trap}
[credential]
    helper = {trap}
[alias]
    log = !{trap}
    diff = !{trap}
""",
        "utf-8",
    )
    (place / ".gitattributes").write_text("*.yaml diff=yaml filter=trap\n", "utf-8")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark where it runs; as every hook, too."""
    (tmp_path / "trap").mkdir()
    for name in ("trap", "post-index-change", "pre-commit", "post-checkout", "reference-transaction"):
        (tmp_path / "trap" / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n", "utf-8")
        (tmp_path / "trap" / name).chmod(0o755)
    return tmp_path / "trap" / "trap"


@pytest.mark.parametrize("place", ["jsonschema/shop/cart", "jsonschema/shop", "jsonschema", "."])
def test_a_folder_that_looks_like_a_repository_runs_nothing(scratch: Scratch, trap: Path, place: str) -> None:
    scratch.write("jsonschema/shop/cart/current.yaml", SCHEMA.format("shop/cart", "1.0.0"))
    scratch.write("streams.yaml", "streams: {shop.cart: {schema_title: shop/cart}}")
    scratch.write("events.jsonl", '{"$schema": "/shop/cart/1.0.0"}\n')
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()
    planted(scratch.root / place, trap)
    scratch.commit()
    scratch.write("jsonschema/shop/cart/current.yaml", SCHEMA.format("shop/cart", "1.1.0") + "  y: {type: string}\n")
    scratch.git("add", "--all")
    for command in COMMANDS:
        done = scratch.jst(*command)
        assert done.exit_code in (0, 1), (command, done.output)
        assert not (trap.parents[1] / "sprung").exists(), command


def test_the_trap_would_spring(scratch: Scratch, trap: Path) -> None:
    """Git itself, in such a folder, runs what is written there: else the test above shows nothing."""
    planted(scratch.root / "jsonschema", trap)
    subprocess.run(["git", "status"], cwd=scratch.root / "jsonschema", capture_output=True, check=False)
    assert (trap.parents[1] / "sprung").exists()


def test_the_configuration_of_the_repository_itself(scratch: Scratch, trap: Path) -> None:
    """What the owner set up for his own use is not needed to answer a question either, but for filters."""
    scratch.write("jsonschema/shop/cart/current.yaml", SCHEMA.format("shop/cart", "1.0.0"))
    scratch.write("streams.yaml", "streams: {shop.cart: {schema_title: shop/cart}}")
    scratch.write("events.jsonl", '{"$schema": "/shop/cart/1.0.0"}\n')
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()
    for key in ("core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.editor"):
        scratch.git("config", key, str(trap))
    scratch.git("config", "log.showSignature", "true")
    scratch.write("jsonschema/shop/cart/current.yaml", SCHEMA.format("shop/cart", "1.1.0") + "  y: {type: string}\n")
    for command in COMMANDS:
        scratch.jst(*command)
        assert not (trap.parents[1] / "sprung").exists(), command


@pytest.mark.parametrize("named", ["", "/jsonschema"])
def test_a_base_in_a_commit_runs_nothing(scratch: Scratch, trap: Path, tmp_path: Path, named: str) -> None:
    scratch.write("jsonschema/shop/cart/1.0.0.yaml", SCHEMA.format("shop/cart", "1.0.0"))
    scratch.commit()
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(scratch.root), str(bare)], check=True, capture_output=True)
    text = (bare / "config").read_text("utf-8")
    (bare / "config").write_text(f"{text}\tfsmonitor = {trap}\n\thooksPath = {trap.parent}\n", "utf-8")
    base = f"git+file://{bare}{named}@HEAD"
    uri = "/shop/cart/1.0.0" if named else "/jsonschema/shop/cart/1.0.0"
    done = scratch.jst("resolve", "-u", base, uri)
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "sprung").exists()
