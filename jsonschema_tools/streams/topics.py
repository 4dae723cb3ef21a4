"""The topics of a stream."""

from __future__ import annotations

import re
from typing import Any

from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.php import quoted

LONGEST = 249
"""Characters of a topic's name, at most."""

_LEGAL = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")


def is_legal(topic: str) -> bool:
    """Whether Kafka takes a name for a topic. Source: ``org.apache.kafka.common.internals.Topic``."""
    return _LEGAL.fullmatch(topic) is not None and topic not in (".", "..")


def topics_of(name: str, settings: dict[str, Any]) -> list[str]:
    """The topics: those that the settings name, else the name behind each of ``topic_prefixes``, else the name.

    For a regular expression as name it is one for the topics: ``/^(north\\.|south\\.)shop\\.job/``.
    """
    if settings.get("topics") is not None:
        return list(settings["topics"])
    prefixes = settings.get("topic_prefixes")
    if prefixes is None:
        return [name]
    if prefixes and is_regex(name):
        rest = name.removeprefix("/").removeprefix("^").removesuffix("/")
        return [f"/^({'|'.join(map(quoted, prefixes))}){rest}/"]
    return [f"{prefix}{name}" for prefix in prefixes]
