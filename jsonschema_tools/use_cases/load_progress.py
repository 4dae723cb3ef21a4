"""What is kept in the progress of a target: positions in files, and in partitions of Kafka."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jsonschema_tools.errors import UsageError
from jsonschema_tools.sources.chunks import Position
from jsonschema_tools.sources.kafka_offsets import Partition

_KAFKA = "kafka:"
_KEYLESS = "keyless:"


def without_keys(tables: Iterable[str], stored: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What is to be kept of tables that get rows without keys, and what is to be told of those that have some, where
    rows have keys now; ``stored`` is the progress so far."""
    marks = {f"{_KEYLESS}{table}": table for table in tables}
    notes = [
        f"{table} has rows that were loaded without --key: one of them that comes again is not dropped"
        for mark, table in marks.items()
        if mark in stored
    ]
    return {mark: "true" for mark in marks if mark not in stored}, notes


def partition_name(topic: str, partition: int) -> str:
    """What the next offset of a partition is kept under."""
    return f"{_KAFKA}{topic}/{partition}"


def partition_of(name: str) -> Partition | None:
    """The topic and partition whose position is kept under a name."""
    topic, slash, number = name.removeprefix(_KAFKA).rpartition("/")
    return (topic, int(number)) if name.startswith(_KAFKA) and slash and number.isdigit() else None


def position_of(text: str, source: str) -> Position:
    """The position in a source that a target knows. Raises `UsageError` where nobody can read it."""
    try:
        return Position.read(text)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"the target knows no position that can be read: {error}",
            source=source,
            remedy="Use the version of jst that wrote it, or `--again`.",
        ) from error
