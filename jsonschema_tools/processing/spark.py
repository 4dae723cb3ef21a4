"""Streams as streaming DataFrames of Spark: a module of PySpark with a function for each, and their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable

from jsonschema_tools.processing.event_time import taken_names
from jsonschema_tools.processing.flink import WATERMARK, check_interval, whole_pattern
from jsonschema_tools.processing.model import METADATA, EventTime, Files, Kafka, Place, Source
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.tables.dialects.spark import schema_text
from jsonschema_tools.tables.dialects.sql import quoted
from jsonschema_tools.tables.naming import check_columns, plain_name

_HEAD = '''\
"""Streams as DataFrames of Spark Structured Streaming, made from the schemas: make it anew when one changes.

An event that Spark cannot read ends the query: FAILFAST. The times are of UTC where the session's are:
spark.sql.session.timeZone=UTC.
"""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
'''


def module(sources: Iterable[Source], place: Place, watermark: str = WATERMARK) -> str:
    """The text of a module with a function for each stream, called as its table is.

    Args:
        sources: the streams.
        place: where they are.
        watermark: how late an event may be: ``10 SECOND``. Raises `UsageError` where it is no interval.
    """
    check_interval(watermark)
    return "\n\n".join([_HEAD, *(_function(each, place, watermark) for each in sources)])


def _function(source: Source, place: Place, watermark: str) -> str:
    kafka = isinstance(place, Kafka)
    check_columns(source.table.columns, str.casefold, source.table.name)
    taken_names(source.table, source.time, kafka=kafka)
    name = plain_name(source.table.name)
    steps = _from_kafka(source, place, name) if isinstance(place, Kafka) else _from_files(source, place, name)
    if source.time is not None:
        steps.append(f".withColumn({_text(source.time.column)}, {_time(source.time, kafka=kafka)})")
        steps.append(f".withWatermark({_text(source.time.column)}, {_text(watermark.lower())})")
    lines = "\n        ".join(steps)
    return (
        f"{name.upper()} = {_text(schema_text(source.table.columns))}\n\n\n"
        f"def {name}(spark: SparkSession) -> DataFrame:\n"
        f"    {_text(_described(source))}\n"
        f"    return (\n        {lines}\n    )\n"
    )


def _described(source: Source) -> str:
    return f"{source.stream}: {source.table.description}" if source.table.description else source.stream


def _from_kafka(source: Source, place: Kafka, name: str) -> list[str]:
    patterns = any(map(is_regex, source.topics))
    subscribed = "|".join(map(whole_pattern, source.topics)) if patterns else ",".join(source.topics)
    added = [f'    F.col("{each.removeprefix("kafka_")}").alias("{each}"),' for each in METADATA]
    return [
        'spark.readStream.format("kafka")',
        f'.option("kafka.bootstrap.servers", {_text(place.brokers)})',
        f'.option("{"subscribePattern" if patterns else "subscribe"}", {_text(subscribed)})',
        f'.option("startingOffsets", {_text(place.start)})',
        ".load()",
        ".select(",
        f'    F.from_json(F.col("value").cast("string"), {name.upper()}, {{"mode": "FAILFAST"}}).alias("event"),',
        *added,
        ")",
        f'.select("event.*", {", ".join(map(_text, METADATA))})',
    ]


def _from_files(source: Source, place: Files, name: str) -> list[str]:
    # A stream of Spark reads folders, and a file in it once.
    folder, _, file = place.path_of(source.stream).rpartition("/")
    only = file if file.endswith(".jsonl") else None
    return [
        "spark.readStream",
        f".schema({name.upper()})",
        '.option("mode", "FAILFAST")',
        *([f'.option("pathGlobFilter", {_text(only)})'] if only else []),
        f".json({_text(folder if only else f'{folder}/{file}')})",
    ]


def _time(time: EventTime, *, kafka: bool) -> str:
    instead = f"F.col({_text(METADATA[0])})" if kafka else "F.timestamp_seconds(F.lit(0))"
    if time.path is None:
        return instead
    field = f"F.col({_text('.'.join(quoted(name, '`') for name in time.path))})"
    # An event without a time is in no window: as in Flink, it has the time of Kafka, or one that is far too late.
    return field if time.always else f"F.coalesce({field}, {instead})"


def _text(value: str) -> str:
    """A text of Python, between double quotation marks."""
    return json.dumps(value)
