"""`jst status`: following what it says leads to rest."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import pytest

from tests.conftest import Scratch

SCHEMA = """title: a
$id: /a/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  x: {{type: string}}
"""
CURRENT = "jsonschema/a/current.yaml"
MORE = "  y: {type: integer}\n"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    scratch.git("checkout", "--quiet", "-b", "main")
    scratch.write(CURRENT, SCHEMA.format(version="1.0.0"))
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "work")
    return scratch


def due(scratch: Scratch) -> list[str]:
    return [row["due"] for row in json.loads(scratch.jst("status", "--format", "json").stdout)]


def test_a_released_repository_is_at_rest(released: Scratch) -> None:
    result = released.jst("status")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "nothing is due\n")


def changed(there: Scratch) -> None:
    there.write(CURRENT, SCHEMA.format(version="1.0.0") + MORE)


def bumped(there: Scratch) -> None:
    there.write(CURRENT, SCHEMA.format(version="1.1.0") + MORE)


def materialized(there: Scratch) -> None:
    bumped(there)
    there.jst("materialize")


def committed(there: Scratch) -> None:
    materialized(there)
    there.commit()


def changed_after_a_commit(there: Scratch) -> None:
    committed(there)
    there.write(CURRENT, there.read(CURRENT) + "  z: {type: integer}\n")


def a_new_schema(there: Scratch) -> None:
    there.jst("new", "b")


def released_elsewhere(there: Scratch) -> None:
    there.git("checkout", "--quiet", "main")
    materialized(there)
    there.commit()
    there.git("checkout", "--quiet", "work")


def committed_without_a_bump(there: Scratch) -> None:
    changed(there)
    there.commit()


def two_at_once(there: Scratch) -> None:
    changed(there)
    there.jst("new", "b")


STATES: dict[str, tuple[Callable[[Scratch], None], list[str]]] = {
    "changed": (changed, ["bump"]),
    "bumped": (bumped, ["materializing"]),
    "materialized": (materialized, ["commit"]),
    "committed": (committed, ["release"]),
    "changed after a commit": (changed_after_a_commit, ["materializing"]),
    "a new schema": (a_new_schema, ["commit"]),
    "released elsewhere": (released_elsewhere, ["merge"]),
    "committed without a bump": (committed_without_a_bump, ["bump"]),
    "two at once": (two_at_once, ["bump", "commit"]),
}


@pytest.mark.parametrize("state", STATES)
def test_the_next_commands_lead_to_rest(released: Scratch, state: str) -> None:
    make, expected = STATES[state]
    make(released)
    assert due(released) == expected
    for _ in range(10):
        rows = json.loads(released.jst("status", "--format", "json").stdout)
        if all(row["due"] == "release" for row in rows):
            break
        for row in rows:
            if row["due"] != "release":
                program, *arguments = shlex.split(row["next"])
                if program == "jst":
                    assert released.jst(*arguments).exit_code == 0
                else:
                    released.git(*arguments)
                if row["due"] == "commit":
                    released.git("commit", "--quiet", "--message", "change")
    assert released.jst("status").exit_code == 0
    assert released.jst("check").exit_code == 0
    assert released.git("status", "--porcelain") == ""


def test_what_is_wrong_is_said(released: Scratch) -> None:
    released.write(CURRENT, SCHEMA.format(version="1.1.0").replace("string", "strng"))
    result = released.jst("status")
    assert result.exit_code == 1
    assert "strng" in result.stdout
    assert "next: jst check a" in result.stdout


def test_outside_of_git_all_is_looked_at(released: Scratch) -> None:
    bumped(released)
    (released.root / ".git").rename(released.root / "not-git")
    assert due(released) == ["materializing"]
