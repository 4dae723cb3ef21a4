"""Findings point to the line that a person would edit."""

from __future__ import annotations

import json

import pytest

from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.loading import load
from jsonschema_tools.rules.model import Place
from jsonschema_tools.use_cases.check import context_of, rules_of
from tests.conftest import Scratch

HEAD = "title: {title}\n$id: /{title}/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"


def write(scratch: Scratch, title: str, body: str, version: str = "1.0.0") -> None:
    scratch.write(f"jsonschema/{title}/current.yaml", HEAD.format(title=title, version=version) + body)
    result = scratch.jst("materialize", f"jsonschema/{title}/current.yaml")
    assert result.exit_code == 0, result.output


def place(scratch: Scratch, name: str, pointer: str) -> str:
    """``file:line:column`` of a pointer in a file."""
    config = load_config(scratch.root)
    context = context_of(load(config), config, rules_of(config), offline=True)
    return shown(scratch, context.locate(config.schema_base_path / name, pointer))


def shown(scratch: Scratch, found: Place) -> str:
    name = found.file.relative_to((scratch.root / "jsonschema").resolve())
    return f"{name}:{found.line}:{found.column}" if found.line else str(name)


INNER = "properties:\n  meta:\n    properties:\n      id: {type: string, maxLength: 3}\n"
FRAGMENT = "allOf:\n  - $ref: /inner/1.0.0\n  - properties:\n      dt:\n        type: string\n"
EVENT = """\
allOf:
  - $ref: /fragment/1.0.0
  - properties:
      a/b:
        type: array
        items: {type: string}
      meta:
        properties:
          id: {description: x}
          own: {type: integer}
definitions:
  shared: {type: string}
"""


@pytest.fixture
def repository(scratch: Scratch) -> Scratch:
    write(scratch, "inner", INNER)
    write(scratch, "fragment", FRAGMENT)
    write(scratch, "event", EVENT)
    return scratch


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", ["event/1.0.0.yaml", "event/1.0.0.json"])
@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", "event/current.yaml:1:1"),
        ("/title", "event/current.yaml:1:8"),
        ("/properties/a~1b", "event/current.yaml:8:7"),
        ("/properties/a~1b/type", "event/current.yaml:9:15"),
        ("/properties/a~1b/items/type", "event/current.yaml:10:23"),
        ("/properties/dt", "fragment/current.yaml:8:7"),
        ("/properties/dt/type", "fragment/current.yaml:9:15"),
        ("/properties/meta/properties/id/maxLength", "inner/current.yaml:8:37"),
        ("/properties/meta/properties/id/description", "event/current.yaml:13:29"),
        ("/properties/meta/properties/own", "event/current.yaml:14:11"),
        ("/properties/meta/properties/own/nowhere", "event/current.yaml:14:11"),
        ("/definitions/shared/type", "event/current.yaml:16:18"),
    ],
)
def test_what_the_current_file_says_now(repository: Scratch, name: str, pointer: str, expected: str) -> None:
    assert place(repository, name, pointer) == expected


def test_what_the_current_file_does_not_say_any_more(repository: Scratch) -> None:
    before = place(repository, "event/1.0.0.yaml", "/properties/dt")
    assert before == "fragment/current.yaml:8:7"
    write(repository, "event", EVENT, "1.1.0")
    line = repository.read("jsonschema/event/1.0.0.yaml").split("\n").index("  dt:") + 1
    assert place(repository, "event/1.0.0.yaml", "/properties/dt") == f"event/1.0.0.yaml:{line}:3"
    assert place(repository, "event/1.1.0.yaml", "/properties/dt") == "fragment/current.yaml:8:7"


def test_a_fragment_that_went_on_is_named_as_it_was_released(repository: Scratch) -> None:
    write(repository, "fragment", FRAGMENT + "        maxLength: 9\n", "1.1.0")
    line = repository.read("jsonschema/fragment/1.0.0.yaml").split("\n").index("  dt:") + 1
    assert place(repository, "event/1.0.0.yaml", "/properties/dt") == f"fragment/1.0.0.yaml:{line}:3"


def test_a_released_file_that_was_changed_is_named_itself(repository: Scratch) -> None:
    name = "jsonschema/event/1.0.0.json"
    repository.write(name, repository.read(name).replace('"integer"', '"number"'))
    lines = repository.read(name).split("\n")
    line = next(number for number, text in enumerate(lines, 1) if '"own"' in text)
    column = lines[line - 1].index('"own"') + 1
    pointer = "/properties/meta/properties/own"
    assert place(repository, "event/1.0.0.json", pointer) == f"event/1.0.0.json:{line}:{column}"
    assert place(repository, "event/1.0.0.yaml", pointer) == "event/current.yaml:14:11"


def test_line_ends_of_windows(repository: Scratch) -> None:
    name = "jsonschema/event/current.yaml"
    repository.write(name, repository.read(name).replace("\n", "\r\n"))
    assert place(repository, "event/1.0.0.yaml", "/properties/a~1b/type") == "event/current.yaml:9:15"


def test_anchors_and_merge_keys(scratch: Scratch) -> None:
    body = "definitions:\n  base: &base\n    type: string\n    minLength: 1\nproperties:\n  a: *base\n  b:\n    <<: *base\n    maxLength: 2\n"
    write(scratch, "event", body)
    assert place(scratch, "event/1.0.0.yaml", "/properties/a") == "event/current.yaml:10:3"
    assert place(scratch, "event/1.0.0.yaml", "/properties/a/minLength") == "event/current.yaml:8:16"
    assert place(scratch, "event/1.0.0.yaml", "/properties/b/type") == "event/current.yaml:7:11"
    assert place(scratch, "event/1.0.0.yaml", "/properties/b/maxLength") == "event/current.yaml:13:16"


def test_a_local_reference(scratch: Scratch) -> None:
    write(scratch, "event", "definitions:\n  s: {type: string}\nproperties:\n  a:\n    $ref: '#/definitions/s'\n")
    assert place(scratch, "event/1.0.0.yaml", "/properties/a/type") == "event/current.yaml:6:13"


def test_a_reference_to_what_it_released_itself(scratch: Scratch) -> None:
    write(scratch, "event", "definitions:\n  s: {type: string}\n")
    body = "definitions:\n  s: {$ref: '/event/1.0.0#/definitions/s'}\n"
    scratch.write("jsonschema/event/current.yaml", HEAD.format(title="event", version="1.0.0") + body)
    assert place(scratch, "event/1.0.0.yaml", "/definitions/s/type").startswith("event/1.0.0.yaml:")


def test_nothing_is_dereferenced(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nshouldDereference: false\n")
    write(scratch, "event", "allOf:\n  - $ref: /nowhere/1.0.0\n  - properties: {a: {type: string}}\n")
    assert place(scratch, "event/1.0.0.json", "/allOf/1/properties/a/type") == "event/current.yaml:7:28"


def test_current_files_and_files_that_are_not_there(repository: Scratch) -> None:
    assert place(repository, "event/current.yaml", "/allOf/0/$ref") == "event/current.yaml:6:11"
    assert place(repository, "event/2.0.0.yaml", "/title") == "event/2.0.0.yaml"
    repository.write("jsonschema/event/current.yaml", "a: [")
    assert place(repository, "event/current.yaml", "/a") == "event/current.yaml"


def test_the_place_is_in_reports(repository: Scratch) -> None:
    write(repository, "event", EVENT.replace("a/b", "aB"), "1.1.0")
    report = json.loads(repository.jst("check", "--select", "schema-snake-case-properties", "--format", "json").stdout)
    places = {
        result["path"]: [(f["file"], f["line"], f["column"]) for f in result["findings"]]
        for result in report["results"]
    }
    assert (
        places["jsonschema/event/1.1.0.yaml"]
        == places["jsonschema/event/1.1.0.json"]
        == [("jsonschema/event/current.yaml", 8, 7)]
    )
