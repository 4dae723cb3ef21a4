"""One change made to a schema, or undone: what would it be with, or without, just that?"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.documents.values import Document, clone


def made(old: Document, new: Document, change: Change) -> Document | None:
    """A copy of the old version with only this change made; ``None`` where it cannot be made by itself.

    That is so for changes in other documents, and for those below something that came with another change.
    """
    return _edited(old, new, change.kind, (change.old_pointer, change.old), (change.new_pointer, change.new))


def undone(old: Document, new: Document, change: Change) -> Document | None:
    """A copy of the new version with only this change undone; ``None`` where it cannot be undone by itself."""
    return _edited(new, old, change.kind, (change.new_pointer, change.new), (change.old_pointer, change.old))


_OF_TYPE = ("type-changed", "type-narrowed", "type-widened")

_At = tuple[str | None, Any]


def _edited(document: Document, other: Document, kind: str, here: _At, there: _At) -> Document | None:
    """The document with the value that is at ``here`` replaced by what the other version has at ``there``."""
    pointers = [pointer for pointer, _ in (here, there) if pointer is not None]
    if any("#" in pointer for pointer in pointers):
        return None
    if "" in pointers:
        return clone(there[1]) if here[0] == there[0] else None
    parent_steps = _steps(pointers[0])[:-1]
    edited = clone(document)
    parent = _at(edited, parent_steps)
    if parent is None and len(parent_steps) > 0 and isinstance(above := _at(edited, parent_steps[:-1]), dict):
        parent = above[parent_steps[-1]] = {}
    if not isinstance(parent, (dict, list)):
        return None
    if kind in ("required-added", "required-removed"):
        return edited if _name_edited(parent, here[1], there[1]) else None
    if kind in ("condition-added", "condition-removed"):
        return edited if _condition_edited(parent, here[1], there[1]) else None
    if kind in _OF_TYPE and here[0] and there[0] and there[0].endswith("/type"):
        # A type comes with the keywords that say more about it.
        beside = _at(other, _steps(there[0])[:-1])
        if isinstance(parent, dict) and isinstance(beside, dict):
            parent.update({key: clone(value) for key, value in beside.items() if key not in parent})
    return edited if _value_edited(parent, kind, here, there) else None


def _name_edited(parent: Any, was: Any, becomes: Any) -> bool:
    """One name more or less among the required ones."""
    if not isinstance(parent, dict):
        return False
    listed = parent.get("required")
    names = [name for name in (listed if isinstance(listed, list) else ()) if name != was]
    parent["required"] = names if becomes is None else [*names, becomes]
    if not parent["required"]:
        del parent["required"]
    return True


def _condition_edited(parent: Any, was: Any, becomes: Any) -> bool:
    if not isinstance(parent, dict):
        return False
    for keyword in was or ():
        parent.pop(keyword, None)
    parent.update(clone(becomes) or {})
    return True


def _value_edited(parent: Any, kind: str, here: _At, there: _At) -> bool:
    name = None if here[0] is None else _steps(here[0])[-1]
    target = None if there[0] is None else _steps(there[0])[-1]
    if name is not None and not _has(parent, name):
        return False
    if isinstance(parent, dict):
        if name is not None and name != target:
            del parent[name]
        if target is not None:
            parent[target] = clone(there[1])
    elif name is None:
        parent.append(clone(there[1]))
    else:
        # A branch that is not there is one that nothing matches; an item that is not declared may be anything.
        parent[int(name)] = clone(there[1]) if target is not None else "branch" not in kind
    return True


def _steps(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _at(document: Document, steps: list[str]) -> Any:
    value = document
    for step in steps:
        if not _has(value, step):
            return None
        value = value[step] if isinstance(value, dict) else value[int(step)]
    return value


def _has(value: Any, step: str) -> bool:
    if isinstance(value, list):
        return step.isascii() and step.isdigit() and int(step) < len(value)
    return isinstance(value, dict) and step in value
