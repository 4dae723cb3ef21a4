"""Why a validator refuses an event, in words."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from jsonschema_tools.containment.references import Source
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.assertions import asserting, format_schema
from jsonschema_tools.schemas.compiling import PatternCompiler
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.schemas.steps import pointer_to, steps_to

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

MAX_ERRORS = 20
MAX_MESSAGE = 200
MAX_VALUE = 60

Refusal = tuple[str, str]
"""The JSON Pointer in the event, and what is wrong there."""

_COMBINING = ("anyOf", "oneOf")
_LITERAL = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:None|True|False)\b""")


def as_object(schema: Document) -> Document:
    """A schema that is a boolean said so that every draft knows it."""
    return ({} if schema else {"not": {}}) if isinstance(schema, bool) else schema


def validator(source: Source) -> Any:
    """The validator of jsonschema-rs for a document, with the formats and the reading of patterns of every door."""
    compiler = PatternCompiler()

    def retrieve(uri: str) -> Any:
        own = format_schema(uri)
        if own is not None or source.retrieve is None:
            return own
        return compiler.respelt(asserting(source.retrieve(uri)))

    schema = asserting(as_object(source.document))
    schema = {**schema, "$schema": source.draft.uri} if isinstance(schema, dict) else schema
    return compiler.compile(schema, validate_formats=True, retriever=retrieve)


def refusals(event: Document, source: Source) -> list[Refusal]:
    """What is wrong with an event, the first of very many; none where jsonschema-rs has nothing to say."""
    try:
        with panics_as_errors():
            errors = list(islice(validator(source).iter_errors(event), MAX_ERRORS))
    except Exception:  # It cannot read some documents at all, and says so in many ways.
        return []
    return [_refusal(error, event) for error in errors]


def in_json(message: str) -> str:
    """The words of python-jsonschema with values as JSON spells them."""
    # "None of ..." is English where it begins a sentence.
    return shortened(_LITERAL.sub(lambda found: _spelled(found, message), message))


def _spelled(found: re.Match[str], message: str) -> str:
    if found.start() == 0 and message.startswith("None of "):
        return found[0]
    try:
        return json.dumps(ast.literal_eval(found[0]), ensure_ascii=False)
    except (SyntaxError, ValueError):
        return found[0]


def shortened(text: str, most: int = MAX_MESSAGE) -> str:
    """A text that is not too long."""
    return text if len(text) <= most else f"{text[: most - 4]} ..."


def _refusal(error: ValidationError, event: Document) -> Refusal:
    """The error; of a value that fits no alternative, that of the closest."""
    cause, around = error, ""
    while cause.kind.name in _COMBINING and all(branches := _branches(cause)):
        around = around or f", in the closest branch of the {error.kind.name}{_at(error, event)}"
        cause = _closest(branches, len(cause.instance_path))
    return pointer_to(event, cause), _words(cause, event) + around


def _at(error: ValidationError, event: Document) -> str:
    pointer = pointer_to(event, error)
    return f" at {pointer}" if pointer else ""


def _words(error: ValidationError, event: Document) -> str:
    value = event
    for step in steps_to(event, error):
        value = value[step]
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
    if error.kind.name == "falseSchema":
        return f"nothing is valid here, so not {shortened(written, MAX_VALUE)}"
    return shortened(error.message.replace(written, shortened(written, MAX_VALUE)))


_Branches = Sequence[Sequence["ValidationError"]]


def _branches(error: ValidationError) -> _Branches:
    """The errors of each alternative; none of one that fits beside others."""
    found: _Branches = getattr(error.kind, "context", ())
    return found or [[]]


def _closest(branches: _Branches, depth: int) -> ValidationError:
    """The first error of the branch that comes closest: of the right type, with the values that tell branches apart."""
    branch = min(branches, key=lambda branch: _distance(branch, depth))
    return max(branch, key=lambda error: len(error.instance_path))


def _distance(branch: Sequence[ValidationError], depth: int) -> tuple[bool, int, int, int]:
    wrong_type = any(one.kind.name == "type" and len(one.instance_path) == depth for one in branch)
    told_apart = sum(one.kind.name in ("const", "enum") and len(one.instance_path) <= depth + 1 for one in branch)
    return wrong_type, told_apart, -max(len(one.instance_path) for one in branch), len(branch)
