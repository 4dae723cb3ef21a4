"""The schema that a stream names is there, in this repository or under another base URI.

Why: a gate refuses every event of a stream whose schema it cannot find.
Example: `schema_title: shop/ordre`, or a title that was renamed.
Instead: the title of a schema that is there: `jst ls` lists those of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, streams_with_schemas


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream, title = subject.stream, subject.stream.title
    if title is None or subject.schemas.find(title) is not None:
        return
    near = subject.schemas.near(title)
    remedy = f"Did you mean {near!r}?" if near else "Name a title of the repository: `jst ls` lists them."
    yield Problem(
        f"the stream {stream.name!r} has the schema {title!r}, which is not there", stream.at("schema_title"), remedy
    )


RULE = Rule(
    "stream-schemas-exist",
    Family.STREAMS,
    "the schema of each stream is there",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
