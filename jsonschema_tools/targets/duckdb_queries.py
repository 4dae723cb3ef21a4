"""Questions to tables in DuckDB: which tables a query names, its answer, and its errors in words of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.errors import Position, UsageError

ROWS_AT_ONCE = 1000

_WORD = re.compile(r"\"(?:[^\"]|\"\")+\"|\w+")
_QUERYING = frozenset({"query", "query_table"})
"""Functions of DuckDB that name tables in a text."""

_SOURCE = "QUERY"
_DOCUMENTATION = "https://duckdb.org/docs/stable/sql/introduction"
_PLACE = re.compile(r"\n+LINE (\d+): (.*)\n( *)\^", re.DOTALL)
_NO_TABLE = re.compile(r"Table with name (?P<name>.+?) does not exist!", re.DOTALL)
_CANDIDATES = re.compile(r"Candidate (?:bindings|Entries):[ :]*(?P<names>[^\n]+)")
_NEAR = re.compile(r"\n(?P<said>Did you mean [^\n]+)")


class NoSuchTable(UsageError):
    """A query names a table that is not there; ``name`` is its name."""

    name = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer; ``type`` is the type of DuckDB's package, which is written as in its SQL."""

    name: str
    type: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query: no columns where it is none, as of CREATE."""

    columns: tuple[Column, ...]
    rows: Iterator[tuple[Any, ...]]


def tables_named(connection: Any, query: str) -> frozenset[str]:
    """The names of tables in a query. Raises `UsageError`.

    DuckDB reads the query, and looks for no table: it can tell of SELECT only, and not what a text names that is
    itself a query. Of others it is all words.
    """
    with told():
        # Else the variables of this program would be tables.
        connection.execute("SET python_enable_replacements = false")
        connection.extract_statements(query)  # What is no SQL is an error now.
        [[text]] = connection.execute("SELECT json_serialize_sql($1)", [query]).fetchall()
    read = json.loads(text)
    nodes = list(_nodes(read))
    if read.get("error") or any(each.get("function_name") in _QUERYING for each in nodes):
        return frozenset(name for word in _WORD.findall(query) for name in _names(word))
    shown = [each["table_name"] for each in nodes if each.get("type") == "BASE_TABLE"]
    return frozenset(name.strip('"') for name in shown if name)


def check(connection: Any, query: str) -> None:
    """Raise `UsageError` where a query cannot be answered by the tables that are there, as far as can be told before
    it runs: that is where it is one SELECT."""
    with told():
        statements = connection.extract_statements(query)
    if len(statements) == 1 and statements[0].type.name == "SELECT":
        with told(lines_before=1):
            connection.execute(f"EXPLAIN\n{query}")


def answer(connection: Any, query: str) -> Answer:
    """The answer to a query, or to the last of several. Raises `UsageError`, also while its rows are read."""
    with told():
        statements = connection.extract_statements(query)
        if not statements:
            raise UsageError("there is no query", source=_SOURCE, remedy="Write one, such as SELECT 1.")
        connection.execute(query)
        described = connection.description or ()
    answers = statements[-1].expected_result_type
    if not any(each.name == "QUERY_RESULT" for each in answers):
        return Answer((), iter(()))
    return Answer(tuple(Column(each[0], each[1]) for each in described), _rows(connection))


def _names(word: str) -> list[str]:
    """What a word of a query may name: what is in quotes may be a text with names in it, too."""
    inner = word.strip('"').replace('""', '"')
    return [inner, *_WORD.findall(inner)] if inner != word else [word]


def _rows(connection: Any) -> Iterator[tuple[Any, ...]]:
    while True:
        with told():
            rows = connection.fetchmany(ROWS_AT_ONCE)
        if not rows:
            return
        yield from rows


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in JSON."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


@contextmanager
def told(lines_before: int = 0) -> Iterator[None]:
    """Errors of DuckDB as errors of ours, for a query with so many lines of ours before it."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise _error(str(error).strip(), lines_before) from error
    except UnicodeEncodeError as error:
        raise UsageError("the query is not UTF-8", source=_SOURCE, remedy="Write it in UTF-8.") from error


def _error(said: str, lines_before: int) -> UsageError:
    message = said.partition("\n")[0]
    kind, _, rest = message.partition(": ")
    if kind.endswith("Error") and rest:
        message = rest
    place = _PLACE.search(said)
    position = None
    if place is not None and not place[2].startswith("..."):
        position = Position(int(place[1]) - lines_before, len(place[3]) - len(f"LINE {place[1]}: ") + 1)
    table = _NO_TABLE.search(said)
    if table is not None:
        error = NoSuchTable(f"there is no table {table['name']}", source=_SOURCE, position=position)
        error.name = table["name"]
        return error
    candidates, near = _CANDIDATES.search(said), _NEAR.search(said)
    if candidates is not None:
        remedy = f"Did you mean one of {candidates['names'].strip()}?"
    elif near is not None:
        remedy = near["said"]
    else:
        remedy = f"The SQL is DuckDB's: {_DOCUMENTATION}"
    return UsageError(message.rstrip("!"), source=_SOURCE, position=position, remedy=remedy)
