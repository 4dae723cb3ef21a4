"""Topics that a gate makes before it writes to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.kafka.topics import Topics, TopicSettings

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

Wanted = Callable[[str], "TopicSettings | None"]
"""How the topics of a stream are to be; ``None`` for a stream that is not configured, whose topics are not made."""


class TopicMaker:
    """Makes the topics of events, each once; topics that there are stay as they are.

    Args:
        options: of librdkafka, as they are given.
        wanted: how the topics of a stream are to be.
        seconds: how long that may take.
    """

    def __init__(self, options: Mapping[str, Any], wanted: Wanted, seconds: float) -> None:
        self._topics, self._wanted, self._seconds = Topics(options), wanted, seconds
        self._there: set[str] = set()
        self._making: dict[str, asyncio.Task[dict[str, KafkaError | None]]] = {}

    def knows(self, records: Iterable[AcceptedEvent]) -> bool:
        """Whether all of their topics are there."""
        return all(record.topic in self._there for record in records)

    async def make(self, records: Iterable[AcceptedEvent]) -> dict[str, KafkaError]:
        """See that their topics are there; why some are not, by name. A topic is asked for once at a time, whoever
        waits for it."""
        streams = {record.topic: record.stream for record in records if record.topic not in self._there}
        new = {topic: self._wanted(stream) for topic, stream in streams.items() if topic not in self._making}
        if new:
            task = asyncio.create_task(self._made(new))
            self._making |= dict.fromkeys(new, task)
        made: dict[str, KafkaError | None] = {}
        for task in {self._making[topic] for topic in streams}:
            made |= await asyncio.shield(task)
        return {topic: error for topic in streams if (error := made.get(topic)) is not None}

    async def _made(self, wanted: Mapping[str, TopicSettings | None]) -> dict[str, KafkaError | None]:
        given = {topic: settings for topic, settings in wanted.items() if settings is not None}
        try:
            made = await asyncio.to_thread(self._topics.create, given, self._seconds)
            self._there |= {topic for topic in wanted if made.get(topic) is None}
            return made
        finally:
            for topic in wanted:
                del self._making[topic]
