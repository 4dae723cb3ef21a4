"""Bases that stand for absolute URIs: ``PREFIX/=BASE``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import SchemaStore, load_config
from jsonschema_tools.errors import RetrievalError, UnresolvableReference
from tests.conftest import Scratch
from tests.repository.schema_server import SchemaServer

PREFIX = "http://example.org/schema/"
DRAFT = "http://json-schema.org/draft-07/schema#"
FAMILY: dict[str, dict[str, Any]] = {
    "bom-1.5.schema.json": {
        "type": "object",
        "properties": {
            "license": {"$ref": "spdx.schema.json"},
            "signature": {"$ref": f"{PREFIX}jsf.schema.json#/definitions/signature"},
        },
    },
    "bom-1.6.schema.json": {"type": "object", "properties": {"license": {"$ref": "spdx.schema.json"}}},
    "spdx.schema.json": {"enum": ["MIT", "0BSD"]},
    "jsf.schema.json": {"definitions": {"signature": {"type": "string"}}},
}


@pytest.fixture
def family(scratch: Scratch) -> Scratch:
    for name, schema in FAMILY.items():
        scratch.write(f"schemas/{name}", json.dumps({"$schema": DRAFT, "$id": PREFIX + name, **schema}))
    scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: ./schemas\nschemaBaseUris: ['{PREFIX}=./schemas']\n")
    scratch.git("init", "--quiet")
    scratch.commit()
    return scratch


def test_events(family: Scratch) -> None:
    family.write("events.jsonl", f'{{"$schema": "{PREFIX}bom-1.5.schema.json", "license": "MIT", "signature": "s"}}\n')
    assert family.jst("validate", "events.jsonl").exit_code == 0
    family.write("events.jsonl", '{"license": "GPL", "signature": 5}\n')
    result = family.jst("validate", "events.jsonl", "--schema", f"{PREFIX}bom-1.5.schema.json")
    assert '/license: "GPL" is not one of "MIT" or "0BSD" (enum)' in result.stdout
    assert '/signature: 5 is not of type "string" (type)' in result.stdout


def test_compatibility(family: Scratch) -> None:
    result = family.jst("compat", "schemas/bom-1.5.schema.json", "schemas/bom-1.6.schema.json")
    assert "cannot be" not in result.output
    assert "backward: yes" in result.output


def test_resolve_from_another_folder(family: Scratch) -> None:
    result = family.jst("resolve", f"{PREFIX}spdx.schema.json", "--location")
    assert result.stdout == "schemas/spdx.schema.json\n"
    (base,) = load_config(family.root / "schemas").schema_base_uris
    assert base == f"{PREFIX}={family.root / 'schemas'}"


def test_by_path_as_well_and_nothing_outside(family: Scratch) -> None:
    store = SchemaStore([f"{PREFIX}={family.root / 'schemas'}"])
    assert store.retrieve("/spdx.schema.json") is store.retrieve("/spdx.schema.json")
    assert store.retrieve(f"{PREFIX}spdx.schema.json") == store.retrieve("/spdx.schema.json")
    with pytest.raises(RetrievalError):
        store.retrieve(f"{PREFIX}none.json")
    for uri in (f"{PREFIX}../.jsonschema-tools.yaml", "http://example.org/schemas/x", "http://example.org/schema"):
        with pytest.raises(UnresolvableReference):
            store.retrieve(uri)


def test_over_http_and_out_of_a_commit(family: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with SchemaServer({"/mirror/a.json": b'{"title": "a"}'}) as server:
        assert SchemaStore([f"{PREFIX}={server.url}/mirror"]).retrieve(f"{PREFIX}a.json") == {"title": "a"}
    store = SchemaStore([f"{PREFIX}=git+file://{family.root}/schemas@HEAD"])
    assert store.location(f"{PREFIX}spdx.schema.json").endswith(":spdx.schema.json")


@pytest.mark.parametrize(
    "uri", ["https://example.org/a=b/", "https://example.org/?a=b", "git+file:///repository/a=b@HEAD", "/a=b", "./x"]
)
def test_what_is_no_prefix(uri: str, tmp_path: Path, load: Callable[[str], tuple[str, ...]]) -> None:
    (base,) = load(uri)
    assert base in (uri, str(tmp_path / uri), "/a=b")


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    def read(uri: str) -> tuple[str, ...]:
        (tmp_path / ".jsonschema-tools.yaml").write_text(f"schemaBaseUris: ['{uri}']\n", "utf-8")
        return load_config(tmp_path).schema_base_uris

    return read
