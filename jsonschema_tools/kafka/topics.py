"""The topics of a cluster: which there are, and new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsonschema_tools.kafka.client import (
    RECONNECTING,
    SECONDS,
    brokers_of,
    check_installed,
    failure,
    silent,
    wrong_option,
)

if TYPE_CHECKING:
    from confluent_kafka import KafkaError
    from confluent_kafka.admin import AdminClient

_AS_THE_CLUSTER = -1
RETENTION = "retention.ms"


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """What a topic has, or is to have; ``None``: whatever the cluster gives it.

    ``retention_ms`` is how long records are kept, -1: for ever.
    """

    partitions: int | None = None
    replication_factor: int | None = None
    retention_ms: int | None = None


class Topics:
    """Looks at the topics of a cluster, and makes new ones.

    Raises `UsageError` without the package of the extra, and where Kafka does not answer or refuses;
    `ConfigurationError` for an option of librdkafka that cannot be.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        check_installed("topics of Kafka are looked at")
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient

        self.brokers = brokers_of(options)
        try:
            self._client: AdminClient = AdminClient({**RECONNECTING, **options, "logger": silent()})
        except (KafkaException, TypeError, ValueError) as error:
            raise wrong_option(error) from error

    def names(self) -> list[str]:
        """The names of all topics, without those of Kafka itself."""
        from confluent_kafka import KafkaException

        try:
            found = self._client.list_topics(timeout=SECONDS).topics
        except KafkaException as error:
            raise failure(error, self.brokers, "the topics cannot be listed") from error
        return sorted(name for name in found if not name.startswith("__"))

    def settings(self, names: Iterable[str]) -> dict[str, TopicSettings]:
        """What topics have, of those that there are."""
        from confluent_kafka import KafkaException

        wanted = set(names)
        try:
            found = self._client.list_topics(timeout=SECONDS).topics
        except KafkaException as error:
            raise failure(error, self.brokers, "the topics cannot be listed") from error
        there = {name: found[name].partitions for name in sorted(wanted & found.keys())}
        kept = self._retention(there)
        return {
            name: TopicSettings(
                len(partitions),
                min((len(partition.replicas) for partition in partitions.values()), default=0),
                kept[name],
            )
            for name, partitions in there.items()
        }

    def create(self, topics: Mapping[str, TopicSettings], seconds: float = SECONDS) -> dict[str, KafkaError | None]:
        """Make topics; for each ``None``, or why it is not made. One that there is already counts as made."""
        from confluent_kafka import KafkaException

        results: dict[str, KafkaError | None] = {}
        new = [_new(name, wanted) for name, wanted in topics.items()]
        for name, future in (self._client.create_topics(new, request_timeout=seconds) if new else {}).items():
            try:
                future.result()
                results[name] = None
            except KafkaException as error:
                is_there = error.args[0].name() == "TOPIC_ALREADY_EXISTS"
                results[name] = None if is_there else error.args[0]
        return results

    def _retention(self, names: Iterable[str]) -> dict[str, int | None]:
        """How long topics keep their records; ``None`` where this program may not know."""
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import ConfigResource, ResourceType  # type: ignore[attr-defined]

        asked = [ConfigResource(ResourceType.TOPIC, name) for name in names]
        found: dict[str, int | None] = {}
        for resource, future in (
            self._client.describe_configs(asked, request_timeout=SECONDS) if asked else {}
        ).items():
            try:
                value = future.result()[RETENTION].value
            except (KafkaException, KeyError):
                value = None
            found[resource.name] = int(value) if value is not None else None
        return found


def _new(name: str, wanted: TopicSettings) -> Any:
    from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

    return NewTopic(
        name,
        num_partitions=_AS_THE_CLUSTER if wanted.partitions is None else wanted.partitions,
        replication_factor=_AS_THE_CLUSTER if wanted.replication_factor is None else wanted.replication_factor,
        config={} if wanted.retention_ms is None else {RETENTION: str(wanted.retention_ms)},
    )
