"""The JSON Schema Test Suite, every case through a store and `validate`; its remote documents from a real server."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools import SchemaStore, validate
from tests.needs import NO_SUITE, is_pinned, json_schema_test_suite
from tests.repository.schema_server import SchemaServer

SUITE = json_schema_test_suite()
EXCEPTIONS = yaml.safe_load((Path(__file__).parents[1] / "cases/events/suite_exceptions.yaml").read_text("utf-8"))
REMOTE = "http://localhost:1234"
DRAFTS = {
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason=NO_SUITE)


@pytest.fixture(scope="module")
def server() -> Iterator[SchemaServer]:
    """The remote documents, with the server's own address in them."""
    with pytest.MonkeyPatch.context() as patch, SchemaServer() as served:
        patch.setenv("no_proxy", "127.0.0.1")
        for path in (SUITE / "remotes").rglob("*.json"):
            name = "/" + path.relative_to(SUITE / "remotes").as_posix()
            served.documents[name] = path.read_bytes().replace(REMOTE.encode(), served.url.encode())
        yield served


def cases(draft: str, own_url: str) -> Iterator[tuple[str, str, Any, list[dict[str, Any]]]]:
    """File, URI, schema and tests of every case of a draft; a schema says which draft it is of."""
    for path in sorted((SUITE / draft).rglob("*.json")):
        name = path.relative_to(SUITE).as_posix()
        for number, case in enumerate(json.loads(path.read_text("utf-8").replace(REMOTE, own_url))):
            schema = case["schema"]
            if isinstance(schema, dict):
                schema = {"$schema": DRAFTS[draft], **schema}
            yield name, f"/{name.removesuffix('.json')}-{number}/1.0.0", schema, case["tests"]


def is_exception(name: str, test: dict[str, Any]) -> bool:
    return any(
        name == exception["file"] and any(fnmatch.fnmatch(test["description"], d) for d in exception["descriptions"])
        for exception in EXCEPTIONS
    )


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_case(draft: str, server: SchemaServer, tmp_path: Path) -> None:
    store = SchemaStore([str(tmp_path), server.url])
    wrong, count = [], 0
    for name, uri, schema, tests in cases(draft, server.url):
        path = tmp_path / f"{uri[1:]}.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(schema), "utf-8")
        for test in tests:
            count += 1
            # As the text that a producer would send, and as plain data.
            for event in (json.dumps(test["data"]).encode(), test["data"]):
                verdict = validate(event, store, schema=uri)
                if verdict.valid is not (test["valid"] ^ is_exception(name, test)):
                    wrong.append(f"{name}: {uri}: {test['description']}: {verdict}")
                if not verdict.valid and not all(error.keyword for error in verdict.errors):
                    wrong.append(f"{name}: {uri}: {test['description']}: cannot be judged: {verdict}")
    assert wrong == []
    assert count > 800


def test_every_exception_is_one() -> None:
    for exception in EXCEPTIONS:
        texts = json.loads((SUITE / exception["file"]).read_text("utf-8"))
        descriptions = [test["description"] for case in texts for test in case["tests"]]
        for pattern in exception["descriptions"]:
            assert fnmatch.filter(descriptions, pattern) or (exception.get("newer") and is_pinned(SUITE))
        assert exception["reason"]
