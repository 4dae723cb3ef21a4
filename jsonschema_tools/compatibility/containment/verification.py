"""An event held against both schemas by the reference validator; only what it confirms is a witness.

Patterns are not its business: each is given to it as the list of those texts of the event that the pattern is found in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema_tools.compatibility.containment.formats import FORMATS, conforms
from jsonschema_tools.compatibility.containment.references import Source
from jsonschema_tools.compatibility.model import Witness
from jsonschema_tools.documents.values import Document, escape_token
from jsonschema_tools.patterns.rust import one_of
from jsonschema_tools.patterns.searching import Undecided, matches
from jsonschema_tools.schemas.patterns import AmongTexts, respelt, texts_in

MAX_ERRORS = 20


def verified(event: Document, sub: Source, sup: Source) -> Witness | None:
    """The event as a witness, if the first schema accepts it and the second refuses it."""
    for errors in (_errors_of_reference, _errors_of_other):
        try:
            sub, sup = _for_texts(sub, event), _for_texts(sup, event)
            if next(errors(event, sub), None) is not None:
                return None
            found = list(islice(errors(event, sup), MAX_ERRORS))
        except Undecided:
            return None
        except Exception:
            continue
        if not found:
            return None
        pointer = "".join(f"/{escape_token(str(step))}" for step in found[0][0])
        return Witness(event, tuple(message for _, message in found), pointer)
    return None


def _for_texts(source: Source, event: Document) -> Source:
    """The source with its patterns as lists of texts of the event. Raises `Undecided`."""
    spelling = AmongTexts(texts_in(event), matches, _PatternOfTexts.written)
    retrieve = source.retrieve
    fetch = None if retrieve is None else lambda uri: respelt(retrieve(uri), spelling)
    return Source(respelt(source.document, spelling), source.dialect, fetch)


class _PatternOfTexts(str):
    """A regular expression for Python and jsonschema-rs that messages show as it is written in the schema."""

    __slots__ = ("source",)
    source: str

    @classmethod
    def written(cls, source: str, number: int, texts: list[str]) -> str:
        """The expression for exactly these texts; the number tells it from others for as many."""
        # To Python, `$` alone would also be the place before a line feed that ends the text.
        pattern = cls(f"(?:{number}){{0}}{one_of(texts)}(?![\\s\\S])")
        pattern.source = source
        return pattern

    def __repr__(self) -> str:
        return repr(self.source)


Errors = Iterator[tuple[list[str | int], str]]
"""Where in the event, and what is wrong."""


def _errors_of_reference(event: Document, source: Source) -> Errors:
    from jsonschema.validators import validator_for

    schema = _as_object(source.document)
    validator = validator_for({"$schema": source.dialect.uri})
    judge = validator(schema, registry=source.registry(), format_checker=_format_checker())
    return ((list(error.absolute_path), error.message) for error in judge.iter_errors(event))


def _errors_of_other(event: Document, source: Source) -> Errors:
    """What jsonschema-rs says, where the reference validator gives up."""
    import jsonschema_rs

    name = source.dialect.name.replace("-", "").replace("draft0", "")
    validator = getattr(jsonschema_rs, f"Draft{name}Validator")
    judge = validator(_as_object(source.document), validate_formats=True, retriever=source.retrieve)
    return ((list(error.instance_path), error.message) for error in judge.iter_errors(event))


def _as_object(schema: Document) -> Document:
    """A schema that is a boolean said so that every draft knows it."""
    return ({} if schema else {"not": {}}) if isinstance(schema, bool) else schema


@lru_cache(maxsize=1)
def _format_checker() -> Any:
    """The formats that the library checks in the newest draft, and as jsonschema-rs those that it cannot check."""
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(())
    checker.checkers = dict(Draft202012Validator.FORMAT_CHECKER.checkers)
    for name in FORMATS:
        if name not in checker.checkers:
            checker.checks(name)(_conforming(name))
    return checker


def _conforming(name: str) -> Any:
    return lambda value: not isinstance(value, str) or bool(conforms(name, value))
