"""`jst status`: following what it says leads to rest."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable

import pytest

from tests.conftest import Scratch

SCHEMA = """title: a
description: Something.
$id: /a/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
examples: [{{}}]
properties:
  x: {{type: string, maxLength: 9, description: An x.}}
"""
CURRENT = "jsonschema/a/current.yaml"
MORE = "  y: {type: integer, description: A y.}\n"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    scratch.git("checkout", "--quiet", "-b", "main")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nprofile: recommended\n")
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
    there.write(CURRENT, there.read(CURRENT) + "  z: {type: integer, description: A z.}\n")


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


def too_small(there: Scratch) -> None:
    there.write(CURRENT, SCHEMA.format(version="1.0.1") + MORE)


def too_small_for_a_break(there: Scratch) -> None:
    there.write(CURRENT, SCHEMA.format(version="1.1.0").replace("string, maxLength: 9", "integer"))


def too_small_and_materialized(there: Scratch) -> None:
    too_small_for_a_break(there)
    there.jst("materialize")


def too_small_and_committed(there: Scratch) -> None:
    too_small_and_materialized(there)
    there.commit()


def described(there: Scratch) -> None:
    there.write(CURRENT, SCHEMA.format(version="1.0.0").replace("Something", "Some thing"))


def staged(there: Scratch) -> None:
    materialized(there)
    there.git("add", "--all")


def a_draft_without_its_json(there: Scratch) -> None:
    committed(there)
    (there.root / "jsonschema/a/1.1.0.json").unlink()


def a_released_file_removed(there: Scratch) -> None:
    (there.root / "jsonschema/a/1.0.0.json").unlink()


def a_released_file_removed_and_committed(there: Scratch) -> None:
    a_released_file_removed(there)
    there.commit()


def a_released_file_changed(there: Scratch) -> None:
    there.write("jsonschema/a/1.0.0.yaml", there.read("jsonschema/a/1.0.0.yaml").replace("string", "integer"))


def a_link_removed(there: Scratch) -> None:
    (there.root / "jsonschema/a/latest").unlink()


def current_removed(there: Scratch) -> None:
    (there.root / CURRENT).unlink()


def put_back(there: Scratch) -> None:
    committed(there)
    there.write(CURRENT, SCHEMA.format(version="1.0.0"))


def begun_and_not_materialized(there: Scratch) -> None:
    there.write("jsonschema/b/current.yaml", SCHEMA.format(version="1.0.0").replace("/a/", "/b/").replace(": a", ": b"))


def a_fragment_that_is_referred_to(there: Scratch) -> None:
    begun_and_not_materialized(there)
    there.write(CURRENT, SCHEMA.format(version="1.1.0") + "allOf:\n  - $ref: /b/1.0.0\n")


def renamed_by_hand(there: Scratch) -> None:
    committed(there)
    there.write("notes.md", "by the way")


def on_the_release_branch(there: Scratch) -> None:
    there.git("checkout", "--quiet", "main")
    bumped(there)


def retired(there: Scratch) -> None:
    there.jst("retire", "a", "--reason", "Nobody sends it.")


def events_added(there: Scratch) -> None:
    there.write("jsonschema/a/tests/x.yaml", "valid: [{x: a}]\ninvalid: [{event: {x: 1}, keyword: type}]\n")


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
    "too small a bump": (too_small, ["bump"]),
    "too small a bump for a break": (too_small_for_a_break, ["bump"]),
    "too small a bump, materialized": (too_small_and_materialized, ["bump"]),
    "too small a bump, committed": (too_small_and_committed, ["bump"]),
    "a description": (described, ["bump"]),
    "retired": (retired, ["bump"]),
    "tests added": (events_added, ["commit"]),
    "staged": (staged, ["commit"]),
    "a draft without its JSON": (a_draft_without_its_json, ["materializing"]),
    "a released file removed": (a_released_file_removed, ["materializing"]),
    "a released file removed and committed": (a_released_file_removed_and_committed, ["materializing"]),
    "a released file changed": (a_released_file_changed, ["correction"]),
    "a link removed": (a_link_removed, ["materializing"]),
    "current removed": (current_removed, ["correction"]),
    "put back": (put_back, ["cleaning"]),
    "begun": (begun_and_not_materialized, ["materializing"]),
    "a new fragment": (a_fragment_that_is_referred_to, ["materializing", "materializing"]),
    "with other files": (renamed_by_hand, ["release"]),
    "on the release branch": (on_the_release_branch, ["materializing"]),
}


@pytest.mark.sampled(5)
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
    assert released.git("status", "--porcelain").replace("?? notes.md\n", "") == ""


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
