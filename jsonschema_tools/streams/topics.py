"""The topics of a stream."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.php import quoted


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
