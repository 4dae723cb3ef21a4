"""Every example of every version, loaded and read back from each target, is the event: but for what was told."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jsonschema_tools.reports.load import LoadReport
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import left_out
from jsonschema_tools.targets.opening import target_of
from jsonschema_tools.use_cases.load import load_files
from jsonschema_tools.use_cases.load_rows import LoadSettings
from tests.load.reading import KINDS, PLACES, stored, word
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.tables.histories import histories

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def examples(folder: Path) -> list[dict[str, Any]]:
    """The examples of all versions, as events of their version; fragments are parts of events."""
    return [
        {**example, "$schema": f"/{title}/{version}"}
        for title, versions in histories(folder).items()
        if not title.startswith("fragment/")
        for version, schema in versions
        for example in schema.get("examples", ())
    ]


def load(events: list[dict[str, Any]], kind: str, repository: Path, place: Path, **settings: Any) -> LoadReport:
    source = place.parent / "events.jsonl"
    source.write_bytes(b"".join(json.dumps(event).encode() + b"\n" for event in events))
    config = load_config(repository)
    return load_files([str(source)], target_of(word(kind, place)), config, settings=LoadSettings(**settings))


def same(value: Any) -> Any:
    """A value so that equal ones are equal: times as instants, numbers as doubles unless they are whole, no null."""
    match value:
        case dict():
            return {key: same(item) for key, item in value.items() if item is not None}
        case list():
            return [same(item) for item in value]
        case bool():
            return value
        case float() | Decimal():
            return int(value) if value == int(value) else float(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case str() if _TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC).isoformat()
    return value


def text(value: Any) -> str:
    return json.dumps(same(value), sort_keys=True)


def without_what_was_told(event: dict[str, Any], table: Table) -> dict[str, Any]:
    """An event without the values that no column has."""
    copy = json.loads(json.dumps(event))
    for left in left_out(table.columns, event):
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in left.pointer.split("/")[1:]]
        inner = copy
        for step in way:
            inner = inner[int(step) if isinstance(inner, list) else step]
        del inner[last]
    return copy


def check(events: list[dict[str, Any]], kind: str, place: Path, report: LoadReport) -> int:
    """All events are there, each once; how many values were told to have no column."""
    found = stored(kind, place)
    by_uri = {f"/{table.title}/{version}": table for table, _ in found for version in table.versions}
    rows = Counter(text(row) for _, rows in found for row in rows)
    wanted = Counter(text(without_what_was_told(event, by_uri[event["$schema"]])) for event in events)
    assert rows == wanted
    told = sum(count.left.total() for count in report.tables.values())
    assert told == sum(len(list(left_out(by_uri[event["$schema"]].columns, event))) for event in events)
    assert sum(count.rows for count in report.tables.values()) == len(events)
    return told


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_repository(kind: str, tmp_path: Path) -> None:
    repository = example_repository()
    events = examples(repository / "jsonschema")
    report = load(events, kind, repository, tmp_path / PLACES[kind])
    assert report.summary.refused == 0
    check(events, kind, tmp_path / PLACES[kind], report)


@pytest.mark.search
@pytest.mark.parametrize("kind", KINDS)
def test_a_real_repository(kind: str, tmp_path: Path) -> None:
    if not WMF_PRIMARY.is_dir():
        pytest.skip(NO_CORPUS)
    events = examples(WMF_PRIMARY / "jsonschema")
    report = load(events, kind, WMF_PRIMARY, tmp_path / PLACES[kind])
    assert report.summary.refused == 0, report.summary
    assert check(events, kind, tmp_path / PLACES[kind], report) > 0


def test_progress(tmp_path: Path) -> None:
    """It is told in the middle of a file, and its end is the size of all files."""
    source, told = tmp_path / "e.jsonl", list[tuple[int, int]]()
    [event] = [each for each in examples(example_repository() / "jsonschema") if each["$schema"].endswith("1.2.0")][:1]
    source.write_bytes((json.dumps(event) + "\n").encode() * 12_000)
    size = source.stat().st_size
    load_files(
        [str(source)],
        target_of(f"sqlite:{tmp_path / 'rows.db'}"),
        load_config(example_repository()),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (size, size)
    assert {total for _, total in told} == {size}
    assert len({done for done, _ in told}) > 1
    assert told == sorted(told)
