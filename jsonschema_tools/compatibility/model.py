"""The nouns of compatibility: a change is a fact, a comparison says what two versions make of each other's events."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.containment.model import Containment
from jsonschema_tools.documents.values import Document


@dataclass(frozen=True, slots=True)
class Change:
    """A fact: what differs between two versions of a schema, without assessment.

    ``kind`` is a word of the closed vocabulary of `compatibility.kinds`. ``old_pointer`` and ``new_pointer`` are the
    JSON Pointers of the place in either document (``None`` where it is not there), ``old`` and ``new`` the values.
    ``fingerprint`` names the change and survives edits elsewhere in the schemas. ``old_home`` and ``new_home``
    are where the value is, or would be, to whoever edits just the place that was compared: they differ from the
    pointers behind a ``$ref`` that only one version has, and where nothing is said.
    """

    kind: str
    old_pointer: str | None
    new_pointer: str | None
    old: Document
    new: Document
    fingerprint: str
    old_home: str | None = None
    new_home: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions compared: the changes, and both directions.

    ``backward``: every event valid under the old schema is valid under the new one. ``forward``: every event valid
    under the new schema is valid under the old one.
    """

    changes: tuple[Change, ...]
    backward: Containment
    forward: Containment
