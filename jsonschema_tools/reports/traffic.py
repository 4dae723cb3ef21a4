"""Events that were seen, and how many there are: as lines, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from jsonschema_tools.events.traffic import Traffic, Watched
from jsonschema_tools.reports.escaping import json_text


def watched_lines(seen: Watched) -> Iterator[str]:
    """An event with its place and verdict, and a line for each thing that is wrong."""
    yield f"{seen.place}  {'valid' if seen.verdict.valid else 'refused'}  {seen.text.decode('utf-8', 'replace')}"
    for error in seen.verdict.errors:
        yield f"  {error.pointer or 'the event'}: {error.message}"


def watched_json(seen: Watched) -> str:
    """The same as an object on one line: place, valid, errors and event, or its text where it is no JSON."""
    errors = [{"pointer": each.pointer, "message": each.message, "kind": each.kind} for each in seen.verdict.errors]
    shown = {"text": seen.text.decode("utf-8", "replace")} if seen.event is None else {"event": seen.event}
    found = {"place": seen.place, "valid": seen.verdict.valid, "errors": errors, **shown}
    return json_text(found, indent=None)


_HEAD = ("stream", "events", "a second", "last", "refused", "canaries")


def as_text(found: Sequence[Traffic]) -> Iterator[str]:
    """A table with a line for each stream."""
    rows = [_HEAD, *map(_row, found)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_HEAD))]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def as_json(found: Sequence[Traffic]) -> list[dict[str, Any]]:
    """An object for each stream."""
    return [
        {
            "stream": each.stream,
            "events": each.events,
            "events_per_second": each.rate,
            "first": _time(each.first),
            "last": _time(each.last),
            "refused": each.refused,
            "canaries": each.canaries,
        }
        for each in found
    ]


def _row(traffic: Traffic) -> tuple[str, ...]:
    rate = "-" if traffic.rate is None else f"{traffic.rate:.3g}"
    counts = (str(traffic.refused), str(traffic.canaries))
    return (traffic.stream, str(traffic.events), rate, _time(traffic.last) or "-", *counts)


def _time(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
