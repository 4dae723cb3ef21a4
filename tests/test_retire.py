"""`jst retire`, and what the other commands say of a schema that is retired."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import equal
from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository.retiring import with_entries
from tests.conftest import Scratch

SCHEMA = """# Orders.
title: {title}
description: An order.
$id: /{title}/1.0.0  # the version
# which draft
$schema: https://json-schema.org/draft-07/schema#

# what it is
type: object
properties:
  x: {{description: A number., type: integer}}
"""
OLD, NEW = "jsonschema/shop/order/current.yaml", "jsonschema/shop/purchase/current.yaml"
DETAILS = {"reason": "Renamed.", "successor": "/shop/purchase"}
SAID = "deprecated: Renamed; use /shop/purchase"


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    """Three titles released on main, the working tree on another branch."""
    scratch.git("checkout", "--quiet", "-b", "main")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nprofile: recommended\n")
    for title in ("shop/order", "shop/purchase", "shop/refund"):
        scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title=title))
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "work")
    return scratch


def retire(shop: Scratch, *arguments: str) -> tuple[int, str, str]:
    result = shop.jst("retire", *arguments)
    return result.exit_code, result.stdout, result.stderr


def rows(shop: Scratch, command: str) -> dict[str, Any]:
    return {row["title"]: row["deprecated"] for row in json.loads(shop.jst(command, "--format", "json").stdout)}


def test_only_the_two_entries_are_added_and_the_next_commands_lead_to_a_patch(shop: Scratch) -> None:
    before = shop.read(OLD)
    arguments = ("shop/order", "--reason", "Renamed.", "--successor", "shop/purchase/")
    assert retire(shop, *arguments, "--dry-run") == (0, f"{OLD}: shop/order is {SAID}\n", "")
    assert shop.read(OLD) == before
    told = f"{OLD}: shop/order is {SAID}\n    next: jst bump shop/order\n"
    assert retire(shop, *arguments) == (0, told, "")
    added = "deprecated: true\nx-deprecated:\n  reason: Renamed.\n  successor: /shop/purchase\n"
    assert shop.read(OLD) == before.replace("# what it is\n", f"{added}# what it is\n")
    assert "1.0.0 -> 1.0.1 (patch:" in shop.jst("bump", "shop/order").stdout
    assert shop.jst("materialize").exit_code == 0
    released = json.loads(shop.read("jsonschema/shop/order/1.0.1.json"))
    assert (released["deprecated"], released["x-deprecated"]) == (True, DETAILS)
    assert "bump: patch" in shop.jst("compat", "shop/order@1.0.0", "shop/order@1.0.1").stdout
    shop.commit()
    result = shop.jst("check", "--strict")
    assert result.exit_code == 0, result.output


def test_retiring_again_changes_nothing(shop: Scratch) -> None:
    assert retire(shop, "shop/order", "--successor", "/shop/purchase")[0] == 0
    before = shop.snapshot()
    for arguments in (
        ["shop/order"],
        ["/shop/order"],
        [OLD],
        ["jsonschema/shop/order", "--successor", "shop/purchase"],
    ):
        exit_code, output, _ = retire(shop, *arguments)
        assert (exit_code, output.split("\n")[0]) == (0, f"{OLD}: shop/order is already deprecated: use /shop/purchase")
    assert shop.snapshot() == before


def test_what_lacks_is_added(shop: Scratch) -> None:
    shop.write(OLD, shop.read(OLD) + "deprecated: true\n")
    assert retire(shop, "shop/order", "--reason", "Renamed.")[0] == 0
    document = parse(shop.read(OLD), source=OLD)
    assert document["x-deprecated"] == {"reason": "Renamed."}
    shop.write(NEW, shop.read(NEW) + "x-deprecated: {reason: Renamed.}\n")
    assert retire(shop, "shop/purchase")[0] == 0
    assert parse(shop.read(NEW), source=NEW)["deprecated"] is True


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (["shop/ordr"], "there is no schema with the title 'shop/ordr'", "Did you mean 'shop/order'?"),
        (["jsonschema/shop"], "there is no schema with the title 'jsonschema/shop'", "shop/order"),
        (["shop/order@1.0.0"], "'shop/order@1.0.0' is a version", "Name the title: shop/order"),
        (["shop/order", "--successor", "shop/purchse"], "no successor with the title", "Did you mean 'shop/purchase'?"),
        (["shop/order", "--reason", "a\udcff"], "half of a surrogate pair", "Write it in UTF-8."),
        (["shop/order", "--successor", ""], "no successor with the title ''", "Name one of these titles:"),
        (["shop/order", "--successor", "/shop/purchase/1.0.0"], "is a version", "--successor /shop/purchase"),
        (["shop/order", "--successor", "/shop/order"], "cannot be its own successor", "Name another title, or none."),
        (["shop/purchase", "--successor", "shop/refund"], "/shop/purchase -> /shop/refund -> /shop/purchase", "x-deprecated"),
        (["shop/refund", "--successor", "shop/order"], "says otherwise: deprecated: use /shop/purchase", "Correct `x-deprecated`"),
        (["shop/refund", "--reason", "Other."], "says otherwise: deprecated: use /shop/purchase", "Correct `x-deprecated`"),
    ],
)  # fmt: skip
def test_refused(shop: Scratch, arguments: list[str], message: str, remedy: str) -> None:
    assert retire(shop, "shop/refund", "--successor", "shop/purchase")[0] == 0
    before = shop.snapshot()
    exit_code, output, errors = retire(shop, *arguments)
    assert (exit_code, output) == (2, "")
    assert message in errors
    assert remedy in errors.partition("remedy: ")[2]
    assert shop.snapshot() == before


def test_a_title_without_a_current_file_and_one_that_says_no(shop: Scratch) -> None:
    (shop.root / OLD).unlink()
    assert "has no current file" in retire(shop, "shop/order")[2]
    shop.write(NEW, shop.read(NEW) + "deprecated: false\n")
    assert "remedy: Remove `deprecated` from it first." in retire(shop, "shop/purchase")[2]


def test_a_successor_that_is_retired_too_is_told(shop: Scratch) -> None:
    assert retire(shop, "shop/purchase", "--successor", "shop/refund")[0] == 0
    exit_code, _, told = retire(shop, "shop/order", "--successor", "shop/purchase")
    assert (exit_code, told) == (0, "its successor is retired too: name /shop/refund instead?\n")


def test_a_linked_current_file_stays_one(shop: Scratch) -> None:
    (shop.root / OLD).rename(shop.root / "jsonschema/shop/order/own.yaml")
    (shop.root / OLD).symlink_to("own.yaml")
    assert retire(shop, "shop/order")[0] == 0
    assert (shop.root / OLD).is_symlink()
    assert "deprecated: true\n" in shop.read("jsonschema/shop/order/own.yaml")


LAYOUTS = {
    "block": (b"$id: /a/1.0.0\ntype: object\n", b"$id: /a/1.0.0\ndeprecated: true\nx-deprecated:\n  reason: a b\ntype: object\n"),
    "crlf": (b"$id: /a\r\ntype: object\r\n", b"$id: /a\r\ndeprecated: true\r\nx-deprecated:\r\n  reason: a b\r\ntype: object\r\n"),
    "only a head": (b"# x\ntitle: a\n", b"deprecated: true\nx-deprecated:\n  reason: a b\n# x\ntitle: a\n"),
    "indented": (b"  $id: /a\n  # t\n  type: a", b"  $id: /a\n  deprecated: true\n  x-deprecated:\n    reason: a b\n  # t\n  type: a"),
    "a text with marks": (
        b"description: |\n  a\n # b\ntype: a\n", b"description: |\n  a\n # b\ndeprecated: true\nx-deprecated:\n  reason: a b\ntype: a\n"
    ),
    "json": (
        b'{\n  "$id": "/a",\n  "type": "a"\n}\n',
        b'{\n  "$id": "/a",\n  "deprecated": true,\n  "x-deprecated": {"reason": "a b"},\n  "type": "a"\n}\n',
    ),
    "json in a line": (b'{"type": "a"}', b'{"deprecated": true, "x-deprecated": {"reason": "a b"}, "type": "a"}'),
    "flow": (b"{$id: /a, type: a}\n", b'{$id: /a, "deprecated": true, "x-deprecated": {"reason": "a b"}, type: a}\n'),
    "begin of document": (b"---\n# c\ntype: a\n", b"---\ndeprecated: true\nx-deprecated:\n  reason: a b\n# c\ntype: a\n"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    before, after = LAYOUTS[layout]
    path = Path("current.json" if layout.startswith("json") else "current.yaml")
    assert with_entries(before, path, {"deprecated": True, "x-deprecated": {"reason": "a b"}}) == after


def test_a_layout_that_cannot_be_edited_is_said() -> None:
    with pytest.raises(UsageError) as caught:
        with_entries(b"--- {}\n", Path("current.yaml"), {"deprecated": True})
    assert caught.value.remedy == 'Write it yourself, at the root of the schema: {"deprecated": true}'


@given(reason=st.text(min_size=1, max_size=200), layout=st.sampled_from(sorted(LAYOUTS)))
def test_nothing_else_changes_whatever_the_reason(reason: str, layout: str) -> None:
    before, path = LAYOUTS[layout][0], Path("current.json" if layout.startswith("json") else "current.yaml")
    entries = {"deprecated": True, "x-deprecated": {"reason": reason}}
    try:
        after = with_entries(before, path, entries)
    except UsageError:
        # Half a surrogate pair is no text, and YAML has no other way to write it.
        assert any("\ud800" <= character <= "\udfff" for character in reason)
        return
    document = parse(before, source="a")
    assert equal(parse(after, source="a"), {**document, **entries})
    # What was there is still there, in its order.
    lines = iter(after.splitlines())
    assert "json" in layout or "flow" in layout or all(line in lines for line in before.splitlines())


def test_ls_and_status_know(shop: Scratch) -> None:
    assert rows(shop, "ls") == {"shop/order": None, "shop/purchase": None, "shop/refund": None}
    retire(shop, "shop/order", "--reason", "Renamed.", "--successor", "shop/purchase")
    assert rows(shop, "status") == {"shop/order": DETAILS}
    assert f"1.0.1 is due ({SAID})\n" in shop.jst("status").stdout
    # It is known while it cannot be materialized, too.
    assert rows(shop, "ls")["shop/order"] == DETAILS
    shop.jst("bump")
    shop.jst("materialize")
    assert rows(shop, "ls") == {"shop/order": DETAILS, "shop/purchase": None, "shop/refund": None}
    assert f"versions 1.0.0, 1.0.1 (draft)  ({SAID})\n" in shop.jst("ls").stdout
    shop.commit()
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "work")
    assert shop.jst("status").exit_code == 0


def test_a_schema_that_merges_a_retired_one_is_not_retired_itself(shop: Scratch) -> None:
    retire(shop, "shop/order", "--successor", "shop/purchase")
    text = SCHEMA.format(title="shop/refund").replace("1.0.0", "1.1.0")
    shop.jst("bump")
    shop.write("jsonschema/shop/refund/current.yaml", f"{text}allOf:\n  - $ref: /shop/order/1.0.1\n")
    assert shop.jst("materialize").exit_code == 0
    assert rows(shop, "ls")["shop/refund"] is None
    event = b'{"$schema": "/shop/refund/1.1.0", "x": 1}\n'
    assert shop.jst("validate", stdin=event).stderr == ""
    report = json.loads(shop.jst("check", "--format", "json").stdout)
    found = {r["rule"]: [f["line"] for f in r["findings"]] for r in report["results"] if r["findings"]}
    assert found == {"refs-are-current": [13], "deprecation-is-well-formed": [12]}


def test_a_reference_to_a_retired_schema_is_told_before_that_is_released(shop: Scratch) -> None:
    path = "jsonschema/shop/refund/current.yaml"
    shop.write(path, shop.read(path).replace("1.0.0", "1.1.0") + "  y: {$ref: /shop/order/1.0.0}\n")
    assert "refs-are-current" not in shop.jst("check").stdout
    retire(shop, "shop/order", "--reason", "Renamed.", "--successor", "shop/purchase")
    output = shop.jst("check", "--select", "refs-are-current").stdout
    assert f"{path}:12:13: warning refs-are-current /shop/order/1.0.0 is of a schema that is {SAID}\n" in output
    assert "remedy: Refer to /shop/purchase/1.0.0, and release this schema as a new version.\n" in output


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "latest"])
def test_validate_warns_once_for_a_schema_and_refuses_nothing(shop: Scratch, version: str) -> None:
    events = "".join(f'{{"$schema": "/shop/{title}/{version}", "x": 1}}\n' for title in ["order"] * 3 + ["purchase"])
    events = events.replace(f"purchase/{version}", "purchase/1.0.0")
    retire(shop, "shop/order", "--reason", "Renamed.", "--successor", "shop/purchase")
    shop.jst("bump")
    shop.jst("materialize")
    result = shop.jst("validate", stdin=events.encode())
    assert (result.exit_code, result.stderr) == (0, f"warning: /shop/order: {SAID}\n")
    assert "4 events, 4 valid, 0 refused" in result.stdout
    result = shop.jst("validate", "--format", "json", stdin=events.replace("1}", '"a"}').encode())
    assert (result.exit_code, result.stderr) == (1, f"warning: /shop/order: {SAID}\n")
    assert json.loads(result.stdout)["deprecated"] == {"/shop/order": DETAILS}


def test_validate_looks_at_the_latest_version_where_there_is_no_current_file(shop: Scratch, tmp_path: Path) -> None:
    retire(shop, "shop/order", "--successor", "shop/purchase")
    shop.jst("bump")
    shop.jst("materialize")
    (shop.root / OLD).unlink()
    events = b'{"$schema": "/shop/order/1.0.0", "x": 1}\n{"$schema": "/no/1.0.0"}\n{"$schema": 5}\n[\n'
    assert shop.jst("validate", stdin=events).stderr == "warning: /shop/order: deprecated: use /shop/purchase\n"


def test_removing_versions_of_a_retired_title_stays_an_error(shop: Scratch) -> None:
    retire(shop, "shop/order", "--successor", "shop/purchase")
    shop.jst("bump")
    shop.jst("materialize")
    shop.commit()
    shop.git("checkout", "--quiet", "main")
    shop.git("merge", "--quiet", "work")
    shop.git("rm", "-r", "--quiet", "jsonschema/shop/order")
    report = json.loads(shop.jst("check", "--format", "json").stdout)
    kept = [r for r in report["results"] if r["rule"] == "released-versions-are-kept" and r["findings"]]
    assert {r["findings"][0]["file"].rpartition("/")[2] for r in kept} == {
        "1.0.0.yaml", "1.0.0.json", "1.0.1.yaml", "1.0.1.json",
    }  # fmt: skip
    assert {r["severity"] for r in kept} == {"error"}
    assert shop.jst("check", "--staged").exit_code == 1
