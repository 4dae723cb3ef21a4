"""The rules on streams, over files that are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import RetrievalError, SchemaToolsError
from jsonschema_tools.lookup.stream_texts import streams_schema
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, NotApplicable, Place, Rule
from jsonschema_tools.rules.registry import RULES
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.rules.stream_file import StreamFile
from tests.rules.test_rules import BY_ID, CONFIG, cases

CASES = [(rule, case) for rule, found in cases("streams.yaml").items() for case in found]
TEXT = {"type": "string"}
ORDER = {
    "type": "object",
    "required": ["id", "meta", "nullable", "hidden"],
    "properties": {
        "id": {"type": "integer"},
        "note": TEXT,
        "nullable": {"type": ["string", "null"]},
        "hidden": {"$ref": "/fragment/meta/1.0.0"},
        "maybe": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
        "http": {"type": "object", "properties": {"request_headers": {"additionalProperties": TEXT}}},
    },
    "allOf": [{"properties": {"meta": {"type": "object", "required": ["id"], "properties": {"id": TEXT}}}}],
}
VALID = {"id": 1, "meta": {"id": "a"}, "nullable": None, "hidden": 1}
SCHEMAS: dict[str, Any] = {
    "/fragment/meta/1.0.0": {},
    "/order/1.0.0": {"type": "string"},
    "/order/1.1.0": {**ORDER, "examples": [VALID]},
    "/old/1.0.0": {"deprecated": True, "x-deprecated": {"successor": "/order"}},
    "/bare/1.0.0": {"type": "object"},
    "/wrong/1.0.0": {"type": "object", "examples": [{}, 5]},
}


def context_of(rule: Rule, case: Mapping[str, Any]) -> Context:
    files: dict[str, list[SchemaFile]] = {}
    for uri, document in SCHEMAS.items():
        title, _, version = uri[1:].rpartition("/")
        content = {"$schema": "https://json-schema.org/draft-07/schema#", "$id": uri, "title": title, **document}
        files.setdefault(title, []).append(SchemaFile(Path(f"{uri}.yaml"), title, version, False, "yaml", content))

    def retrieve(uri: str) -> Any:
        if uri in ("/remote/latest", "/fragment/meta/1.0.0"):
            return {"$id": "/remote/1.0.0"}
        raise RetrievalError(f"{uri} is not there")

    return Context(
        CONFIG,
        Collection(tuple(Title(name, tuple(found)) for name, found in files.items())),
        BY_ID,
        lambda file: file.document,
        lambda _: [],
        lambda _: None,
        lambda path, _: Place(path),
        {name: schema["default"] for name, schema in rule.options.items() if "default" in schema}
        | case.get("options", {}),
        retrieve=retrieve,
        streams=StreamFile(Path("streams.yaml"), case["streams"], streams_schema()),
    )


def found_in(rule: Rule, context: Context) -> Any:
    """Pointers and remedies; ``None`` where a check is skipped, ``error`` where one breaks."""
    try:
        subjects = list(rule.subjects(context.collection, context))
        problems = [problem for subject in subjects for problem in rule.check(subject.value, context)]
    except NotApplicable:
        return None
    except SchemaToolsError as error:
        assert error.remedy
        return "error"
    assert all(problem.message for problem in problems)
    return {problem.pointer: problem.remedy for problem in problems} or []


@pytest.mark.parametrize(("rule_id", "case"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_rules(rule_id: str, case: dict[str, Any]) -> None:
    rule = BY_ID[rule_id]
    assert found_in(rule, context_of(rule, case)) == case["finds"]


def test_every_rule_has_cases_that_pass_and_fail() -> None:
    rules = {rule.id for rule in RULES if rule.family == "streams"}
    assert {rule for rule, case in CASES if case["finds"] == []} == rules
    assert {rule for rule, case in CASES if case["finds"]} == rules


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.family == "streams"], ids=lambda rule: rule.id)
def test_without_streams_there_is_nothing_to_check(rule: Rule) -> None:
    context = replace(context_of(rule, {"streams": {}}), streams=None)
    assert list(rule.subjects(context.collection, context)) == []


def test_a_base_that_is_down_is_no_missing_schema() -> None:
    def down(uri: str) -> Any:
        raise RetrievalError(f"{uri} was not found", down=("http://h",))

    rule = BY_ID["stream-schemas-exist"]
    context = replace(context_of(rule, {"streams": {"a": {"schema_title": "elsewhere"}}}), retrieve=down)
    [subject] = rule.subjects(context.collection, context)
    with pytest.raises(RetrievalError):
        list(rule.check(subject.value, context))
