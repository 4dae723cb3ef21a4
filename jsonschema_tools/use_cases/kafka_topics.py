"""Which topics of Kafka belong to streams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jsonschema_tools.errors import UsageError
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.streams.names import is_regex, name_pattern
from jsonschema_tools.use_cases.streams import named


@dataclass(frozen=True, slots=True)
class Chosen:
    """Topics that are there, and the names of those, or the regular expressions for some, that are not."""

    topics: tuple[str, ...]
    missing: tuple[str, ...] = ()


def topics_of_streams(streams: Streams, names: Sequence[str], there: Iterable[str]) -> Chosen:
    """The topics of the named streams, or of all, that a cluster has; of regular expressions those that match.

    Raises `UsageError` for a name that is no stream, and where there is none of the topics.

    Args:
        streams: all that are configured.
        names: of streams; none: all of them.
        there: the topics of the cluster.
    """
    known = sorted(there)
    chosen = named(streams, names) or streams.table.names
    found, missing = dict[str, None](), list[str]()
    for topic in dict.fromkeys(topic for name in chosen for topic in streams.topics(name)):
        pattern = name_pattern(topic) if is_regex(topic) else None
        matching = [name for name in known if (pattern.matches(name) if pattern else name == topic)]
        found |= dict.fromkeys(matching)
        missing += [] if matching else [topic]
    if not found:
        raise UsageError(
            "Kafka has none of the topics of the streams",
            remedy="See what is wanted: `jst streams topics`; another cluster may have them.",
        )
    return Chosen(tuple(found), tuple(missing))
