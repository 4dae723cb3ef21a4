"""The nouns of validating events."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from jsonschema_tools.documents.values import Document


class Obstacle(StrEnum):
    """Why an event could not be validated at all, or is refused for what no schema says."""

    NOT_JSON = "not-json"
    """The event is no JSON value: a syntax error, a number like NaN, too deep or too large."""
    NO_SCHEMA_URI = "no-schema-uri"
    """The event has no text in the field that names its schema."""
    SCHEMA_NOT_FOUND = "schema-not-found"
    """Every base was asked, and none has the schema."""
    SCHEMA_UNAVAILABLE = "schema-unavailable"
    """A base that may have the schema could not say: not the event's fault, another day may tell."""
    SCHEMA_FORBIDDEN = "schema-forbidden"
    """The schema URI leads to where it must not: out of the bases, or to another host."""
    SCHEMA_INSECURE = "schema-insecure"
    """The schema could make validating slow, and insecure schemas are not allowed."""
    SCHEMA_UNUSABLE = "schema-unusable"
    """There is something at the schema URI, but it is no valid schema."""
    NOT_PORTABLE = "not-portable"
    """The event is good by its schema, but stores and engines do not read one of its values alike."""
    UNKNOWN_STREAM = "unknown-stream"
    """A gate has no such stream."""
    SCHEMA_NOT_OF_STREAM = "schema-not-of-stream"
    """The stream carries other schemas, or other versions of the schema."""
    NO_KEY = "no-key"
    """The event lacks a field that is part of its stream's key."""
    NOT_ALLOWED = "not-allowed"
    """Whoever sent the event may not write to its stream."""
    REFUSED_BY_CHECK = "refused-by-check"
    """A check of somebody's own refused the event."""
    NOT_WRITTEN = "not-written"
    """The event is good, but could not be written."""
    DOES_NOT_FIT = "does-not-fit"
    """The event is good by its schema, but the table that it is loaded into cannot hold one of its values."""
    NOT_TAKEN = "not-taken"
    """The event is good by its schema, but the sink will never take it, such as for its size."""


@dataclass(frozen=True, slots=True)
class EventError:
    """One thing that is wrong with an event.

    ``pointer`` is the JSON Pointer of the value in the event, ``keyword`` the keyword of JSON Schema that the value
    breaks (the ``false`` schema counts as one, and it is ``schema`` where it takes too long to say which),
    ``schema_uri`` where that stands: the schema's URI and, as fragment, the JSON Pointer in it. Where no schema could
    be applied ``keyword`` is ``None`` and ``obstacle`` says why.
    """

    message: str
    pointer: str = ""
    keyword: str | None = None
    schema_uri: str | None = None
    obstacle: Obstacle | None = None
    remedy: str | None = None

    @property
    def kind(self) -> str:
        """The keyword or the obstacle: what summaries count by."""
        return self.keyword or str(self.obstacle)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an event is what its schema says.

    ``schema_uri`` is the schema that the event was validated by (``None`` when it names none), ``stream`` what the
    stream field says. ``errors`` is empty for a valid event. ``event`` is the event as it was validated
    when defaults were filled in: a copy of its own.
    """

    schema_uri: str | None
    errors: tuple[EventError, ...] = ()
    stream: str | None = None
    event: Document = field(default=None, repr=False)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def __str__(self) -> str:
        if self.valid:
            return f"valid by {self.schema_uri}"
        return "\n".join(f"{error.pointer or 'the event'}: {error.message}" for error in self.errors)
