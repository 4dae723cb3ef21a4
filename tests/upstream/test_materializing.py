"""Whole materializing against upstream: the same bytes of YAML and JSON, or a refusal where upstream refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import ReferenceCycle, SchemaToolsError
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.release.materialization import materialize
from jsonschema_tools.settings import Config
from tests.conftest import examples
from tests.strategies import repositories
from tests.upstream.oracle import Oracle

OUR_REFUSALS = ("the schema is not valid", "values at", "nests deeper")
"""What we refuse and upstream does not: see docs/decisions.md."""

THEIR_REFUSALS = ('" not found.',)
"""What upstream refuses and we do not: it does not load the documents that keys beside a ``$ref`` refer to."""


def extends(value: Any) -> bool:
    """Whether there are keys beside a ``$ref``: ours then takes for a circle what shares a part with one."""
    if isinstance(value, dict):
        return ("$ref" in value and len(value) > 1) or any(map(extends, value.values()))
    return isinstance(value, list) and any(map(extends, value))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fragments")


def compare(oracle: Oracle, folder: Path, repository: tuple[Any, dict[str, Any]], **settings: Any) -> str:
    """Materialize with both; what came of it."""
    root, fragments = repository
    for uri, document in fragments.items():
        path = folder / uri[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), "utf-8")
    text = json.dumps(root)
    options = {"schemaBaseUris": [str(folder)], "shouldGenerateExample": settings.get("should_generate_example", False)}
    theirs = oracle.ask("materialize", text=text, options=options)
    config = Config(root=folder, schema_base_path=folder, schema_base_uris=(str(folder),), **settings)
    store = SchemaStore(config.schema_base_uris)
    try:
        document = materialize(parse(text, source="root", content_type="json"), config, store.retrieve)
        ours = {type_: serialize(document, type_) for type_ in ("yaml", "json")}
    except SchemaToolsError as error:
        if "error" not in theirs:
            extended = isinstance(error, ReferenceCycle) and extends([root, *fragments.values()])
            assert extended or any(words in error.message for words in OUR_REFUSALS), error
            return "refused by us only"
        return "refused"
    if "error" in theirs:
        assert any(words in theirs["error"] for words in THEIR_REFUSALS), theirs
        return "refused by upstream only"
    assert ours["yaml"] == theirs["yaml"]
    assert ours["json"] == theirs["json"]
    return "same"


@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
@given(repository=repositories())
def test_materializes_like_upstream(oracle: Oracle, folder: Path, repository: tuple[Any, dict[str, Any]]) -> None:
    compare(oracle, folder, repository)
