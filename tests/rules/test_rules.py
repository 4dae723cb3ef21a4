"""Each rule over schemas that are data; structure rules over folders on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Place, Status
from jsonschema_tools.rules.registry import RULES
from jsonschema_tools.rules.repository import Collection, EventTests, Title, VersionPair
from jsonschema_tools.rules.schema_rule import schema_rule
from jsonschema_tools.settings import Config, SchemaRule
from tests.conftest import Scratch

CASES = Path(__file__).parents[1] / "cases" / "rules"
CONFIG = Config(root=Path(), schema_base_path=Path(), schema_base_uris=(".",))
BY_ID = {rule.id: rule for rule in RULES}


def cases(name: str) -> Any:
    path = CASES / name
    return parse(path.read_bytes(), source=str(path))


def schema_file(document: Any, version: str = "1.0.0") -> SchemaFile:
    return SchemaFile(Path(f"a/{version}.yaml"), "a", version, False, "yaml", document)


def context(*files: SchemaFile, **options: Any) -> Context:
    collection = Collection((Title("a", files),) if files else ())
    return Context(
        CONFIG,
        collection,
        BY_ID,
        lambda file: file.document,
        lambda _: [],
        lambda _: None,
        lambda p, _: Place(p),
        options,
    )


ROBUSTNESS = [(rule, case) for rule, found in cases("robustness.yaml").items() for case in found]


@pytest.mark.parametrize(("rule_id", "case"), ROBUSTNESS, ids=lambda value: value if isinstance(value, str) else "")
def test_robustness(rule_id: str, case: dict[str, Any]) -> None:
    rule = BY_ID[rule_id]
    here = context(schema_file(case["schema"]))
    if "tests" in case:
        tests = EventTests(Path("a/tests/a.yaml"), "a", "a", case["tests"])
        here = replace(here, collection=replace(here.collection, tests=(tests,)))
    subjects = list(rule.subjects(here.collection, here))
    if case["finds"] is None:
        assert subjects == []
        return
    problems = [problem for subject in subjects for problem in rule.check(subject.value, here)]
    found = sorted((problem.pointer, problem.remedy) for problem in problems)
    assert [pointer for pointer, _ in found] == sorted(case["finds"])
    assert [remedy for _, remedy in found] == case.get("remedies", [])


@pytest.mark.parametrize("case", cases("compatibility.yaml"), ids=str)
def test_compatibility(case: dict[str, Any]) -> None:
    rule = BY_ID["schema-version-compatibility"]
    pair = VersionPair("a", schema_file(case["old"]), schema_file(case["new"], "1.1.0"))
    assert [problem.pointer for problem in rule.check(pair, context())] == case["finds"]


def test_every_robustness_rule_has_cases() -> None:
    assert set(cases("robustness.yaml")) == {
        rule.id for rule in RULES if rule.family == "robustness" and rule.profile == "upstream"
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_documents_itself(rule: Any) -> None:
    module = __import__(rule.check.__module__, fromlist=["_"])
    for part in ("Why:", "Example:", "Instead:"):
        assert part in module.__doc__


SCHEMA = "title: a\n$id: /a/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  x: {{type: string}}\n"


@pytest.fixture
def released(scratch: Scratch) -> Scratch:
    for version in ("1.0.0", "1.1.0"):
        scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version))
        scratch.jst("materialize")
    return scratch


def failed(scratch: Scratch) -> set[str]:
    report = json.loads(scratch.jst("check", "--format", "json").stdout)
    return {result["rule"].removeprefix("structure-") for result in report["results"] if result["verdict"] == "failed"}


def test_a_released_repository_is_in_order(released: Scratch) -> None:
    assert failed(released) == set()
    assert released.jst("check").exit_code == 0


@pytest.mark.parametrize(
    ("path", "content", "rules"),
    [
        ("a/current.yaml", None, {"current-exists"}),
        ("a/current", "", {"no-extensionless-current"}),
        ("a/latest", None, {"latest-links"}),
        ("a/latest.yaml", None, {"latest-links"}),
        ("a/1.0.0", None, {"extensionless-link"}),
        ("a/1.0.0.json", None, {"content-types-exist"}),
        ("a/1.0.0.json", '{"title": "a", "$id": "/a/1.0.0"}', {"content-types-equal"}),
        ("a/current.yaml", SCHEMA.format(version="1.2.0"), {"current-is-greatest", "current-matches-materialized", "content-types-exist", "extensionless-link"}),
        ("a/current.yaml", SCHEMA.format(version="1.1.0") + "description: x\n", {"current-matches-materialized"}),
        ("a/1.0.0.yaml", SCHEMA.format(version="1.0.0").replace("/a/", "/b/"), {"id-matches-path", "content-types-equal"}),
        ("a/1.0.0.yaml", SCHEMA.format(version="1.0.0").replace("title: a\n", ""), {"title", "title-matches-directory", "current-exists", "content-types-exist"}),
        ("b/1.0.0.yaml", SCHEMA.format(version="1.0.0"), {"one-directory", "title-matches-directory", "content-types-equal", "id-matches-path"}),
    ],
)  # fmt: skip
def test_structure(released: Scratch, path: str, content: str | None, rules: set[str]) -> None:
    file = released.root / "jsonschema" / path
    file.unlink(missing_ok=True)
    if content is not None:
        released.write(f"jsonschema/{path}", content)
    assert failed(released) >= rules - {"content-types-equal", "id-matches-path"}
    assert released.jst("check").exit_code == 1


def test_findings_have_their_place_and_remedy(released: Scratch) -> None:
    text = released.read("jsonschema/a/1.1.0.yaml").replace("type: string", "type: integer")
    released.write("jsonschema/a/1.1.0.yaml", text)
    result = released.jst("check")
    line = next(line for line in result.stdout.splitlines() if "schema-version-compatibility" in line)
    assert (
        line == "jsonschema/a/1.1.0.yaml:7:11: error schema-version-compatibility"
        " /properties/x/type: 'string' became 'integer' since 1.0.0"
    )
    assert "    remedy: Undo the change" in result.stdout


def test_skips_have_their_reason_and_unused_ones_are_reported(released: Scratch) -> None:
    text = released.read("jsonschema/a/1.1.0.yaml").replace("type: string", "type: integer")
    released.write("jsonschema/a/1.1.0.yaml", text)
    skips = "skipSchemaTestCases:\n  /a/1.1.0: [schema-version-compatibility]\n  /b/: [schema-is-valid]\n"
    released.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\n{skips}")
    report = json.loads(released.jst("check", "--format", "json").stdout)
    skipped = [result for result in report["results"] if result["status"] == Status.SKIPPED]
    assert [result["reason"] for result in skipped] == ["skipSchemaTestCases: /a/1.1.0"]
    unused = [
        finding for result in report["results"] if result["rule"] == "skips-match" for finding in result["findings"]
    ]
    assert [(f["message"], f["line"]) for f in unused] == [("'/b/' skips 'schema-is-valid' nowhere", 4)]
    assert report["summary"]["warnings"] == 1
    only = ("check", "--select", "skips-match")
    assert (released.jst(*only).exit_code, released.jst(*only, "--strict").exit_code) == (0, 1)


def test_what_cannot_be_read_does_not_hide_the_rest(released: Scratch) -> None:
    released.write("jsonschema/b/current.yaml", "a: [")
    result = released.jst("check")
    assert result.exit_code == 1
    assert "jsonschema/b/current.yaml:2:1: error structure-files-are-readable" in result.stdout
    assert " passed, 1 failed" in result.stdout


def test_patterns_of_a_schema_rule_are_those_of_ecmascript() -> None:
    schema = {"properties": {"title": {"pattern": r"^[\w-.]\s(?<a>.)\k<a>$"}, "$comment": {"pattern": r"^(a+)+\1$"}}}
    rule = schema_rule(SchemaRule(id="own", message="no", schema=Path("own.json")), schema)
    for document, said in (
        ({"title": "-\ufeffxx", "$comment": "aa"}, []),
        ({"title": "-\x85xx"}, ['no: "-\x85xx" does not match "^[\\w-.]\\s(?<a>.)\\k<a>$"']),
        ({"$comment": "a" * 3000 + "!"}, ["no: it cannot be decided whether"]),
    ):
        found = [problem.message for problem in rule.check(schema_file(document), context())]
        assert [message[: len(start)] for message, start in zip(found, said, strict=True)] == said
    with pytest.raises(ConfigurationError) as raised:
        schema_rule(
            SchemaRule(id="own", message="no", schema=Path("own.json")), {"properties": {"a": {"pattern": "a++"}}}
        )
    assert "'a++' is no regular expression of ECMA-262: `+` repeats nothing" in raised.value.message
    assert raised.value.pointer == "/properties/a/pattern"


def test_the_greatest_file_is_named_by_its_path_where_it_is_in_another_folder(scratch: Scratch) -> None:
    text = "title: a\n$id: /a/{}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    scratch.write("jsonschema/a/current.yaml", text.format("1.1.0"))
    scratch.write("jsonschema/a/1.0.0.yaml", text.format("1.0.0"))
    [rule] = ["structure-current-is-greatest"]
    assert "of 'a' is 1.0.0.yaml" in scratch.jst("check", "--select", rule).stdout
    scratch.write("jsonschema/b/2.0.0.yaml", text.format("2.0.0"))
    assert "of 'a' is jsonschema/b/2.0.0.yaml" in scratch.jst("check", "--select", rule).stdout
