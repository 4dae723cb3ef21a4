"""The topics of streams: those that a cluster has, and how it is to have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from jsonschema_tools.errors import UsageError
from jsonschema_tools.kafka.client import failure
from jsonschema_tools.kafka.topics import Topics, TopicSettings
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.streams.names import is_regex, name_pattern
from jsonschema_tools.streams.table import Stream
from jsonschema_tools.use_cases.streams import named

if TYPE_CHECKING:
    from confluent_kafka import KafkaError

_SETTINGS = ("partitions", "replication_factor", "retention_ms")


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


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is wanted and as it is; ``found`` is ``None`` where there is none.

    ``problem`` is why it could not be made.
    """

    name: str
    wanted: TopicSettings
    found: TopicSettings | None
    created: bool = False
    problem: UsageError | None = None

    @property
    def differences(self) -> dict[str, tuple[int | None, int]]:
        """What is otherwise than it is wanted: by setting what it is, and what is wanted."""
        if self.found is None:
            return {}
        found, wanted = asdict(self.found), asdict(self.wanted)
        return {name: (found[name], wanted[name]) for name in _SETTINGS if wanted[name] not in (None, found[name])}

    @property
    def as_wanted(self) -> bool:
        """Whether nothing is to be done."""
        return self.found is not None and not self.differences


def wanted_topics(streams: Streams, names: Sequence[str]) -> dict[str, TopicSettings]:
    """How the topics of the named streams, or of all, are to be; regular expressions are left out.

    Raises `UsageError` for a name that is no stream, and where streams want one topic in different ways.
    """
    wanted: dict[str, TopicSettings] = {}
    for name in named(streams, names) or streams.table.names:
        stream = streams.stream(name)
        assert stream is not None
        for topic in stream.topics:
            if is_regex(topic):
                continue
            settings = topic_settings(stream)
            if wanted.setdefault(topic, settings) != settings:
                raise UsageError(
                    f"streams want the topic {topic!r} in different ways",
                    remedy=f"Give all streams of that topic the same {', '.join(_SETTINGS)}.",
                )
    return wanted


def topic_settings(stream: Stream) -> TopicSettings:
    """How the topics of a stream are to be."""
    given = {name: stream.settings.get(name) for name in _SETTINGS}
    return TopicSettings(**{name: value if isinstance(value, int) else None for name, value in given.items()})


def compared_topics(topics: Topics, wanted: Mapping[str, TopicSettings], *, creates: bool) -> list[TopicState]:
    """Topics as they are wanted and as they are, by name; with ``creates`` those that there are not are made first.

    Those that there are stay as they are: more partitions would put the records of a key into another one.
    Raises as `Topics`.
    """
    found = topics.settings(wanted)
    states = [TopicState(name, settings, found.get(name)) for name, settings in sorted(wanted.items())]
    if not creates:
        return states
    made = topics.create({state.name: state.wanted for state in states if state.found is None})
    return [_after(state, made[state.name], topics.brokers) if state.name in made else state for state in states]


def _after(state: TopicState, error: KafkaError | None, brokers: str) -> TopicState:
    """The state of a topic that was to be made."""
    if error is None:
        return replace(state, found=state.wanted, created=True)
    return replace(state, problem=failure(error, brokers, f"the topic {state.name!r} is not made"))
