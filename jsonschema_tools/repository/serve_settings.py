"""The key ``serve`` of the configuration as settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema_tools.settings import Limits, ServeSettings

_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATHS = ("output", "spool", "errors", "tokens", "spec")
_NO_PATHS = ("-", "none")


def serve_settings(settings: Mapping[str, Any]) -> ServeSettings:
    """The settings of a gate, from a mapping that the JSON Schema of the configuration allows."""
    fields = _fields(settings)
    if "limits" in fields:
        fields["limits"] = Limits(**_fields(fields["limits"]))
    return ServeSettings(**fields)


def _fields(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _SNAKE.sub("_", key).lower(): tuple(value) if isinstance(value, list) else value
        for key, value in settings.items()
    }


def absolute_paths(settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The settings with every path made absolute; a folder keeps its slash."""
    found = dict(settings)
    for key in _PATHS:
        path = found.get(key)
        if isinstance(path, str) and path not in _NO_PATHS:
            found[key] = f"{(folder / path).absolute()}{'/' if path.endswith('/') else ''}"
    return found
