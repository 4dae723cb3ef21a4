"""Streams and events for engines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Scratch
from tests.tables.histories import History

START = datetime(2026, 3, 1, 10, tzinfo=UTC)

COUNTED = """\
title: shop/order/counted
description: How many orders were placed in some minutes.
$id: /shop/order/counted/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
allOf:
  - $ref: /fragment/common/1.1.0
  - required: [start, orders]
    properties:
      start: {description: When they begin., type: string, format: date-time, maxLength: 64}
      orders: {description: How many orders., type: integer}
      ids: {description: The sum of their numbers., type: integer}
"""


SEEN = """\
title: shop/page/seen
description: A page was seen.
$id: /shop/page/seen/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  $schema: {description: The URI of the schema., type: string, maxLength: 64}
  meta:
    description: What the platform knows.
    type: object
    properties:
      stream: {description: The stream., type: string, maxLength: 64}
      dt: {description: When it came in., type: string, format: date-time, maxLength: 64}
  number: {description: Which page., type: integer}
"""
"""Its time is inside of a struct, and not in every event."""


def add_counted(scratch: Scratch) -> None:
    """Release the schemas of a stream that a job writes, and of one of pages; configure the streams."""
    scratch.write("jsonschema/shop/order/counted/current.yaml", COUNTED)
    scratch.write("jsonschema/shop/page/seen/current.yaml", SEEN)
    text = scratch.read("streams.yaml")
    for title in ("shop/order/counted", "shop/page/seen"):
        text += f"  {title.replace('/', '.')}:\n    schema_title: {title}\n"
    scratch.write("streams.yaml", text)
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()


def placed(number: int, when: datetime) -> dict[str, Any]:
    """An order."""
    return {
        "$schema": "/shop/order/placed/1.2.0",
        "dt": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "meta": {"id": f"5e4fe0a2-9d5b-4a6a-9e8c-{number:012}", "stream": "shop.order.placed"},
        "order_id": number,
        "payment_method": "card",
        "prices": {"9780261103252": 1299},
    }


def seen(number: int, *, with_time: bool) -> dict[str, Any]:
    """A page that was seen."""
    time = {"dt": (START + number * timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z")} if with_time else {}
    return {"$schema": "/shop/page/seen/1.0.0", "meta": {"stream": "shop.page.seen", **time}, "number": number}


def ordered(count: int, every: timedelta, start: datetime = START) -> list[dict[str, Any]]:
    """Orders, one after the other."""
    return [placed(number, start + number * every) for number in range(1, count + 1)]


def counting(events: list[dict[str, Any]], minutes: int = 5) -> dict[str, tuple[int, int]]:
    """How many orders each window has, and the sum of their numbers, by when it begins as Flink writes times."""
    number: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for event in events:
        when = datetime.fromisoformat(event["dt"])
        begin = when.replace(minute=when.minute - when.minute % minutes, second=0)
        number[begin.strftime("%Y-%m-%d %H:%M:%S.000")] += 1
        total[begin.strftime("%Y-%m-%d %H:%M:%S.000")] += event["order_id"]
    return {begin: (number[begin], total[begin]) for begin in number}


def streams_of_titles(titles: Mapping[str, History]) -> dict[str, dict[str, str]]:
    """A stream for each title."""
    return {title.replace("/", "."): {"schema_title": title} for title in titles}


def events_of(titles: Mapping[str, History]) -> dict[str, list[str]]:
    """The examples of all versions of each title that has some, by stream; JSON text."""
    found: dict[str, list[str]] = {}
    for title, versions in titles.items():
        examples = [
            json.dumps(example)
            for _, schema in versions
            if isinstance(schema, dict)
            for example in schema.get("examples", ())
        ]
        if examples:
            found[title.replace("/", ".")] = examples
    return found
