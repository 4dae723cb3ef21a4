"""Schemas and events as AJV 6 judges them in upstream's tests, against AJV itself."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

import pytest

from jsonschema_tools.documents.values import Timestamp
from jsonschema_tools.nodejs.ajv import FORMATS
from jsonschema_tools.nodejs.ajv_metaschema import invalid_as_draft_07
from jsonschema_tools.nodejs.ajv_validation import problems_of_instances
from jsonschema_tools.rules.robustness import secure
from tests.rules.test_rules import context, schema_file
from tests.upstream.oracle import Oracle
from tests.upstream.random_damage import SCHEMAS, TEXTS, VALUES

OF_FORMATS = [
    "2021-01-01", "2021-13-01", "10:00:00", "23:59:60Z", "25:00:00", "2021-01-01T10:00:00Z", "2021-01-01\u00a010:00:00Z", "2021-01-01t10:00:00.5+0100",
    "http://a/b", "a+b-c.d:e", "a,b:c", "a b", "a\u2003b", "#a", "#a#b", "//a", "/a\\b", "\\a", "user@x.y", "user@-x", "a@b@c", "é@b", "a.b", "a..b", "-a", "a" * 64, "a.", "1.2.3.4", "01.2.3.4", "256.1.1.1",
    "::1", " ::1", "::1%eth0", "1::2::3", "{x}", "{x", "{+x,y*}", "{x:3}", "%41", "%4", "/a/~0", "/a/~2", "1/a", "01/a", "1#", "#/a", "#/%zz", "a\n", "(", "[^]", "\\Z", "a\\Z",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6", "urn:uuid:3FA85F64-5717-4562-B3FC-2C963F66AFA6", "3fa85f64", "\u0661\u0662:00:00", *TEXTS,
]  # fmt: skip


@pytest.mark.parametrize("name", sorted(FORMATS - {"url"}))
def test_formats(name: str, oracle: Oracle) -> None:
    schema = {"format": name}
    theirs = oracle.ask("ajv", schema=schema, instances=OF_FORMATS)["instances"]
    wrong = {index for index, _, _ in problems_of_instances(schema, OF_FORMATS)}
    different = [text for index, text in enumerate(OF_FORMATS) if (index not in wrong) != theirs[index]]
    assert different == []


def random_schema(random: Random, depth: int) -> Any:
    if depth == 0 or random.random() < 0.25:
        return copy.deepcopy(random.choice([schema for schema in SCHEMAS if isinstance(schema, (dict, bool))]))
    keywords = [key for key in VALUES if key not in ("$id", "$schema", "default", "description", "examples")]
    schema = {key: copy.deepcopy(random.choice(VALUES[key])) for key in random.sample(keywords, random.randrange(3))}
    inside = [random_schema(random, depth - 1) for _ in range(2)]
    schema |= random.choice(
        [
            {"properties": dict(zip("ab", inside, strict=True))},
            {"items": inside[0], "additionalProperties": inside[1]},
            {"allOf": inside},
            {"oneOf": inside},
            {"if": inside[0], "then": inside[1]},
            {"not": inside[0], "definitions": {"a": inside[1]}},
            {"patternProperties": {"a": inside[0]}, "dependencies": {"a": inside[1]}},
        ]
    )
    return schema


def random_instance(random: Random, depth: int) -> Any:
    if depth and random.random() < 0.5:
        inside = [random_instance(random, depth - 1) for _ in range(2)]
        return random.choice([inside, dict(zip("ab", inside, strict=True)), {"order_id": inside[0]}, [], {}])
    return random.choice([1, 0, -1, 0.5, 0.3, 19.99, True, False, None, 10**17, "a", "aa", *TEXTS])


@pytest.mark.search
def test_schemas_and_instances(oracle: Oracle) -> None:
    random = Random(7)
    for _ in range(150):
        schema = random_schema(random, 3)
        if not isinstance(schema, dict) or "'$ref': '#'" in str(schema):
            # AJV ends in a stack overflow on many schemas that refer to themselves.
            continue
        instances = [random_instance(random, 2) for _ in range(6)]
        theirs = oracle.ask("ajv", schema=schema, instances=instances)
        assert theirs["valid"] == (not list(invalid_as_draft_07(schema))), schema
        assert theirs["secure"] == (not list(secure.check(schema_file(schema), context()))), schema
        wrong = {index for index, _, _ in problems_of_instances(schema, instances)}
        assert theirs["instances"] == [index not in wrong for index in range(len(instances))], (schema, instances)


def test_a_date_is_no_text() -> None:
    date = Timestamp("2021-01-01T00:00:00.000Z")
    assert list(problems_of_instances({"type": "string"}, [date]))
    assert list(problems_of_instances({"type": "object"}, [date])) == []
    assert list(invalid_as_draft_07({"description": date}))
    assert list(invalid_as_draft_07({"default": date})) == []
