"""`schema_versions` is a range of versions, and the schema has one in it.

Why: a gate refuses every event of a stream that no version can satisfy.
Example: `schema_versions: '>=2.0.0'` where the newest version is 1.3.0.
Instead: `schema_versions: '>=1.2.0 <2.0.0'`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, streams_with_schemas
from jsonschema_tools.versions import sort_versions, version_range

_FEW = 5


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream = subject.stream
    written = stream.settings.get("schema_versions")
    if not isinstance(written, str):
        return
    pointer = stream.at("schema_versions")
    try:
        wanted = version_range(written)
    except ValueError as error:
        message = f"schema_versions of the stream {stream.name!r}, {written!r}, is no range: {error}"
        yield Problem(message, pointer, "Write a range such as `>=1.2.0 <2.0.0`, `^1.2.0` or `1.x`.")
        return
    title = subject.schemas.titles.get(stream.title or "")
    if title is None:
        raise NotApplicable("the versions of the schema are not known here")
    versions = sort_versions({file.version for file in title.files})
    if not any(version in wanted for version in versions):
        message = f"no version of {title.name!r} is in {written!r}, which the stream {stream.name!r} wants"
        yield Problem(message, pointer, f"There are {', '.join(versions[-_FEW:])}: name a range with one of them.")


RULE = Rule(
    "stream-versions-can-be-met",
    Family.STREAMS,
    "schema_versions is a range that a version is in",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
