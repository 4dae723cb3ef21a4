"""How many events were valid and how many refused, by schema and by what was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from jsonschema_tools.events.model import Verdict

MOST_SCHEMAS = 1000
"""Schemas counted one by one; events may name any number of others."""

NO_SCHEMA = "(no schema)"
OTHER_SCHEMAS = "(other schemas)"


@dataclass(slots=True)
class SchemaSummary:
    """The events of one schema; ``kinds`` counts the refused ones by each kind of error they have."""

    valid: int = 0
    refused: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def frequent_kinds(self) -> list[tuple[str, int]]:
        """The kinds of errors with their counts, the most frequent first."""
        return sorted(self.kinds.items(), key=lambda entry: (-entry[1], entry[0]))


@dataclass(slots=True)
class Summary:
    """The events of all schemas, by schema URI."""

    schemas: dict[str, SchemaSummary] = field(default_factory=dict)

    @property
    def valid(self) -> int:
        """How many events were valid."""
        return sum(schema.valid for schema in self.schemas.values())

    @property
    def refused(self) -> int:
        """How many events were refused."""
        return sum(schema.refused for schema in self.schemas.values())

    @property
    def events(self) -> int:
        """How many events there were."""
        return self.valid + self.refused

    def add_valid(self, schema_uri: str, count: int) -> None:
        """Count valid events of a schema."""
        self._of(schema_uri).valid += count

    def add(self, verdict: Verdict) -> None:
        """Count one event."""
        schema = self._of(verdict.schema_uri or NO_SCHEMA)
        if verdict.valid:
            schema.valid += 1
        else:
            schema.refused += 1
            schema.kinds.update({error.kind for error in verdict.errors})

    def add_all(self, other: Summary) -> None:
        """Count what another summary has counted."""
        for uri, theirs in other.schemas.items():
            ours = self._of(uri)
            ours.valid += theirs.valid
            ours.refused += theirs.refused
            ours.kinds.update(theirs.kinds)

    def _of(self, uri: str) -> SchemaSummary:
        if uri not in self.schemas and len(self.schemas) >= MOST_SCHEMAS:
            uri = OTHER_SCHEMAS
        return self.schemas.setdefault(uri, SchemaSummary())
