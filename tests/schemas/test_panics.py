"""Schemas on which jsonschema-rs panics, which is no `Exception`: each door says so, and the run goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import SchemaStore, validate
from jsonschema_tools.containment.proof import contained
from jsonschema_tools.nodejs.ajv_validation import problems_of_instances
from jsonschema_tools.schemas.compiling import PatternCompiler
from jsonschema_tools.schemas.panics import Panic, panics_as_errors

SCHEMA: dict[str, Any] = {
    "$id": "/b",
    "anyOf": [{"$id": "http://x/a", "oneOf": [{"$id": "/b", "dependencies": {"c": {"$ref": "#a"}}}]}],
    "definitions": {"a": {"$id": "#a"}},
}
DRAFT_06 = "http://json-schema.org/draft-06/schema#"


def panics() -> bool:
    from jsonschema_rs import validator_for

    try:
        validator_for({"$schema": DRAFT_06, **SCHEMA})
    except BaseException as error:
        return type(error).__name__ == "PanicException"
    return False


needs_a_panic = pytest.mark.skipif(not panics(), reason="this jsonschema-rs does not panic here")


@needs_a_panic
def test_compiling() -> None:
    with pytest.raises(Panic, match="gives up"):
        PatternCompiler().compile({"$schema": DRAFT_06, **SCHEMA})


@needs_a_panic
def test_validating(tmp_path: Path) -> None:
    (tmp_path / "b").write_text(json.dumps({"$schema": DRAFT_06, **SCHEMA}))
    verdict = validate({"c": 1}, SchemaStore([str(tmp_path)]), schema="/b")
    assert [error.obstacle for error in verdict.errors] == ["schema-unusable"]
    assert "gives up" in verdict.errors[0].message


@needs_a_panic
def test_comparing() -> None:
    old, new = ({"$schema": DRAFT_06, "properties": {"x": {"type": name}}, **SCHEMA} for name in ("string", "integer"))
    for one, other in ((old, new), (new, old)):
        assert str(contained(one, other).answer) in ("no", "unknown")


@needs_a_panic
def test_examples() -> None:
    assert [pointer for _, pointer, _ in problems_of_instances(SCHEMA, [{"c": 1}])] in ([], [""])


def test_other_exceptions_pass() -> None:
    for error in (KeyboardInterrupt, ValueError, SystemExit):
        with pytest.raises(error), panics_as_errors():
            raise error
