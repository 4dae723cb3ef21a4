"""References: what they are replaced by, and how they fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.errors import RetrievalError, SchemaToolsError
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.schemas.references import dereference

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/references/cases.yaml").read_text("utf-8"))


def retrieve_from(documents: dict[str, Any]) -> Any:
    def retrieve(uri: str) -> Any:
        if uri not in documents:
            raise RetrievalError(f"there is no {uri}")
        return documents[uri]

    return retrieve


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_cases(case: dict[str, Any]) -> None:
    retrieve = retrieve_from(case.get("documents", {}))
    base_uri = case["schema"].get("$id", "/")
    if "error" not in case:
        assert dereference(case["schema"], retrieve, base_uri=base_uri) == case["result"]
        return
    with pytest.raises(SchemaToolsError) as caught:
        dereference(case["schema"], retrieve, base_uri=base_uri)
    assert type(caught.value).__name__ == case["error"]
    assert case["message"] in caught.value.message
    assert case.get("pointer") in (None, caught.value.pointer)
    assert caught.value.remedy or case["error"] == "RetrievalError"


def test_one_target_is_one_object() -> None:
    schema = {
        "definitions": {"d": {"type": "string"}},
        "a": {"$ref": "#/definitions/d"},
        "b": {"$ref": "#/definitions/d"},
    }
    result = dereference(schema, retrieve_from({}))
    assert result["a"] is result["b"] is result["definitions"]["d"]
    assert schema["a"] == {"$ref": "#/definitions/d"}


def test_references_that_multiply_are_refused() -> None:
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for level in range(1, 40):
        target = {"$ref": f"#/definitions/d{level - 1}"}
        definitions[f"d{level}"] = {"properties": {"a": target, "b": target}}
    with pytest.raises(SchemaToolsError, match="values at"):
        dereference({"definitions": definitions}, retrieve_from({}))


def test_lists_what_a_document_refers_to() -> None:
    schema = {
        "$id": "/a/b/1.0.0",
        "x": [{"$ref": "../c/1.0.0#/y"}, {"$ref": "/d/1.0.0"}, {"$ref": "#/x"}, {"$ref": "/d/1.0.0#"}],
    }
    assert located_references(schema, "/a/b/1.0.0") == [
        ("/x/0", "/a/c/1.0.0"),
        ("/x/1", "/d/1.0.0"),
        ("/x/3", "/d/1.0.0"),
    ]
