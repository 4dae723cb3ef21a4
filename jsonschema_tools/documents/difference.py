"""What distinguishes two documents, in words."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import Document, describe, escape_token

_KINDS = {
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "dictionary_item_removed": "removed",
    "iterable_item_removed": "removed",
    "values_changed": "changed",
    "type_changes": "changed",
}


def differences(old: Document, new: Document) -> tuple[str, ...]:
    """One sentence for each difference, with its JSON Pointer, in document order."""
    from deepdiff import DeepDiff

    found = []
    for kind, levels in DeepDiff(
        old, new, view="tree", ignore_numeric_type_changes=True, threshold_to_diff_deeper=0
    ).items():
        for level in levels:
            steps = level.path(output_format="list")
            pointer = "".join(f"/{escape_token(str(step))}" for step in steps) or "/"
            verb = _KINDS.get(kind, "changed")
            found.append(f"{pointer}: {_sentence(verb, level.t1, level.t2)}")
    return tuple(sorted(found))


def _sentence(verb: str, old: Any, new: Any) -> str:
    if verb == "added":
        return f"{describe(new)} added"
    if verb == "removed":
        return f"{describe(old)} removed"
    return f"{describe(old)} became {describe(new)}"
