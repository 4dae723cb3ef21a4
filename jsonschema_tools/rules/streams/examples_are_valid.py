"""The examples of the latest version of a stream's schema are valid by it.

Why: canary events are made from the first of them, and so is what people send who try a stream for the first time.
Example: an example without a property that version 1.2.0 has made required.
Instead: correct the example in the current file, and release it.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import Document
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_schemas import StreamSchema, streams_with_schemas

_MOST = 3


def check(subject: StreamSchema, context: Context) -> Iterator[Problem]:
    document = subject.latest
    examples = document.get("examples")
    if not isinstance(examples, list) or not examples:
        return
    # What judges events is loaded where there are some.
    from jsonschema_tools.events.targets import Target
    from jsonschema_tools.events.validation import EventValidator, strictness
    from jsonschema_tools.events.validators import SchemaValidators

    uri = f"/{subject.stream.title}/latest"
    settings = context.config.events

    def retrieve(asked: str) -> Document:
        return document if asked == uri or context.retrieve is None else context.retrieve(asked)

    validators = SchemaValidators(retrieve, **strictness(settings, Target(schema=uri)))
    validator = EventValidator(validators, settings, Target(schema=uri))
    for index, example in enumerate(examples):
        errors = validator.verdict(example).errors
        if errors:
            said = "; ".join(f"{error.pointer or 'the event'}: {error.message}" for error in errors[:_MOST])
            yield Problem(
                f"example {index} of {document.get('$id') or subject.stream.title!r}, the schema of the stream"
                f" {subject.stream.name!r}, is not valid: {said}",
                subject.stream.at("schema_title"),
                "Correct the example in the current file of the schema, and release it.",
            )


RULE = Rule(
    "stream-examples-are-valid",
    Family.STREAMS,
    "the examples of the latest version are valid",
    streams_with_schemas,
    check,
    profile=Profile.RECOMMENDED,
)
