"""`jst table`."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from jsonschema_tools.tables.dialects import DIALECTS, is_document
from tests.conftest import Scratch
from tests.needs import example_repository

CURRENT = """title: {title}
description: Something.
$id: /{title}/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  dt: {{type: string, format: date-time, maxLength: 40}}
"""


@pytest.fixture
def there(tmp_path: Path) -> Scratch:
    return Scratch(
        Path(shutil.copytree(example_repository().parent, tmp_path / "copy", symlinks=True)) / "example-repo"
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect(there: Scratch, dialect: str) -> None:
    result = there.jst("table", "--as", dialect)
    assert (result.exit_code, result.stderr) == (0, "")
    if is_document(dialect):
        document = json.loads(result.stdout)
        assert [*document] == ["fragment_common", "legacy_newsletter_click", "shop_cart_changed", "shop_order_placed"]
    else:
        assert result.stdout.count("CREATE TABLE") == 4


def test_statements_can_be_run_as_they_are(there: Scratch) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(there.jst("table", "shop/order/placed@1.0.0", "--as", "sqlite").stdout)
    connection.executescript(there.jst("table", "shop/order/placed", "--as", "sqlite", "--since", "1.0.0").stdout)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(shop_order_placed)")]
    connection.close()
    assert columns[-1] == "note"


def test_what_changed_since(there: Scratch) -> None:
    result = there.jst("table", "shop/order/placed", "--as", "duckdb", "--since", "1.2.0")
    assert (result.exit_code, result.stdout) == (0, "")
    result = there.jst("table", "shop/order/placed", "--as", "duckdb", "--since", "9.0.0")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Its versions: 1.0.0, 1.1.0, 1.2.0." in result.stderr


def test_names_that_are_not_there(there: Scratch) -> None:
    for name in ("shop/orders", "shop/order/placed@7.0.0"):
        result = there.jst("table", name, "--as", "duckdb")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "remedy" in result.stderr
    assert there.jst("table").exit_code == 2


def test_a_title_that_is_no_table(there: Scratch) -> None:
    text = CURRENT.format(title="prices", version="1.0.0").partition("properties")[0]
    there.write("jsonschema/prices/current.yaml", text + "additionalProperties: {type: integer}\n")
    there.jst("materialize")
    there.commit()
    result = there.jst("table", "prices", "--as", "duckdb")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "prices: no table: 1.0.0: its root is a map" in result.stderr
    everything = there.jst("table", "--as", "duckdb")
    assert everything.exit_code == 0
    assert "prices: no table" in everything.stderr


def test_drafts_and_the_current_file(there: Scratch) -> None:
    path = "jsonschema/shop/order/placed/current.yaml"
    text = there.read(path).replace("/1.2.0", "/1.3.0")
    there.write(path, text.replace("properties:\n", "properties:\n      gift: {type: boolean, description: G.}\n", 1))
    there.git("checkout", "--quiet", "-b", "work")

    def has_gift(*arguments: str) -> bool:
        result = there.jst("table", *arguments, "--as", "postgres")
        assert result.exit_code == 0, result.stderr
        return '"gift" boolean' in result.stdout

    name = "shop/order/placed"
    assert (has_gift(name), has_gift(f"{name}@current")) == (False, True)
    there.jst("materialize")
    assert (has_gift(name), has_gift(name, "--drafts"), has_gift(f"{name}@current")) == (False, True, True)
    there.commit()
    there.git("checkout", "--quiet", "-B", "main")
    assert has_gift(name)


def test_a_conflict_is_told(there: Scratch) -> None:
    for version, type_ in (("1.0.0", "string"), ("2.0.0", "integer")):
        text = CURRENT.format(title="a/b", version=version) + f"  x: {{type: {type_}}}\n"
        there.write("jsonschema/a/b/current.yaml", text)
        there.jst("materialize")
        there.commit()
    result = there.jst("table", "a/b", "--as", "duckdb")
    assert result.exit_code == 0
    assert "a/b: from 2.0.0 on in a_b_2: x was string, and is int64" in result.stderr
    assert [line for line in result.stdout.splitlines() if "CREATE" in line] == [
        'CREATE TABLE "a_b" (',
        'CREATE TABLE "a_b_2" (',
    ]
    changed = there.jst("table", "a/b", "--as", "duckdb", "--since", "1.0.0")
    assert 'CREATE TABLE "a_b_2" (' in changed.stdout
    assert 'CREATE TABLE "a_b" (' not in changed.stdout


def test_two_titles_with_one_table(there: Scratch) -> None:
    for title in ("a/b", "a_b"):
        there.write(f"jsonschema/{title}/current.yaml", CURRENT.format(title=title, version="1.0.0"))
    there.jst("materialize")
    there.commit()
    result = there.jst("table", "--as", "duckdb")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'a/b' and 'a_b' would both have the table a_b" in result.stderr
    assert there.jst("table", "a/b", "--as", "duckdb").exit_code == 0


def test_names_that_an_engine_does_not_tell_apart(there: Scratch) -> None:
    text = CURRENT.format(title="a/b", version="1.0.0") + "  Dt: {type: string, maxLength: 3}\n"
    there.write("jsonschema/a/b/current.yaml", text)
    there.jst("materialize")
    there.commit()
    result = there.jst("table", "a/b", "--as", "duckdb")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "/properties/dt and /properties/Dt" in result.stderr or "/properties/Dt and /properties/dt" in result.stderr
    assert there.jst("table", "a/b", "--as", "postgres").exit_code == 0


def test_notes_and_types(there: Scratch) -> None:
    text = CURRENT.format(title="a/b", version="1.0.0") + "  x: {type: [string, integer], maxLength: 3}\n"
    there.write("jsonschema/a/b/current.yaml", text)
    there.jst("materialize")
    there.commit()
    result = there.jst("table", "a/b", "--as", "duckdb", "--notes")
    assert "a/b/properties/x: it may be integer or string." in result.stderr
    strings = there.jst(
        "table", "shop/order/placed", "--as", "duckdb", "--timestamps", "string", "--types", "wikimedia"
    )
    assert '"dt" VARCHAR' in strings.stdout
    assert there.jst("table", "a/b", "--as", "duckdb", "--types", "wikimedia").exit_code == 1
