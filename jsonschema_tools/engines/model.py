"""What an engine is given, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jsonschema_tools.errors import SchemaToolsError


class EngineError(SchemaToolsError):
    """An engine that is not there, or that refuses a statement."""


@dataclass(frozen=True, slots=True)
class Job:
    """Statements for an engine of SQL.

    Args:
        settings: what the session is told, by key.
        tables: statements that make tables.
        query: the statements to be run.
        check: whether these are only planned, and nothing runs.
        jars: paths or URLs of connectors.
    """

    settings: Mapping[str, str]
    tables: tuple[str, ...]
    query: tuple[str, ...]
    check: bool = False
    jars: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The statements of the query, as questions for their plans where nothing is to run."""
        return tuple(f"EXPLAIN {each}" for each in self.query) if self.check else self.query
