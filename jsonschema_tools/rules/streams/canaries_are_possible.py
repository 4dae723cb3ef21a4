"""Canary events can be made for each stream that has them: its schema has an example, and it is one stream.

Why: without canary events, nobody can tell a stream that is broken from one in which nothing happens.
Example: `canary_events_enabled: true` for `/^shop\\.job\\..+$/`, or for a schema without `examples`.
Instead: an example in the schema; or `canary_events_enabled: false`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, streams_with_schemas


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream = subject.stream
    if stream.settings.get("canary_events_enabled") is not True:
        return
    pointer = stream.at("canary_events_enabled")
    if stream.is_regex:
        message = f"no canary event can be made for {stream.name!r}, which stands for many streams"
        yield Problem(message, pointer, "Write `canary_events_enabled: false` there.")
        return
    examples = subject.latest.get("examples")
    if not isinstance(examples, list) or not examples or not isinstance(examples[0], dict):
        message = f"no canary event can be made for the stream {stream.name!r}: {stream.title!r} has no example"
        yield Problem(message, pointer, "Add an example to the schema, or write `canary_events_enabled: false`.")


RULE = Rule(
    "stream-canaries-are-possible",
    Family.STREAMS,
    "streams with canary events have an example",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
