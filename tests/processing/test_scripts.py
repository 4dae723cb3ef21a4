"""Streams as tables: what the scripts say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.processing.event_time import event_time, taken_names
from jsonschema_tools.processing.filling import filled
from jsonschema_tools.processing.flink import check_interval, interval, whole_pattern
from jsonschema_tools.processing.model import EventTime, Sink
from jsonschema_tools.tables.conversion import type_of
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.types import Struct
from tests.conftest import Scratch

TIME = {"type": "string", "format": "date-time"}
DT = {"type": "object", "properties": {"dt": TIME}, "required": ["dt"]}
META = {"type": "object", "properties": {"meta": DT}, "required": ["meta"]}
LOOSE = {"type": "object", "properties": {"meta": DT}}
PLAIN = {"type": "object", "properties": {"dt": {"type": "string"}}}


def columns(schema: object) -> Struct:
    found = type_of(schema).columns
    assert found is not None
    return found


def table(schema: object) -> Table:
    return Table("t", "a/b", ("1.0.0",), columns(schema))


@pytest.mark.parametrize(
    ("schemas", "asked", "kafka", "found"),
    [
        ([DT], None, True, (("dt",), True, "event_time")),
        ([META], None, True, (("meta", "dt"), True, "event_time")),
        ([LOOSE, META], None, True, (("meta", "dt"), False, "event_time")),
        ([META], "kafka", True, (None, True, "event_time")),
        ([PLAIN], None, True, (None, True, "event_time")),
        ([PLAIN], None, False, None),
        (
            [{"properties": {"event_time": TIME, **DT["properties"]}}],  # type: ignore[dict-item]
            "event_time",
            True,
            (("event_time",), False, "row_time"),
        ),
    ],
)
def test_event_time(schemas: list[object], asked: str | None, kafka: bool, found: tuple[object, ...] | None) -> None:
    time = event_time(table(schemas[-1]), [columns(each) for each in schemas], asked, kafka=kafka)
    assert time == (EventTime(*found) if found else None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schema", "asked", "says"),
    [
        (META, "dt", "no such field"),
        (META, "meta.dt.x", "no such field"),
        (PLAIN, "dt", "is no time"),
        (META, "meta", "is no time"),
    ],
)
def test_what_is_no_time(schema: object, asked: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        event_time(table(schema), [columns(schema)], asked)
    assert caught.value.remedy
    with pytest.raises(UsageError, match="no time of Kafka"):
        event_time(table(META), [columns(META)], "kafka", kafka=False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10 SECOND", "INTERVAL '10' SECOND"),
        ("2 minutes", "INTERVAL '2' MINUTE"),
        ("100 hour", "INTERVAL '100' HOUR(3)"),
        ("1 day", "INTERVAL '1' DAY"),
    ],
)
def test_intervals(text: str, found: str) -> None:
    check_interval(text)
    assert interval(text) == found


@pytest.mark.parametrize("text", ["", "10", "SECOND", "-1 SECOND", "1  SECOND", "1 WEEK", "1 SECOND' OR", "١ SECOND"])
def test_no_intervals(example: Scratch, text: str) -> None:
    for command in ("flink", "spark"):
        result = example.jst(command, "--kafka", "k:9092", "--watermark", text)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "is no interval" in result.stderr


@pytest.mark.parametrize(
    ("topic", "pattern"),
    [
        ("shop.order", r"shop\.order"),
        (r"/^shop\./", r".*(?:^shop\.).*"),
        (r"/^(eu\.|us\.)?shop$/i", r"(?i).*(?:^(eu\.|us\.)?shop$).*"),
        ("/a|b/", ".*(?:a|b).*"),
    ],
)
def test_topics_as_patterns(topic: str, pattern: str) -> None:
    assert whole_pattern(topic) == pattern


def sink(schema: object, **settings: object) -> Sink:
    return Sink("a.b", table(schema), "/a/b/1.0.0", "a.b", **settings)  # type: ignore[arg-type]


EVENT = {
    "type": "object",
    "properties": {
        "$schema": {"type": "string"},
        "meta": {
            "type": "object",
            "properties": {"stream": {"type": "string"}, "id": {"type": "string"}, "domain": {"type": "string"}},
            "required": ["stream"],
        },
        "dt": TIME,
        "n": {"type": "integer"},
        "note": {"type": "string"},
        "any": {},
    },
    "required": ["$schema", "meta", "dt", "n"],
}


def test_what_every_event_has_is_filled() -> None:
    assert filled(sink(EVENT), ["n"]) == {
        "$schema": "CAST('/a/b/1.0.0' AS STRING)",
        "meta": (
            "CAST(ROW(CAST('a.b' AS STRING), CAST(UUID() AS STRING), CAST(NULL AS STRING)) "
            "AS ROW<`stream` STRING, `id` STRING, `domain` STRING>)"
        ),
        "dt": "CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))",
        "n": "`query`.`n`",
        "note": "CAST(NULL AS STRING)",
        "any": "CAST(NULL AS STRING)",
    }
    assert filled(sink(EVENT), ["n", "dt", "meta"])["dt"] == "`query`.`dt`"


@pytest.mark.parametrize(
    ("given", "says", "remedy"),
    [
        ([], "requires n", "Give the query such a column"),
        (["n", "notes"], "a column 'notes', which /a/b/1.0.0 lacks", "Did you mean 'note'"),
        (["n", "zzz"], "a column 'zzz'", "Columns: "),
        (["n", "any"], "any of /a/b/1.0.0 holds any JSON", "one type"),
    ],
)
def test_what_cannot_be_filled(given: list[str], says: str, remedy: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        filled(sink(EVENT), given)
    assert remedy in str(caught.value.remedy)


def test_a_required_field_inside_of_a_struct_that_nobody_gives() -> None:
    schema = {"properties": {"a": {"properties": {"b": {"type": "integer"}}, "required": ["b"]}}, "required": ["a"]}
    with pytest.raises(UsageError, match=r"requires a\.b"):
        filled(sink({"type": "object", **schema}), [])


class TestCommands:
    """`jst flink` and `jst spark`."""

    def test_all_streams(self, example: Scratch) -> None:
        result = example.jst("flink", "--kafka", "a:1,b:2", "--group", "g", "--from", "earliest")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.count("CREATE TABLE") == 3
        assert "'properties.bootstrap.servers' = 'a:1,b:2'" in result.stdout
        assert "'properties.group.id' = 'g'" in result.stdout
        assert "'properties.auto.offset.reset' = 'earliest'" in result.stdout
        assert "`event_time` AS `dt`,\n  WATERMARK FOR `event_time`" in result.stdout

    def test_files(self, example: Scratch, tmp_path: Path) -> None:
        result = example.jst("flink", "shop.cart.changed", "--files", str(tmp_path), "--watermark", "1 hour")
        assert f"'path' = '{tmp_path}/shop.cart.changed.jsonl'" in result.stdout
        assert "- INTERVAL '1' HOUR" in result.stdout
        assert "kafka" not in result.stdout
        (tmp_path / "shop.cart.changed").mkdir()
        result = example.jst("flink", "script", "shop.cart.changed", "--files", str(tmp_path))
        assert f"'path' = '{tmp_path}/shop.cart.changed'" in result.stdout

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            ([], "where the events are"),
            (["--kafka", "a:1", "--files", "b"], "where the events are"),
            (["shop.order.place", "--kafka", "a:1"], "Did you mean 'shop.order.placed'"),
            (["--kafka", "a:1", "--event-time", "ts"], "Times: dt"),
            (["--kafka", "a:1", "--streams", "none.yaml"], "none.yaml"),
        ],
    )
    def test_wrong_arguments(self, example: Scratch, arguments: list[str], says: str) -> None:
        for command in ("flink", "spark"):
            named = arguments
            if "--event-time" in arguments:
                named = ["shop.order.placed", *arguments]
            result = example.jst(command, *named)
            assert (result.exit_code, result.stdout) == (2, "")
            assert says in result.stderr

    def test_a_sink(self, example: Scratch) -> None:
        query = b"SELECT order_id, 'card' AS payment_method FROM shop_order_placed"
        arguments = ("--kafka", "a:1", "--sink", "shop.order.placed@1.2.0", "-f", "-")
        result = example.jst("flink", *arguments, stdin=query)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "CREATE TABLE `shop_order_placed_sink`" in result.stdout
        assert "'key.fields' = 'order_id'" in result.stdout
        assert "INSERT INTO `shop_order_placed_sink`" in result.stdout
        assert "'/shop/order/placed/1.2.0'" in result.stdout

    @pytest.mark.parametrize(
        ("sink", "query", "says"),
        [
            ("shop.order.placed@7.0.0", "SELECT 1 AS order_id", "Its versions: 1.0.0, 1.1.0, 1.2.0"),
            ("shop.order", "SELECT 1 AS order_id", "there is no stream 'shop.order'"),
            ("shop.order.placed", "SELECT 1 AS order_id", "requires payment_method"),
            ("shop.order.placed", "SELECT * FROM shop_order_placed", "whose columns all have names"),
            ("shop.order.placed", "SELECT 1, 2 AS payment_method", "a column '1', which"),
            ("shop.order.placed", "SHOW TABLES", "takes one query"),
            ("shop.order.placed", "SELECT 1 AS a; SELECT 2 AS b", "takes one query"),
        ],
    )
    def test_a_sink_that_is_wrong(self, example: Scratch, sink: str, query: str, says: str) -> None:
        result = example.jst("flink", "--kafka", "a:1", "--sink", sink, "-f", "-", stdin=query.encode())
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr

    def test_an_insert_of_ones_own(self, example: Scratch) -> None:
        query = b"INSERT INTO shop_order_placed_sink SELECT * FROM shop_order_placed"
        result = example.jst("flink", "--kafka", "a:1", "--sink", "shop.order.placed", "-f", "-", stdin=query)
        assert result.stdout.endswith(f"{query.decode()}\n;\n")

    def test_a_sink_of_several_topics(self, scratch: Scratch) -> None:
        self.prepare(scratch, "topics: [eu.a, us.a]")
        arguments = ("flink", "--kafka", "a:1", "--sink", "a", "-f", "-")
        result = scratch.jst(*arguments, stdin=b"SELECT 1 AS n")
        assert (result.exit_code, "--sink-topic" in result.stderr) == (2, True)
        result = scratch.jst(*arguments, "--sink-topic", "eu.a", stdin=b"SELECT 1 AS n")
        assert "'topic' = 'eu.a'" in result.stdout
        assert "'topic' = 'eu.a;us.a'" in scratch.jst("flink", "a", "--kafka", "a:1").stdout

    def test_streams_without_a_table_are_left_out_and_said(self, scratch: Scratch) -> None:
        self.prepare(scratch, "{}", "  b: {}\n  c: {schema_title: other/c}\n")
        result = scratch.jst("flink", "--kafka", "a:1")
        assert (result.exit_code, result.stdout.count("CREATE TABLE")) == (0, 1)
        assert "b: it has no schema" in result.stderr
        assert "c: its schema 'other/c' is not in this repository" in result.stderr
        assert scratch.jst("flink", "b", "--kafka", "a:1").exit_code == 2

    def test_a_time_that_an_event_may_lack(self, scratch: Scratch) -> None:
        self.prepare(scratch, "{}")
        result = scratch.jst("flink", "--kafka", "a:1")
        assert "a: dt is not in every event; one without has the time of Kafka" in result.stderr
        assert "COALESCE(`dt`, `kafka_timestamp`)" in result.stdout
        result = scratch.jst("flink", "--files", "x")
        assert "counts as of 1970" in result.stderr
        assert "COALESCE(`dt`, TO_TIMESTAMP_LTZ(0, 3))" in result.stdout

    def test_a_stream_of_a_regular_expression(self, scratch: Scratch) -> None:
        self.prepare(scratch, "{}", r"""  /^job\./: {schema_title: some/a}""" + "\n")
        result = scratch.jst("flink", r"/^job\./", "--kafka", "a:1")
        assert r"'topic-pattern' = '.*(?:^job\.).*'" in result.stdout
        assert "'topic' = 'job.x'" in scratch.jst("flink", "job.x", "--kafka", "a:1").stdout

    def test_two_streams_with_one_table(self, scratch: Scratch) -> None:
        self.prepare(scratch, "{}", "  x.y: {schema_title: some/a}\n  x_y: {schema_title: some/a}\n")
        result = scratch.jst("flink", "--kafka", "a:1")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "would both have the table x_y" in result.stderr

    def test_a_module_for_spark_is_python(self, example: Scratch, tmp_path: Path) -> None:
        for where in (["--kafka", "a:1"], ["--files", str(tmp_path)]):
            result = example.jst("spark", *where)
            assert (result.exit_code, result.stderr) == (0, "")
            functions = [each.name for each in ast.parse(result.stdout).body if isinstance(each, ast.FunctionDef)]
            assert functions == ["shop_order_placed", "shop_cart_changed", "legacy_newsletter_click"]
        result = example.jst("spark", "shop.order.placed", "--kafka", "a:1", "--schema")
        assert result.stdout.startswith("`$schema` STRING")

    def prepare(self, scratch: Scratch, settings: str, more: str = "") -> None:
        scratch.write(
            "jsonschema/some/a/current.yaml",
            "title: some/a\ndescription: 'A quote '' in it; and a \" of the other kind.'\n$id: /some/a/1.0.0\n"
            "$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n"
            "  dt: {type: string, format: date-time}\n  n: {type: integer}\n",
        )
        if not settings.startswith("{"):
            settings = f"{{{settings}}}"
        inner = settings.strip("{}")
        stream = f"{{schema_title: some/a{', ' * bool(inner)}{inner}}}"
        scratch.write("streams.yaml", f"streams:\n  a: {stream}\n{more}")
        scratch.write(".jsonschema-tools.yaml", "streams: streams.yaml\n")
        scratch.jst("materialize-all")
        scratch.commit()


def test_a_field_that_hides_where_an_event_was_read() -> None:
    schema = {"type": "object", "properties": {"kafka_offset": {"type": "integer"}}}
    with pytest.raises(SchemaToolsError, match="a field 'kafka_offset'"):
        taken_names(table(schema), None, kafka=True)
