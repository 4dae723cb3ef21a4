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
        assert "    referred to by: jsonschema/a/current.yaml\n" in result.stderr
        checked = scratch.jst("check", "--select", "current-can-be-materialized").stdout
        assert checked.startswith(f"jsonschema/a/current.yaml:1:1: error current-can-be-materialized {server.url}/")
        assert ":5:13: the schema is not valid" in checked


def test_a_document_that_is_none_names_what_refers_to_it(scratch: Scratch) -> None:
    for name in ("a", "b"):
        scratch.write(f"jsonschema/{name}/current.yaml", SCHEMA.replace("a", name, 1).replace("/a/", f"/{name}/"))
    scratch.write("jsonschema/c/current.yaml", SCHEMA.replace("/a/", "/c/").replace("/fragment/", "/broken/"))
    scratch.write("jsonschema/broken/1.0.0", "\tx")
    with SchemaServer({"/fragment/1.0.0": b"<html>"}) as server:
        configure(scratch, "jsonschema", server.url)
        said = scratch.jst("materialize").stderr
    for name in ("a", "b", "c"):
        assert f"    referred to by: jsonschema/{name}/current.yaml\n" in said
    assert said.count("referred to by") == 3


def test_an_error_of_a_schema_is_told_of_that_schema(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA)
    scratch.write("jsonschema/fragment/current.yaml", FRAGMENT)
    said = scratch.jst("materialize").stderr
    assert "jsonschema/fragment/current.yaml:5:" in said
    assert "referred to by" not in said


def test_absolute_references_need_their_host_allowed(scratch: Scratch) -> None:
    with SchemaServer({"/x/fragment/1.0.0": FRAGMENT.replace(b"strin}", b"string}")}) as server:
        scratch.write("jsonschema/a/current.yaml", SCHEMA.replace("/fragment/1.0.0", f"{server.url}/x/fragment/1.0.0"))
        refused = scratch.jst("materialize")
        assert refused.exit_code == 1
        assert "allowedRefHosts" in refused.stderr
        configure(scratch, "jsonschema", more=f"allowedRefHosts: ['{server.host}']\n")
        assert scratch.jst("materialize").exit_code == 0
