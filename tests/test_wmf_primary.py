"""A real repository: every newest version deleted and materialized again, byte for byte."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.use_cases.materialize import carry_out, plan_all
from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY

ROUNDED_BY_UPSTREAM = {"18446744073709552000": "18446744073709551615"}
"""The one number of the corpus that a double does not hold: upstream rounds it, ours keeps it."""


@pytest.fixture
def repository(tmp_path: Path) -> Scratch:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    root = tmp_path / "wmf-primary"
    shutil.copytree(WMF_PRIMARY, root)
    for path in [root, *root.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    for path in root.rglob("*"):
        if path.is_file() and path.stat().st_size < 64:
            text = path.read_text("utf-8")
            if "\n" not in text and (path.parent / text).is_file():
                path.unlink()
                path.symlink_to(text)
    return Scratch(root)


def delete_newest(scratch: Scratch) -> int:
    config = load_config(scratch.root)
    releases = plan_all(config).releases
    for release in releases:
        for path in release.outputs:
            if os.path.lexists(path):
                path.unlink()
    return len(releases)


def test_recreates_every_file(repository: Scratch) -> None:
    before = repository.snapshot()
    assert delete_newest(repository) == 53
    assert len(repository.snapshot()) < len(before) - 150
    result = repository.jst("materialize-all")
    assert result.exit_code == 0, result.output
    after = repository.snapshot()
    different = {name for name in before if after.get(name) != before[name]}
    assert set(after) == set(before)
    for name in different:
        rounded = bytes.fromhex(before[name]).decode()
        for theirs, ours in ROUNDED_BY_UPSTREAM.items():
            rounded = rounded.replace(theirs, ours)
        assert bytes.fromhex(after[name]).decode() == rounded
    assert len(different) == 1


def test_restores_what_git_has(repository: Scratch) -> None:
    repository.git("init", "--quiet")
    repository.commit()
    delete_newest(repository)
    assert repository.jst("materialize-all").exit_code == 0
    assert repository.git("status", "--porcelain") == ""


def test_is_in_order_as_it_is(repository: Scratch) -> None:
    repository.git("init", "--quiet")
    repository.commit()
    assert repository.jst("materialize-all", "--check").exit_code == 0
    assert repository.jst("materialize-all", "--dry-run").exit_code == 0
    assert repository.git("status", "--porcelain") == ""


def test_a_checkout_without_links_is_in_order(tmp_path: Path) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    root = tmp_path / "copy"
    shutil.copytree(WMF_PRIMARY, root)
    planned = plan_all(load_config(root))
    assert planned.errors == ()
    assert planned.actions == ()
    carry_out(planned, load_config(root))


def test_it_adopts_the_recommended_rules(repository: Scratch) -> None:
    """With a baseline all is green, and a new break in one title is one finding, before and after materializing."""
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit()
    assert "jst check --profile recommended --write-baseline known.json" in repository.jst("init", ".").stderr
    assert repository.jst("check", "--profile", "recommended", "--write-baseline", "known.json").exit_code == 0
    settings = repository.read(".jsonschema-tools.yaml")
    repository.write(".jsonschema-tools.yaml", f"{settings}\nprofile: recommended\nbaseline: known.json\n")
    assert repository.jst("check", "--strict").exit_code == 0
    assert " -> " not in repository.jst("bump").stdout
    repository.commit()
    name = "jsonschema/resource_change/current.yaml"
    text = repository.read(name).replace("/resource_change/1.0.0", "/resource_change/1.1.0")
    assert "      triggered_by:\n        type: string\n" in text
    repository.write(name, text.replace("triggered_by:\n        type: string", "triggered_by:\n        type: integer"))
    for command in ("ls", "materialize"):
        assert repository.jst(command).exit_code == 0
        found = [line for line in repository.jst("check", "--quiet").stdout.splitlines() if line[0] != " "]
        assert len(found) == 1
        assert found[0].startswith(f"{name}:16:15: error schema-version-compatibility /properties/triggered_by/type: ")
    assert "next: jst bump resource_change" in repository.jst("status").stdout
