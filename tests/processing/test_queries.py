"""Queries: which names there are, and which are certainly wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.processing.queries import read_query
from jsonschema_tools.processing.statements import Statement, script_text, statements
from tests.conftest import Scratch

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "processing" / "queries.yaml").read_text("utf-8"))


@pytest.mark.parametrize("query", CASES["good"])
def test_a_query_that_is_right(example: Scratch, query: str) -> None:
    result = example.jst("flink", "--kafka", "localhost:9092", "-f", "-", stdin=query.encode())
    assert (result.exit_code, result.stderr) == (0, "")
    assert query.rstrip() in result.stdout


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda case: case["query"])
def test_a_query_that_is_wrong(example: Scratch, case: dict[str, Any]) -> None:
    result = example.jst("flink", "--kafka", "localhost:9092", "-f", "-", stdin=case["query"].encode())
    assert (result.exit_code, result.stdout) == (2, "")
    assert case["says"] in result.stderr
    assert case.get("remedy", "remedy: ") in result.stderr


def test_only_the_tables_that_a_query_names(example: Scratch) -> None:
    query = b"SELECT o.order_id FROM shop_order_placed AS o"
    result = example.jst("flink", "--kafka", "localhost:9092", "-f", "-", stdin=query)
    assert result.stdout.count("CREATE TABLE") == 1
    # What cannot be read may name any.
    result = example.jst("flink", "--kafka", "localhost:9092", "-f", "-", stdin=b"SHOW TABLES")
    assert result.stdout.count("CREATE TABLE") == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" ;; -- a; b\n;", []),
        ("a; b", [("a", 1), ("b", 1, 4)]),
        ("'a;''b' ;\n\n`c;d`", [("'a;''b'", 1), ("`c;d`", 3)]),
        ("/* a;\n b */ c;\n d -- ;\n", [("/* a;\n b */ c", 1), ("d -- ;", 3, 2)]),
        ("a - b / c; d", [("a - b / c", 1), ("d", 1, 12)]),
        ("'open ; a", [("'open", 1), ("a", 1, 9)]),
    ],
)
def test_statements(text: str, found: list[tuple[Any, ...]]) -> None:
    assert statements(text) == [Statement(*each) for each in found]


def test_what_is_written_is_read_again() -> None:
    texts = ["SELECT 1 -- one", "SELECT ';'"]
    assert [each.text for each in statements(script_text(["SET 'a' = 'b'"], ["CREATE TABLE a (b INT)"], texts))] == [
        "SET 'a' = 'b'",
        "CREATE TABLE a (b INT)",
        *texts,
    ]


@pytest.mark.parametrize(
    "text", ["((((", "SELECT FROM a b c d", "SELECT a FROM", "x" * 5000, "SELECT " + "(" * 3000, "\0", "'"]
)
def test_what_is_no_sql_is_left_to_the_engine(text: str) -> None:
    assert read_query(Statement(text, 1)) is None


def test_the_columns_of_a_query() -> None:
    query = read_query(Statement("SELECT a, b AS c, COUNT(*), d.e FROM f", 1))
    assert query is not None
    assert query.outputs == ("a", "c", "", "e")
