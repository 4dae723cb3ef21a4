"""No two streams have a topic in common, and none differ only in dots and underscores.

Why: who consumes a topic takes its events for those of one stream; and Kafka names metrics of topics with `_` for `.`,
so that it refuses a second topic that differs only so.
Example: `topics: [orders]` twice, or the streams `shop.order` and `shop_order`.
Instead: a topic of its own for each stream.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import StreamFile, WrittenStream
from jsonschema_tools.rules.stream_subjects import stream_file


def check(file: StreamFile, _context: Context) -> Iterator[Problem]:
    seen: dict[str, tuple[str, WrittenStream]] = {}
    for stream in file.streams:
        for topic in dict.fromkeys(stream.topics):
            before = seen.setdefault(topic.replace(".", "_"), (topic, stream))
            if before != (topic, stream):
                yield _problem(stream, topic, *before)


def _problem(stream: WrittenStream, topic: str, other: str, owner: WrittenStream) -> Problem:
    pointer = stream.at("topics") if stream.settings.get("topics") is not None else stream.pointer
    if topic == other:
        message = f"the topic {topic!r} of the stream {stream.name!r} is one of the stream {owner.name!r} already"
        return Problem(message, pointer, "Give it a topic of its own.")
    whose = "of the same stream" if owner is stream else f"of the stream {owner.name!r}"
    message = f"the topic {topic!r} of the stream {stream.name!r} is, but for dots and underscores, {other!r} {whose}"
    return Problem(message, pointer, "Give it a name that differs in letters or digits.")


RULE = Rule(
    "stream-topics-are-distinct",
    Family.STREAMS,
    "no two streams share a topic",
    stream_file,
    check,
    profile=Profile.RECOMMENDED,
)
