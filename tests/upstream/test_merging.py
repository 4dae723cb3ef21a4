"""Merging ``allOf``: the same result as upstream, or a refusal where upstream refuses."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings

from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.values import clone, equal
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of import merge_all_of
from tests.conftest import examples
from tests.strategies import schemas
from tests.upstream.oracle import Oracle


@settings(max_examples=examples(120), suppress_health_check=list(HealthCheck))
@given(schema=schemas())
def test_merges_like_upstream(oracle: Oracle, schema: Any) -> None:
    answer = oracle.ask("merge", text=json.dumps(schema))
    try:
        merged = merge_all_of(clone(schema))
    except SchemaError as error:
        assert "error" in answer, error
    else:
        assert "error" not in answer, answer
        if "json" in answer:
            assert equal(json.loads(answer["json"], parse_float=parse_decimal), merged)
