"""No stream has a schema that is deprecated.

Why: who produces events finds the stream first, and takes the schema that it names.
Example: a stream with `schema_title: shop/basket`, where that has `deprecated: true`.
Instead: the successor, which the deprecated schema names.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.stream_schemas import StreamSchema, streams_with_schemas
from jsonschema_tools.schemas.deprecation import deprecation_of


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream = subject.stream
    own = subject.schemas.titles.get(stream.title or "")
    deprecation = own.deprecation if own is not None else deprecation_of(subject.latest)
    if deprecation is None:
        return
    successor = (deprecation.successor or "").strip("/")
    remedy = f"Use {successor}." if successor else "Use another schema, or end the stream."
    yield Problem(
        f"the stream {stream.name!r} has the schema {stream.title!r}, which is {deprecation}",
        stream.at("schema_title"),
        remedy,
    )


RULE = Rule(
    "stream-schemas-are-in-use",
    Family.STREAMS,
    "no stream has a deprecated schema",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
