"""The topics of a stream have names that Kafka takes: letters, digits, dots, dashes and underscores, 249 at most.

Why: a broker refuses another name, and with it every event of the stream.
Example: `topics: [shop orders]`, or a long name behind a prefix.
Instead: `topics: [shop.orders]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import WrittenStream
from jsonschema_tools.rules.stream_subjects import every_stream
from jsonschema_tools.streams.names import is_regex
from jsonschema_tools.streams.topics import LONGEST, is_legal

_FOREIGN = re.compile("[^A-Za-z0-9._-]")


def check(stream: WrittenStream, _context: Context) -> Iterator[Problem]:
    explicit = stream.settings.get("topics") is not None
    if not explicit and not stream.is_regex and not is_legal(stream.name):
        if stream.name in (".", ".."):
            yield _problem(stream, stream.name, stream.pointer)
        return  # The name itself is what is wrong.
    for index, topic in enumerate(stream.topics):
        if not is_legal(topic) and not is_regex(topic):
            yield _problem(stream, topic, f"{stream.at('topics')}/{index}" if explicit else _place(stream))


def _place(stream: WrittenStream) -> str:
    return stream.at("topic_prefixes") if stream.settings.get("topic_prefixes") else stream.pointer


def _problem(stream: WrittenStream, topic: str, pointer: str) -> Problem:
    foreign = _FOREIGN.search(topic)
    if foreign:
        said, remedy = f"has the character {foreign[0]!r}", "Use letters, digits, dots, dashes and underscores."
    elif len(topic) > LONGEST:
        said, remedy = f"has {len(topic)} characters, and may have {LONGEST}", "Shorten it."
    else:
        said, remedy = "is no name", "Give it a name."
    return Problem(f"the topic {topic!r} of the stream {stream.name!r} {said}", pointer, remedy)


RULE = Rule(
    "stream-topics-are-legal",
    Family.STREAMS,
    "topics have names that Kafka takes",
    every_stream,
    check,
    profile=Profile.RECOMMENDED,
)
