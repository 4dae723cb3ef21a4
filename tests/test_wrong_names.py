"""What is told of names that are not quite right: of current files, titles, folders, and of a folder without schemas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Scratch

SCHEMA = "title: shop/cart\n$id: /shop/cart/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
FOLDER = "jsonschema/shop/cart"
EVERYWHERE = [["check"], ["ls"], ["materialize"], ["materialize-all"], ["bump"], ["changelog"]]


@pytest.mark.parametrize("command", EVERYWHERE, ids=" ".join)
def test_no_schemas_are_told(scratch: Scratch, command: list[str]) -> None:
    result = scratch.jst(*command)
    # Nothing is not green: who checks or lists a repository without schemas is in the wrong folder.
    assert result.exit_code == (2 if command[0] in ("check", "ls") else 0)
    if result.exit_code:
        assert scratch.jst(*command, "--allow-empty").exit_code == 0
    assert (
        f"there are no schemas in {scratch.root / 'jsonschema'} (configuration: .jsonschema-tools.yaml)"
        in result.stderr
    )
    scratch.write(f"{FOLDER}/current.yaml", SCHEMA)
    assert "there are no schemas" not in scratch.jst(*command).stderr


def test_no_schemas_in_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    result = Scratch(tmp_path).jst("check", ".")
    assert (result.exit_code, result.stdout) == (2, "0 passed, 0 failed, 0 skipped\n")
    assert "(configuration: no .jsonschema-tools.yaml was found)" in result.stderr


@pytest.mark.parametrize(
    ("name", "settings", "is_told"),
    [
        ("current.yml", "", True),
        ("current.json", "", True),
        ("Current.yaml", "", True),
        ("current.YAML", "", True),
        ("curent.yaml", "", True),
        ("currant.yml", "", True),
        ("current.yaml", "contentTypes: [json, yaml]\n", True),
        ("current.yaml", "currentName: schema\n", False),
        ("schema.yml", "currentName: schema\n", True),
        ("current.yaml.orig", "", False),
        ("README.md", "", False),
        ("notes.yaml", "", False),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_what_is_named_nearly_as_current_files(
    scratch: Scratch, name: str, settings: str, is_told: bool, beside: bool
) -> None:
    text = scratch.read(".jsonschema-tools.yaml")
    scratch.write(".jsonschema-tools.yaml", text + settings)
    scratch.write(f"{FOLDER}/{name}", SCHEMA)
    if beside:
        right = {"": "current.yaml", "contentTypes: [json, yaml]\n": "current.json"}.get(settings, "schema.yaml")
        scratch.write(f"{FOLDER}/{right}", json.dumps({"title": "shop/cart", "$id": "/shop/cart/1.0.0"}))
        # A slip of the pen is not likely where there is a current file.
        is_told = is_told and name.lower().startswith(("current", "schema"))
    path = f"{FOLDER}/{name}"
    for command in (["ls"], ["materialize", "--dry-run"]):
        assert (f"{path} is not read: did you mean" in scratch.jst(*command).stderr) == is_told
    checked = scratch.jst("check", "--select", "current-file-name", "--allow-empty")
    assert (f"{path}:1:1: warning current-file-name {name} is not read" in checked.stdout) == is_told
    if is_told:
        cure = "Put what it holds into" if beside else "Rename it to"
        assert f"remedy: {cure}" in checked.stdout
    assert checked.exit_code == 0


def test_links_are_no_misnamed_files(scratch: Scratch) -> None:
    scratch.write(f"{FOLDER}/current.yaml", SCHEMA)
    (scratch.root / FOLDER / "current.yml").symlink_to("current.yaml")
    assert "not read" not in scratch.jst("ls").stderr


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["check", "shop/car"], "Did you mean 'shop/cart'?"),
        (["check", "/shop/crt/1.0.0"], "Did you mean 'shop/cart'?"),
        (["status", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["diff", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["validate", "--schema", "shop/crt", f"{FOLDER}/current.yaml"], "Did you mean '/shop/cart/latest'?"),
        (["check", "jsonschma"], "Did you mean 'jsonschema'?"),
        (["check", "jsonschma/shop/cart"], "Did you mean 'shop/cart'?"),
        (["check", "nothing/like/it"], "Name one of these titles: shop/cart."),
        (["bump", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["retire", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["vendor", "shop/crt", "--to", "vendored"], "Did you mean 'shop/cart'?"),
        (["types", "shop/crt", "--to", "typeddict"], "Did you mean 'shop/cart'?"),
        (["clean", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["compat", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["changelog", "shop/crt"], "Did you mean 'shop/cart'?"),
        (["compat", f"{FOLDER}/curent.yaml", f"{FOLDER}/current.yaml"], f"Did you mean '{FOLDER}/current.yaml'?"),
        (["materialize", f"{FOLDER}/curent.yaml"], f"Did you mean '{FOLDER}/current.yaml'?"),
        (["dereference", "jsonschema/shp/cart/current.yaml"], "Did you mean 'jsonschema/shop'?"),
        (["ls", "jsonschem"], "Did you mean 'jsonschema'?"),
        (["materialize-all", "nothing"], "Name an existing folder."),
        (["ls", "-C", "jsonschema-tools.yaml"], "Did you mean '.jsonschema-tools.yaml'?"),
        (["compat", "shop/cart@1.0.0", "shop/cart@1.1.0"], "Write /shop/cart/1.0.0."),
        (["compat", "shop/crt@1.0.0", "shop/cart@1.0.0"], "Did you mean '/shop/cart/1.0.0'?"),
        (["new", "shop/AddToCart"], "Did you mean 'shop/add_to_cart'? Write lower case letters"),
        (["explain", "structre-title"], "Did you mean 'structure-title'?"),
        (["explain", "x"], "`jst rules` lists them."),
        (["check", "--select", "x"], "`jst rules` lists them."),
        (["validate", "jsonschma/events.jsonl"], "Did you mean 'jsonschema'?"),
    ],
)
def test_the_nearest_name_is_told(scratch: Scratch, arguments: list[str], remedy: str) -> None:
    scratch.write(f"{FOLDER}/current.yaml", SCHEMA)
    scratch.jst("materialize")
    result = scratch.jst(*arguments)
    assert result.exit_code == 2
    assert f"remedy: {remedy}" in result.stderr


@pytest.mark.parametrize(
    ("uri", "remedy"),
    [
        ("/shop/cart/1.1.0", "Write /shop/cart/1.0.0."),
        ("shop/cart@1.1.0", "Write /shop/cart/1.0.0."),
        ("/shop/crt/1.0.0", "Did you mean '/shop/cart/1.0.0'?"),
        ("/shop/crt", "Did you mean '/shop/cart/latest'?"),
        ("/nothing/like/it/1.0.0", "Correct the reference, or add the base URI that has it to schemaBaseUris."),
    ],
)
def test_the_nearest_schema_is_told(scratch: Scratch, uri: str, remedy: str) -> None:
    scratch.write(f"{FOLDER}/current.yaml", SCHEMA)
    scratch.jst("materialize")
    result = scratch.jst("resolve", uri)
    assert result.exit_code == 1
    assert f"remedy: {remedy}\n" in result.stderr


@pytest.mark.parametrize(("name", "near"), [("materialise", "materialize"), ("chek", "check"), ("lint", None)])
def test_the_nearest_command_is_told(scratch: Scratch, name: str, near: str | None) -> None:
    result = scratch.jst(name)
    assert result.exit_code == 2
    assert (f"No such command {name!r}. Did you mean {near!r}?" in result.stderr) == (near is not None)


def test_a_base_path_that_is_not_there(scratch: Scratch) -> None:
    scratch.write(f"{FOLDER}/current.yaml", SCHEMA)
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschemas\n")
    result = scratch.jst("check")
    assert result.exit_code == 2
    assert "remedy: Did you mean 'jsonschema'?" in result.stderr


ADDRESSES = [
    "shop/cart",
    "shop/cart@1.0.0",
    "/shop/cart",
    "/shop/cart/1.0.0",
    FOLDER,
    f"{FOLDER}/1.0.0.yaml",
    f"{FOLDER}/",
]
COMMANDS = [
    ["check"], ["ls"], ["status"], ["diff"], ["bump"], ["changelog"], ["compat"], ["materialize"], ["dereference"], ["resolve"],
    ["validate", "events.json", "--schema"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_schema_is_named_in_one_way_everywhere(scratch: Scratch, command: list[str]) -> None:
    """A title, a title with a version, a URI, a file and a folder, all of them by every command that takes a schema."""
    scratch.git("init", "--quiet", "--initial-branch", "main")
    for title in ("shop/cart", "shop/other"):
        scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.replace("shop/cart", title))
    scratch.write("events.json", "{}")
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    results = {}
    for address in ADDRESSES:
        scratch.write(f"{FOLDER}/current.yaml", SCHEMA.replace("type:", "description: A cart.\ntype:"))
        results[address] = scratch.jst(*command, address)
    if command == ["compat"]:
        # A version alone is one of the two schemas to compare.
        results = {address: result for address, result in results.items() if "1.0.0" not in address}
    if command[0] in ("materialize", "dereference", "bump"):
        # These read the file that is named.
        del results[f"{FOLDER}/1.0.0.yaml"]
    assert len({result.exit_code for result in results.values()} - {2}) == 1
    assert len({result.stdout.replace("latest", "1.0.0") for result in results.values()}) == 1
    assert not any("shop/other" in result.stdout for result in results.values())
