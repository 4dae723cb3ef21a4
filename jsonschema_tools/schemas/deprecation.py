"""Whether a schema as a whole is retired: ``deprecated: true`` and ``x-deprecated`` at its root.

``deprecated`` is the annotation of JSON Schema 2019-09 (validation, 9.3); ``x-deprecated`` is our own, with the reason
and the title of the schema to use instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.documents.values import Document

KEYWORD = "deprecated"
DETAILS = "x-deprecated"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Why a schema is retired, and its ``successor`` as it is written: ``/shop/order``."""

    reason: str | None = None
    successor: str | None = None

    def __str__(self) -> str:
        use = f"use {self.successor}" if self.successor else ""
        said = "; ".join(filter(None, [(self.reason or "").rstrip(". "), use]))
        return f"deprecated: {said}" if said else "deprecated"


def as_data(deprecation: Deprecation | None) -> dict[str, str | None] | None:
    """What reports for programs have of it."""
    return None if deprecation is None else {"reason": deprecation.reason, "successor": deprecation.successor}


def deprecation_of(document: Document) -> Deprecation | None:
    """What a schema says of its own retirement; ``None`` where it is in use. What is not well-formed is left out."""
    if not isinstance(document, dict) or document.get(KEYWORD) is not True:
        return None
    details = document.get(DETAILS)
    found = details if isinstance(details, dict) else {}
    reason, successor = (found.get(key) for key in ("reason", "successor"))
    return Deprecation(
        str(reason) if isinstance(reason, str) and reason else None,
        str(successor) if isinstance(successor, str) and successor else None,
    )
