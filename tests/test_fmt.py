"""`jst fmt`: current files in order, all of them as before in what they say."""

from __future__ import annotations

import pytest

from tests.conftest import Scratch
from tests.test_wmf_primary import repository  # noqa: F401 (a fixture)

SCHEMA = "type: object\n# the name\ntitle: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\n"


def test_a_file(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    scratch.write("jsonschema/b/current.yaml", "title: [\n")
    assert scratch.jst("materialize", "a").exit_code == 0
    before = scratch.snapshot()
    result = scratch.jst("fmt", "--check", "a")
    assert (result.exit_code, result.stdout) == (1, "jsonschema/a/current.yaml\n")
    assert scratch.snapshot() == before
    result = scratch.jst("fmt")
    assert (result.exit_code, result.stdout) == (2, "jsonschema/a/current.yaml\n")
    assert "jsonschema/b/current.yaml:2:1: error:" in result.stderr
    assert scratch.read("jsonschema/a/current.yaml") == (
        "# the name\ntitle: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    )
    changed = {path for path, content in scratch.snapshot().items() if before[path] != content}
    assert changed == {"jsonschema/a/current.yaml"}
    assert scratch.jst("fmt", "--check", "a").exit_code == 0
    assert scratch.jst("materialize", "a", "--check").exit_code == 0
    assert scratch.jst("fmt", "c").exit_code == 2


@pytest.mark.search
def test_a_real_repository(repository: Scratch) -> None:  # noqa: F811
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit()
    lines = {path: sorted(repository.read(path).split("\n")) for path in currents(repository)}
    result = repository.jst("fmt")
    assert (result.exit_code, result.stderr) == (0, "10 files put in order, 43 in order already\n")
    assert {path: sorted(repository.read(path).split("\n")) for path in currents(repository)} == lines
    assert set(repository.git("diff", "--name-only").split()) == set(result.stdout.split())
    assert repository.jst("materialize", "--check").exit_code == 0
    assert repository.jst("check").exit_code == 0
    assert repository.jst("fmt", "--check").exit_code == 0


def currents(repository: Scratch) -> list[str]:  # noqa: F811
    return [path for path in repository.snapshot() if path.endswith("/current.yaml")]
