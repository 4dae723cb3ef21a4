"""The events of streams as they come, each with its verdict; and how many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from jsonschema_tools.events.traffic import Traffic, Watched
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import field


def watched(
    texts: Iterable[tuple[str, bytes]], config: Config, where: Mapping[str, str], *, offline: bool = False
) -> Iterator[Watched]:
    """The events with these texts, validated by the schemas that they name.

    Args:
        texts: each with its place.
        config: the settings of the repository.
        where: values by the path of a field; only events that have all of them.
        offline: fetch nothing.
    """
    validator = EventValidator(open_store(config, offline=offline), config.events)
    for place, text in texts:
        verdict = validator.verdict_on_text(text)
        event = None
        with suppress(ValueError, RecursionError):
            event = json.loads(text)
        if all(_has(event, path, value) for path, value in where.items()):
            yield Watched(place, text, event, verdict)


def _has(event: Any, path: str, value: str) -> bool:
    found = field(event, path) if isinstance(event, dict) else None
    return found is not None and value == (found if isinstance(found, str) else json.dumps(found))


def time_of(event: Any) -> float | None:
    """The time of an event: `meta.dt`, when it came in, else `dt`."""
    for path in ("meta.dt", "dt"):
        found = field(event, path) if isinstance(event, dict) else None
        if isinstance(found, str):
            with suppress(ValueError, OverflowError):
                moment = datetime.fromisoformat(found)
                return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def stream_in(seen: Watched, stream_field: str) -> str | None:
    """The name of the stream that an event says it is of."""
    found = field(seen.event, stream_field) if isinstance(seen.event, dict) else None
    return found if isinstance(found, str) else None


def counted(
    seen: Iterable[Watched], streams: Iterable[str], stream_of: Callable[[Watched], str | None]
) -> list[Traffic]:
    """The traffic of streams, those without any included.

    Args:
        seen: the events.
        streams: which.
        stream_of: the stream of an event; one that names none of these is not counted.
    """
    found = dict[str | None, Traffic]((name, Traffic(name)) for name in streams)
    for each in seen:
        name = stream_of(each)
        if name in found:
            found[name].add(each, time_of(each.event))
    return list(found.values())
