"""A version is compatible with the one before it, as upstream judges it.

Why: software that knows the old version goes on reading the new one.
Example: a property removed, its type changed, a value taken out of an `enum`, `required` changed.
Instead: a new major version. What is in the old schema must be in the new one, unchanged; only `$id`, `description`,
`examples` and `maxLength` may change, and an `enum` may gain values. New keys are free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.checks import Context, Family, Problem, Rule, VersionPair
from jsonschema_tools.documents.values import Timestamp, describe, equal, escape_token
from jsonschema_tools.rules.ecmascript import same_in_ecmascript, truthy
from jsonschema_tools.rules.subjects import version_pairs

_FREE = frozenset({"$id", "description", "examples", "maxLength"})
_REMEDY = "Undo the change, or release it as a new major version."


def check(pair: VersionPair, _context: Context) -> Iterator[Problem]:
    for pointer, message in _compare(pair.old.document, pair.new.document, ""):
        yield Problem(f"{message} since {pair.old.version}", pointer, _REMEDY)


def _compare(old: Any, new: Any, pointer: str) -> Iterator[tuple[str, str]]:
    # To upstream a timestamp is an object without keys, and null is an object too.
    old, new = ({} if isinstance(value, Timestamp) else value for value in (old, new))
    if old is None:
        # Upstream fails on every null of the old schema, also where the new one has it too.
        yield pointer, f"{describe(old)} became {describe(new)}"
    elif isinstance(old, (dict, list)) and type(old) is type(new):
        yield from _compare_members(old, new, pointer)
    elif isinstance(old, dict) and new is None and _FREE.issuperset(old):
        return
    elif not same_in_ecmascript(old, new):
        yield pointer, f"{describe(old)} became {describe(new)}"


def _compare_members(old: Any, new: Any, pointer: str) -> Iterator[tuple[str, str]]:
    entries = old.items() if isinstance(old, dict) else enumerate(old)
    for key, value in entries:
        here = f"{pointer}/{escape_token(str(key))}"
        if key in _FREE:
            continue
        if isinstance(old, dict) and key == "required":
            yield from _compare_required(value, new.get("required"), here)
        elif isinstance(old, dict) and key == "enum":
            yield from _compare_enum(value, new.get("enum"), here)
        elif isinstance(old, dict) and key not in new:
            yield pointer, f"{key!r} was removed"
        elif isinstance(old, list) and key >= len(new):
            yield pointer, f"item {key} was removed"
        else:
            yield from _compare(value, new[key], here)


def _compare_required(old: Any, new: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if new is None:
        yield pointer.rpartition("/")[0], "the list of required properties was removed"
    elif not isinstance(old, list) or not isinstance(new, list) or not equal(_sorted(old), _sorted(new)):
        yield pointer, "the list of required properties changed"


def _sorted(names: list[Any]) -> list[Any]:
    return sorted(names, key=str)


def _compare_enum(old: Any, new: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if not isinstance(old, list):
        yield pointer, f"enum was {describe(old)}"
    elif not truthy(new):
        yield pointer.rpartition("/")[0], "enum was removed"
    elif not isinstance(new, list):
        if old:
            yield pointer, f"enum became {describe(new)}"
    else:
        for value in old:
            if not any(same_in_ecmascript(value, other) for other in new):
                yield pointer, f"{describe(value)} was taken out of the enum"


RULE = Rule(
    "schema-version-compatibility", Family.COMPATIBILITY, "compatible with the version before", version_pairs, check
)
