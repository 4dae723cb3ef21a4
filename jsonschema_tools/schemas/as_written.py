"""Errors of jsonschema-rs, translated back to the schema as it is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jsonschema_tools.schemas.patterns import REGEX

if TYPE_CHECKING:
    from jsonschema_rs import Validator

PATTERN, NAMES = "x-jst-pattern", "x-jst-pattern-names"
KEYWORDS = {PATTERN: "pattern", NAMES: "patternProperties", REGEX: "format"}
"""Keywords that are checked here, and what they stand for."""


class Doubts(threading.local):
    """What could not be decided in the validation that goes on in this thread."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []


class WrittenValidator:
    """A validator whose errors show patterns as they are written in the schema."""

    def __init__(self, validator: Validator, written: dict[str, str], doubts: Doubts | None) -> None:
        self._validator, self._written, self.doubts = validator, written, doubts
        self.is_valid = validator.is_valid if doubts is None else self._is_valid_beyond_doubt

    def _is_valid_beyond_doubt(self, value: Any) -> bool:
        assert self.doubts is not None
        self.doubts.found.clear()
        return self._validator.is_valid(value) and not self.doubts.found

    def iter_errors(self, value: Any) -> Iterator[Any]:
        """The errors of a value, in terms of the schema as it is written."""
        if self.doubts is None:
            return (_Error(error, self._written) for error in self._validator.iter_errors(value))
        self.doubts.found.clear()
        errors = [_Error(error, self._written) for error in self._validator.iter_errors(value)]
        said = {error.message for error in errors}
        doubts = [Doubt(*found) for found in dict.fromkeys(self.doubts.found) if found[1] not in said]
        return iter([*doubts, *errors])


class _Error:
    """An error of jsonschema-rs in terms of the schema as it is written."""

    def __init__(self, error: Any, written: dict[str, str]) -> None:
        self._error = error
        self.kind = _Kind(error.kind, written)
        self.message = str(error.message)
        if error.kind.name == "pattern" and error.kind.pattern in written:
            self.message = self.message.replace(f'"{error.kind.pattern}"', f'"{written[error.kind.pattern]}"')
        self.evaluation_path, self.schema_path = [
            [KEYWORDS.get(step) or written.get(step, step) for step in path]
            for path in (error.evaluation_path, error.schema_path)
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._error, name)


class _Kind:
    def __init__(self, kind: Any, written: dict[str, str]) -> None:
        self._kind, self._written = kind, written
        self.name = KEYWORDS.get(kind.name, kind.name)

    @property
    def context(self) -> list[list[_Error]]:
        """The errors of each alternative."""
        return [[_Error(error, self._written) for error in errors] for errors in self._kind.context]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name)


class Doubt:
    """The error of a value of which something could not be decided under ``not`` or ``if``."""

    def __init__(self, keyword: str, message: str) -> None:
        self.message = message
        self.kind = _Named(keyword)
        self.instance_path: list[str | int] = []
        self.evaluation_path: list[str | int] = []
        self.schema_path: list[str | int] = []


class _Named:
    def __init__(self, name: str) -> None:
        self.name = name
