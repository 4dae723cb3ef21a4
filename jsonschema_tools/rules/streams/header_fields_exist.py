"""The fields that a gate fills from HTTP headers are in the schema of the stream.

Why: a gate fills only fields that the schema has, and says nothing of the others.
Example: `enrich_fields_from_http_headers: {http.request_headers.user-agent: user-agent}` where there is no `http`.
Instead: add the field to the schema, or write `false` for it where it comes from the defaults.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, field_in, streams_with_schemas

_KEY = "enrich_fields_from_http_headers"


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream = subject.stream
    for steps in ((_KEY,), ("producers", "eventgate", _KEY)):
        fields: object = stream.settings
        for step in steps:
            fields = fields.get(step) if isinstance(fields, dict) else None
        for path, header in fields.items() if isinstance(fields, dict) else ():
            if isinstance(header, str) and field_in(subject.latest, path) is None:
                yield Problem(
                    f"the stream {stream.name!r} fills {path!r} from the header {header!r}, and {stream.title!r} has no"
                    " such field",
                    stream.at(*steps, path),
                    "Add the field to the schema, or write false instead of the header.",
                )


RULE = Rule(
    "stream-header-fields-exist",
    Family.STREAMS,
    "fields that are filled from headers are in the schema",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
