"""Containment: cases from the specification, laws over generated schemas, and what other provers say."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsonschema_tools.containment.model import Answer
from jsonschema_tools.containment.numbers import writings
from jsonschema_tools.containment.proof import contained, equivalent
from jsonschema_tools.containment.refusals import in_json
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import SchemaError, UsageError
from tests.compatibility.soundness import Tally, examine, pair, real_schemas, run
from tests.compatibility.soups import DRAFTS, Soup, events
from tests.needs import NO_CORPUS, NO_SUITE, WMF_PRIMARY, json_schema_test_suite

FOLDER = Path(__file__).parents[1] / "cases" / "compatibility"
CASES = [
    pytest.param(case, id=f"{path.stem}-{index}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for index, case in enumerate(parse(path.read_bytes(), source=str(path)))
    if "old" in case
]
BACK, OTHER = ({"type": "string", "pattern": f"^({text})\\1$"} for text in ("a+", "b|a+"))


def crowded(guests: int, rooms: int) -> dict[str, Any]:
    """An object for which every guest has a room of his own: what takes the more steps, the more there are."""
    each = [{"anyOf": [{"required": [f"{guest}-{room}"]} for room in range(rooms)]} for guest in range(guests)]
    alone = [
        {"not": {"required": [f"{one}-{room}", f"{other}-{room}"]}}
        for room in range(rooms)
        for one in range(guests)
        for other in range(one)
    ]
    return {"type": "object", "required": ["x"], "properties": {"x": {"type": "object", "allOf": [*each, *alone]}}}


@pytest.mark.parametrize(
    ("old", "new", "reason", "pointer"),
    [
        (
            {"properties": {"x": BACK}},
            {"properties": {"x": OTHER}},
            "back-reference",
            "/properties/x/pattern",
        ),
        (
            {"properties": {"x": {"$ref": "#/definitions/b"}}, "definitions": {"b": {"items": BACK}}},
            {"properties": {"x": {"items": OTHER}}},
            "back-reference",
            "/definitions/b/items/pattern",
        ),
        (
            {"type": "object", "minProperties": 1},
            {"properties": {"x": {"$ref": "#/nowhere"}}},
            "where it leads is not known",
            "/properties/x/$ref",
        ),
        (
            {"properties": {"x": {"type": "string"}}},
            {"properties": {"x": {"pattern": 5}}},
            "gives a meaning",
            "/properties/x/pattern",
        ),
    ],
    ids=str,
)
def test_undecided_says_what_where_and_why(old: Any, new: Any, reason: str, pointer: str) -> None:
    found = contained(old, new)
    assert (found.answer, found.pointer) == (Answer.UNKNOWN, pointer)
    assert found.reason.startswith(f"`{pointer.rpartition('/')[2]}` at {pointer} cannot be decided: ")
    assert reason in found.reason


def test_steps_that_do_not_suffice_are_said_with_the_place() -> None:
    schema = crowded(6, 5)
    found = contained(schema, {"type": "null"}, max_steps=100)
    assert found.answer is Answer.UNKNOWN
    assert found.reason.startswith("gave up after 100 steps at /properties/x/allOf/")
    assert found.pointer is not None
    assert found.pointer in found.reason
    assert contained(schema, {"type": "null"}, max_steps=8000).answer is Answer.YES


DIRECTIONS = {"backward": ("old", "new"), "forward": ("new", "old")}
WMF = WMF_PRIMARY / "jsonschema"
SUITE = json_schema_test_suite()


@pytest.mark.parametrize("case", CASES)
def test_cases(case: dict[str, Any]) -> None:
    assert set(case.get("undecided", [])) <= set(DIRECTIONS)
    assert ("undecided" in case) == ("reason" in case)
    for direction, (sub, sup) in DIRECTIONS.items():
        found = contained(case[sub], case[sup], draft=case.get("draft"))
        expected = "unknown" if direction in case.get("undecided", ()) else case[direction]
        assert found.answer == expected, f"{direction}: {found.reason}"
        assert (found.witness is not None) == (expected == "no")


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 400
    undecided = [direction for (case,) in (param.values for param in CASES) for direction in case.get("undecided", ())]
    assert len(undecided) <= 2 * len(CASES) * 0.01


NUMBERED = st.integers(0, 2**48).map(Random)
SEARCHING = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@SEARCHING
@given(NUMBERED)
def test_no_answer_is_refuted(random: Random) -> None:
    tally = Tally()
    draft, first, second = pair(random, [])
    examine(random, draft, first, second, tally)
    examine(random, draft, second, first, tally)
    assert tally.wrong == []


@SEARCHING
@given(NUMBERED, st.sampled_from(DRAFTS))
def test_known_containments_are_never_denied(random: Random, draft: str) -> None:
    soup = Soup(random, draft)
    one, other = soup.schema(2), soup.schema(2)
    if "$ref" in json.dumps([one, other]):
        return
    positions = "prefixItems" if draft == "2020-12" else "items"
    for smaller, greater in (
        (one, one),
        ({"allOf": [one, other]}, one),
        (one, {"anyOf": [one, other]}),
        ({"oneOf": [one, other]}, {"anyOf": [one, other]}),
        ({"not": {"anyOf": [one, other]}}, {"not": one}),
        ({positions: [one]}, {positions: [{"anyOf": [one, other]}]}),
        ({"properties": {"a": {"allOf": [one, other]}}}, {"properties": {"a": one}}),
        ({"additionalProperties": {"allOf": [one, other]}}, {"additionalProperties": one}),
    ):
        assert contained(smaller, greater, draft=draft, witness=False).answer is not Answer.NO


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize("beside", [{}, {"type": "string", "title": "x"}])
def test_alternatives_that_list_values_are_one_list(keyword: str, beside: dict[str, Any]) -> None:
    few, many = ({keyword: [{"const": f"v{i}", **beside} for i in range(count)]} for count in (300, 301))
    assert contained(few, many, max_steps=1000).answer is Answer.YES
    assert contained(many, few, max_steps=1000).answer is Answer.NO
    assert contained(few, {"enum": [f"v{i}" for i in range(300)]}, max_steps=1000).answer is Answer.YES


def test_a_value_in_two_lists_of_one_of() -> None:
    both = {"oneOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}
    assert equivalent(both, {"enum": [1, 3]}) is Answer.YES
    assert equivalent({"anyOf": both["oneOf"]}, {"enum": [1, 2, 3]}) is Answer.YES


def test_the_order_of_alternatives_says_nothing() -> None:
    branches = [{"required": [f"p{i}"], "properties": {f"p{i}": {"type": "string"}}} for i in range(40)]
    found = contained({"oneOf": branches}, {"oneOf": branches[::-1]}, max_steps=1)
    assert (found.answer, found.reason) == (Answer.YES, "both schemas say the same")


@SEARCHING
@given(NUMBERED, st.sampled_from(DRAFTS))
def test_answers_are_deterministic(random: Random, draft: str) -> None:
    soup = Soup(random, draft)
    first, second = soup.document(), soup.document()
    assert contained(first, second, draft=draft) == contained(first, second, draft=draft)


@SEARCHING
@given(NUMBERED, st.sampled_from(DRAFTS))
def test_an_event_is_in_a_schema_if_the_validator_says_so(random: Random, draft: str) -> None:
    import jsonschema_rs

    schema = Soup(random, draft).document()
    name = "Draft" + draft.replace("draft-0", "").replace("-", "")
    try:
        validator = getattr(jsonschema_rs, f"{name}Validator")(schema)
    except ValueError:
        return
    if '"format"' in json.dumps(schema):
        return
    for event in events(random, [schema], 5):
        found = contained({"enum": [event]}, schema, draft=draft, witness=False)
        # In draft-04 it matters how the whole numbers of a list are written.
        written = writings(event) if draft == "draft-04" else [event]
        expected = Answer.YES if all(map(validator.is_valid, written)) else Answer.NO
        assert found.answer in (expected, Answer.UNKNOWN)


@pytest.mark.search
@pytest.mark.parametrize("seed", range(2))
def test_search_for_wrong_answers(seed: int) -> None:
    tally = run(1000, seed, real_schemas(WMF) if WMF.is_dir() else [])
    assert tally.wrong == []
    assert tally.answers["unknown"] <= sum(tally.answers.values()) * 0.01


@pytest.mark.parametrize("draft", DRAFTS)
def test_agrees_with_the_canonical_forms_of_jsonschema_rs(draft: str) -> None:
    """Another prover, of another make: it may know less, but never something else."""
    rs = pytest.importorskip("jsonschema_rs")
    if not hasattr(rs, "canonicalize"):
        pytest.skip("this jsonschema_rs compares no schemas")
    which = getattr(rs, "Draft" + draft.replace("draft-0", "").replace("-", ""))
    decided = 0
    for number in range(150):
        random = Random(f"{draft} {number}")
        soup = Soup(random, draft)
        first, second = soup.document(), soup.document()
        try:
            smaller, greater = (rs.canonicalize(one, draft=which, validate_formats=True) for one in (first, second))
            theirs = str(greater.covers(smaller))
        except ValueError:
            continue
        if theirs != "unknown":
            decided += 1
            assert contained(first, second, draft=draft, witness=False).answer in (theirs, Answer.UNKNOWN), number
    assert decided > 100


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_says_yes_where_jsoncompat_errs_only_with_an_event(direction: str) -> None:
    """jsoncompat 0.3 says "compatible" too often: wherever it does and we do not, we show an event."""
    jsoncompat = pytest.importorskip("jsoncompat", reason="jsoncompat is not installed")
    role = {"backward": "deserializer", "forward": "serializer"}[direction]
    sub, sup = DIRECTIONS[direction]
    contradicted = 0
    for param in CASES:
        (case,) = param.values
        if case.get("draft") != "2020-12":
            continue
        texts = [json.dumps(case[side]) for side in ("old", "new")]
        try:
            theirs = jsoncompat.check_compat(*texts, role)
        except ValueError:
            continue
        found = contained(case[sub], case[sup], draft="2020-12")
        if theirs and found.answer is not Answer.YES:
            contradicted += 1
            assert found.witness is not None
    assert contradicted < 20


@pytest.mark.parametrize("draft", ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
def test_agrees_with_the_test_suite_of_json_schema(draft: str) -> None:
    """``{"enum": [event]}`` is contained in a schema exactly if the event is valid."""
    if not SUITE.is_dir():
        pytest.skip(NO_SUITE)
    name = draft.removeprefix("draft") if "-" in draft else draft
    different = []
    for path in sorted((SUITE / draft).glob("*.json")):
        for group in json.loads(path.read_text("utf-8")):
            for test in group["tests"]:
                if draft == "draft4" and test["valid"] and len(list(writings(test["data"]))) > 1:
                    # `enum` has the event in each way to write its numbers, and in draft-04 that matters.
                    continue
                found = contained({"enum": [test["data"]]}, group["schema"], draft=name, retrieve=remote, witness=False)
                expected = Answer.YES if test["valid"] else Answer.NO
                if found.answer not in (expected, Answer.UNKNOWN) and "only an annotation" not in test["description"]:
                    different.append(f"{path.name}: {group['description']}: {test['description']}")
    assert all("custom metaschema" in one for one in different), different


def remote(uri: str) -> Any:
    if not uri.startswith("http://localhost:1234/"):
        raise SchemaError(f"{uri} is not here")
    return json.loads((SUITE / "remotes" / uri.removeprefix("http://localhost:1234/")).read_text("utf-8"))


def test_all_pairs_of_a_real_repository_are_decided() -> None:
    if not WMF.is_dir():
        pytest.skip(NO_CORPUS)
    for old, new in version_pairs(WMF):
        for sub, sup in ((old, new), (new, old)):
            found = contained(sub, sup)
            assert found.answer is not Answer.UNKNOWN
            assert (found.witness is not None) == (found.answer is Answer.NO)


def version_pairs(folder: Path) -> list[tuple[Any, Any]]:
    """Each released version with the one after it."""
    pairs = []
    for title in sorted({path.parent for path in folder.rglob("[0-9]*.yaml")}):
        paths = sorted(title.glob("[0-9]*.yaml"), key=lambda path: [int(part) for part in path.stem.split(".")])
        documents = [parse(path.read_bytes(), source=str(path)) for path in paths]
        pairs += pairwise(documents)
    return pairs


def test_equivalent() -> None:
    assert equivalent({"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}) is Answer.YES
    assert equivalent({"type": "integer"}, {"type": "number"}) is Answer.NO
    assert equivalent({"pattern": "(a)\\1"}, {"pattern": "(b)\\1"}) is not Answer.YES


@pytest.mark.parametrize(
    ("old", "new", "refusals"),
    [
        ({"const": None}, {"type": "string"}, ['null is not of type "string"']),
        ({"const": True}, {"enum": ["a", False]}, ['true is not one of "a" or false']),
        ({"const": {"a": None}}, {"properties": {"a": False}}, ["/a: nothing is valid here, so not null"]),
        (
            {"const": {"k": "b", "v": None}},
            {
                "oneOf": [
                    {"properties": {"k": {"const": k}, "v": {"type": t}}} for k, t in (("a", "null"), ("b", "string"))
                ]
            },
            ['/v: null is not of type "string", in the closest branch of the oneOf'],
        ),
        (
            {"const": {"u": [{"v": 1}]}},
            {
                "properties": {
                    "u": {
                        "items": {
                            "anyOf": [{"type": "null"}, {"anyOf": [{"properties": {"v": {"maximum": 0}}}, False]}]
                        }
                    }
                }
            },
            ["/u/0/v: 1 is greater than the maximum of 0, in the closest branch of the anyOf at /u/0"],
        ),
    ],
    ids=str,
)
def test_words_of_refusals(old: Any, new: Any, refusals: list[str]) -> None:
    witness = contained(old, new).witness
    assert witness is not None
    assert list(witness.refusals) == refusals


def test_words_of_the_reference_are_spelled_as_json_too() -> None:
    assert in_json("None is not one of ['a', None, True]") == 'null is not one of ["a", null, true]'
    assert in_json("None of [] are valid under the given schema") == "None of [] are valid under the given schema"


def test_the_witness_says_where_and_why() -> None:
    old = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "examples": ["x"]}}}}
    new = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string", "maxLength": 0}}}}
    witness = contained(old, new).witness
    assert witness is not None
    assert witness.event == {"a": ["a"]}
    assert witness.pointer == "/a/0"
    assert witness.errors == ('"a" is longer than 0 characters',)


def test_the_witness_looks_like_an_event() -> None:
    old = {
        "type": "object",
        "properties": {"stream": {"type": "string"}, "dt": {"type": "string", "format": "date-time"}},
        "required": ["stream", "dt"],
        "examples": [{"stream": "page_view", "dt": "2021-01-01T00:00:00Z"}],
    }
    new = {**old, "required": ["stream", "dt", "id"]}
    witness = contained(old, new).witness
    assert witness is not None
    assert witness.event == {"stream": "page_view", "dt": "2021-01-01T00:00:00Z"}


def test_references_are_retrieved() -> None:
    schema = {"properties": {"a": {"$ref": "http://example.org/other#/definitions/x"}}}
    other = {"definitions": {"x": {"type": "integer"}}}
    found = contained(schema, {"properties": {"a": {"type": "number"}}}, retrieve=lambda uri: other)
    assert found.answer is Answer.YES
    assert contained({"properties": {"a": {"type": "number"}}}, schema, retrieve=lambda uri: other).witness is not None
    assert contained({"properties": {"a": {"type": "number"}}}, schema).answer is Answer.UNKNOWN


@pytest.mark.parametrize("draft", ["draft-07", "7", "draft7", "http://json-schema.org/draft-07/schema#"])
def test_names_of_drafts(draft: str) -> None:
    assert contained({"const": 1}, {"type": "integer"}, draft=draft).answer is Answer.YES


def test_an_unknown_draft_is_refused() -> None:
    with pytest.raises(UsageError, match="draft-99"):
        contained({}, {}, draft="draft-99")


BROKEN: list[Any] = [
    {"type": 5}, {"type": "strange"}, {"enum": 1}, {"minimum": "1"}, {"multipleOf": 0}, {"minLength": -1}, {"minLength": 1.5},
    {"pattern": "("}, {"pattern": 1}, {"properties": []}, {"properties": {"a": 1}}, {"required": "a"}, {"required": [1]},
    {"items": 3}, {"allOf": {}}, {"anyOf": [3]}, {"oneOf": None}, {"not": []}, {"dependencies": {"a": 3}}, {"$ref": 5},
    {"patternProperties": {"(": {}}}, {"patternProperties": [1], "additionalProperties": False}, {"additionalProperties": "no"}, {"contains": 1}, {"if": 1}, [], "x", 5, None,
]  # fmt: skip


@pytest.mark.parametrize("schema", BROKEN, ids=str)
def test_what_is_no_schema_is_undecided(schema: Any) -> None:
    """No crash, and no answer that rests on a keyword without meaning."""
    found = contained({"enum": [1, "a", [1], {"a": 1}, {"b": 1}]}, schema)
    assert found.answer is Answer.UNKNOWN or found.witness is None
    assert contained(schema, {}).answer is Answer.YES


def test_deep_nesting_is_undecided() -> None:
    schema: Any = {"type": "integer"}
    for _ in range(600):
        schema = {"properties": {"a": schema}}
    assert contained(schema, {**schema, "minProperties": 1}).answer is not Answer.YES


def test_a_search_too_long_is_undecided() -> None:
    clauses = [
        {"anyOf": [{"required": [f"{sign}{random.randrange(9)}"]} for sign in "pn" for _ in range(2)]}
        for random in map(Random, range(80))
    ]
    exclusive = [{"not": {"required": [f"p{number}", f"n{number}"]}} for number in range(9)]
    found = contained({"type": "object", "allOf": [*clauses, *exclusive]}, {"maxProperties": 3})
    assert found.answer in (Answer.NO, Answer.UNKNOWN)
