"""Facts about two versions: cases as data, and the laws of comparing."""

from __future__ import annotations

import contextlib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.compatibility.changes import diff, spelled
from jsonschema_tools.compatibility.comparison import compare
from jsonschema_tools.compatibility.kinds import CONSTRAINTS, DECLARATIONS, KINDS, describe_change
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.containment.model import Answer
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import clone
from jsonschema_tools.errors import SchemaToolsError, UnresolvableReference
from tests.compatibility.soundness import pair
from tests.strategies import schemas

CASES = Path(__file__).parents[1] / "cases" / "changes"


def cases(name: str) -> Any:
    path = CASES / name
    return parse(path.read_bytes(), source=str(path))


def pointer(change: Change) -> str | None:
    return change.new_pointer if change.new_pointer is not None else change.old_pointer


def draft(case: dict[str, Any]) -> str | None:
    return str(case["draft"]) if "draft" in case else None


ONE_OF_EACH = cases("kinds.yaml")


def test_every_kind_has_a_case() -> None:
    assert list(ONE_OF_EACH) == list(KINDS)


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_each_kind(kind: str) -> None:
    case = ONE_OF_EACH[kind]
    changes = diff(case["old"], case["new"], draft(case))
    assert [(change.kind, pointer(change)) for change in changes] == [(kind, case["at"])]
    assert "None" not in describe_change(changes[0])


@pytest.mark.parametrize("case", cases("several.yaml"), ids=str)
def test_several(case: dict[str, Any]) -> None:
    changes = diff(case["old"], case["new"], draft(case))
    expected = case["changes"].items() if isinstance(case["changes"], dict) else map(tuple, case["changes"])
    assert sorted((change.kind, pointer(change)) for change in changes) == sorted(expected)


@pytest.mark.parametrize("case", [*ONE_OF_EACH.values(), *cases("several.yaml")], ids=str)
def test_backwards_there_are_as_many_changes(case: dict[str, Any]) -> None:
    there, back = (diff(a, b, draft(case)) for a, b in ((case["old"], case["new"]), (case["new"], case["old"])))
    assert len(there) == len(back)
    assert {c.old_pointer for c in there} == {c.new_pointer for c in back}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"type": "string"}, {}, "the type was widened from 'string' to any type"),
        ({}, {"type": ["string", "null"]}, "the type was narrowed from any type to 'string', 'null'"),
        ({"type": "string"}, {"enum": [1, None]}, "the type changed from 'string' to 'integer', 'null'"),
        ({"const": "array"}, {"type": "array"}, "the type changed from 'string' to 'array'"),
    ],
    ids=str,
)
def test_words_of_types(old: Any, new: Any, words: str) -> None:
    assert describe_change(diff(old, new)[0]).partition(": ")[2] == words


CONTAINMENT = CASES.parent / "compatibility"
WITH_KINDS = [
    pytest.param(case, id=f"{path.stem}-{index}")
    for path in sorted(CONTAINMENT.glob("*.yaml"))
    for index, case in enumerate(parse(path.read_bytes(), source=str(path)))
    if "kinds" in case
]


def test_most_cases_of_containment_say_what_changes() -> None:
    assert len(WITH_KINDS) >= 400


@pytest.mark.parametrize("case", WITH_KINDS)
def test_kinds(case: dict[str, Any]) -> None:
    kinds = {change.kind for change in diff(case["old"], case["new"], draft(case))}
    assert sorted(kinds) == case["kinds"]
    assert (
        bool(kinds & (CONSTRAINTS | DECLARATIONS | {"draft-changed"})) or case["backward"] == case["forward"] == "yes"
    )


@given(st.integers(0, 2**48).map(Random))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_where_events_differ_there_is_a_change(random: Random) -> None:
    name, old, new = pair(random, [])
    try:
        comparison = compare(old, new, name, witness=False)
    except UnresolvableReference:
        return
    kinds = {change.kind for change in comparison.changes}
    if Answer.NO in (comparison.backward.answer, comparison.forward.answer):
        assert kinds & (CONSTRAINTS | DECLARATIONS)
    elif comparison.backward.answer is comparison.forward.answer is Answer.YES:
        assert not kinds & CONSTRAINTS


SCHEMAS = st.one_of(schemas(), schemas(["#", "#/properties/a"], depth=2), st.booleans())


FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
"""These schemas take longer to make than to compare; `soundness.py` looks at many more."""


@FEW
@given(SCHEMAS)
def test_nothing_changed_from_a_schema_to_itself(schema: Any) -> None:
    with contextlib.suppress(UnresolvableReference):
        assert diff(schema, clone(schema)) == ()


@FEW
@given(SCHEMAS, SCHEMAS, st.sampled_from(["4", "6", "7", "2019-09", "2020-12"]))
def test_any_two_schemas_compare(old: Any, new: Any, draft: str) -> None:
    try:
        changes = spelled(old, new, draft)
    except SchemaToolsError as error:
        assert error.remedy
        return
    assert {change.kind for change in changes} <= set(KINDS)
    assert all(describe_change(change) for change in changes)
    assert spelled(old, new, draft) == changes


def fingerprints(old: Any, new: Any) -> set[str]:
    return {change.fingerprint for change in diff(old, new)}


def test_fingerprints_survive_edits_elsewhere() -> None:
    old = {"properties": {"a": {"type": "string"}, "u": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}
    new: Any = clone(old)
    new["properties"]["a"]["maxLength"] = 3
    new["properties"]["u"]["oneOf"][1]["minimum"] = 0
    before = fingerprints(old, new)
    assert len(before) == 2
    new["properties"]["b"] = {"type": "null"}
    new["properties"]["u"]["oneOf"].insert(0, {"type": "null"})
    assert before < fingerprints(old, new)


def test_fingerprints_know_values_and_places() -> None:
    kinds = [
        fingerprints({"properties": {name: {"minimum": low}}}, {"properties": {name: {"minimum": high}}})
        for name, low, high in [("a", 1, 2), ("a", 1, 3), ("b", 1, 2)]
    ]
    assert len(set.union(*kinds)) == 3


def test_one_more_reference_does_not_rename_the_change_of_a_definition() -> None:
    def version(maximum: int, *names: str) -> Any:
        definitions = {"amount": {"type": "integer", "maximum": maximum}}
        return {"definitions": definitions, "properties": {name: {"$ref": "#/definitions/amount"} for name in names}}

    one = fingerprints(version(1, "tax"), version(2, "tax"))
    assert len(one) == 1
    assert one <= fingerprints(version(1, "price", "tax"), version(2, "price", "tax"))


def test_other_documents_are_asked_for_once() -> None:
    asked = []

    def retrieve(uri: str) -> Any:
        asked.append(uri)
        return {"definitions": {"m": {"properties": {"again": {"$ref": "#/definitions/m"}, "x": {"type": "string"}}}}}

    old = {"properties": {"a": {"$ref": "/common/1.0.0#/definitions/m"}}}
    new = {"properties": {"a": {"properties": {"x": {"type": "integer"}}}}}
    changes = spelled(old, new, retrieve=retrieve)
    assert asked == ["/common/1.0.0"]
    assert [(c.kind, c.old_pointer, c.new_pointer) for c in changes] == [
        ("property-removed", "/common/1.0.0#/definitions/m/properties/again", None),
        ("type-changed", "/common/1.0.0#/definitions/m/properties/x/type", "/properties/a/properties/x/type"),
    ]


@pytest.mark.parametrize("reference", ["#/nowhere", "#nowhere", "/elsewhere/1.0.0", "http://[", "#/definitions/a/type"])
def test_references_that_lead_nowhere(reference: str) -> None:
    schema = {"properties": {"a": {"$ref": reference}}, "definitions": {"a": {"type": "string"}}}
    with pytest.raises(UnresolvableReference) as error:
        diff(schema, {"properties": {"a": {}}})
    assert error.value.pointer == "/properties/a/$ref"
    assert error.value.remedy


def test_unknown_drafts_are_an_error() -> None:
    with pytest.raises(SchemaToolsError, match="'3' is no draft"):
        diff({}, {}, "3")


def test_deep_schemas_are_compared() -> None:
    old: Any = {"type": "string"}
    new: Any = {"type": "integer"}
    for _ in range(120):
        old, new = ({"type": "object", "properties": {"a": inner}} for inner in (old, new))
    assert [change.kind for change in diff(old, new)] == ["type-changed"]


def test_lists_of_alternatives_are_matched_too() -> None:
    either = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    other = {"anyOf": [{"minimum": 1}, {"maximum": -1}]}
    one_more = {"anyOf": [{"minimum": 2}, {"maximum": -1}]}
    changes = diff({"allOf": [either, other]}, {"allOf": [one_more, either]})
    assert [(change.kind, pointer(change)) for change in changes] == [("minimum-raised", "/allOf/0/anyOf/0/minimum")]


def test_very_many_alternatives_are_matched_in_order() -> None:
    def version(*values: int) -> Any:
        return {"oneOf": [{"type": "object", "properties": {"x": {"minimum": value}}} for value in values]}

    changes = diff(version(*range(60)), version(*range(100, 160)))
    assert {change.kind for change in changes} == {"minimum-raised"}
    assert len(changes) == 60


def test_metaschemas_need_no_look_up() -> None:
    schema = {"properties": {"schema": {"$ref": "http://json-schema.org/draft-07/schema#"}}}
    assert diff(schema, clone(schema)) == ()
    with pytest.raises(UnresolvableReference):
        diff({"$ref": "http://json-schema.org/draft-99/schema#"}, {})
