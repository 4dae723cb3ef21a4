"""The options of a consumer: ours, those that are given on top, and those that nobody may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_tools.kafka.client import RECONNECTING

_OURS: Mapping[str, Any] = {
    "client.id": "jst",
    "group.id": "jst",  # The client wants one, also where nobody joins it.
    # Records that were deleted before they were read are to be told, not passed over.
    "auto.offset.reset": "error",
}
_FIXED: Mapping[str, Any] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
}


def consumer_options(given: Mapping[str, Any], group: str | None) -> dict[str, Any]:
    """The options of librdkafka."""
    options = {**RECONNECTING, **_OURS, **given, **_FIXED}
    return options if group is None else options | {"group.id": group}


def is_incremental(options: Mapping[str, Any]) -> bool:
    """Whether partitions come and go one by one (KIP-429, KIP-848), and not all at once."""
    strategy = str(options.get("partition.assignment.strategy", ""))
    return "cooperative" in strategy or options.get("group.protocol") == "consumer"
