"""`jst materialize-modified`: which current files it takes, and what it stages."""

from __future__ import annotations

import shlex
from collections.abc import Callable

import pytest

from tests.conftest import Scratch
from tests.test_materialize import OUTPUTS, current


def staged(scratch: Scratch) -> list[str]:
    return scratch.git("diff", "--cached", "--name-only", "-z").split("\0")


def hidden(scratch: Scratch) -> None:
    current(scratch, folder=".archive/a")


def installed(scratch: Scratch) -> None:
    current(scratch, folder="lib/node_modules/a")


def linked(scratch: Scratch) -> None:
    """A folder that the index has became a link to a folder elsewhere."""
    current(scratch, folder="a")
    scratch.git("add", "--all")
    (scratch.root / "jsonschema/a").rename(scratch.root / "elsewhere")
    (scratch.root / "jsonschema/a").symlink_to("../elsewhere")


def linked_above(scratch: Scratch) -> None:
    current(scratch, folder="a/b")
    scratch.git("add", "--all")
    (scratch.root / "jsonschema/a").rename(scratch.root / "elsewhere")
    (scratch.root / "jsonschema/a").symlink_to("../elsewhere")


def nested(scratch: Scratch) -> None:
    current(scratch, folder="a")
    inner = Scratch(scratch.root / "jsonschema/a")
    inner.git("init", "--quiet")
    inner.commit()


def replaced(scratch: Scratch) -> None:
    """A folder stands where the current file was."""
    path = current(scratch, folder="a")
    scratch.git("add", "--all")
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("made", [hidden, installed, linked, linked_above, nested, replaced])
@pytest.mark.parametrize("arguments", [[], ["--staged"]])
def test_it_takes_nothing_that_materialize_all_does_not_find(
    scratch: Scratch, made: Callable[[Scratch], None], arguments: list[str]
) -> None:
    made(scratch)
    if arguments and made in (hidden, installed):
        scratch.git("add", "--all")
    before = scratch.snapshot()
    result = scratch.jst("materialize-modified", *arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("0 schemas, nothing to do\n")
    assert scratch.snapshot() == before


def test_all_that_is_modified_is_found_wherever_the_base_is(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: .hidden/node_modules\n")
    path = current(scratch)
    moved = scratch.root / ".hidden/node_modules/user/create/current.yaml"
    moved.parent.mkdir(parents=True)
    path.rename(moved)
    scratch.git("add", "--all")
    assert scratch.jst("materialize-modified", "--staged").exit_code == 0
    assert ".hidden/node_modules/user/create/1.0.0.yaml" in staged(scratch)


@pytest.mark.parametrize("announced", [False, True])
def test_version_files_are_not_staged_without_their_current_file(scratch: Scratch, announced: bool) -> None:
    current(scratch, folder="known")
    scratch.git("add", "--all")
    current(scratch, folder="known", more="  later: {type: string}\n")
    current(scratch, folder="it's new")
    if announced:
        scratch.git("add", "--intent-to-add", "--", "jsonschema/it's new/current.yaml")
    result = scratch.jst("materialize-modified")
    assert result.exit_code == 0
    assert (scratch.root / "jsonschema/it's new/1.0.0.yaml").exists()
    assert {f"jsonschema/known/{name}" for name in OUTPUTS} <= set(staged(scratch))
    assert not any("new/1.0.0" in name for name in staged(scratch))
    said = "jsonschema/it's new/current.yaml is not staged, so its version files are not staged either\n    remedy: "
    assert said in result.stderr
    remedy = result.stderr.partition("remedy: ")[2].partition("\n")[0]
    add, _, again = remedy.partition(" && jst ")
    scratch.git(*shlex.split(add)[1:])
    assert scratch.jst(*again.split()).exit_code == 0
    assert {f"jsonschema/it's new/{name}" for name in ["current.yaml", *OUTPUTS]} <= set(staged(scratch))
    assert "remedy" not in scratch.jst("materialize-modified").stderr


def test_what_git_ignores_is_never_due(scratch: Scratch) -> None:
    scratch.write(".gitignore", "*.json\n")
    current(scratch)
    scratch.git("add", "--all")
    assert scratch.jst("materialize-modified", "--staged").exit_code == 0
    assert not any(name.endswith(".json") for name in staged(scratch) if "latest" not in name)
    assert scratch.jst("materialize-modified", "--staged", "--check").exit_code == 0
