"""Materializing with fragments of another repository, over real HTTP."""

from __future__ import annotations

from tests.conftest import Scratch
from tests.repository.schema_server import SchemaServer

FRAGMENT = b"title: fragment\n$id: /fragment/1.0.0\ntype: object\nproperties:\n  x: {type: strin}\n"
SCHEMA = "title: a\n$id: /a/1.0.0\ntype: object\nallOf: [{$ref: /fragment/1.0.0}]\n"


def configure(scratch: Scratch, *uris: str, more: str = "") -> None:
    bases = "".join(f"  - {uri}\n" for uri in uris)
    scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris:\n{bases}{more}")


def test_a_fragment_is_fetched_once_and_kept(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    with SchemaServer({"/schemas/fragment/1.0.0": FRAGMENT.replace(b"strin}", b"string}")}) as server:
        configure(scratch, "jsonschema", f"{server.url}/schemas")
        assert scratch.jst("materialize").exit_code == 0
    assert "x:" in scratch.read("jsonschema/a/1.0.0.yaml")
    assert scratch.jst("materialize", "--check", "--offline").exit_code == 0


def test_offline_without_a_copy_is_an_error(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    with SchemaServer({"/fragment/1.0.0": FRAGMENT}) as server:
        configure(scratch, "jsonschema", server.url)
        result = scratch.jst("materialize", "--offline")
    assert result.exit_code == 1
    assert "jsonschema/a/current.yaml:4:" in result.stderr
    assert "offline" in result.stderr


def test_a_mistake_in_a_remote_fragment_has_its_place(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    with SchemaServer({"/fragment/1.0.0": FRAGMENT}) as server:
        configure(scratch, "jsonschema", server.url)
        result = scratch.jst("materialize")
        assert result.exit_code == 1
        assert f"{server.url}/fragment/1.0.0:5:" in result.stderr
        assert "'strin' is not one of" in result.stderr


def test_absolute_references_need_their_host_allowed(scratch: Scratch) -> None:
    with SchemaServer({"/x/fragment/1.0.0": FRAGMENT.replace(b"strin}", b"string}")}) as server:
        scratch.write("jsonschema/a/current.yaml", SCHEMA.replace("/fragment/1.0.0", f"{server.url}/x/fragment/1.0.0"))
        refused = scratch.jst("materialize")
        assert refused.exit_code == 1
        assert "allowedRefHosts" in refused.stderr
        configure(scratch, "jsonschema", more=f"allowedRefHosts: ['{server.host}']\n")
        assert scratch.jst("materialize").exit_code == 0
