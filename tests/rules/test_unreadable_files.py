"""A file that cannot be read is told of once: no other rule takes it for missing."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Scratch

SCHEMA = "title: a\n$id: /a/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string, description: x}}\n"
CONFLICT = "title: a\n<<<<<<< HEAD\n$id: /a/1.1.0\n=======\n$id: /a/1.2.0\n>>>>>>> other\n"
MARKED = "the file has conflict markers of Git ({}): a merge was not finished"


def findings(scratch: Scratch) -> list[tuple[str, str, int | None]]:
    report = json.loads(scratch.jst("check", "--profile", "recommended", "--format", "json").stdout)
    return [
        (result["rule"], finding["file"], finding["line"])
        for result in report["results"]
        for finding in result["findings"]
    ]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", ["current.yaml", "1.0.0.yaml", "1.0.0.json", "1.1.0.yaml", "1.1.0.json"])
@pytest.mark.parametrize("text", ["\tx: [\n", CONFLICT, "- a\n"], ids=["tab", "conflict", "list"])
def test_it_is_told_once(scratch: Scratch, name: str, text: str) -> None:
    for version in ("1.0.0", "1.1.0"):
        scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version))
        assert scratch.jst("materialize").exit_code == 0
    assert findings(scratch) == []
    scratch.write(f"jsonschema/a/{name}", text)
    assert {(rule, file) for rule, file, _ in findings(scratch)} == {
        ("structure-files-are-readable", f"jsonschema/a/{name}")
    }


def test_the_only_version(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version="1.0.0"))
    assert scratch.jst("materialize").exit_code == 0
    scratch.write("jsonschema/a/1.0.0.yaml", CONFLICT)
    assert {rule for rule, _, _ in findings(scratch)} == {"structure-files-are-readable"}


@pytest.mark.parametrize(
    ("name", "text", "line", "marker"),
    [
        ("current.yaml", CONFLICT, 2, "<<<<<<<"),
        ("current.yaml", CONFLICT.replace("\n", "\r\n"), 2, "<<<<<<<"),
        ("current.yaml", "title: a\n$id: /a/1.1.0\n>>>>>>> a branch\n", 3, ">>>>>>>"),
        ("current.yaml", "a: 1\n||||||| base\na: 2\n", 2, "|||||||"),
        (
            "current.yaml",
            "properties:\n  x:\n<<<<<<< HEAD\n    type: string\n=======\n    type: integer\n>>>>>>> x\n",
            3,
            "<<<<<<<",
        ),
        ("1.0.0.json", '{\n<<<<<<< HEAD\n  "title": "a"\n=======\n  "title": "b"\n>>>>>>> other\n}\n', 2, "<<<<<<<"),
        ("1.0.0.json", '<<<<<<< HEAD\n{"title": "a"}\n=======\n{"title": "b"}\n>>>>>>> other\n', 1, "<<<<<<<"),
        ("current.yaml", "title: a\ndescription: |\n  <<<<<<< HEAD\n$id: [\n", 5, None),
        ("current.yaml", "title: [a, '<<<<<<< HEAD'\n", 1, None),
    ],
)
def test_conflict_markers(scratch: Scratch, name: str, text: str, line: int, marker: str | None) -> None:
    scratch.write(f"jsonschema/a/{name}", text)
    said = scratch.jst("check", "--select", "structure-files-are-readable").stdout
    assert said.startswith(f"jsonschema/a/{name}:{line}:")
    assert ("conflict markers" in said) == (marker is not None)
    if marker is not None:
        assert MARKED.format(marker) in said
        assert "remedy: Choose between the two sides" in said


def test_conflict_markers_in_the_configuration(scratch: Scratch) -> None:
    scratch.write(
        ".jsonschema-tools.yaml", "<<<<<<< HEAD\nprofile: upstream\n=======\nprofile: recommended\n>>>>>>> b\n"
    )
    result = scratch.jst("check")
    assert result.exit_code == 2
    assert ".jsonschema-tools.yaml:1:1: error: the file has conflict markers" in result.stderr


def test_text_that_looks_like_markers_is_text(scratch: Scratch) -> None:
    scratch.write(
        "jsonschema/a/current.yaml", SCHEMA.format(version="1.0.0") + "description: |\n  <<<<<<< HEAD\n  >>>>>>> b\n"
    )
    assert scratch.jst("materialize").exit_code == 0
