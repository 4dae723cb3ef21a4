"""A folder copied, with its title, for a new schema: what is found is told of the copy."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Scratch

SCHEMA = "title: b\n$id: /b/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {type: string}\n"


def as_it_was(folder: Path) -> None:
    pass


def without_current(folder: Path) -> None:
    (folder / "current.yaml").unlink()


def without_versions(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "current.yaml":
            path.unlink()


def with_another_version(folder: Path) -> None:
    path = folder / "current.yaml"
    path.write_text(path.read_text().replace("1.0.0", "1.1.0"))


def with_another_version_only(folder: Path) -> None:
    without_versions(folder)
    with_another_version(folder)


def changed(folder: Path) -> None:
    path = folder / "current.yaml"
    path.write_text(path.read_text() + "description: Another one.\n")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", ["a", "c", "b/copy"])
@pytest.mark.parametrize(
    "edit", [as_it_was, without_current, without_versions, with_another_version, with_another_version_only, changed]
)
@pytest.mark.parametrize("materialized", [False, True])
def test_the_copy_is_told_of(scratch: Scratch, name: str, edit: Callable[[Path], None], materialized: bool) -> None:
    scratch.write("jsonschema/b/current.yaml", SCHEMA)
    assert scratch.jst("materialize").exit_code == 0
    copy = scratch.root / "jsonschema" / name
    shutil.copytree(scratch.root / "jsonschema/b", copy, symlinks=True)
    edit(copy)
    if materialized:
        scratch.jst("materialize", str(copy / "current.yaml"))
    report = json.loads(scratch.jst("check", "--format", "json").stdout)
    places = {finding["file"] for result in report["results"] for finding in result["findings"]}
    assert places
    assert {place for place in places if Path(place).parent != Path("jsonschema") / name} == set()


def test_the_remedy_for_a_missing_link_names_its_folder(scratch: Scratch) -> None:
    scratch.write("jsonschema/b/current.yaml", SCHEMA)
    scratch.jst("materialize")
    link = scratch.root / "jsonschema/b/1.0.0"
    link.unlink()
    for _ in range(2):
        said = scratch.jst("check", "--select", "structure-extensionless-link").stdout
        subprocess.run(said.partition("remedy: ")[2].splitlines()[0].split(), cwd=scratch.root, check=True)
        assert link.readlink() == Path("1.0.0.yaml")
        assert scratch.jst("check").exit_code == 0
        link.unlink()
        link.symlink_to("1.0.0.json")
