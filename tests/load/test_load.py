"""`jst load`: routes, positions, keys, refused events, evolution; on a real repository and into real stores."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from textwrap import dedent
from typing import Any

import pytest

from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.model import Table
from jsonschema_tools.targets.sqlite import SqliteTarget
from jsonschema_tools.use_cases.load import load_files
from jsonschema_tools.use_cases.load_rows import LoadSettings
from tests.conftest import Scratch
from tests.load.events import PLACED, lines, order
from tests.load.reading import KINDS, word
from tests.load.stores import STORES, Rows
from tests.needs import example_repository

SHELF = """\
      shelf:
        type: integer
        description: Where.
        minimum: 0
        maximum: 99
      domain:
"""


class Shop(Scratch):
    """A copy of the example repository, and what was loaded from there."""

    def load(self, *arguments: str, to: str = "sqlite", code: int = 0, stdin: bytes | None = None) -> Any:
        name = STORES[to][0]
        result = self.jst("load", *arguments, "--to", word(to, self.root / name), "--format", "json", stdin=stdin)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if result.stdout else result.stderr

    def rows(self, table: str = "shop_order_placed", to: str = "sqlite") -> Rows:
        name, rows = STORES[to]
        return rows(self.root / name, table)

    def numbers(self, to: str = "sqlite") -> list[int]:
        return [row["order_id"] for row in self.rows(to=to)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)
    copy = Shop(tmp_path / "shop")
    copy.git("init", "--quiet", "--initial-branch", "main")
    copy.commit()
    return copy


@pytest.mark.parametrize("to", KINDS)
class TestEveryTarget:
    def test_events_become_rows_of_their_tables(self, shop: Shop, to: str) -> None:
        placed = order(1, prices={"a": 3}, note="é")
        click = {
            "$schema": "/legacy/newsletter_click/1.0.0",
            "meta": placed["meta"],
            "dt": placed["dt"],
            "linkNumber": 2,
        }
        shop.write("e.jsonl", lines(placed, click))
        report = shop.load("e.jsonl", to=to)
        assert {name: count["rows"] for name, count in report["tables"].items()} == {
            "shop_order_placed": 1,
            "legacy_newsletter_click": 1,
        }
        [row] = shop.rows(to=to)
        assert row["prices"] == {"a": 3}
        assert (row["note"], row["meta"]["id"]) == ("é", placed["meta"]["id"])
        assert shop.rows("legacy_newsletter_click", to=to)[0]["linkNumber"] == 2

    def test_a_file_that_grows_is_read_on(self, shop: Shop, to: str) -> None:
        file = shop.write("e.jsonl", lines(order(1), order(2)))
        shop.load("e.jsonl", to=to)
        with file.open("ab") as stream:
            stream.write(lines(order(3))[:-1])
        report = shop.load("e.jsonl", to=to)
        assert "waits for the next run" in report["notes"][0]
        assert sorted(shop.numbers(to)) == [1, 2]
        with file.open("ab") as stream:
            stream.write(b"\n" + lines(order(4)))
        assert shop.load("e.jsonl", to=to)["summary"]["events"] == 2
        assert sorted(shop.numbers(to)) == [1, 2, 3, 4]

    def test_a_version_between_two_runs(self, shop: Shop, to: str) -> None:
        new = shop.read("jsonschema/shop/order/placed/1.2.0.yaml").replace("1.2.0", "1.3.0")
        new = new.replace("  prices:\n", "  gift:\n    type: boolean\n    description: A present.\n  prices:\n", 1)
        new = new.replace(
            "      domain:\n", "      shelf:\n        type: integer\n        description: Where.\n      domain:\n"
        )
        shop.write("a.jsonl", lines(order(1), order(2)))
        shop.load("a.jsonl", to=to)
        shop.write("jsonschema/shop/order/placed/1.3.0.yaml", new)
        shop.commit()
        later = order(3, gift=True, **{"$schema": f"{PLACED}/1.3.0"})
        later["meta"]["shelf"] = 7
        shop.write("b.jsonl", lines(later, order(4)))
        shop.load("a.jsonl", "b.jsonl", to=to)
        rows = {row["order_id"]: row for row in shop.rows(to=to)}
        assert sorted(rows) == [1, 2, 3, 4]
        assert (rows[3]["gift"], rows[3]["meta"]["shelf"]) == (True, 7)
        assert "gift" not in rows[1]
        assert "shelf" not in rows[1]["meta"]
        # An older checkout loads into the newer table.
        (shop.root / "jsonschema/shop/order/placed/1.3.0.yaml").unlink()
        shop.write("c.jsonl", lines(order(5)))
        shop.load("c.jsonl", to=to)
        assert sorted(shop.numbers(to)) == [1, 2, 3, 4, 5]

    def test_keys(self, shop: Shop, to: str) -> None:
        one, other = order(1), order(2)
        without = {key: value for key, value in order(3).items() if key != "note"}
        shop.write(
            "e.jsonl", lines({**one, "note": "a"}, {**other, "note": "a "}, {**one, "note": "a"}, without, without)
        )
        count = shop.load("e.jsonl", "--key", "note", to=to)["tables"]["shop_order_placed"]
        assert (count["rows"], count["duplicates"], count["withoutKey"]) == (4, 1, 2)
        assert sorted(shop.numbers(to)) == [1, 2, 3, 3]

    def test_what_has_no_column_is_told_or_kept(self, shop: Shop, to: str) -> None:
        event = order(1, extra=[1.5, None], prices={"a": 1})
        event["meta"]["more"] = {"x": 1}
        shop.write("e.jsonl", lines(event))
        left = shop.load("e.jsonl", to=to)["tables"]["shop_order_placed"]["withoutColumn"]
        assert left == {"extra": 1, "meta.more": 1}
        shop.write("f.jsonl", lines(order(2), {**event, "order_id": 3}))
        shop.load("f.jsonl", "--rest", to=to)
        rest = {row["order_id"]: row.get("_rest") for row in shop.rows(to=to)}
        assert rest == {1: None, 2: None, 3: {"/extra": [1.5, None], "/meta/more": {"x": 1}}}

    def test_only_one_loader(self, shop: Shop, to: str) -> None:
        if to == "iceberg":
            return  # Nothing locks it: tests/load/test_iceberg.py.
        shop.write("e.jsonl", lines(order(1)))
        program = f"""
from jsonschema_tools.targets.opening import target_of
target = target_of("{word(to, shop.root / STORES[to][0])}")
target.open(); print("open", flush=True); input(); target.close()
"""
        with subprocess.Popen([sys.executable, "-c", program], stdin=PIPE, stdout=PIPE) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"open\n"
            result = shop.jst("load", "e.jsonl", "--to", word(to, shop.root / STORES[to][0]))
            assert (result.exit_code, "lock" in result.stderr or "another run of jst" in result.stderr) == (2, True)
            other.communicate(b"\n")
        shop.load("e.jsonl", to=to)
        assert shop.numbers(to) == [1]

    def test_a_rewritten_file(self, shop: Shop, to: str) -> None:
        shop.write("e.jsonl", lines(order(1), order(2)))
        shop.load("e.jsonl", to=to)
        shop.write("e.jsonl", lines(order(3), order(4), order(5)))
        result = shop.jst("load", "e.jsonl", "--to", word(to, shop.root / STORES[to][0]))
        assert (result.exit_code, "--again" in result.stderr) == (2, True)
        shop.load("e.jsonl", "--again", to=to)
        assert sorted(shop.numbers(to)) == [1, 2, 3, 4, 5]


def test_a_table_has_the_columns_of_all_released_versions(shop: Shop) -> None:
    shop.write("jsonschema/shop/order/placed/1.1.5.yaml", "a: [\n")
    shop.commit()
    shop.write("e.jsonl", lines({**order(1), "$schema": f"{PLACED}/1.0.0"}))
    notes = shop.load("e.jsonl", code=0)["notes"]
    assert [note.partition(":")[0] for note in notes] == [
        f"{PLACED}/1.1.5 cannot be read, and its table lacks its columns"
    ]
    with sqlite3.connect(shop.root / "rows.db") as database:
        names = {name for (name,) in database.execute("SELECT name FROM pragma_table_info('shop_order_placed')")}
    assert {"prices", "note"} <= names


def test_rows_without_keys_are_told(shop: Shop) -> None:
    shop.write("a.jsonl", lines(order(1)))
    shop.write("b.jsonl", lines(order(1), order(2)))
    shop.write("c.jsonl", lines(order(2)))
    told = "shop_order_placed has rows that were loaded without --key: one of them that comes again is not dropped"
    assert shop.load("b.jsonl", "--key", "meta.id", to="duckdb")["notes"] == []
    assert shop.load("a.jsonl")["notes"] == []
    assert shop.load("b.jsonl", "--key", "meta.id")["notes"] == [told]
    assert shop.load("c.jsonl", "--key", "meta.id")["notes"] == [told]
    assert shop.numbers() == [1, 1, 2]


def test_a_table_of_two_titles_is_made_once(shop: Shop) -> None:
    class Counting(SqliteTarget):
        prepared = commits = 0

        def prepare(self, table: Table) -> Table:
            self.prepared += 1
            return super().prepare(table)

        def commit(self, batch: Any, progress: Any) -> Any:
            self.commits += 1
            return super().commit(batch, progress)

    meta = order()["meta"]
    click = {"$schema": "/legacy/newsletter_click/1.0.0", "meta": meta, "dt": order()["dt"], "linkNumber": 2}
    file = shop.write("e.jsonl", lines(*[order(1), click] * 50))
    target = Counting(shop.root / "rows.db")
    load_files([str(file)], target, load_config(shop.root), settings=LoadSettings(by_stream=True))
    assert len(shop.rows()) == 100
    assert (target.prepared, target.commits) == (2, 1)


class TestAnotherFile:
    """A file that has the name of one that was loaded, and is another."""

    SAME = [order(2)] * 40
    """More than the bytes at the end of which there is a digest."""

    @staticmethod
    def again(shop: Shop, before: bytes, after: bytes, name: str = "e.jsonl") -> str:
        shop.write(name, before)
        shop.load(name)
        shop.write(name, after)
        result = shop.jst("load", name, "--to", "sqlite:rows.db")
        assert result.exit_code == 2, result.output
        return result.stderr

    def test_with_another_beginning(self, shop: Shop) -> None:
        before, after = lines(order(1), *self.SAME), lines(order(3), *self.SAME, order(4))
        assert "stands there no more" in self.again(shop, before, after)

    def test_compressed(self, shop: Shop) -> None:
        before, after = lines(order(1), *self.SAME), lines(order(3), *self.SAME, order(4))
        found = self.again(shop, gzip.compress(before), gzip.compress(after), "e.jsonl.gz")
        assert "stands there no more" in found

    def test_a_list(self, shop: Shop) -> None:
        before, after = [order(1), order(2)], [order(3), order(2), order(4)]
        found = self.again(shop, json.dumps(before).encode(), json.dumps(after).encode(), "e.json")
        assert "stands there no more" in found

    def test_a_beginning_that_grows(self, shop: Shop) -> None:
        for number in range(1, 40):
            shop.write("e.jsonl", lines(*map(order, range(1, number + 1))))
            assert shop.load("e.jsonl")["summary"]["valid"] == 1
        assert shop.numbers() == list(range(1, 40))

    def test_a_position_of_an_older_version(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1)))
        shop.load("e.jsonl")
        with sqlite3.connect(shop.root / "rows.db") as database:
            [(text,)] = database.execute("SELECT progress FROM _jst_progress WHERE name LIKE 'file:%'")
            known = {key: value for key, value in json.loads(text).items() if not key.startswith("head")}
            database.execute("UPDATE _jst_progress SET progress = ? WHERE name LIKE 'file:%'", [json.dumps(known)])
        shop.write("e.jsonl", lines(order(1), order(2)))
        shop.load("e.jsonl")
        assert shop.numbers() == [1, 2]


class TestNamesThatClash:
    """What has no table for its name is refused, and nothing else."""

    SCHEMA = """\
        $schema: https://json-schema.org/draft-07/schema#
        title: {title}
        $id: /{title}/1.0.0
        type: object
        properties:
          $schema: {{type: string}}
          {properties}
    """

    def release(self, shop: Shop, title: str, properties: str = "a: {type: integer}") -> dict[str, Any]:
        text = dedent(self.SCHEMA).format(title=title, properties=properties)
        shop.write(f"jsonschema/{title}/current.yaml", text)
        assert shop.jst("materialize", f"jsonschema/{title}/current.yaml").exit_code == 0
        shop.commit()
        return {"$schema": f"/{title}/1.0.0", "a": 1}

    def test_two_titles_of_one_table(self, shop: Shop) -> None:
        first, second = self.release(shop, "some/thing"), self.release(shop, "some_thing")
        shop.write("e.jsonl", lines(first, second, order(1), second, first))
        shop.load("e.jsonl", "--refused", "r.jsonl", code=1)
        assert (len(shop.rows("some_thing")), len(shop.rows())) == (2, 1)
        refused = [json.loads(line) for line in shop.read("r.jsonl").splitlines()]
        assert [each["line"] for each in refused] == [2, 4]
        assert "that of the title some/thing" in refused[0]["errors"][0]["message"]
        # The table is that of the first title in any later run.
        shop.write("f.jsonl", lines(second, first))
        assert shop.load("f.jsonl", code=1)["summary"]["refused"] == 1
        assert len(shop.rows("some_thing")) == 3

    def test_two_columns_of_one_name(self, shop: Shop) -> None:
        event = self.release(shop, "some/thing", "a: {type: integer}\n  A: {type: integer}")
        shop.write("e.jsonl", lines(event, order(1), event))
        report = shop.load("e.jsonl", code=1)
        assert report["summary"] == {"events": 3, "valid": 1, "refused": 2}
        assert shop.numbers() == [1]

    def test_one_title_by_two_uris(self, shop: Shop) -> None:
        event = order(1)
        absolute = {**order(2), "$schema": "https://schemas.example.org/shop/order/placed/1.2.0"}
        shop.write("e.jsonl", lines(event, absolute))
        shop.load("e.jsonl", "--schema-base-uris", "https://schemas.example.org/=jsonschema,jsonschema")
        assert sorted(shop.numbers()) == [1, 2]


class TestRefused:
    def test_each_once_and_in_the_form_of_validate(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1), order(2, payment_method=1)) + b"no\n" + lines(order(3)))
        report = shop.load("e.jsonl", "--refused", "r.jsonl", "--batch", "1", code=1)
        assert report["summary"] == {"events": 4, "valid": 2, "refused": 2}
        shop.jst("validate", "e.jsonl", "--errors", "errors.jsonl")
        assert shop.read("r.jsonl") == shop.read("errors.jsonl")
        shop.load("e.jsonl", "--refused", "r.jsonl")
        assert shop.read("r.jsonl") == shop.read("errors.jsonl")

    def test_nothing_of_another_file_is_lost(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1)))
        shop.write("r.jsonl", "mine\n")
        result = shop.jst("load", "e.jsonl", "--to", "sqlite:rows.db", "--refused", "r.jsonl")
        assert (result.exit_code, shop.read("r.jsonl")) == (2, "mine\n")

    def test_what_does_not_fit(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1, dt="9999-12-31T23:59:59-01:00"), order(2)))
        assert shop.load("e.jsonl", "--refused", "r.jsonl", code=1)["tables"]["shop_order_placed"]["rows"] == 1
        [error] = json.loads(shop.read("r.jsonl"))["errors"]
        assert (error["kind"], error["pointer"]) == ("does-not-fit", "/dt")

    def test_at_most_so_many(self, shop: Shop) -> None:
        bad = [order(number, note=number) for number in range(1, 6)]
        shop.write("e.jsonl", lines(order(9), *bad))
        arguments = ("e.jsonl", "--refused", "r.jsonl", "--batch", "1")
        shop.load(*arguments, "--max-refused", "2", code=2)
        shop.load(*arguments, "--max-refused", "3", code=1)
        assert shop.numbers() == [9]
        assert [json.loads(line)["event"]["order_id"] for line in shop.read("r.jsonl").splitlines()] == [1, 2, 3, 4, 5]

    def test_a_draft(self, shop: Shop) -> None:
        text = shop.read("jsonschema/shop/order/placed/1.2.0.yaml").replace("1.2.0", "1.9.0")
        shop.write("jsonschema/shop/order/placed/1.9.0.yaml", text)
        shop.write("e.jsonl", lines(order(1, **{"$schema": f"{PLACED}/1.9.0"})))
        shop.load("e.jsonl", "--refused", "r.jsonl", code=1)
        assert "is a draft" in shop.read("r.jsonl")
        shop.load("e.jsonl", "--again", "--drafts", "--refused", "r.jsonl")
        assert shop.numbers() == [1]


class TestSources:
    @pytest.mark.parametrize(
        ("name", "pack"),
        [("e.jsonl.gz", gzip.compress), ("e.json", lambda data: b"[" + b",".join(data.splitlines()) + b"]")],
    )
    def test_other_forms(self, shop: Shop, name: str, pack: Any) -> None:
        events = lines(*(order(number) for number in range(1, 8)))
        shop.write(name, pack(events))
        shop.load(name, "--batch", "2")
        shop.load(name, "--batch", "3")
        assert shop.numbers() == [1, 2, 3, 4, 5, 6, 7]
        shop.write(name, pack(events + lines(order(8), order(9))))
        shop.load(name)
        assert shop.numbers() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
        shop.write(name, pack(lines(order(5))))
        assert shop.jst("load", name, "--to", "sqlite:rows.db").exit_code == 2

    def test_standard_input(self, shop: Shop) -> None:
        shop.load("-", stdin=lines(order(1), order(2))[:-1])
        assert shop.numbers() == [1, 2]

    def test_no_such_file(self, shop: Shop) -> None:
        result = shop.jst("load", "none.jsonl", "--to", "sqlite:rows.db")
        assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)

    def test_canaries(self, shop: Shop) -> None:
        canary = order(2)
        canary["meta"]["domain"] = "canary"
        shop.write("e.jsonl", lines(order(1), canary))
        assert shop.load("e.jsonl", "--skip-canary")["tables"]["shop_order_placed"]["canaries"] == 1
        assert shop.numbers() == [1]


class TestSqlite:
    def test_a_changed_column(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1)))
        shop.load("e.jsonl")
        with sqlite3.connect(shop.root / "rows.db") as connection:
            connection.execute("ALTER TABLE shop_order_placed RENAME COLUMN note TO remark")
            connection.execute("ALTER TABLE shop_order_placed ADD COLUMN mine TEXT")
            connection.execute("CREATE INDEX mine ON shop_order_placed (mine)")
        connection.close()
        shop.write("f.jsonl", lines(order(2)))
        result = shop.jst("load", "f.jsonl", "--to", "sqlite:rows.db")
        assert (result.exit_code, "the column note is missing" in result.stderr) == (2, True)
        with sqlite3.connect(shop.root / "rows.db") as connection:
            connection.execute("ALTER TABLE shop_order_placed RENAME COLUMN remark TO note")
        connection.close()
        shop.load("f.jsonl")
        assert shop.numbers() == [1, 2]

    def test_a_table_of_somebody_else(self, shop: Shop) -> None:
        with sqlite3.connect(shop.root / "rows.db") as connection:
            connection.execute("CREATE TABLE shop_order_placed (x)")
        connection.close()
        shop.write("e.jsonl", lines(order(1)))
        assert "has not made" in shop.jst("load", "e.jsonl", "--to", "sqlite:rows.db").stderr

    def test_no_database(self, shop: Shop) -> None:
        shop.write("rows.db", "This is a text and no database, whatever its name says.\n" * 20)
        shop.write("e.jsonl", lines(order(1)))
        result = shop.jst("load", "e.jsonl", "--to", "sqlite:rows.db")
        assert (result.exit_code, "not a database" in result.stderr) == (2, True)

    def test_dry(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1)))
        result = shop.jst("load", "e.jsonl", "--to", "sqlite:rows.db", "--dry-run")
        assert result.stdout.startswith('CREATE TABLE "shop_order_placed" (')
        assert not (shop.root / "rows.db").exists()

    def test_by_stream(self, shop: Shop) -> None:
        click = {
            "$schema": "/legacy/newsletter_click/1.0.0",
            "meta": order(1)["meta"],
            "dt": order(1)["dt"],
            "linkNumber": 2,
        }
        shop.write("e.jsonl", lines(order(1), click))
        shop.load("e.jsonl", "--table-by", "stream")
        assert [row.get("linkNumber") for row in shop.rows("shop_order_placed")] == [None, 2]

    @pytest.mark.parametrize("kind", ["delta", "parquet", "jsonl", "duckdb", "sqlite"])
    def test_files_elsewhere(self, shop: Shop, kind: str) -> None:
        before = shop.snapshot()
        for dry in ([], ["--dry-run"]):
            result = shop.jst("load", "-", "--to", f"{kind}:s3://user:secret@bucket/lake", *dry, stdin=b"")
            assert (result.exit_code, "files of this machine only" in result.stderr) == (2, True)
            assert "secret" not in result.output
        assert shop.snapshot() == before

    def test_no_target(self, shop: Shop) -> None:
        for name in ("sqlite:", "nothing:x", "rows.db"):
            assert "is no target" in shop.jst("load", "-", "--to", name, stdin=b"").stderr

    def test_titles_of_a_stream_that_have_no_table_in_common(self, shop: Shop) -> None:
        text = shop.read("jsonschema/legacy/newsletter_click/1.0.0.yaml").replace(
            "legacy/newsletter_click", "odd/click"
        )
        text = text.replace("  linkNumber:\n", "  order_id:\n")
        odd = text.replace("type: integer\n    maximum: 9007199254740991\n    minimum: 1", "type: boolean")
        shop.write("jsonschema/odd/click/1.0.0.yaml", odd)
        shop.commit()
        click = {"$schema": "/odd/click/1.0.0", "meta": order(1)["meta"], "dt": order(1)["dt"], "order_id": True}
        shop.write("e.jsonl", lines(order(1), click, order(2)))
        shop.load("e.jsonl", "--table-by", "stream")
        assert shop.numbers() == [1, 2]
        [row] = shop.rows("shop_order_placed__odd_click")
        assert row["order_id"] is True


def test_a_file_that_is_not_there_is_seen_before_anything_is_written(shop: Shop) -> None:
    shop.write("e.jsonl", lines(order(1)))
    before = shop.snapshot()
    for files in (["missing.jsonl"], ["e.jsonl", "missing.jsonl"]):
        done = shop.jst("load", *files, "--to", "sqlite:rows.db", "--refused", "refused.jsonl")
        assert (done.exit_code, "missing.jsonl: error: the events cannot be read" in done.stderr) == (2, True)
        assert shop.snapshot() == before
