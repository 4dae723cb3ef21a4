"""An event held against both schemas by the reference validator; only what it confirms is a witness."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonschema_tools.compatibility.containment.references import Source
from jsonschema_tools.compatibility.containment.refusals import (
    MAX_ERRORS,
    Refusal,
    as_object,
    in_json,
    pointer_of,
    refusals,
    validator,
)
from jsonschema_tools.compatibility.model import Witness
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.assertions import FORMATS, IsOfFormat, checker


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
        pointers, messages = zip(*(refusals(event, sup) or found), strict=True)
        return Witness(event, messages, pointers[0], pointers)
    return None


def _errors_of_reference(event: Document, source: Source) -> Iterator[Refusal]:
    from jsonschema.validators import validator_for

    schema = as_object(source.document)
    make = validator_for({"$schema": source.dialect.uri})
    judge = make(schema, registry=source.registry(), format_checker=_format_checker())
    return ((pointer_of(error.absolute_path), in_json(error.message)) for error in judge.iter_errors(event))


def _errors_of_other(event: Document, source: Source) -> Iterator[Refusal]:
    """What jsonschema-rs says: it reads patterns of ECMAScript that Python cannot (``\\p{L}``)."""
    return ((pointer_of(error.instance_path), error.message) for error in validator(source).iter_errors(event))


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
