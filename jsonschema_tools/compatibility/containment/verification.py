"""An event held against both schemas by the reference validator; only what it confirms is a witness."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema_tools.compatibility.containment.references import Source
from jsonschema_tools.compatibility.model import Witness
from jsonschema_tools.documents.values import Document, escape_token
from jsonschema_tools.schemas.assertions import FORMATS, IsOfFormat, asserting, checker, format_schema

MAX_ERRORS = 20


def verified(event: Document, sub: Source, sup: Source) -> Witness | None:
    """The event as a witness, if the first schema accepts it and the second refuses it."""
    for errors in (_errors_of_reference, _errors_of_other):
        try:
            if next(errors(event, sub), None) is not None:
                return None
            found = list(islice(errors(event, sup), MAX_ERRORS))
        except Exception:
            continue
        if not found:
            return None
        pointer = "".join(f"/{escape_token(str(step))}" for step in found[0][0])
        return Witness(event, tuple(message for _, message in found), pointer)
    return None


Errors = Iterator[tuple[list[str | int], str]]
"""Where in the event, and what is wrong."""


def _errors_of_reference(event: Document, source: Source) -> Errors:
    from jsonschema.validators import validator_for

    schema = _as_object(source.document)
    validator = validator_for({"$schema": source.dialect.uri})
    judge = validator(schema, registry=source.registry(), format_checker=_format_checker())
    return ((list(error.absolute_path), error.message) for error in judge.iter_errors(event))


def _errors_of_other(event: Document, source: Source) -> Errors:
    """What jsonschema-rs says: it reads patterns of ECMAScript that Python cannot (``\\p{L}``)."""
    import jsonschema_rs

    name = source.dialect.name.replace("-", "").replace("draft0", "")
    validator = getattr(jsonschema_rs, f"Draft{name}Validator")

    def retrieve(uri: str) -> Any:
        own = format_schema(uri)
        if own is not None or source.retrieve is None:
            return own
        return asserting(source.retrieve(uri))

    judge = validator(asserting(_as_object(source.document)), validate_formats=True, retriever=retrieve)
    return ((list(error.instance_path), error.message) for error in judge.iter_errors(event))


def _as_object(schema: Document) -> Document:
    """A schema that is a boolean said so that every draft knows it."""
    return ({} if schema else {"not": {}}) if isinstance(schema, bool) else schema


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
