"""Tables that grow with the versions of their titles, with rows in them: every row stays, and is what it was."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import RowMaker
from jsonschema_tools.tables.scalars import Misfit
from jsonschema_tools.tables.titles import tables_of
from jsonschema_tools.tables.types import plain
from jsonschema_tools.targets.model import TableRows
from jsonschema_tools.targets.opening import target_of
from tests.load.reading import KINDS, LAKES, PLACES, stored, word
from tests.load.test_read_back import text, without_what_was_told
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.tables.histories import History, histories


def grow(kind: str, place: Path, versions: dict[str, History]) -> None:
    """Load the examples of each version into the tables of the versions so far, each step by a run of its own."""
    wanted: Counter[str] = Counter()
    last: dict[str, Table] = {}
    for step in range(max(map(len, versions.values()))):
        target = target_of(word(kind, place))
        known = target.open().tables
        assert {name: plain(table.columns) for name, table in known.items()} == {
            name: plain(table.columns) for name, table in last.items()
        }
        batch = []
        for title, history in versions.items():
            if step >= len(history):
                continue
            tables, _ = tables_of(title, history[: step + 1])
            version, schema = history[step]
            for table in tables:
                if version in table.versions:
                    prepared = last[table.name] = target.prepare(table)
                    rows, events = rows_of_examples(prepared, title, version, schema)
                    batch.append(TableRows(prepared, rows))
                    wanted.update(text(without_what_was_told(event, prepared)) for event in events)
        target.commit(batch, {"step": str(step)})
        target.close()
    found = stored(kind, place)
    assert Counter(text(row) for _, rows in found for row in rows) == wanted
    for title, history in versions.items():
        for table in tables_of(title, history)[0]:
            [columns] = [each.columns for each, _ in found if each.name == table.name]
            assert [each.name for each in columns.fields] == [each.name for each in table.columns.fields]


def rows_of_examples(table: Table, title: str, version: str, schema: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    events = [{**example, "$schema": f"/{title}/{version}"} for example in schema.get("examples", ())]
    maker, rows = RowMaker(table.columns), []
    for event in events:
        try:
            rows.append(maker.row(event)[0])
        except Misfit as misfit:
            pytest.fail(f"{title}/{version}{misfit.pointer}: {misfit.message}")
    return rows, events


def without_fragments(folder: Path) -> dict[str, History]:
    return {title: found for title, found in histories(folder).items() if not title.startswith("fragment/")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_repository(kind: str, tmp_path: Path) -> None:
    grow(kind, tmp_path / PLACES[kind], without_fragments(example_repository() / "jsonschema"))


@pytest.mark.search
@pytest.mark.parametrize("kind", KINDS)
def test_a_real_repository(kind: str, tmp_path: Path) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    grow(kind, tmp_path / PLACES[kind], without_fragments(WMF_PRIMARY / "jsonschema"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("old", "new", "values"),
    [
        ({"type": "integer"}, {"type": "number"}, (3, 4.5)),
        ({"type": "integer"}, {"type": "number", "multipleOf": 0.01}, (9007199254740993, 4.25)),
        ({"type": "number", "multipleOf": 0.1}, {"type": "number", "multipleOf": 0.001}, (1.5, 2.125)),
        ({"type": "number", "multipleOf": 0.1}, {"type": "number"}, (1.5, 0.0625)),
        ({"type": "string", "format": "date"}, {"type": "string"}, ("2026-01-02", "today")),
        ({"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "number"}}, ([1], [0.5])),
    ],
    ids=str,
)
def test_a_type_becomes_wider(kind: str, old: Any, new: Any, values: Any, tmp_path: Path) -> None:
    """At the top, and inside of an object, where its column is."""
    place = tmp_path / PLACES[kind]
    schemas = [
        {"type": "object", "properties": {"a": each, "b": {"type": "object", "properties": {"c": each}}}}
        for each in (old, new)
    ]
    history = [(f"{number}.0.0", schema) for number, schema in enumerate(schemas, 1)]
    events = [{"a": value, "b": {"c": value}} for value in values]
    for step, event in enumerate(events, 1):
        target = target_of(word(kind, place))
        target.open()
        [table], _ = tables_of("t", history[:step])
        if kind in LAKES and step == 2:
            # Their formats have no such change: the error says so, and what is there stays.
            with pytest.raises(SchemaToolsError, match=r"cannot change a(\[\])? of t from .* to"):
                target.prepare(table)
            target.close()
            del events[1:]
            break
        prepared = target.prepare(table)
        target.commit([TableRows(prepared, [RowMaker(prepared.columns).row(event)[0]])], {})
        target.close()
    [(_, rows)] = stored(kind, place)
    assert Counter(map(text, rows)) == Counter(map(text, events))
