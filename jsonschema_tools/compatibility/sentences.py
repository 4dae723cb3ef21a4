"""The differences of two documents in sentences: changes of a schema by their words, others by values."""

from __future__ import annotations

from jsonschema_tools.compatibility.changes import diff
from jsonschema_tools.compatibility.kinds import describe_change
from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.schemas.references import Retrieve


def sentences(old: Document, new: Document, retrieve: Retrieve | None = None) -> tuple[str, ...]:
    """Every difference in a sentence with its JSON Pointer; none exactly where the documents are equal.

    First what is no change of a schema, such as another ``$id``, then the changes. Where the two cannot be compared as
    schemas, all are told by their values. Arguments as for `diff`; nothing is raised for what is in the documents.
    """
    found = differences(old, new)
    if not found:
        return ()
    try:
        changes = diff(old, new, retrieve=retrieve)
    except (SchemaToolsError, RecursionError, ValueError, TypeError):
        changes = ()
    changed = {pointer for change in changes for pointer in (change.old_pointer, change.new_pointer) if pointer}
    around = {above for pointer in changed for above in _above(pointer)}
    others = (item for item in found if item.pointer not in around and changed.isdisjoint(_above(item.pointer)))
    return (*map(str, others), *map(describe_change, changes))


def _above(pointer: str) -> list[str]:
    """The pointer, and those of all that it is in, the root left out."""
    steps = pointer.split("/")[1:]
    return ["/".join(["", *steps[:length]]) for length in range(1, len(steps) + 1)]
