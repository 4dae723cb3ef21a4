"""The rules of profile recommended: over schemas that are data, and in repositories as people have them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import materialize
from jsonschema_tools.rules.model import Context, NotApplicable, Place, Rule
from jsonschema_tools.rules.registry import RULES
from jsonschema_tools.rules.repository import Collection, Title
from tests.conftest import Scratch
from tests.rules.test_rules import BY_ID, CONFIG, cases

CASES = [(rule, case) for rule, found in cases("recommended.yaml").items() for case in found]
GIT = {"released-versions-are-kept", "released-versions-are-immutable", "superseded-draft", "rewritten-draft"}


def context_of(rule: Rule, case: dict[str, Any]) -> Context:
    fragments = case.get("fragments", {})
    title = case.get("title", "a")
    current = SchemaFile(
        Path("a/current.yaml"), title, "9.0.0", True, "yaml", {"$id": f"/{title}/9.0.0", **case["schema"]}
    )
    files: dict[str, list[SchemaFile]] = {}
    for uri, document in fragments.items():
        name, _, version = uri[1:].rpartition("/")
        file = SchemaFile(Path(f".{uri}.yaml"), name, version, False, "yaml", {"$id": uri, **document})
        files.setdefault(name, []).append(file)

    def retrieve(uri: str) -> Any:
        if uri not in fragments:
            raise UsageError(f"{uri} is not there")
        return fragments[uri]

    return Context(
        CONFIG,
        Collection(
            (Title(title, (current, *files.pop(title, ()))), *(Title(name, (*each,)) for name, each in files.items()))
        ),
        BY_ID,
        lambda file: materialize(file.document, replace(CONFIG, enforced_numeric_bounds=None), retrieve),
        lambda _: [],
        lambda _: None,
        lambda path, _: Place(path),
        {name: schema["default"] for name, schema in rule.options.items() if "default" in schema}
        | case.get("options", {}),
    )


def found_in(rule: Rule, case: dict[str, Any]) -> Any:
    """Pointers and remedies; ``None`` where the check is skipped, a word where it is none or broke."""
    context = context_of(rule, case)
    try:
        subjects = list(rule.subjects(context.collection, context))
        if not subjects:
            return "no subject"
        problems = [problem for subject in subjects for problem in rule.check(subject.value, context)]
    except NotApplicable:
        return None
    except SchemaToolsError:
        return ["error"]
    assert all(problem.place for problem in problems if not problem.pointer.endswith(("/$ref", "/$id")))
    return [(problem.pointer, problem.remedy) for problem in problems]


@pytest.mark.parametrize(("rule_id", "case"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_recommended(rule_id: str, case: dict[str, Any]) -> None:
    found = found_in(BY_ID[rule_id], case)
    if not isinstance(found, list) or found == ["error"]:
        assert found == case["finds"]
        return
    assert [pointer for pointer, _ in found] == case["finds"]
    assert [remedy for _, remedy in found] == case.get("remedies", [])


def test_every_recommended_rule_has_cases_that_pass_and_fail() -> None:
    # Rules of compatibility need a history, which tests/compatibility has; those of streams are in test_streams.py.
    others = ("compatibility", "streams")
    rules = [rule for rule in RULES if rule.profile == "recommended" and rule.family not in others]
    recommended = {rule.id for rule in rules} - GIT
    assert {rule for rule, case in CASES if case["finds"] == []} == recommended
    assert {rule for rule, case in CASES if case["finds"]} == recommended


FRAGMENT = """\
title: f
$id: /f/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  when: {type: string, format: date-time, maxLength: 30}
  labels:
    description: Labels.
    type: object
    additionalProperties: {type: string}
"""
EVENT = """\
title: a
$id: /a/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
allOf:
  - $ref: /f/1.0.0
  - properties:
      things:
        type: array
        items:
          type: object
          properties:
            thingId: {type: string}
      labels:
        properties:
          count: {type: integer}
"""


@pytest.fixture
def repository(scratch: Scratch) -> Scratch:
    scratch.write("jsonschema/f/current.yaml", FRAGMENT)
    scratch.jst("materialize")
    scratch.write("jsonschema/a/current.yaml", EVENT)
    scratch.jst("materialize")
    return scratch


def found(scratch: Scratch, *arguments: str) -> set[str]:
    report = json.loads(scratch.jst("check", "--profile", "recommended", "--format", "json", *arguments).stdout)
    findings = [(result, finding) for result in report["results"] for finding in result["findings"]]
    return {f"{finding['file']}:{finding['line']} {result['rule']}" for result, finding in findings}


def test_what_a_fragment_brought_is_told_once_and_where_it_stands(repository: Scratch) -> None:
    assert found(repository, "--ignore", "compatibility") == {
        "jsonschema/f/current.yaml:6 date-time-names",
        "jsonschema/f/current.yaml:6 fields-are-described",
        "jsonschema/a/current.yaml:8 fields-are-described",
        "jsonschema/a/current.yaml:13 fields-are-described",
        "jsonschema/a/current.yaml:16 fields-are-described",
        "jsonschema/a/current.yaml:13 snake-case-everywhere",
        "jsonschema/a/current.yaml:16 maps-share-their-value-type",
    }


def test_released_versions_are_not_judged_by_taste(repository: Scratch) -> None:
    described = EVENT.replace("1.0.0\n$schema", "1.1.0\n$schema").replace("thingId: {", "thing_id: {description: x, ")
    repository.write("jsonschema/a/current.yaml", described)
    repository.jst("materialize")
    assert "snake-case-everywhere" not in " ".join(found(repository))


def test_a_current_file_that_cannot_be_materialized_is_told_once(repository: Scratch) -> None:
    repository.write(
        "jsonschema/b/current.yaml",
        EVENT.replace("/f/1.0.0", "/g/1.0.0").replace("a/", "b/").replace("title: a", "title: b"),
    )
    assert {line for line in found(repository) if "/b/" in line} == {
        "jsonschema/b/current.yaml:6 current-can-be-materialized",
    }


def test_required_fields_are_told_at_the_nearest_place(repository: Scratch) -> None:
    rules = "rules:\n  required-fields:\n    fields: [things, labels.count]\n    except: [^f$]\n"
    repository.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\n{rules}")
    assert found(repository, "--select", "required-fields") == {
        "jsonschema/a/current.yaml:8 required-fields",
        "jsonschema/a/current.yaml:14 required-fields",
    }


def test_references_that_were_kept_are_not_guessed_at(repository: Scratch) -> None:
    rules = "shouldDereference: false\nrules:\n  required-fields: {fields: [when]}\n"
    repository.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\n{rules}")
    report = json.loads(repository.jst("check", "--select", "required-fields", "--format", "json").stdout)
    reasons = {result["title"]: result["reason"] for result in report["results"]}
    assert reasons == {"a": "shouldDereference is off: what references bring is not known", "f": None}


def test_skips_of_rules_that_have_options_or_ask_git(repository: Scratch, tmp_path: Path) -> None:
    skips = "skipSchemaTestCases:\n  ^/a/: [required-fields, released-versions-are-kept, refs-are-pinned]\n  ^/f/: [refs-are-pined]\n"
    repository.write(
        ".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nrules: {{required-fields: {{fields: [dt]}}}}\n{skips}"
    )
    repository.commit()
    copy = Scratch(tmp_path / "copy")
    shutil.copytree(repository.root, copy.root, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    for there in (repository, copy):
        report = json.loads(there.jst("check", "--select", "skips-match", "--format", "json").stdout)
        messages = [finding["message"] for result in report["results"] for finding in result["findings"]]
        assert messages == ["'^/f/' skips 'refs-are-pined' nowhere"]


CIRCLES = {
    # Current files (title, version, what it refers to): whether they can be materialized again.
    "itself": ([("a", "1.1.0", "/a/1.1.0")], False),
    "each other": ([("a", "1.1.0", "/b/1.1.0"), ("b", "1.1.0", "/a/1.1.0")], False),
    "by a file name": ([("a", "1.1.0", "/a/1.1.0.yaml#/properties")], False),
    "its version before": ([("a", "1.1.0", "/a/1.0.0")], True),
    "its latest, which it is": ([("a", "1.1.0", "/a/latest")], False),
    "its latest, which is the one before": ([("a", "1.2.0", "/a/latest")], True),
    "one that refers to an earlier version": ([("a", "1.1.0", "/b/1.1.0"), ("b", "1.1.0", "/a/1.0.0")], True),
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_schemas_that_lead_back_to_themselves_cannot_be_materialized(scratch: Scratch, circle: str) -> None:
    files, possible = CIRCLES[circle]
    text = "title: {0}\n$id: /{0}/{1}\n$schema: http://json-schema.org/draft-07/schema#\nproperties: {{x: {2}}}\n"
    for version in ("1.0.0", "1.1.0"):
        for title, _, _ in files:
            scratch.write(f"jsonschema/{title}/current.yaml", text.format(title, version, "{type: string}"))
        assert scratch.jst("materialize-all", "--force").exit_code == 0
    for title, version, reference in files:
        scratch.write(f"jsonschema/{title}/current.yaml", text.format(title, version, f"{{$ref: '{reference}'}}"))
    done = scratch.jst("materialize-all", "--dry-run", "--force")
    assert (done.exit_code == 0) == possible, done.output
    found = json.loads(scratch.jst("check", "--select", "current-can-be-materialized", "--format", "json").stdout)
    found = [result for result in found["results"] if result["rule"] == "current-can-be-materialized"]
    assert {result["status"] for result in found} == {"passed" if possible else "failed"}
