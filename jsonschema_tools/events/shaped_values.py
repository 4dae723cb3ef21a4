"""Values in events that were read by a whole shape, by the paths that `jsonschema_tools.versions.field` takes."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from jsonschema_tools.events.shape_reader import TAG
from jsonschema_tools.versions import steps

_SCALARS = (str, int, float, Decimal)


class NotScalar(ValueError):
    """A value that has parts: in the event it is written otherwise than in what was read."""


def shaped_field(shaped: Any, path: str) -> Any:
    """The text, number or boolean at a path; ``None`` where there is none, or null. Raises `NotScalar`."""
    value, shape = shaped, shaped.__class__
    for name in _ways(shape, path):
        if isinstance(value, dict):
            value = value.get(name)
        elif hasattr(value, "__struct_fields__"):
            known = _names(value.__class__)
            value = getattr(value, known[name]) if name in known else _tag(value) if name == TAG else None
        elif isinstance(value, list):
            raise NotScalar
        else:
            return None
    if value is None or _is_unset(value):
        return None
    if not isinstance(value, _SCALARS):
        raise NotScalar
    return value


@lru_cache(maxsize=1000)
def _ways(shape: type, path: str) -> tuple[str, ...]:
    """The steps of a path; a property that has its name comes first."""
    return (path,) if path in _names(shape) else tuple(steps(path))


@lru_cache(maxsize=1000)
def _names(shape: Any) -> dict[str, str]:
    return dict(zip(shape.__struct_encode_fields__, shape.__struct_fields__, strict=True))


def _tag(value: Any) -> Any:
    return value.__struct_config__.tag


def _is_unset(value: Any) -> bool:
    from msgspec import UNSET

    return value is UNSET
