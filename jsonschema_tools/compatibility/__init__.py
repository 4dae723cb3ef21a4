"""Two versions of a schema held against each other: facts first, then proof, then policy.

`diff` says what changed, `compare` also whether each version understands the events of the other, `judge` what a policy
makes of that. The names below are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.changes import diff
    from jsonschema_tools.compatibility.comparison import compare
    from jsonschema_tools.compatibility.judging import judge
    from jsonschema_tools.compatibility.kinds import describe_change

_MODULES = {"compare": "comparison", "describe_change": "kinds", "diff": "changes", "judge": "judging"}

__all__ = ["compare", "describe_change", "diff", "judge"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
