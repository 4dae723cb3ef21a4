"""What AJV 6 refuses in a schema of draft-07 (ajv 6.12, which upstream validates its schemas with)."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jsonschema_tools.documents.values import Document
from jsonschema_tools.nodejs.ajv import format_checkers, plain
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.metaschemas import explained
from jsonschema_tools.schemas.steps import pointer_to

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator


def invalid_as_draft_07(document: Document) -> Iterator[tuple[str, str]]:
    """JSON Pointer and message of everything that AJV 6 refuses in a schema of draft-07, whatever ``$schema`` says."""
    validator = _draft_07_of_ajv()
    try:
        with suppress(ValueError):
            if validator.is_valid(document):
                return
        # Numbers beyond a double and timestamps are no values of JSON to the library.
        document = plain(document)
        if validator.is_valid(document):
            return
    except UnicodeEncodeError:
        yield "", "half of a surrogate pair, which is no character"
        return
    found = list(explained({**document, "$schema": DRAFT_07}, frozenset())) if isinstance(document, dict) else []
    yield from found
    if not found:
        # The library that explains checks no formats.
        for error in validator.iter_errors(document):
            yield pointer_to(document, error), error.message


@functools.cache
def _draft_07_of_ajv() -> Draft7Validator:
    from jsonschema_rs import Draft7Validator

    metaschema = json.loads(Path(__file__).with_name("draft_07_of_ajv.json").read_text("utf-8"))
    return Draft7Validator(metaschema, validate_formats=True, formats=dict(format_checkers()))
