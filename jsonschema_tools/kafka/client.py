"""The client of Kafka, the package of the extra ``kafka``: whether it is there, and what its errors mean to a user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_tools.errors import ConfigurationError, UsageError
from jsonschema_tools.installation import remedy_of

SECONDS = 10.0
"""How long Kafka may take to answer a question."""

RECONNECTING: Mapping[str, Any] = {
    # After an outage the default of ten seconds would be what is waited for.
    "reconnect.backoff.ms": 50,
    "reconnect.backoff.max.ms": 500,
    "socket.connection.setup.timeout.ms": 3_000,
    "socket.keepalive.enable": True,
}

_MAY_READ = "Give the user of this program the right to read the topic and to use the group."
_REMEDIES = {
    "TOPIC_AUTHORIZATION_FAILED": _MAY_READ,
    "GROUP_AUTHORIZATION_FAILED": _MAY_READ,
    "CLUSTER_AUTHORIZATION_FAILED": "Give the user of this program the right to do so.",
    "_AUTHENTICATION": "Correct the user and the password in the options of Kafka.",
    "_SSL": "Correct the options ssl.* of Kafka.",
    "UNKNOWN_TOPIC_OR_PART": "Create the topic, or name another one.",
    "_UNKNOWN_TOPIC": "Create the topic, or name another one.",
    "_INVALID_ARG": "Correct the option: librdkafka's CONFIGURATION.md lists them.",
}
_IS_IT_UP = "Look whether Kafka runs there, and whether it can be reached from here."


def check_installed(doing: str) -> None:
    """Raise `UsageError` where the package of the extra ``kafka`` is not installed; ``doing`` says what needs it."""
    try:
        import confluent_kafka  # noqa: F401
    except ImportError as error:
        raise UsageError(f"{doing} with the package confluent-kafka", remedy=remedy_of("kafka")) from error


def brokers_of(options: Mapping[str, Any]) -> str:
    """The brokers that options name. Raises `ConfigurationError` where there are none."""
    found = options.get("bootstrap.servers") or options.get("metadata.broker.list")
    if not found:
        raise ConfigurationError("no broker of Kafka is named", remedy="Name one: --kafka HOST:PORT.")
    return str(found)


def wrong_option(error: Exception) -> ConfigurationError:
    """The error of an option that librdkafka does not take."""
    said = getattr(error.args[0], "str", lambda: str(error))() if error.args else str(error)
    return ConfigurationError(f"kafka: {said}", remedy="Correct the option: librdkafka's CONFIGURATION.md lists them.")


def failure(error: Any, brokers: str, doing: str = "Kafka cannot be read") -> UsageError:
    """The error that something could not be done, from an error of the client or its exception."""
    error = error.args[0] if isinstance(error, Exception) and error.args else error
    name = getattr(error, "name", lambda: "")()
    said = getattr(error, "str", lambda: str(error))()
    return UsageError(f"{doing}: {said}", source=brokers, remedy=_REMEDIES.get(name, _IS_IT_UP))


def silent() -> Any:
    """A logger for librdkafka, whose log nobody reads: what it says is told by errors, answers and metrics."""
    import logging

    logger = logging.getLogger("jsonschema_tools.kafka")
    logger.disabled = True
    return logger
