"""An event held against both schemas by the reference validator; only what it confirms is a witness."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema_tools.compatibility.containment.formats import FORMATS, conforms
from jsonschema_tools.compatibility.containment.references import Source
from jsonschema_tools.compatibility.model import Witness
from jsonschema_tools.documents.values import Document, escape_token

MAX_ERRORS = 20


def verified(event: Document, sub: Source, sup: Source) -> Witness | None:
    """The event as a witness, if the first schema accepts it and the second refuses it."""
    try:
        if next(_errors(event, sub), None) is not None:
            return None
        errors = []
        for error in _errors(event, sup):
            errors.append(error)
            if len(errors) >= MAX_ERRORS:
                break
    except Exception:  # a validator that cannot work with a schema confirms nothing, whatever it raises
        return None
    if not errors:
        return None
    first = errors[0]
    pointer = "".join(f"/{escape_token(str(step))}" for step in first.absolute_path)
    return Witness(event, tuple(error.message for error in errors), pointer)


def _errors(event: Document, source: Source) -> Any:
    from jsonschema.validators import validator_for

    if isinstance(source.document, bool):
        schema: Document = {} if source.document else {"not": {}}
    else:
        schema = source.document
    validator = validator_for({"$schema": source.dialect.uri})
    return validator(schema, registry=source.registry(), format_checker=_format_checker()).iter_errors(event)


@lru_cache(maxsize=1)
def _format_checker() -> Any:
    """The formats that the library has, and the others of our table as the faster library has them."""
    from jsonschema import FormatChecker

    checker = FormatChecker()
    known = dict(FormatChecker.checkers)
    for name in FORMATS:
        if name not in known:
            checker.checks(name)(_conforming(name))
    return checker


def _conforming(name: str) -> Any:
    return lambda value: not isinstance(value, str) or bool(conforms(name, value))
