"""The sink that the settings of a gate choose: one of ours, or one of an installed package."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.settings import ServeSettings
from jsonschema_tools.sinks.console import ConsoleSink, NoSink
from jsonschema_tools.sinks.file_names import worker_file
from jsonschema_tools.sinks.files import FileSink
from jsonschema_tools.sinks.kafka import KafkaSink
from jsonschema_tools.sinks.kafka_topics import Wanted
from jsonschema_tools.sinks.model import EventSink

GROUP = "jsonschema_tools.sinks"
"""The entry point group: each entry is called with the settings of the sink, a mapping, and returns an `EventSink`."""


def open_sink(settings: ServeSettings, worker: int | None = None, wanted: Wanted = lambda _stream: None) -> EventSink:
    """The sink of a gate, not opened yet; that of one of its workers where ``worker`` is its number.

    ``wanted`` says how the topics of a stream are to be, where the settings want them to be made.

    Raises `ConfigurationError` for one that there is not.
    """
    if settings.sink is not None:
        return _installed(settings)
    if settings.kafka:
        return _kafka(settings, worker, wanted)
    if settings.output in ("-", "none"):
        return ConsoleSink() if settings.output == "-" else NoSink()
    path = Path(settings.output).absolute()
    by_stream = settings.output.endswith("/") or path.is_dir()
    if worker is not None:
        path = path / str(worker) if by_stream else worker_file(path, worker)
    return FileSink(
        path,
        by_stream=by_stream,
        fsync=settings.fsync,
        fsync_seconds=settings.fsync_seconds,
        rotate_bytes=settings.rotate_bytes,
        rotate_seconds=settings.rotate_seconds,
    )


def _kafka(settings: ServeSettings, worker: int | None, wanted: Wanted) -> KafkaSink:
    spool = Path(settings.spool).absolute()
    return KafkaSink(
        settings.kafka,
        spool if worker is None else spool / str(worker),
        keeps=settings.on_outage == "spool",
        spool_max_bytes=settings.spool_max_bytes,
        wanted=wanted if settings.create_topics else None,
        most_timeouts=settings.kafka_timeouts,
        drain_seconds=settings.limits.drain_seconds,
    )


def _installed(settings: ServeSettings) -> EventSink:
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    entry = found.get(settings.sink or "")
    if entry is None:
        known = ", ".join(sorted(found)) or "none"
        raise ConfigurationError(
            f"there is no sink {settings.sink!r}",
            remedy=f"Install the package that has it (entry point group {GROUP}); installed are: {known}.",
        )
    return _made(entry, settings)


def _made(entry: EntryPoint, settings: ServeSettings) -> EventSink:
    try:
        sink: EventSink = entry.load()(dict(settings.sink_settings))
    except Exception as error:  # whatever foreign code raises
        package = entry.dist.name if entry.dist else entry.value
        raise ConfigurationError(
            f"the sink {entry.name!r} of {package!r} cannot be used: {type(error).__name__}: {error}",
            remedy="Correct its settings (serve: sinkSettings), or repair the package.",
        ) from error
    return sink
