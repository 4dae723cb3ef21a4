"""The fields that messages are keyed by are in the schema, required, and no lists or mappings.

Why: an event without one of them has no key, and a gate cannot produce it.
Example: `message_key_fields: {order_id: order.id}` where `order` may be missing.
Instead: fields that every event has, each a text, a number, or true or false.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, field_in, streams_with_schemas, types_in

_SCALARS = frozenset({"string", "integer", "number", "boolean"})


def check(subject: StreamSchema, _context: Context) -> Iterator[Problem]:
    stream = subject.stream
    fields = stream.settings.get("message_key_fields")
    for key, path in fields.items() if isinstance(fields, dict) else ():
        if not isinstance(path, str):
            continue
        wrong = _wrong(subject, path)
        if wrong is not None:
            said, remedy = wrong
            message = f"the key {key!r} of the stream {stream.name!r} is the field {path!r}, which {said}"
            yield Problem(message, stream.at("message_key_fields", key), remedy)


def _wrong(subject: StreamSchema, path: str) -> tuple[str, str] | None:
    title = subject.stream.title
    field = field_in(subject.latest, path)
    if field is None:
        return f"{title!r} does not have", "Name a field of the schema, with dots between its steps: meta.id."
    types = types_in(field)
    if not types or types - _SCALARS:
        said = f"may be {' or '.join(sorted(types - _SCALARS))}" if types else "has no type"
        return f"{said} by {title!r}", "Name a field that is a text, a number, or true or false."
    if not field.required:
        return f"{title!r} does not require", "Require it, and what is above it, in the schema; or name another field."
    return None


RULE = Rule(
    "stream-key-fields-are-required",
    Family.STREAMS,
    "fields of message keys are there, scalar and required",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
