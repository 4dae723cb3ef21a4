"""`jst sql`: answers about events are those that a plain look at them gives, and errors say what to do."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from click.testing import Result

from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.naming import table_name
from jsonschema_tools.use_cases.sql import query_events
from tests.conftest import Scratch
from tests.load.events import lines, order
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.repository.schema_server import SchemaServer

pytest.importorskip("duckdb", reason="DuckDB is not installed")

CLICK = {
    "$schema": "/legacy/newsletter_click/1.0.0",
    "meta": {"stream": "legacy.newsletter_click", "id": "5e4fe0a2-9d5b-4a6a-9e8c-000000000001"},
    "dt": "2026-01-01T00:00:00Z",
    "linkNumber": 2,
}
BROKEN = {"$schema": "/legacy/newsletter_click/1.0.0", "linkNumber": "two"}


class Shop(Scratch):
    """A copy of the example repository."""

    def sql(self, query: str, *arguments: str, code: int = 0, stdin: bytes | None = None) -> Result:
        result = self.jst("sql", query, *arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        return result

    def answer(self, query: str, *arguments: str, code: int = 0, stdin: bytes | None = None) -> Any:
        return json.loads(self.sql(query, *arguments, "--format", "json", code=code, stdin=stdin).stdout)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)
    copy = Shop(tmp_path / "shop")
    copy.git("init", "--quiet", "--initial-branch", "main")
    copy.commit()
    return copy


COUNT = "SELECT count(*) AS n FROM shop_order_placed"


class TestEvents:
    def test_only_those_of_the_query_are_judged(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1), CLICK, BROKEN, order(2)) + b"no\n\n" + lines(order(3))[:-1])
        result = shop.sql(f"{COUNT} WHERE order_id > 1", "e.jsonl", "--format", "csv")
        assert (result.stdout, result.stderr) == ("n\n2\n", "")

    def test_refused_ones_are_told(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1), BROKEN, CLICK) + b'"shop/order/placed/\n' + lines(order(2, dt=5)))
        result = shop.sql(COUNT, "e.jsonl", "--format", "csv", code=1)
        assert result.stdout == "n\n1\n"
        assert "e.jsonl:4: refused\n" in result.stderr
        assert "e.jsonl:5: refused by /shop/order/placed/1.2.0\n    /dt: 5 is not of type" in result.stderr
        assert result.stderr.endswith("2 of 3 events refused: the answer is without them\n")

    @pytest.mark.parametrize("spelled", ["\\/shop\\/order\\/placed\\/1.2.0", "/shop/order/%70laced/1.2.0", "/shop//order/placed/1.2.0", "/shop/order/p\\u006caced/1.2.0"])  # fmt: skip
    def test_a_title_in_another_spelling(self, shop: Shop, spelled: str) -> None:
        other = lines(order(2)).replace(b"/shop/order/placed/1.2.0", spelled.encode())
        shop.write("e.jsonl", lines(order(1)) + other + lines(CLICK))
        assert shop.answer(COUNT, "e.jsonl") == [{"n": 2}]

    @pytest.mark.parametrize("form", ["gz", "stdin", "list", "yaml", "two"])
    def test_every_form(self, shop: Shop, form: str) -> None:
        events = [order(1), CLICK, order(2)]
        match form:
            case "gz":
                shop.write("e.jsonl.gz", gzip.compress(lines(*events)))
                found = shop.answer(COUNT, "e.jsonl.gz")
            case "stdin":
                found = shop.answer(COUNT, "-", stdin=lines(*events))
            case "list":
                shop.write("e.json", json.dumps(events, indent=1))
                found = shop.answer(COUNT, "e.json")
            case "yaml":
                shop.write("e.yaml", yaml.safe_dump_all(events))
                found = shop.answer(COUNT, "e.yaml")
            case _:
                shop.write("a.jsonl", lines(*events[:2]))
                shop.write("b.jsonl", lines(*events[2:]))
                found = shop.answer(COUNT, "a.jsonl", "b.jsonl")
        assert found == [{"n": 2}]

    def test_trusted_ones_are_not_judged(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1), order(-2, payment_method="none"), order(3, dt=5), {"$schema": "/shop/order/placed/7.0.0"}) + b'{"$schema": "/shop/order/placed/1.2.0" no\n')  # fmt: skip
        query = "SELECT order_id, payment_method FROM shop_order_placed ORDER BY ALL"
        result = shop.sql(query, "e.jsonl", "--trusted", "--format", "csv", code=1)
        assert result.stdout == "order_id,payment_method\n-2,none\n1,card\n"
        refused = [line for line in result.stderr.splitlines() if ": refused" in line]
        assert [line.split(":")[1] for line in refused] == ["3", "4", "5"]

    @pytest.mark.parametrize("more", [(), ("--table-by", "stream")], ids=["title", "stream"])
    def test_trusted_ones_that_nobody_can_read(self, shop: Shop, more: tuple[str, ...]) -> None:
        """What is passed over unread is no JSON of ours: a number with too many digits."""
        shop.write("e.jsonl", lines(order(1)) + lines(order(2)).replace(b'"card"', b'"card", "x": 1e-99999'))
        table = '"shop.order.placed"' if more else "shop_order_placed"
        result = shop.sql(
            f"SELECT count(*) AS n FROM {table}", "e.jsonl", "--trusted", "--format", "csv", *more, code=1
        )
        assert result.stdout == "n\n1\n"
        assert "more than 4300 digits" in result.stderr

    def test_what_no_column_has_is_told(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1, more=1)))
        assert shop.sql(COUNT, "e.jsonl").stderr == "shop_order_placed: no column has more: 1 value\n"

    def test_drafts(self, shop: Shop) -> None:
        current = shop.read("jsonschema/shop/order/placed/current.yaml").replace("placed/1.2.0", "placed/1.3.0")
        shop.write("jsonschema/shop/order/placed/current.yaml", current)
        assert shop.jst("materialize-all").exit_code == 0
        shop.write("e.jsonl", lines({**order(1), "$schema": "/shop/order/placed/1.3.0"}))
        assert "is a draft" in shop.sql(COUNT, "e.jsonl", code=1).stderr
        shop.write("jsonschema/a/b/1.0.0.yaml", "$id: /a/b/1.0.0\ntype: object\n")
        result = shop.sql("FROM a_b", "e.jsonl", code=2)
        assert "there is no table a_b: /a/b/1.0.0 is a draft" in result.stderr
        assert "remedy: Release the version" in result.stderr
        assert shop.answer(COUNT, "e.jsonl", "--drafts") == [{"n": 1}]


class TestTables:
    def test_one_without_events_is_there(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1)))
        query = (
            "SELECT (SELECT count(*) FROM legacy_newsletter_click) AS a, (SELECT count(*) FROM Shop_Order_Placed) AS b"
        )
        assert shop.answer(query, "e.jsonl") == [{"a": 0, "b": 1}]

    @pytest.mark.parametrize(
        ("query", "more", "wanted"),
        [
            ('SELECT o.meta.id IS NULL AS n FROM "shop/order/placed" AS o', [], False),
            ('SELECT count(*) AS n FROM "shop.order.placed"', ["--table-by", "stream"], 1),
            ("SELECT count(*) AS n FROM shop_order_placed", ["--table-by", "stream"], 1),
            ("WITH a AS (FROM shop_order_placed) SELECT count(*) AS n FROM a JOIN a AS b USING (order_id)", [], 1),
            ("SELECT count(*) AS n FROM query('FROM shop_order_placed')", [], 1),
            ("CREATE TABLE t AS FROM shop_order_placed; SELECT count(*) AS n FROM t", [], 1),
            ("SELECT n FROM (PIVOT shop_order_placed ON payment_method USING count(*) AS n)", [], None),
            ("SELECT 1 AS n", [], 1),
        ],
    )
    def test_however_they_are_named(self, shop: Shop, query: str, more: list[str], wanted: Any) -> None:
        shop.write("e.jsonl", lines(order(1), CLICK))
        if wanted is None:
            query = "PIVOT shop_order_placed ON payment_method USING count(*) GROUP BY order_id"
            assert shop.answer(query, "e.jsonl", *more) == [{"order_id": 1, "card": 1}]
        else:
            assert shop.answer(query, "e.jsonl", *more) == [{"n": wanted}]

    def test_of_a_commit(self, shop: Shop) -> None:
        shop.write("e.jsonl", lines(order(1), CLICK))
        shutil.rmtree(shop.root / "jsonschema/shop")
        base = f"git+file://{shop.root}/jsonschema@main"
        assert shop.answer(COUNT, "e.jsonl", "--schema-base-uris", base) == [{"n": 1}]

    def test_of_a_server_that_lists_nothing(
        self, shop: Shop, serve: Callable[..., SchemaServer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(shop.root / "cache"))
        document = shop.root.joinpath("jsonschema/shop/order/placed/1.2.0.yaml").read_bytes()
        server = serve({"/shop/order/placed/1.2.0": document})
        shop.write("e.jsonl", lines(order(1), CLICK, order(2)))
        base = ["--schema-base-uris", server.url]
        assert shop.answer(COUNT, "e.jsonl", *base) == [{"n": 2}]
        assert "No event that was read" in shop.sql("FROM shop_order", "e.jsonl", *base, code=2).stderr

    def test_with_a_version_that_cannot_be_read(self, shop: Shop) -> None:
        shop.write("jsonschema/shop/order/placed/1.1.5.yaml", "a: [\n")
        shop.commit()
        shop.write("e.jsonl", lines(order(1)))
        result = shop.sql(COUNT, "e.jsonl", "--format", "csv")
        assert result.stdout == "n\n1\n"
        assert "/shop/order/placed/1.1.5 cannot be read, and its table lacks its columns" in result.stderr


ERRORS = [
    ("SELEC 1", 'QUERY:1:1: error: syntax error at or near "SELEC"', "duckdb.org/docs"),
    ("", "QUERY: error: there is no query", "SELECT 1"),
    ("SELECT\n  ordr_id FROM shop_order_placed", 'QUERY:2:3: error: Referenced column "ordr_id"', '"order_id"'),
    ("SELECT meta.idd FROM shop_order_placed", 'error: Could not find key "idd"', '"id"'),
    (
        "FROM shop_order_plced",
        "QUERY:1:6: error: there is no table shop_order_plced",
        "Did you mean shop_order_placed?",
    ),
    ("FROM xyz", "QUERY:1:6: error: there is no table xyz", "There are: fragment_common, legacy_newsletter_click, "),
    ("SELECT lngth('a')", "error: Scalar Function with name lngth does not exist", 'Did you mean "length"?'),
    ("SELECT payment_method::INT FROM shop_order_placed", "error: Could not convert string 'card'", "duckdb.org"),
    ("SELECT query", 'error: Referenced column "query"', ""),
    ("FROM connection", "error: there is no table connection", "There are: "),
    ("FROM read_csv('nowhere.csv')", "error: No files found", "duckdb.org"),
    ("CREATE TABLE t (a INT); FROM u", "error: there is no table u", "There are: "),
]


class TestErrors:
    def test_with_a_link_to_a_folder_above(self, shop: Shop) -> None:
        shop.root.joinpath("jsonschema/shop/loop").symlink_to(shop.root / "jsonschema/shop")
        assert "Did you mean shop_order_placed" in shop.sql("FROM shop_order_plced", code=2, stdin=b"").stderr

    @pytest.mark.parametrize(("query", "said", "remedy"), ERRORS)
    def test_of_queries(self, shop: Shop, query: str, said: str, remedy: str) -> None:
        shop.write("e.jsonl", lines(order(1)))
        result = shop.sql(query, "e.jsonl", code=2)
        first, _, rest = result.stderr.partition("\n")
        assert (said in first, result.stdout) == (True, ""), result.output
        assert remedy in rest

    def test_of_files(self, shop: Shop) -> None:
        assert "the events cannot be read" in shop.sql(COUNT, "none.jsonl", code=2).stderr

    def test_without_duckdb(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "duckdb", None)
        assert "pip install 'duckdb" in shop.sql(COUNT, "e.jsonl", code=2).stderr


VALUES = """
    SELECT 1 AS i, 1 AS i, 1.50::DECIMAL(38, 2) AS d, 'a' AS s, NULL AS n, true AS b, 'nan'::DOUBLE AS f,
           TIMESTAMPTZ '2026-01-01 10:00:00.5+02:00' AS t, TIMESTAMP '2026-01-01 10:00:00.123456' AS l,
           DATE '2026-01-01' AS day, '{"a": [1, 2.50]}'::JSON AS j, {'x': '[1]'::JSON, 'y': NULL} AS st,
           [DATE '2026-01-01', NULL] AS ar, MAP {1: TIMESTAMPTZ '2026-01-01 00:00:00Z'} AS m,
           170141183460469231731687303715884105727::HUGEINT AS h, 'ab'::BLOB AS bl, chr(27) || '[1m,"' AS odd,
           'f3b4c9d2-0000-4000-8000-000000000000'::UUID AS u, INTERVAL 1 DAY AS iv
"""


class TestFormats:
    def test_json(self, shop: Shop) -> None:
        [row] = json.loads(shop.sql(VALUES, "--format", "json").stdout, parse_float=str)
        assert row == {
            "i": 1,
            "i_1": 1,
            "d": "1.50",
            "s": "a",
            "n": None,
            "b": True,
            "f": "nan",
            "t": "2026-01-01T08:00:00.500Z",
            "l": "2026-01-01T10:00:00.123456",
            "day": "2026-01-01",
            "j": {"a": [1, "2.5"]},
            "st": {"x": [1], "y": None},
            "ar": ["2026-01-01", None],
            "m": {"1": "2026-01-01T00:00:00.000Z"},
            "h": 170141183460469231731687303715884105727,
            "bl": "6162",
            "odd": '\x1b[1m,"',
            "u": "f3b4c9d2-0000-4000-8000-000000000000",
            "iv": "1 day, 0:00:00",
        }

    def test_csv(self, shop: Shop) -> None:
        names, row = csv.reader(shop.sql(VALUES, "--format", "csv").stdout.splitlines())
        found = dict(zip(names, row, strict=True))
        assert (found["d"], found["n"], found["b"], found["odd"]) == ("1.50", "", "true", '\x1b[1m,"')
        assert json.loads(found["st"]) == {"x": [1], "y": None}

    def test_table(self, shop: Shop) -> None:
        query = "SELECT * FROM (VALUES (1, 'é', NULL), (-20, '漢字', chr(27) || '::x')) AS t (n, s, o)"
        assert shop.sql(query).stdout == dedent("""\
              n  s     o
            ---  ----  -------
              1  é     NULL
            -20  漢字  \\x1b::x
            (2 rows)
        """)

    def test_none(self, shop: Shop) -> None:
        assert shop.sql("SET threads = 1", "--format", "json").stdout == ""
        assert shop.answer("SELECT 1 WHERE false") == []


class TestPrompt:
    def test_it_has_the_tables(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        program = f"#!{sys.executable}\nimport duckdb, pathlib, sys\nfound = duckdb.connect(sys.argv[1]).sql('FROM shop_order_placed').fetchall()\npathlib.Path('found').write_text(str(len(found)))\n"  # fmt: skip
        shop.write("bin/duckdb", program).chmod(0o755)
        monkeypatch.setenv("PATH", f"{shop.root / 'bin'}{os.pathsep}{os.environ['PATH']}")
        shop.write("e.jsonl", lines(order(1), order(2)))
        shop.sql(COUNT, "e.jsonl", "--open")
        assert shop.read("found") == "2"

    def test_it_is_not_there(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(shop.root))
        shop.write("e.jsonl", lines(order(1)))
        assert "there is no program duckdb" in shop.sql(COUNT, "e.jsonl", "--open", code=2).stderr
        assert "--open needs FILEs" in shop.sql(COUNT, "--open", code=2).stderr


def test_the_library(shop: Shop) -> None:
    shop.write("e.jsonl", lines(order(1), order(2, payment_method=1)))
    config, refused = load_config(shop.root), []
    query = "SELECT dt FROM shop_order_placed"
    with query_events(query, [str(shop.root / "e.jsonl")], config, refused=refused.append) as found:
        assert [column.name for column in found.answer.columns] == ["dt"]
        assert list(found.answer.rows) == [(datetime(2026, 1, 1, microsecond=123000, tzinfo=UTC),)]
    assert [(each.line, found.report.summary.refused) for each in refused] == [(2, 1)]


@pytest.mark.search
@pytest.mark.parametrize("by_stream", [False, True])
def test_counts_are_those_of_a_plain_count(tmp_path: Path, by_stream: bool) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    config = load_config(WMF_PRIMARY)
    validator = EventValidator(open_store(config))
    counts, texts = Counter[str](), list[str]()
    for path in sorted(WMF_PRIMARY.glob("jsonschema/*/**/[0-9]*.yaml")):
        document = yaml.safe_load(path.read_bytes())
        for event in document.get("examples", ()):
            if isinstance(event, dict) and "$schema" in event:
                texts.append(json.dumps(event, default=str))
                verdict = validator.verdict_on_text(texts[-1].encode())
                title, _, version = event["$schema"].rpartition("/")
                name = table_name((verdict.stream or "") if by_stream else title)
                later = not by_stream and name == "mediawiki_revision_score" and version >= "2"
                counts[f"{name}_2" if later else name] += verdict.valid
    tmp_path.joinpath("e.jsonl").write_text("\n".join(texts))
    names = [name for name in counts if name and counts[name]]
    query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    with query_events(query, [str(tmp_path / "e.jsonl")], config, by_stream=by_stream) as found:
        answers = dict(found.answer.rows)
    assert answers == {name: counts[name] for name in names}
