"""The steps of a look-up, and the error where nothing was found."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.errors import (
    RetrievalError,
    SchemaToolsError,
)
from jsonschema_tools.lookup.bases import (
    Text,
)
from jsonschema_tools.lookup.fetching import without_secrets


@dataclass(frozen=True, slots=True)
class Trace:
    """How a URI was looked up: ``attempts`` are the places in the order they were tried, each with what it said.

    ``text`` is what was found in the end; else ``error`` says why not.
    """

    uri: str
    attempts: tuple[str, ...]
    text: Text | None
    error: SchemaToolsError | None


def not_found(uri: str, attempts: list[str], silent: list[str], remedy: str) -> RetrievalError:
    """The error for a URI that no base has."""
    reason = f", and {', '.join(silent)} could not say" if silent else ""
    message = f"{without_secrets(uri)!r} was not found under any base URI{reason}"
    return RetrievalError(message, attempts=tuple(attempts), down=tuple(silent), remedy=remedy, uri=uri)
