"""Which files Git is asked to call changed: those whose content is another one, whatever their times say."""

from __future__ import annotations

import itertools
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonschema_tools import git
from tests.conftest import Scratch

SCHEMA = "title: a\n$id: /a/{version}\ntype: object\nproperties:\n  x: {{type: {type}}}\n"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    """1.0.0 and 1.1.0 of a schema, committed, in a checkout whose files all look touched."""
    for version in ("1.0.0", "1.1.0"):
        scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version, type="string"))
        assert scratch.jst("materialize").exit_code == 0
    scratch.write("jsonschema/a/tool", "").chmod(0o755)
    scratch.commit()
    touch(scratch)
    return scratch


def touch(scratch: Scratch) -> None:
    for path in (scratch.root / "jsonschema").rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)


def copied(released: Scratch) -> Scratch:
    other = released.root.with_name("copy")
    shutil.copytree(released.root, other, symlinks=True)
    return Scratch(other)


def with_other_line_ends(released: Scratch) -> Scratch:
    released.git("config", "core.autocrlf", "true")
    released.write("jsonschema/a/1.0.0.yaml", released.read("jsonschema/a/1.0.0.yaml").replace("\n", "\r\n"))
    return released


def with_a_filter(released: Scratch) -> Scratch:
    released.git("config", "filter.bare.clean", "grep -v '^#'")
    released.write(".gitattributes", "1.0.0.yaml filter=bare\n")
    released.commit()
    released.write("jsonschema/a/1.0.0.yaml", released.read("jsonschema/a/1.0.0.yaml") + "# Not in Git.\n")
    return released


def without_modes(released: Scratch) -> Scratch:
    released.git("config", "core.fileMode", "false")
    (released.root / "jsonschema/a/1.0.0.yaml").chmod(0o755)
    return released


def without_links(released: Scratch) -> Scratch:
    released.git("config", "core.symlinks", "false")
    for link in [path for path in (released.root / "jsonschema/a").iterdir() if path.is_symlink()]:
        target = str(link.readlink())
        link.unlink()
        link.write_text(target)
    return released


@pytest.mark.parametrize(
    "made", [lambda same: same, copied, with_other_line_ends, with_a_filter, without_modes, without_links]
)
def test_what_only_looks_touched_is_not(released: Scratch, made: Callable[[Scratch], Scratch]) -> None:
    scratch = made(released)
    before = (scratch.root / ".git/index").read_bytes()
    assert scratch.jst("diff").stdout == ""
    report = scratch.jst("check", "--against", "HEAD")
    assert (report.exit_code, report.stdout) == (0, "0 passed, 0 failed, 0 skipped\n")
    assert "nothing to do" in scratch.jst("materialize-modified").stderr
    assert git.unstaged(scratch.root, sorted((scratch.root / "jsonschema/a").iterdir())) == []
    assert (scratch.root / ".git/index").read_bytes() == before


def changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"string", b"number"))


def executable(path: Path) -> None:
    path.chmod(0o755)


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("1.1.0.yaml")


@pytest.mark.parametrize("edit", [changed, executable, linked, Path.unlink])
def test_what_was_changed_is(released: Scratch, edit: Callable[[Path], None]) -> None:
    path = released.root / "jsonschema/a/1.0.0.yaml"
    edit(path)
    if path.exists():
        os.utime(path, (1, 1), follow_symlinks=False)
    assert git.touched_since(released.root, "HEAD") == [path]
    assert git.unstaged(released.root / "jsonschema", [path]) == [path]


def test_several_commits_at_once(scratch: Scratch) -> None:
    """What a file is in two commits, in the index and in the working tree: all that can differ."""
    states = list(itertools.product((None, "a", "b"), repeat=4))
    commits = []
    for place in range(4):
        for number, each in enumerate(states):
            path = scratch.root / f"jsonschema/{number}"
            path.unlink(missing_ok=True)
            if each[place] is not None:
                scratch.write(f"jsonschema/{number}", each[place])
        if place < 3:
            scratch.git("add", "--all")
        if place < 2:
            scratch.git("commit", "--quiet", "--message", "change")
            commits.append(scratch.git("rev-parse", "HEAD").strip())
    found = git.touched_since_each(scratch.root / "jsonschema", commits)
    assert found == {commit: set(git.touched_since(scratch.root / "jsonschema", commit)) for commit in commits}
    assert all(len(paths) > 30 for paths in found.values())


def test_a_change_in_the_second_of_the_commit_is_seen_later(scratch: Scratch) -> None:
    time.sleep(1 - time.time() % 1)
    path = scratch.write("jsonschema/x", "a")
    scratch.commit()
    scratch.write("jsonschema/x", "b")
    time.sleep(1)
    assert git.touched_since(scratch.root, "HEAD") == [path]


def test_more_paths_than_a_command_line_takes(scratch: Scratch) -> None:
    path = scratch.write("jsonschema/a", "")
    many = [scratch.root / "jsonschema" / ("x" * 200) / str(number) for number in range(12_000)]
    assert git.unstaged(scratch.root, [*many, path]) == [path]
