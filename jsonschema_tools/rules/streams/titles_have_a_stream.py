"""Every schema of events has a stream.

Why: a schema that no stream has is one of which no event can be produced, or one that is left over.
Example: `shop/order/returned`, and no stream with that `schema_title`.
Instead: a stream for it, or `jst retire`. Schemas that others refer to count as fragments, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.patterns.searching import is_found
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.rules.subjects import every_title
from jsonschema_tools.schemas.reference_list import located_references


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if context.streams is None:
        return
    fragments = set(_referred_to(collection))
    for subject in every_title(collection, context):
        title: Title = subject.value
        left_out = any(is_found(pattern, title.name) for pattern in context.options.get("except", ()))
        if title.deprecation is None and title.name not in fragments and not left_out:
            yield subject


def _referred_to(collection: Collection) -> Iterator[str]:
    for title in collection.titles:
        for file in title.files:
            for _, uri in located_references(file.document, f"/{title.name}/{file.version}"):
                target = uri.strip("/").rpartition("/")[0]
                if target != title.name:
                    yield target


def check(title: Title, context: Context) -> Iterator[Problem]:
    assert context.streams is not None
    if not any(stream.title == title.name for stream in context.streams.streams):
        pointer = f"/{context.config.schema_title_field}"
        message = f"no stream has the schema {title.name!r}"
        yield Problem(message, pointer, f"Add a stream with `schema_title: {title.name}`, or retire the schema.")


RULE = Rule(
    "titles-have-a-stream",
    Family.STREAMS,
    "every schema of events has a stream",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
    options={
        "except": {
            "type": "array",
            "items": {"type": "string", "format": "regex"},
            "default": ["^fragment/"],
            "description": "Regular expressions; titles in which one of them is found need no stream.",
        }
    },
)
