"""What the errors of Kafka and of librdkafka mean for an event: one table.

The names are those of Kafka's protocol; a leading underscore is librdkafka's own. Source: Kafka's protocol guide, error
codes, and librdkafka's ``rd_kafka_resp_err_t``.
"""

from __future__ import annotations

from jsonschema_tools.intake.model import Status
from jsonschema_tools.sinks.model import WriteFailure

OUTAGES = frozenset(
    {
        *("_MSG_TIMED_OUT", "_TIMED_OUT", "_TIMED_OUT_QUEUE", "_TRANSPORT", "_ALL_BROKERS_DOWN", "_RESOLVE"),
        *("REQUEST_TIMED_OUT", "NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND", "LEADER_NOT_AVAILABLE"),
        *("NOT_LEADER_FOR_PARTITION", "BROKER_NOT_AVAILABLE", "KAFKA_STORAGE_ERROR"),
    }
)
"""Kafka does not answer, or cannot take events of the topic: counted by the breaker."""

OF_A_BATCH = frozenset(
    {"MSG_SIZE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_TIMESTAMP", "INVALID_RECORD", "_INVALID_DIFFERENT_RECORD"}
)
"""Kafka refuses all that came with an event, too: to be asked again for the event alone."""

_LATER = "Nothing is wrong with the event: send it again later."
_SHORTER = "Send less of it, or raise max.message.bytes of the topic and message.max.bytes of the gate."
_MAY_WRITE = "Give the gate's user the right to write to the topic."
_CREATE = "Create the topic; the event may be sent again."
_REFUSED = {
    "MSG_SIZE_TOO_LARGE": ("the event is larger than Kafka takes", _SHORTER),
    "RECORD_LIST_TOO_LARGE": ("the event is larger than Kafka takes", _SHORTER),
    "INVALID_TIMESTAMP": (
        "the time of the event is not one that Kafka takes",
        "Correct the time: the topic allows message.timestamp.after.max.ms and message.timestamp.before.max.ms.",
    ),
    "INVALID_RECORD": (
        "the topic does not take such a message",
        "A compacted topic wants message_key_fields for its stream.",
    ),
}
_NOT_AGAIN = {
    "TOPIC_AUTHORIZATION_FAILED": ("the gate may not write to the topic", _MAY_WRITE),
    "CLUSTER_AUTHORIZATION_FAILED": ("the gate may not write to Kafka", _MAY_WRITE),
    "TOPIC_EXCEPTION": ("the topic has a name that Kafka does not allow", "Correct the topics of the stream."),
    "POLICY_VIOLATION": ("a policy of Kafka refuses it", "Ask whoever runs Kafka."),
    "SECURITY_DISABLED": ("Kafka refuses it", "Ask whoever runs Kafka."),
}
_AGAIN = {
    "_QUEUE_FULL": ("more events wait for Kafka than the gate holds", _LATER),
    "_UNKNOWN_TOPIC": ("Kafka has no such topic", _CREATE),
    "UNKNOWN_TOPIC_OR_PART": ("Kafka has no such topic", _CREATE),
    "_UNKNOWN_PARTITION": ("Kafka has no such partition", _LATER),
    "_MSG_TIMED_OUT": ("Kafka has not confirmed it in time", _LATER),
    "_PURGE_QUEUE": ("the gate could not hand it to Kafka", _LATER),
    "_PURGE_INFLIGHT": ("Kafka has not confirmed it", _LATER),
}


def failure_of(name: str, text: str, topic: str, reason: str = "") -> WriteFailure:
    """What the error ``name`` means for an event of a topic; ``text`` is how librdkafka says it, ``reason`` what it
    last said of its connections."""
    if name in _REFUSED:
        said, remedy = _REFUSED[name]
        return WriteFailure(f"{topic}: {said}", remedy, Status.REFUSED, retry=False)
    if name in _NOT_AGAIN:
        said, remedy = _NOT_AGAIN[name]
        return WriteFailure(f"{topic}: {said}", remedy, retry=False)
    said, remedy = _AGAIN.get(name, (text, _LATER))
    if reason and name in OUTAGES:
        said = f"{said} ({reason})"
    return WriteFailure(f"{topic}: {said}", remedy)
