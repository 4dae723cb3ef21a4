"""Names of folders, files, titles and properties, of whatever characters: no command lets them do more than be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Scratch

NAMES = {
    "escape": "a\x1b[31mred",
    "newline": "a\n::error::forged\n",
    "return": "a\rb",
    "backspace": "a\bb",
    "bell": "\x07",
    "one character": "a\x9b31mred",
    "right to left": "a\u202eb",
    "next line": "a\x85::error::forged",
    "command": "::error::forged",
    "blank command": " ::add-mask::x",
    "old command": "a##[error]forged",
}
SCHEMA = {"$schema": "https://json-schema.org/draft-07/schema#", "type": "object"}


@pytest.fixture(params=NAMES.values(), ids=NAMES)
def named(scratch: Scratch, request: pytest.FixtureRequest) -> Scratch:
    """A title of the name, 1.0.0 committed, 1.1.0 with another property in the working tree; events that it refuses."""
    name = request.param
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: .\ncompatibility: full\n")
    for version, type_ in (("1.0.0", "string"), ("1.1.0", "integer")):
        schema = {**SCHEMA, "title": name, "$id": f"/{name}/{version}", "properties": {name: {"type": type_}}}
        scratch.write(f"{name}/current.yaml", json.dumps(schema))
        if version == "1.0.0":
            assert safe(scratch, "materialize").startswith("write ")
            scratch.commit()
    scratch.write(f"{name}.json", json.dumps({"$schema": f"/{name}/1.0.0", name: 1}))
    return scratch


def safe(scratch: Scratch, *arguments: str) -> str:
    result = scratch.jst(*arguments)
    for output in (result.stdout, result.stderr):
        for line in output.split("\n"):
            assert line.isprintable(), (arguments, line)
            assert not line.lstrip().startswith("::"), (arguments, line)
            assert "##[" not in line, (arguments, line)
    return str(result.stdout)


@pytest.mark.sampled(4)
def test_no_command_prints_a_name_as_it_is(named: Scratch) -> None:
    name = next(path.parent.name for path in named.root.glob("*/current.yaml"))
    assert "not materialized" in safe(named, "ls")
    assert "1.1.0 ->" in safe(named, "bump", "--dry-run")
    assert "write" in safe(named, "materialize-all", "--dry-run")
    safe(named, "materialize-modified")
    safe(named, "diff")
    safe(named, "diff", "--commit", "HEAD")
    safe(named, "review", "--against", "HEAD")
    safe(named, "review", "--against", "HEAD", "--format", "markdown")
    safe(named, "check")
    safe(named, "check", name)
    safe(named, "changelog")
    safe(named, "compat", name)
    for format_ in ("text", "markdown"):
        safe(named, "compat", f"{name}@1.0.0", f"{name}@1.1.0", "--format", format_)
    safe(named, "validate", f"{name}.json")
    safe(named, "validate", "--schema", name, f"{name}.json")
    safe(named, "load", f"{name}.json", "--to", "sqlite:rows.db", "--refused", name)
    named.write("odd.jsonl", json.dumps({"$schema": f"/{name}/1.0.0", name: "a", f"{name}x": {name: 1}}) + "\n")
    safe(named, "load", "odd.jsonl", f"{name}.jsonl", "--to", "sqlite:rows.db", "--key", name)
    safe(named, "load", "odd.jsonl", "--to", f"{name}:{name}")
    quoted = name.replace('"', '""')
    for query in (f'FROM "{quoted}"', f'SELECT "{quoted}" FROM "{quoted}"', f"FROM {name}", name):
        safe(named, "sql", query, "odd.jsonl", f"{name}.jsonl")
    safe(named, "resolve", "--location", f"/{name}/1.0.0")
    safe(named, "resolve", "--trace", "--location", f"/{name}/9.0.0")
    safe(named, "new", name)
    safe(named, "init", f"{name}/inside", "--dry-run")
    named.write("streams.yaml", json.dumps({name: {"schema_title": name, "topics": [name]}}))
    for arguments in (["ls"], ["topics"], ["show", name], ["show", f"{name}x"], ["check"]):
        safe(named, "streams", *arguments, "--streams", "streams.yaml")
    safe(named, "canary", "--dry-run", "--streams", "streams.yaml")
    safe(named, "replay", f"{name}.json", "--to", "http://127.0.0.1:9", "--timeout", "nonsense")
    named.write(f"{name}/tests/{name}.yaml", json.dumps({"valid": [{name: 1}, {name: "a"}], name: 1}))
    assert "unknown key" in safe(named, "check", name)
    named.write(f"{name}/tests/{name}.yaml", json.dumps({"valid": [{name: 1}, {name: "a"}]}))
    safe(named, "check", name)
    assert "is deprecated" in safe(named, "retire", name, "--reason", name)
    assert "deprecated" in safe(named, "ls")
    safe(named, "retire", name, "--successor", f"{name}x")
    safe(named, "validate", f"{name}.json")
    safe(named, "vendor", f"{name}@1.0.0", "--to", "vendored")
    safe(named, "vendor", f"{name}@1.1.0", "--to", "vendored")
    safe(named, "vendor", name, "--to", "vendored", "--check")
    safe(named, "vendor", name, "--to", name)
    safe(named, "types", f"{name}@1.1.0", "--to", "typeddict")
    safe(named, "types", name, "--to", "typeddict", "--output", f"{name}.py")
    safe(named, "install-git-hook", f"{name}")
    safe(named, "install-git-hook", "--uninstall")
    (named.root / name / "1.0.0.yaml").write_text("\tbroken")
    for command in ("ls", "status", "review", "materialize", "check", "changelog"):
        safe(named, command)


def test_what_github_reads_is_ours_alone(named: Scratch) -> None:
    for arguments in (["check"], ["validate", *(path.name for path in named.root.glob("*.json"))]):
        lines = named.jst(*arguments, "--format", "github").stdout.split("\n")
        commands = [line for line in lines if line.startswith("::")]
        assert commands
        assert all(line.startswith(("::error file=", "::warning file=", "::notice::")) for line in commands)
        assert all(line.isprintable() for line in lines)
        assert not any("##[" in line for line in lines if line not in commands)


def test_names_in_json_are_as_they_are(named: Scratch) -> None:
    name = next(path.parent.name for path in named.root.glob("*/current.yaml"))
    assert [entry["title"] for entry in json.loads(named.jst("ls", "--format", "json").stdout)] == [name]


def test_names_that_only_look_odd_stay(scratch: Scratch) -> None:
    scratch.write(
        "jsonschema/größe/名前/current.yaml", json.dumps({**SCHEMA, "title": "größe/名前", "$id": "/größe/名前/1.0.0"})
    )
    assert safe(scratch, "materialize").startswith("write jsonschema/größe/名前/1.0.0.yaml\n")
    assert safe(scratch, "ls").startswith("größe/名前  current 1.0.0")
    assert Path(scratch.root / "jsonschema/größe/名前/1.0.0.json").exists()
