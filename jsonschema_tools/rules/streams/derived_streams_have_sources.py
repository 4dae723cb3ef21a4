"""The streams that a stream is derived from are there.

Why: `jst streams impact` follows them to the jobs that a change of a schema touches; a wrong name hides one.
Example: `derived_from: {streams: [shop.order.place]}` where the stream is called `shop.order.placed`.
Instead: write the name of the stream.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import WrittenStream
from jsonschema_tools.rules.stream_subjects import every_stream
from jsonschema_tools.streams.names import is_regex, name_pattern


def check(stream: WrittenStream, context: Context) -> Iterator[Problem]:
    derived = stream.settings.get("derived_from")
    sources = derived.get("streams") if isinstance(derived, dict) else None
    if not isinstance(sources, list) or context.streams is None:
        return
    names = [each.name for each in context.streams.streams]
    for number, source in enumerate(sources):
        if not isinstance(source, str) or _is_there(source, names):
            continue
        near = get_close_matches(source, names, n=1)
        yield Problem(
            f"the stream {stream.name!r} is derived from {source!r}, which is no stream",
            stream.at("derived_from", "streams", str(number)),
            f"Did you mean {near[0]!r}?" if near else "Write the name of a stream.",
        )


def _is_there(name: str, names: list[str]) -> bool:
    return name in names or any(is_regex(each) and _matches(each, name) for each in names)


def _matches(key: str, name: str) -> bool:
    try:
        return name_pattern(key).matches(name)
    except ConfigurationError:
        return False


RULE = Rule(
    "stream-sources-exist",
    Family.STREAMS,
    "streams that others are derived from are there",
    every_stream,
    check,
    profile=Profile.RECOMMENDED,
)
