"""The options of the producer: ours, with those of the settings on top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_tools.errors import ConfigurationError

_OURS: Mapping[str, Any] = {
    "client.id": "jst",
    "acks": "all",
    "enable.idempotence": True,
    # How long an event may take; beyond, its sender is told to send it again.
    "message.timeout.ms": 5_000,
    # Requests are answered when Kafka has their events: waiting for more to come would only delay them.
    "linger.ms": 1,
    "queue.buffering.max.messages": 100_000,
    "queue.buffering.max.kbytes": 131_072,
    # After an outage the default of ten seconds would be what is waited for.
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 500,
    "socket.connection.setup.timeout.ms": 3_000,
    "socket.keepalive.enable": True,
    # A topic that there is not is to be told before an event times out.
    "topic.metadata.propagation.max.ms": 3_000,
    "statistics.interval.ms": 5_000,
}
_FIXED = {"acks": ("all", "-1"), "request.required.acks": ("all", "-1"), "enable.idempotence": ("true", "1")}
_NOT_HERE = ("transactional.id",)


def producer_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of librdkafka. Raises `ConfigurationError` for one that would make 201 untrue."""
    for name, value in given.items():
        allowed = _FIXED.get(name)
        if name in _NOT_HERE or (allowed is not None and str(value).lower() not in allowed):
            raise ConfigurationError(
                f"serve: kafka: {name} cannot be {value!r}: 201 says that Kafka has the event",
                remedy=f"Leave {name} out: the producer is idempotent, with acks=all.",
            )
    if not given.get("bootstrap.servers") and not given.get("metadata.broker.list"):
        raise ConfigurationError(
            "serve: kafka names no broker",
            remedy="Give bootstrap.servers as host:port, or --kafka HOST:PORT.",
        )
    options = dict(_OURS) | dict(given)
    if "delivery.timeout.ms" in given:
        del options["message.timeout.ms"]
    return options


def delivery_seconds(options: Mapping[str, Any]) -> float:
    """How long an event may take, in seconds."""
    return float(options.get("message.timeout.ms", options.get("delivery.timeout.ms", 5_000))) / 1000
