"""One change of a schema, applied or undone on its own.

Both versions are bundles: what comes from the other one brings along what it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from jsonschema_tools.compatibility.bundling import OTHER, Bundle, has, moved, refers, value_at
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.documents.pointers import split
from jsonschema_tools.documents.values import Document, clone
from jsonschema_tools.schemas.vocabulary import Holds, keywords

_OF_DATA = ("annotation", "const", "default", "deprecated", "enum")
_DEFINITIONS = (["definitions"], ["$defs"])
_LISTS = keywords(holds=Holds.LIST)
_LONGEST_CHAIN = 20


def made(old: Bundle, new: Bundle, change: Change) -> Document | None:
    """A copy of the old version with only this change made; ``None`` where it cannot be made by itself.

    That is so for changes below something that came with another change.
    """
    return _edited(clone(old.document), _old_side(old, change), _new_side(new, change), change.kind)


def undone(old: Bundle, new: Bundle, change: Change) -> Document | None:
    """A copy of the new version with only this change undone; ``None`` where it cannot be undone by itself."""
    return _edited(clone(new.document), _new_side(new, change), _old_side(old, change), change.kind)


@dataclass(frozen=True, slots=True)
class _Side:
    """What one version has at the place of a change: where it stands, and where it would be put."""

    bundle: Bundle
    pointer: str | None
    home: str | None
    value: Document

    @property
    def parent(self) -> Any:
        """What the value stands in."""
        return value_at(self.bundle.document, (self.pointer or "").rpartition("/")[0])


def _old_side(bundle: Bundle, change: Change) -> _Side:
    return _side(bundle, change.old_pointer, change.old_home, change.old)


def _new_side(bundle: Bundle, change: Change) -> _Side:
    return _side(bundle, change.new_pointer, change.new_home, change.new)


def _side(bundle: Bundle, pointer: str | None, home: str | None, value: Document) -> _Side:
    stands, put = (None if at is None else bundle.pointer(at) for at in (pointer, home))
    return _Side(bundle, stands, put if put is not None else stands, value)


def _edited(document: Document, here: _Side, there: _Side, kind: str) -> Document | None:
    """The document with what it has here replaced by what the other version has there."""
    home = here.home if here.home is not None else there.pointer
    if home == "" or there.pointer == "":
        return clone(there.bundle.document) if home == there.pointer else None
    if home is None:
        return None
    parent = _parent(document, split(home), here.bundle)
    if not isinstance(parent, (dict, list)):
        return None
    value = _brought(there, kind)
    if kind in ("required-added", "required-removed"):
        done = _name_edited(parent, here.value, value)
    elif kind in ("condition-added", "condition-removed"):
        done = _condition_edited(parent, here.value, value)
    else:
        if kind.startswith("type-") and here.pointer and (there.pointer or "").endswith("/type"):
            _complete(parent, there)
        name = None if here.pointer is None else split(home)[-1]
        target = None if there.pointer is None else split(there.pointer)[-1]
        done = _value_edited(parent, kind, name, target, value)
    if done and isinstance(document, dict) and refers(parent, f"#{OTHER}"):
        document.setdefault("definitions", {})[split(OTHER)[-1]] = there.bundle.as_other
    return document if done else None


def _brought(there: _Side, kind: str) -> Document:
    """What the other version has, for use in this one: a schema with its references."""
    value = there.value
    if there.pointer is None or kind.startswith(_OF_DATA) or not refers(value):
        return clone(value)
    own = {key: there.parent[key] for key in value} if kind.startswith("condition-") else None
    return moved(value_at(there.bundle.document, there.pointer) if own is None else own, OTHER)


def _complete(parent: Any, there: _Side) -> None:
    """A type comes with the keywords that say more about it."""
    if isinstance(parent, dict) and isinstance(there.parent, dict):
        more = {key: value for key, value in there.parent.items() if key not in parent and "definitions" not in key}
        parent.update(moved(more, OTHER))


def _parent(document: Document, path: list[str], bundle: Bundle) -> Any:
    """What a path leads into, made where only that is missing; what a reference leads to is put there in its stead."""
    *path, leaf = path
    if bundle.is_reference(document) and path[:1] not in _DEFINITIONS:
        target = _inlined(document, document, bundle)
        document.pop("$ref")
        document.update(target)
    value = document
    for index, step in enumerate(path):
        if not has(value, step):
            if index < len(path) - 1 or not isinstance(value, dict):
                return None
            value[step] = [] if step in _LISTS and leaf.isdigit() else {}
        key: Any = step if isinstance(value, dict) else int(step)
        if path[index + 1 : index + 2] not in _DEFINITIONS:
            value[key] = _inlined(value[key], document, bundle)
        value = value[key]
    return value


def _inlined(schema: Any, document: Document, bundle: Bundle) -> Any:
    """What a reference leads to in the end; any other schema as it is."""
    for _ in range(_LONGEST_CHAIN):
        if not bundle.is_reference(schema) or schema["$ref"][:1] != "#":
            break
        target = value_at(document, unquote(schema["$ref"][1:]))
        if not isinstance(target, dict):
            break
        schema = clone(target)
    return schema


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
    parent.update(becomes or {})
    return True


def _value_edited(parent: Any, kind: str, name: str | None, target: str | None, value: Document) -> bool:
    if name is not None and not has(parent, name):
        return False
    if isinstance(parent, dict):
        if name is not None and name != target:
            del parent[name]
        if target is not None:
            parent[target] = value
    elif name is None:
        parent.append(value)
    else:
        # A branch that is not there is one that nothing matches; an item that is not declared may be anything.
        parent[int(name)] = value if target is not None else "branch" not in kind
    return True
