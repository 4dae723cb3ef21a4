"""Validators of jsonschema-rs for schemas whose patterns are read as ECMA-262 has them.

Patterns are written for Rust (`patterns.rust`). The few that cannot be are searched here, by keywords of ours; where
nobody can decide, the value is refused and an error says so, also where the pattern stands under ``not`` or ``if``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, cast

from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.rust import in_rust, is_found_in, nearly_in_rust
from jsonschema_tools.patterns.searching import Undecided, complaint, is_pattern, matches, shortened
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.schemas.patterns import REGEX, respelt

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_PATTERN, _NAMES = "x-jst-pattern", "x-jst-pattern-names"
_KEYWORDS = {_PATTERN: "pattern", _NAMES: "patternProperties", REGEX: "format"}
"""Keywords that are checked here, and what they stand for."""

_FAILED = "ValueError: "


class PatternCompiler:
    """Compiles one schema. What it refers to elsewhere has to go through `respelt` as well."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._doubts = _Doubts()
        self._searches = False

    def respelt(self, schema: Document) -> Any:
        """A document with its patterns as they are compiled."""
        return respelt(schema, self)

    def compile(self, schema: Document, **options: Any) -> Validator:
        """The validator of a schema; see ``jsonschema_rs.validator_for`` for the options and errors.

        Raises `panics.Panic` as well, which is a ``ValueError``.
        """
        from jsonschema_rs import validator_for

        keywords: Any = {
            _PATTERN: lambda _schema, source, _path: _Pattern(self._doubts, source),
            REGEX: lambda _schema, _said, _path: _Regex(options.get("formats", {}).get("regex", is_pattern)),
            _NAMES: lambda _schema, patterns, _path: _Names(self._doubts, [tuple(pair) for pair in patterns]),
        }
        written = self.respelt(schema)
        # With keywords of ours, validating is several times slower: they are there only where they are needed, which
        # is known when the documents that the schema refers to are compiled.
        with panics_as_errors():
            validator = validator_for(written, **options)
            if self._searches:
                validator = validator_for(written, keywords=keywords, **options)
        if not (self._written or self._searches):
            return validator
        return cast("Validator", _Validator(validator, self._written, self._doubts if self._searches else None))

    def pattern(self, source: str) -> dict[str, Any]:
        """See `Spelling`."""
        written = in_rust(source)
        if written is None:
            self._searches = True
            return {_PATTERN: source}
        self._note(written, source)
        return {"pattern": written}

    def names(self, sources: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
        """See `Spelling`. Where a pattern cannot be written, names in which Rust does not find the same are refused."""
        keys: dict[str, str] = {}
        searched: list[list[str]] = []
        for source in sources:
            written = in_rust(source)
            if written is None:
                written = nearly_in_rust(source)
                searched.append([source, written])
            while written in keys.values():
                written = f"(?:{written})"
            keys[source] = written
            self._note(written, source)
        self._searches |= bool(searched)
        return keys, {_NAMES: searched} if searched else {}

    def regex(self) -> dict[str, Any]:
        """See `Spelling`."""
        self._searches = True
        return {REGEX: True}

    def _note(self, written: str, source: str) -> None:
        if written != source:
            self._written[written] = source


class Doubtful(Exception):
    """Nobody can decide whether a value is valid; the message says why, ``keyword`` by which keyword."""

    def __init__(self, keyword: str, message: str) -> None:
        super().__init__(message)
        self.keyword = keyword


def decided(validator: Validator) -> Callable[[Any], bool]:
    """Whether a value is valid, asked of what `PatternCompiler.compile` gave. The function raises `Doubtful`."""
    if not isinstance(validator, _Validator) or validator.doubts is None:
        return validator.is_valid
    doubts, is_valid = validator.doubts, validator.is_valid

    def ask(value: Any) -> bool:
        valid = is_valid(value)
        if doubts.found:
            raise Doubtful(*doubts.found[0])
        return valid

    return ask


def failure(problem: Exception) -> tuple[str, list[str | int]]:
    """What a schema that cannot be compiled is told: a message, and the steps to the place."""
    message = (str(problem).splitlines() or ["it cannot be compiled"])[0]
    path = [_KEYWORDS.get(str(step), step) for step in getattr(problem, "instance_path", ())]
    return message.partition(_FAILED)[2] if _PATTERN in message or _NAMES in message else message, path


class _Doubts(threading.local):
    """What could not be decided in the validation that goes on in this thread."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []


class _Keyword:
    """A keyword for jsonschema-rs, made when a schema that has it is compiled. Raises `ValueError` for no pattern."""

    def __init__(self, doubts: _Doubts, patterns: Iterable[str]) -> None:
        for source in patterns:
            reason = complaint(source)
            if reason is not None:
                raise ValueError(f"{source!r} is no regular expression of ECMA-262: {reason}")
        self._doubts = doubts

    keyword = "pattern"

    def doubt(self, message: str) -> NoReturn:
        self._doubts.found.append((self.keyword, message))
        raise ValueError(message)


class _Pattern(_Keyword):
    def __init__(self, doubts: _Doubts, source: str) -> None:
        super().__init__(doubts, [source])
        self._source = source

    def validate(self, value: Document) -> None:
        """Raise `ValueError` when a text does not match."""
        if isinstance(value, str):
            found = matches(self._source, value)
            if found is None:
                self.doubt(str(Undecided(self._source, value)))
            if not found:
                raise ValueError(f'{json.dumps(value, ensure_ascii=False)} does not match "{self._source}"')


class _Regex:
    """``format: regex`` by a judge of our own."""

    def __init__(self, is_regex: Callable[[str], bool]) -> None:
        self._is_regex = is_regex

    def validate(self, value: Document) -> None:
        """Raise `ValueError` when a text is no pattern."""
        if isinstance(value, str) and not self._is_regex(value):
            raise ValueError(f'{json.dumps(value, ensure_ascii=False)} is not a "regex"')


class _Names(_Keyword):
    keyword = "patternProperties"

    def __init__(self, doubts: _Doubts, patterns: list[tuple[str, str]]) -> None:
        super().__init__(doubts, [source for source, _ in patterns])
        self._patterns = patterns

    def validate(self, value: Document) -> None:
        """Raise `ValueError` when a name matches and Rust does not see it, or the other way round."""
        for name in value if isinstance(value, dict) else ():
            for source, written in self._patterns:
                found = matches(source, name)
                if found is None:
                    self.doubt(str(Undecided(source, name)))
                if found is not is_found_in(written, name):
                    self.doubt(f"what {source!r} says of {shortened(name)!r} cannot be checked: {_WHY}")


_WHY = "keys of `patternProperties` cannot refer back to a group, nor count halves of characters"


class _Validator:
    """A validator whose errors show patterns as they are written in the schema."""

    def __init__(self, validator: Validator, written: dict[str, str], doubts: _Doubts | None) -> None:
        self._validator, self._written, self.doubts = validator, written, doubts
        self.is_valid = validator.is_valid if doubts is None else self._is_valid_beyond_doubt

    def _is_valid_beyond_doubt(self, value: Any) -> bool:
        assert self.doubts is not None
        self.doubts.found.clear()
        return self._validator.is_valid(value) and not self.doubts.found

    def iter_errors(self, value: Any) -> Iterator[Any]:
        if self.doubts is None:
            return (_Error(error, self._written) for error in self._validator.iter_errors(value))
        self.doubts.found.clear()
        errors = [_Error(error, self._written) for error in self._validator.iter_errors(value)]
        said = {error.message for error in errors}
        doubts = [_Doubt(*found) for found in dict.fromkeys(self.doubts.found) if found[1] not in said]
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
            [_KEYWORDS.get(step) or written.get(step, step) for step in path]
            for path in (error.evaluation_path, error.schema_path)
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._error, name)


class _Kind:
    def __init__(self, kind: Any, written: dict[str, str]) -> None:
        self._kind, self._written = kind, written
        self.name = _KEYWORDS.get(kind.name, kind.name)

    @property
    def context(self) -> list[list[_Error]]:
        """The errors of each alternative."""
        return [[_Error(error, self._written) for error in errors] for errors in self._kind.context]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kind, name)


class _Doubt:
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
