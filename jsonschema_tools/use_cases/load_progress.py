"""What is kept in the progress of a target: positions in files, and in partitions of Kafka."""

from __future__ import annotations

from jsonschema_tools.errors import UsageError
from jsonschema_tools.sources.chunks import Position
from jsonschema_tools.sources.kafka_offsets import Partition

_KAFKA = "kafka:"


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
