"""Shapes: whatever fits one is valid, and most of what is valid fits."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jsonschema_tools import EventSettings, RetrievalError, discover, load_config
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.events.results import BlockResult
from jsonschema_tools.events.shape_reader import Shape, ShapeReader
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators
from tests.compatibility.soups import DRAFTS, Soup, events
from tests.conftest import examples
from tests.events.test_suite import SUITE, cases
from tests.needs import NO_CORPUS, NO_SUITE, WMF_PRIMARY
from tests.repository.schema_server import SchemaServer

URI = "/shaped/1.0.0"
OPEN = {"type": "object", "properties": {"$schema": {"type": "string"}, "a": {"type": "integer"}}}


def validators_of(schemas: dict[str, Any]) -> SchemaValidators:
    def retrieve(uri: str) -> Any:
        if uri not in schemas:
            raise RetrievalError("not here")
        return schemas[uri]

    return SchemaValidators(retrieve)


@pytest.fixture(autouse=True, scope="module")
def _first_events_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jsonschema_tools.events.shaped.ENOUGH_EVENTS", 1)
        yield


def shape_for(schema: Any, *others: Any) -> tuple[Shape | None, Any]:
    """The shape for events that name no schema, and the validator; ``others`` are what else is to be found."""
    validators = SchemaValidators(lambda uri: schema if uri == URI or not others else others[0], allow_insecure=True)
    compiled = validators.get(URI)
    assert compiled.validator is not None
    return validators.shape(compiled, None), compiled.validator


def fits(shape: Shape, text: bytes) -> bool:
    reader = ShapeReader([shape])
    try:
        return shape.holds(reader.read(text))
    except (ValueError, RecursionError):
        return False


DRAFT_04 = "http://json-schema.org/draft-04/schema#"
STRUCT = {"type": "object", "additionalProperties": False, "required": ["b"], "properties": {"b": {"type": "string", "format": "date"}}}  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "fitting", "others"),
    [
        ({"type": "string", "minLength": 1}, ['"a"', '"😀"'], ['""', "1", "null"]),
        ({"type": "string", "format": "date"}, ['"2024-02-29"'], ['"2023-02-29"']),
        ({"type": "string", "pattern": "^a.$", "maxLength": 2}, ['"ab"', '"a\\t"'], ['"b"', '"abc"', '"a\\n"']),
        ({"type": "integer", "minimum": 0, "maximum": 2**64}, ["0", str(2**64)], ["-1", str(2**64 + 1), "0.5"]),
        ({"type": "integer", "minimum": 0, "exclusiveMaximum": 3}, ["0", "2"], ["-1", "3"]),
        ({"type": "number", "minimum": 0.1}, ["0.1", "1", "0.1000000000000000000001"], ["0.09999999999999999999999", "1.0e-400"]),
        ({"type": "number"}, ["0.1", "1", "1e40"], ['"1"', "true"]),
        ({"type": "boolean"}, ["true", "false"], ["0", "null"]),
        ({"type": "null"}, ["null"], ["0", "false"]),
        ({"type": "array", "items": {"type": "integer"}, "maxItems": 2}, ["[]", "[1,2]"], ["[1,2,3]", '["1"]', "{}"]),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, ['["2024-02-29"]'], ['["2023-02-29"]']),
        ({"type": "array", "items": STRUCT}, ['[{"b":"2024-02-29"}]'], ['[{"b":"2023-02-29"}]', "[{}]"]),
        ({"type": "array", "items": [{"type": "integer"}], "additionalItems": False}, ["[1]"], ["[1,2]", '["1"]']),
        ({"type": "array", "uniqueItems": True}, ["[1,2]"], ["[1,1]"]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, ["{}", '{"a":"b"}'], ['{"a":1}', "[]"]),
        ({"type": "object", "additionalProperties": {"type": "string", "format": "date"}}, ['{"a":"2024-02-29"}'], ['{"a":"2023-02-29"}']),
        ({"type": "object", "additionalProperties": STRUCT}, ['{"a":{"b":"2024-02-29"}}'], ['{"a":{"b":"2023-02-29"}}', '{"a":{}}']),
        ({"type": "object", "additionalProperties": False}, ["{}"], ['{"a":1}']),
        ({"type": "object", "minProperties": 1}, ['{"a":1}'], ["{}"]),
        ({"type": "object", "required": ["a"]}, ['{"a":null}'], ["{}", '{"b":1}']),
        ({"type": "object", "properties": {"c": STRUCT}}, ["{}", '{"c":{"b":"2024-02-29"}}'], ['{"c":{"b":"x"}}', '{"c":{}}', '{"c":null}']),
        ({"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": {"type": "string"}}, ['{"a":1,"b":"c"}'], ['{"b":1}']),
        ({"type": ["integer", "null"]}, ["1", "null", "1.0"], ["0.5", '"1"']),
        ({"enum": [1, "a"]}, ["1", "1.0", '"a"'], ["2"]),
        ({"const": {"id": "x"}}, ['{"id":"x"}'], ["{}"]),
        ({"oneOf": [{"type": "string"}, {"type": "integer", "multipleOf": 2}]}, ['"a"', "2"], ["3", "null"]),
        ({"$id": "/other", "$schema": "https://json-schema.org/draft-07/schema", "type": "integer"}, ["1"], ['"1"']),
        (True, ["1", "{}"], ["x"]),
    ],
)  # fmt: skip
def test_parts(schema: Any, fitting: list[str], others: list[str]) -> None:
    """As a property, in JSON text; what does not fit is not valid here."""
    whole = {"type": "object", "properties": {"x": schema}}
    shape, validator = shape_for(whole)
    assert shape is not None
    for texts, fit in ((fitting, True), (others, False)):
        for text in texts:
            line = f'{{"x": {text}}}'.encode()
            assert fits(shape, line) is fit, text
            if text != "x":
                assert validator.is_valid(read_event(line)) is fit, text
    assert fits(shape, b"{}")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"x": {"$ref": "#/definitions/a"}}, "definitions": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"x": {"not": {"$ref": "#"}}}},
        {"type": "object", "properties": {"x": {"$schema": DRAFT_04, "id": "/x", "const": 1}}},
        {"type": "object", "allOf": [{"required": ["a"]}]},
        {"type": "object", "minProperties": 1},
        {"type": "object", "properties": {"x": False}},
        {"type": ["object", "null"]},
        {"properties": {"a": {"type": "string"}}},
        {"type": "object", "properties": {'a"': {"type": "string"}}},
        True,
    ],
)  # fmt: skip
def test_schemas_without_a_shape(schema: Any) -> None:
    assert shape_for(schema)[0] is None


@pytest.mark.parametrize(
    ("about_the_name", "has_a_shape"),
    [
        ({"properties": {"$schema": {"enum": ["/a/1.0.0"]}}, "required": ["$schema"]}, True),
        ({"properties": {"$schema": {"enum": ["/b/1.0.0"]}}}, False),
        (
            {"properties": {"$schema": {"type": "string", "format": "uri-reference"}}, "additionalProperties": False},
            True,
        ),
        ({"additionalProperties": False}, False),
        ({"properties": {"$schema": False}}, False),
        ({}, True),
    ],
)
def test_the_schema_must_allow_its_name(about_the_name: Any, has_a_shape: bool) -> None:
    validators = SchemaValidators(lambda _uri: {"type": "object", **about_the_name}, allow_insecure=True)
    assert (validators.shape(validators.get("/a/1.0.0"), "/a/1.0.0") is not None) is has_a_shape


@pytest.mark.search
def test_readers_that_went_keep_few_types() -> None:
    """msgspec remembers some sets of types that a reader tells apart, however many readers there were."""

    def living() -> int:
        gc.collect()
        return sum(isinstance(one, type) and issubclass(one, msgspec.Struct) for one in gc.get_objects())

    def read_again(times: int) -> int:
        validators = SchemaValidators(lambda _uri: OPEN, allow_insecure=True)
        for _ in range(times):
            shapes = [validators.shape(validators.get(URI), tag) for tag in ("/a/1.0.0", "/b/1.0.0")]
            ShapeReader(shape for shape in shapes if shape is not None)
        return living()

    read_again(1)
    before = living()
    assert read_again(100) <= before + 2 * 64
    assert read_again(100) <= before + 2 * 64


def test_a_bound_that_another_keyword_changes() -> None:
    for exclusive, fit in ((True, False), (False, True)):
        inner = {"type": "integer", "minimum": 1, "exclusiveMinimum": exclusive}
        shape, _ = shape_for({"$schema": DRAFT_04, "type": "object", "properties": {"x": inner}})
        assert shape is not None
        assert fits(shape, b'{"x":1}') is fit
        assert fits(shape, b'{"x":2}')


def test_nothing_is_fetched_for_a_shape() -> None:
    """A metaschema of one's own may mean other things by its keywords; only the store may look for it."""
    with SchemaServer() as server:
        inner = {"$id": "http://a/b", "$schema": f"{server.url}/meta", "type": "string"}
        schema = {"type": "object", "properties": {"x": {"anyOf": [inner]}}}
        shape, _ = shape_for(schema, {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"})
        assert shape is None
        assert server.requests == []


def test_large_schemas_have_no_shape() -> None:
    """It would be slower: among many properties, each name is looked for, one after the other."""
    wide = {"type": "object", "properties": {f"p{number}": {"type": "integer"} for number in range(101)}}
    many = {"type": "object", "properties": {f"p{number}": {**wide, "properties": {f"q{n}": {} for n in range(99)}} for number in range(99)}}  # fmt: skip
    assert shape_for(wide)[0] is None
    assert shape_for(many)[0] is None
    shape, _ = shape_for({"type": "object", "properties": {"x": wide}})
    assert shape is not None
    assert fits(shape, b'{"x":{"p100":1}}')
    assert not fits(shape, b'{"x":{"p100":"1"}}')


@pytest.mark.skipif(not SUITE.is_dir(), reason=NO_SUITE)
@pytest.mark.parametrize("draft", ["draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"])
def test_the_test_suite(draft: str) -> None:
    """What is not valid fits no shape, as the whole event and as a property."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for name, uri, schema, tests in cases(draft, "http://localhost:1"):
        wrapped = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
        if isinstance(schema, dict):
            wrapped["$schema"] = schema["$schema"]
        for document, wrap in ((schema, False), (wrapped, True)):
            try:
                shape, validator = shape_for(document)
            except NoValidator:
                continue
            for test in tests if shape is not None else ():
                event = {"x": test["data"]} if wrap else test["data"]
                for indent in (None, 1):
                    fit = fits(shape, json.dumps(event, indent=indent).encode())
                    counts[fit, validator.is_valid(event)] += 1
                    assert not fit or validator.is_valid(event), (name, uri, test["description"])
    assert counts[True, False] == 0
    assert counts[True, True] > 600, counts
    assert counts[False, False] > 600, counts
    # Most are numbers such as 1.0 where a whole number should be.
    assert counts[False, True] < 0.05 * counts[True, True], counts


NATIVE = st.deferred(
    lambda: st.one_of(
        st.builds(limited, st.just("string"), st.just(("minLength", "maxLength")), st.integers(0, 4)),
        st.builds(limited, st.just("integer"), st.just(("minimum", "maximum")), st.integers(-3, 3) | BIG),
        st.builds(limited, st.just("number"), st.just(("minimum", "exclusiveMaximum")), st.integers(-3, 3) | BIG),
        st.sampled_from([{"type": "boolean"}, {"type": "null"}, {}, True, {"type": "number"}, {"type": "object"}]),
        st.sampled_from([{"type": "string", "format": "date"}, {"type": "string", "enum": ["a", "é"]}, {"const": 1}]),
        st.builds(
            lambda schema, items: {**schema, **({} if items is None else {"items": items})},
            st.builds(limited, st.just("array"), st.just(("minItems", "maxItems")), st.integers(0, 2)),
            st.none() | NATIVE,
        ),
        OBJECTS,
        st.builds(lambda items: {"type": "object", "additionalProperties": items}, NATIVE),
    )
)
BIG = st.sampled_from([2**53, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**30])
NAMES = ["a", "b", "é", "$schema", "f0", 'a"']
OBJECTS = st.builds(
    lambda properties, required, additional: {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        **({} if additional is None else {"additionalProperties": additional}),
    },
    st.dictionaries(st.sampled_from(NAMES), NATIVE, max_size=3),
    st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
    st.sampled_from([None, True, False, {}, {"type": "integer"}]),
)
NUMBERS = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "1.0",
        "0.5",
        "2.9999999999999999999",
        "3.0000000000000000001",
        "1e400",
        "-1e-400",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "1e30",
        "-0",
        "1E2",
    ]
)
TEXTS = st.sampled_from(
    ['""', '"a"', '"\\u00e9"', '"é"', '"😀😀"', '"\\ud83d\\ude00"', '"2024-01-31"', '"\\ud800"', '"abcde"']
)
JSON_TEXT = st.recursive(
    NUMBERS | TEXTS | st.sampled_from(["true", "false", "null", "nul", ""]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(st.tuples(st.sampled_from(NAMES), inner), max_size=3).map(
            lambda items: "{" + ", ".join(f"{json.dumps(name)}:{value}" for name, value in items) + "}"
        ),
    ),
    max_leaves=6,
)


def limited(kind: str, keywords: tuple[str, str], low: int | None, high: int | None = None) -> dict[str, Any]:
    return {"type": kind, keywords[0]: low} | ({} if high is None else {keywords[1]: high})


def validated(validator: EventValidator, lines: list[bytes]) -> list[tuple[int, bytes, Any]]:
    """What a block says of its lines once the shapes are known."""
    results: list[BlockResult] = []
    for _ in range(2):
        results = list(validator.validate_lines(b"\n".join(lines)))
    assert sum(result.summary.events for result in results) == sum(1 for line in lines if line.strip())
    return [(refused.line, refused.text, refused.verdict) for result in results for refused in result.refused]


def one_by_one(validator: EventValidator, lines: list[bytes]) -> list[tuple[int, bytes, Any]]:
    said = [(number, line, validator.verdict_on_text(line)) for number, line in enumerate(lines) if line.strip()]
    return [each for each in said if not each[2].valid]


@settings(max_examples=examples(130))
@given(OBJECTS, st.lists(JSON_TEXT, max_size=6), st.lists(st.dictionaries(st.sampled_from(NAMES), JSON_TEXT, max_size=3), max_size=6))  # fmt: skip
@example({"type": "object", "properties": {"a": {"type": "integer", "maximum": 2**63}}}, [], [{"a": str(2**63)}, {"a": str(2**63 + 1)}])  # fmt: skip
@example({"type": "object", "properties": {"a": {"type": "number", "maximum": 0}}}, [], [{"a": "1e-400"}, {"a": "0.0"}])
def test_blocks_say_what_single_events_say(schema: Any, texts: list[str], objects: list[dict[str, str]]) -> None:
    """Events of schemas that are made of what shapes can say, and around it."""
    named = [{"$schema": json.dumps(URI), **event} for event in objects]
    lines = ["{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in event.items()) + "}" for event in named]
    encoded = [line.encode("utf-8", "surrogatepass") for line in (*lines, *texts)]
    validators = SchemaValidators(lambda _uri: schema, allow_insecure=True)
    for target in (Target(), Target(schema=URI)):
        validator = EventValidator(validators, target=target)
        assert validated(validator, encoded) == one_by_one(validator, encoded)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("seed", range(3))
def test_random_schemas(draft: str, seed: int) -> None:
    """Schemas of any keywords as a property among others."""
    random = Random(f"{draft} {seed}")
    shaped = 0
    for _ in range(60):
        soup = Soup(random, draft)
        inner = soup.document()
        dialect = inner.pop("$schema", None) if isinstance(inner, dict) else None
        schema = {"type": "object", "properties": {"x": inner, "y": soup.schema(1)}, "additionalProperties": random.random() < 0.5}  # fmt: skip
        schema |= {"$schema": dialect} if dialect else {}
        validators = SchemaValidators(lambda _uri, schema=schema: schema, allow_insecure=True)  # type: ignore[misc]
        validator = EventValidator(validators, target=Target(schema=URI))
        values = events(random, [schema], 20)
        lines = [json.dumps(event).encode() for value in values for event in (value, {"x": value}, {"y": value})]
        assert validated(validator, lines) == one_by_one(validator, lines)
        shaped += validator._shapes.reader() is not None
    assert shaped > 10


@pytest.mark.skipif(not WMF_PRIMARY.is_dir(), reason=NO_CORPUS)
def test_every_schema_of_a_real_repository_has_a_shape_that_its_examples_fit() -> None:
    config = load_config(WMF_PRIMARY)
    schemas, lines = {}, []
    for directory in discover(config).directories:
        for version, files in directory.versions.items():
            path = next(iter(files.values()))
            uri = f"/{directory.path.relative_to(config.schema_base_path)}/{version}"
            schema = parse(path.read_bytes(), source=str(path), content_type=path.suffix[1:])
            mine = [one for one in schema.get("examples", ()) if isinstance(one, dict) and one.get("$schema") == uri]
            if mine:
                schemas[uri] = schema
                lines += [json.dumps(event).encode() for event in mine]
    assert len(schemas) > 50
    validator = EventValidator(validators_of(schemas))
    assert validated(validator, lines) == []
    reader = validator._shapes.reader()
    assert reader is not None
    assert {tag for tag, _ in reader.tests.values()} == schemas.keys()
    for line in lines:
        event = reader.read(line)
        assert reader.tests[type(event)][1](event)
    # One thing wrong with each, in turn: the same is said of it, known shapes or not.
    random = Random(1)
    damaged = [json.dumps(damage(random, json.loads(line))).encode() for line in lines for _ in range(8)]
    refused = validated(validator, damaged)
    assert refused == one_by_one(validator, damaged)
    assert 0.3 < len(refused) / len(damaged) < 0.95


def damage(random: Random, event: dict[str, Any]) -> dict[str, Any]:
    """An event with one change at some depth."""
    place: Any = event
    while True:
        step = random.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        if not (isinstance(place[step], dict | list) and place[step] and random.random() < 0.7):
            break
        place = place[step]
    kind = random.randrange(5)
    if kind == 0:
        del place[step]
    elif kind == 1 and isinstance(place, dict):
        place[f"{step}s"] = place[step]
    elif kind == 2 and isinstance(place[step], int):
        place[step] = float(place[step])
    else:
        place[step] = random.choice(
            [None, "", "x" * 300, 0, -1, 2**63, 0.5, True, [], {}, [1], {"a": 1}, "2024-02-30T00:00:00Z"]
        )
    return event


class TestBlocks:
    """What shapes do not look at, and what may change."""

    @pytest.mark.parametrize(
        ("line", "refused"),
        [
            (b'{"$schema":"/a/1.0.0","a":1,"b":"\xc3\xa9"}', None),
            (b'{"$schema":"/a/1.0.0","a":1,"b":"\xff"}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":"\\ud800"}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"\xff":1}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":01}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":"\x01"}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":[1,]}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":NaN}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1} {}', "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"b":' + b"[" * 1000 + b"]" * 1000 + b"}", "not-json"),
            (b'{"$schema":"/a/1.0.0","a":1,"a":"x"}', "type"),
            (b'{"$schema":"/a/1.0.0","a":"x","a":1}', None),
            (b'{"a":1,"\\u0024schema":"/a/1.0.0"}', None),
            (b'{"$schema":"/b/1.0.0","$schema":"/a/1.0.0"}', None),
            (b'{"$schema":"/a/1.0.0","$schema":"/b/1.0.0"}', "schema-not-found"),
            (b'{"a":1}', "no-schema-uri"),
            (b'{"$schema":null,"a":1}', "no-schema-uri"),
            (b'{"$schema":"","a":1}', "no-schema-uri"),
            (b'{"b":{"$schema":"/a/1.0.0"},"a":1}', "no-schema-uri"),
            (b'{"$schema":"/a/1.0.0","a":1.0}', None),
            (b'{"$schema":"/a/1.0.0","a":1.00000000000000000001}', "type"),
            (b'["$schema","/a/1.0.0"]', "no-schema-uri"),
        ],
    )
    def test_one_line_among_others(self, line: bytes, refused: str | None) -> None:
        validator = EventValidator(validators_of({"/a/1.0.0": OPEN}))
        good = b'{"$schema":"/a/1.0.0","a":5}'
        told = validated(validator, [good, line, good])
        assert [(number, text, verdict.errors[0].kind) for number, text, verdict in told] == (
            [(1, line, refused)] if refused else []
        )

    def test_numbers_that_no_schema_describes_are_not_looked_at(self) -> None:
        """The one thing that blocks and single events differ in."""
        validator = EventValidator(validators_of({"/a/1.0.0": OPEN}))
        line = b'{"$schema":"/a/1.0.0","b":1e99999999}'
        assert validated(validator, [b'{"$schema":"/a/1.0.0"}', line]) == []
        assert validator.verdict_on_text(line).errors[0].kind == "not-json"

    @pytest.mark.parametrize("kind", [{"type": "number"}, {"type": ["number", "null"]}, {}, {"type": "integer"}])
    @pytest.mark.parametrize("number", ["1e-5000", "0e99999999", "1." + "1" * 5000, "1e5000", "1" * 5000])
    def test_numbers_that_one_does_are(self, kind: Any, number: str) -> None:
        validator = EventValidator(validators_of({"/a/1.0.0": {"type": "object", "properties": {"n": kind}}}))
        lines = [b'{"$schema":"/a/1.0.0","n":1}', f'{{"$schema":"/a/1.0.0","n":{number}}}'.encode()]
        assert [verdict.errors[0].kind for _, _, verdict in validated(validator, lines)] == ["not-json"]

    def test_a_shape_is_made_once_it_pays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jsonschema_tools.events.shaped.ENOUGH_EVENTS", 3)
        monkeypatch.setattr("jsonschema_tools.events.shaped._MOST_COUNTED", 2)
        validator = EventValidator(validators_of({"/a/1.0.0": OPEN, "/b/1.0.0": OPEN, "/c/1.0.0": OPEN}))
        a, b, c = (b'{"$schema":"/%s/1.0.0","a":5}' % title for title in (b"a", b"b", b"c"))
        known = []
        for block in ([a], [b], [a, b"x"], [c], [a, a, c], [a]):
            list(validator.validate_lines(b"\n".join(block)))
            known.append(validator._shapes.reader() is not None)
        assert known == [False, False, False, False, False, True]

    def test_a_schema_that_changes(self) -> None:
        now: dict[str, Any] = {"/a/latest": OPEN, "/b/1.0.0": OPEN}
        validator = EventValidator(validators_of(now))
        lines = [b'{"$schema":"/a/latest","a":5}', b'{"$schema":"/b/1.0.0","a":5}']
        assert validated(validator, lines) == []
        now["/a/latest"] = {**OPEN, "required": ["b"]}
        assert [number for number, _, _ in validated(validator, lines)] == [0]
        now["/a/latest"] = {**OPEN, "$ref": "#/nowhere"}
        assert [number for number, _, _ in validated(validator, lines)] == [0]
        now["/a/latest"] = OPEN
        assert validated(validator, lines) == []

    def test_the_version_is_the_callers(self) -> None:
        """The shape is that of the schema the event is held against, under the name that it has in the event."""
        other = {"type": "object", "properties": {"$schema": {"enum": ["/a/1.0.0"]}, "a": {"type": "string"}}}
        validator = EventValidator(validators_of({"/a/1.0.0": OPEN, "/a/2.0.0": other}), target=Target(version="2.0.0"))
        lines = [b'{"$schema":"/a/1.0.0","a":5}', b'{"$schema":"/a/1.0.0","a":"x"}', b'{"$schema":"/a/0.1.0","a":"x"}']
        assert [number for number, _, _ in validated(validator, lines)] == [0, 2]

    @pytest.mark.parametrize("fields", [("meta.schema",), ("/schema", "$schema"), ("schema",)])
    def test_other_fields(self, fields: tuple[str, ...]) -> None:
        validator = EventValidator(validators_of({"/a/1.0.0": OPEN}), EventSettings(schema_uri_fields=fields))
        lines = [b'{"$schema":"/a/1.0.0","schema":"/a/1.0.0","meta":{"schema":"/a/1.0.0"},"a":"x"}']
        assert [number for number, _, _ in validated(validator, lines)] == [0]

    def test_most_shapes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jsonschema_tools.events.shaped.MOST_SHAPES", 3)
        validator = EventValidator(SchemaValidators(lambda _uri: OPEN))
        assert validated(validator, [b'{"$schema":"/%d/1.0.0","a":5}' % number for number in range(9)]) == []
        reader = validator._shapes.reader()
        assert reader is not None
        assert len(reader.tests) == 3
