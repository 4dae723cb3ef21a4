"""Validating the records of Kafka; `jst validate --kafka` is one call of `validate_records`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.summary import Summary
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.kafka_offsets import Partition
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from jsonschema_tools.use_cases.validate import open_validator


def validate_records(
    batches: Iterable[Sequence[KafkaRecord]],
    config: Config,
    *,
    settings: EventSettings | None = None,
    target: Target | None = None,
    offline: bool = False,
    refused: Callable[[Refusal], None] = lambda _refusal: None,
    summary: Summary,
) -> Iterator[dict[Partition, int]]:
    """Validate every record of the batches; tombstones are no events. After each batch the positions behind it are
    given: they are done once nothing that was told of it can be lost any more.

    Looking schemas up, and what it raises, are as with `validate_files`.

    Args:
        batches: those of a `KafkaSource`.
        config: where schemas are looked up.
        settings: where an event names its schema, and how strict to be; default: those of the configuration.
        target: the schema or version to validate by, where that is not the one that an event names.
        offline: nothing is fetched.
        refused: called with each refused event.
        summary: the counts go into it as they come.
    """
    validator = open_validator(config, settings=settings, target=target, offline=offline)
    for records in batches:
        _judge(validator, [record for record in records if record.value is not None], refused, summary)
        yield positions_after(records)


def _judge(
    validator: EventValidator, records: Sequence[KafkaRecord], refused: Callable[[Refusal], None], summary: Summary
) -> None:
    # White space is no event; a blank text would be passed over as a blank line is.
    texts = [(record.value or b"").strip() for record in records]
    start = 0
    while start < len(texts):
        for result in validator.validate_texts(texts, start):
            summary.add_all(result.summary)
            for event in result.refused:
                refused(Refusal(records[start + event.line].place, None, event.text, event.verdict))
            start += result.lines
