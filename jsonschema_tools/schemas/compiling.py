"""Validators of jsonschema-rs for schemas whose patterns are read as ECMA-262 has them.

Patterns are written for Rust (`patterns.rust`). The few that cannot be are searched here, by keywords of ours; keys of
``patternProperties`` that cannot be become, for each value, the list of its names that they are found in. Where nobody
can decide, the value is refused and an error says so, also where the pattern stands under ``not`` or ``if``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, cast

from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.rust import in_rust, one_of
from jsonschema_tools.patterns.searching import Undecided, complaint, is_regex, matches
from jsonschema_tools.schemas.as_written import KEYWORDS, NAMES, PATTERN, Doubt, Doubts, WrittenValidator
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.schemas.patterns import REGEX, names_in, respelt

if TYPE_CHECKING:
    from jsonschema_rs import Validator

_FAILED = "ValueError: "


class PatternCompiler:
    """Compiles one schema. What it refers to elsewhere has to go through `respelt` as well."""

    def __init__(self, found: Mapping[str, list[str]] | None = None) -> None:
        """``found`` are the names that the keys which Rust cannot search for are found in."""
        self._written: dict[str, str] = {}
        self._doubts = Doubts()
        self._searches = False
        self._found = found
        self._unwritten: set[str] = set()
        self._for_names: PatternCompiler | None = None

    def respelt(self, schema: Document) -> Any:
        """A document with its patterns as they are compiled."""
        return respelt(schema, self._for_names or self)

    def compile(self, schema: Document, **options: Any) -> Validator:
        """The validator of a schema; see ``jsonschema_rs.validator_for`` for the options and errors.

        Raises `panics.Panic` as well, which is a ``ValueError``.
        """
        from jsonschema_rs import validator_for

        keywords: Any = {
            PATTERN: lambda _schema, source, _path: _Pattern(self._doubts, source),
            REGEX: lambda _schema, _said, _path: _Regex(options.get("formats", {}).get("regex", is_regex)),
            NAMES: lambda _schema, sources, _path: _no_patterns(sources),
        }
        written = self.respelt(schema)
        # With keywords of ours, validating is several times slower: they are there only where they are needed, which
        # is known when the documents that the schema refers to are compiled.
        with panics_as_errors():
            validator = validator_for(written, **options)
            if self._searches:
                validator = validator_for(written, keywords=keywords, **options)
        if self._unwritten:
            return cast("Validator", _ByNames(self._unwritten, lambda found: self._with(found, schema, options)))
        if not (self._written or self._searches):
            return validator
        return cast("Validator", WrittenValidator(validator, self._written, self._doubts if self._searches else None))

    def _with(self, found: Mapping[str, list[str]], schema: Document, options: dict[str, Any]) -> Validator:
        self._for_names = PatternCompiler(found)
        try:
            return self._for_names.compile(schema, **options)
        finally:
            self._for_names = None

    def pattern(self, source: str) -> dict[str, Any]:
        """See `Spelling`."""
        written = in_rust(source)
        if written is None:
            self._searches = True
            return {PATTERN: source}
        self._note(written, source)
        return {"pattern": written}

    def names(self, sources: Iterable[str]) -> tuple[dict[str, str], dict[str, Any]]:
        """See `Spelling`."""
        keys: dict[str, str] = {}
        bad = []
        for source in sources:
            written = in_rust(source)
            if written is None and complaint(source) is not None:
                bad.append(source)
            elif written is None and self._found is None:
                self._unwritten.add(source)
            if written is None:
                written = one_of((self._found or {}).get(source, []))
            while written in keys.values():
                written = f"(?:{written})"
            keys[source] = written
            self._note(written, source)
        self._searches |= bool(bad)
        return keys, {NAMES: bad} if bad else {}

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
    if isinstance(validator, _ByNames):
        by_names = validator
        return lambda value: decided(by_names.of(value))(value)
    if not isinstance(validator, WrittenValidator) or validator.doubts is None:
        return validator.is_valid
    doubts, is_valid = validator.doubts, validator.is_valid

    def ask(value: Any) -> bool:
        valid = is_valid(value)
        if doubts.found:
            raise Doubtful(*doubts.found[0])
        return valid

    return ask


def failure(problem: BaseException) -> tuple[str, list[str | int]]:
    """What a schema that cannot be compiled is told: a message, and the steps to the place."""
    message = (str(problem).splitlines() or ["it cannot be compiled"])[0]
    path = [KEYWORDS.get(str(step), step) for step in getattr(problem, "instance_path", ())]
    return message.partition(_FAILED)[2] if PATTERN in message or NAMES in message else message, path


def _no_patterns(sources: Iterable[str]) -> NoReturn:
    """Raise `ValueError` for the first of some texts that are none."""
    for source in sources:
        raise ValueError(f"{source!r} is no regular expression of ECMA-262: {complaint(source)}")
    raise AssertionError("there is one")


class _Pattern:
    """A keyword for jsonschema-rs, made when a schema that has it is compiled. Raises `ValueError` for no pattern."""

    def __init__(self, doubts: Doubts, source: str) -> None:
        if complaint(source) is not None:
            _no_patterns([source])
        self._doubts, self._source = doubts, source

    def validate(self, value: Document) -> None:
        """Raise `ValueError` when a text does not match."""
        if isinstance(value, str):
            found = matches(self._source, value)
            if found is None:
                message = str(Undecided(self._source, value))
                self._doubts.found.append(("pattern", message))
                raise ValueError(message)
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


class _ByNames:
    """A validator of schemas in which some names of properties are searched for here: made for the names of a value."""

    def __init__(self, sources: Iterable[str], make: Callable[[Mapping[str, list[str]]], Validator]) -> None:
        self._sources, self._make = sorted(sources), make
        self._lock = threading.Lock()
        self._made: dict[Hashable, Validator] = {}

    def of(self, value: Any) -> Validator:
        """The validator for a value. Raises `Doubtful`."""
        names = sorted(names_in(value))
        found = {source: [name for name in names if self._is_found(source, name)] for source in self._sources}
        key = tuple(map(tuple, found.values()))
        with self._lock:
            if key not in self._made:
                if len(self._made) >= _MOST_MADE:
                    del self._made[next(iter(self._made))]
                self._made[key] = self._make(found)
            return self._made[key]

    @staticmethod
    def _is_found(source: str, name: str) -> bool:
        found = matches(source, name)
        if found is None:
            raise Doubtful("patternProperties", str(Undecided(source, name)))
        return found

    def is_valid(self, value: Any) -> bool:
        try:
            return self.of(value).is_valid(value)
        except Doubtful:
            return False

    def iter_errors(self, value: Any) -> Iterator[Any]:
        try:
            return self.of(value).iter_errors(value)
        except Doubtful as doubt:
            return iter([Doubt(doubt.keyword, str(doubt))])


_MOST_MADE = 64
"""So many validators of one schema are kept, for values of other names."""
