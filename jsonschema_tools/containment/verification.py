"""A candidate event, checked with both schemas by a validator; only then it is a witness.

Patterns are not its business: each is given to it as the list of those texts of the event that the pattern is found in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from jsonschema_tools.containment.model import Witness
from jsonschema_tools.containment.nodes import exact, type_of
from jsonschema_tools.containment.references import Source
from jsonschema_tools.containment.refusals import (
    MAX_ERRORS,
    Refusal,
    as_object,
    in_json,
    refusals,
    validator,
)
from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.patterns.rust import one_of
from jsonschema_tools.patterns.searching import Undecided, matches
from jsonschema_tools.schemas.assertions import FORMATS, IsOfFormat, checker
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.schemas.patterns import AmongTexts, respelt, texts_in
from jsonschema_tools.schemas.steps import pointer_to


def verified(event: Document, sub: Source, sup: Source) -> Witness | None:
    """The event as a witness, if the first schema accepts it and the second refuses it."""
    try:
        of_texts = _for_texts(sub, event), _for_texts(sup, event)
    except Undecided:
        return None
    for errors, (one, other) in ((_errors_of_reference, of_texts), (_errors_of_other, (sub, sup))):
        try:
            with panics_as_errors():
                if next(errors(event, one), None) is not None:
                    return None
                found = list(islice(errors(event, other), MAX_ERRORS))
        except Exception:
            continue
        if not found:
            return None
        told = dict.fromkeys(refusals(event, sup) or found)
        pointers, messages = zip(*told, strict=True)
        return Witness(event, messages, pointers[0], pointers)
    return None


def _for_texts(source: Source, event: Document) -> Source:
    """The source with its patterns as lists of texts of the event. Raises `Undecided`."""
    spelling = AmongTexts(texts_in(event), matches, _PatternOfTexts.written)
    retrieve = source.retrieve
    fetch = None if retrieve is None else lambda uri: respelt(retrieve(uri), spelling)
    return Source(respelt(source.document, spelling), source.draft, fetch)


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


def _errors_of_reference(event: Document, source: Source) -> Iterator[Refusal]:
    schema = as_object(source.document)
    make = _with_exact_multiples(source.draft.uri)
    judge = make(schema, registry=source.registry(), format_checker=_format_checker())
    return ((join(error.absolute_path), in_json(error.message)) for error in judge.iter_errors(event))


@cache
def _with_exact_multiples(draft: str) -> Any:
    """The reference validator of a draft; it would divide fractions as doubles, of which 0.3 is no multiple of 0.1."""
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend, validator_for

    def multiple_of(_validator: Any, factor: Any, value: Any, _schema: Any) -> Iterator[Any]:
        if type_of(value) == "number" and exact(value) % exact(factor):
            yield ValidationError(f"{number_text(value)} is not a multiple of {number_text(factor)}")

    return extend(validator_for({"$schema": draft}), {"multipleOf": multiple_of})  # type: ignore[no-untyped-call]


def _errors_of_other(event: Document, source: Source) -> Iterator[Refusal]:
    """What jsonschema-rs says, where the reference validator gives up."""
    return ((pointer_to(event, error), error.message) for error in validator(source).iter_errors(event))


@lru_cache(maxsize=1)
def _format_checker() -> Any:
    """All formats of the table, and nothing that depends on which other packages are installed."""
    from jsonschema import FormatChecker

    formats = FormatChecker(())
    formats.checkers = {}
    for name in FORMATS:
        formats.checks(name)(_conforming(checker(name)))
    return formats


def _conforming(is_of_format: IsOfFormat) -> Any:
    return lambda value: not isinstance(value, str) or is_of_format(value)
