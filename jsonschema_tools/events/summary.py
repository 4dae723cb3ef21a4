"""How many events were valid and how many refused, by schema and by what was wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from jsonschema_tools.events.model import Verdict

Key = TypeVar("Key")

MOST_SCHEMAS = 1000
"""Schemas counted one by one; events may name any number of others."""

NO_SCHEMA = "(no schema)"
OTHER_SCHEMAS = "(other schemas)"


@dataclass(frozen=True, slots=True)
class SchemaSummary:
    """The events of one schema; ``kinds`` counts the refused ones by each kind of error they have."""

    valid: int
    refused: int
    kinds: Counter[str]

    @property
    def frequent_kinds(self) -> list[tuple[str, int]]:
        """The kinds of errors with their counts, the most frequent first."""
        return sorted(self.kinds.items(), key=lambda entry: (-entry[1], entry[0]))


@dataclass(slots=True)
class Summary:
    """The events of all schemas. One goes with every block of events, so it is kept flat."""

    _valid: dict[str, int] = field(default_factory=dict)
    """By schema URI: all that have events are in here."""
    _refused: dict[str, int] = field(default_factory=dict)
    _kinds: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def schemas(self) -> dict[str, SchemaSummary]:
        """By schema URI."""
        kinds: dict[str, Counter[str]] = {uri: Counter() for uri in self._valid}
        for (uri, kind), count in self._kinds.items():
            kinds[uri][kind] = count
        return {uri: SchemaSummary(n, self._refused.get(uri, 0), kinds[uri]) for uri, n in self._valid.items()}

    @property
    def valid(self) -> int:
        """How many events were valid."""
        return sum(self._valid.values())

    @property
    def refused(self) -> int:
        """How many events were refused."""
        return sum(self._refused.values())

    @property
    def events(self) -> int:
        """How many events there were."""
        return self.valid + self.refused

    def add_valid(self, schema_uri: str, count: int) -> None:
        """Count valid events of a schema."""
        _count(self._valid, self._counted(schema_uri), count)

    def add(self, verdict: Verdict) -> None:
        """Count one event."""
        uri = self._counted(verdict.schema_uri or NO_SCHEMA)
        _count(self._valid, uri, int(verdict.valid))
        if not verdict.valid:
            _count(self._refused, uri, 1)
            for kind in {error.kind for error in verdict.errors}:
                _count(self._kinds, (uri, kind), 1)

    def add_all(self, other: Summary) -> None:
        """Count what another summary has counted."""
        for uri, count in other._valid.items():
            self.add_valid(uri, count)
        for uri, count in other._refused.items():
            _count(self._refused, self._counted(uri), count)
        for (uri, kind), count in other._kinds.items():
            _count(self._kinds, (self._counted(uri), kind), count)

    def _counted(self, uri: str) -> str:
        """What a schema is counted under."""
        return uri if uri in self._valid or len(self._valid) < MOST_SCHEMAS else OTHER_SCHEMAS


def _count(counts: dict[Key, int], key: Key, more: int) -> None:
    counts[key] = counts.get(key, 0) + more
