"""A rule written as a plain JSON Schema, which every schema file must satisfy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.subjects import current_files, every_file, released_files
from jsonschema_tools.schemas.compiling import PatternCompiler, failure
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.schemas.steps import pointer_to
from jsonschema_tools.settings import SchemaRule

_SUBJECTS = {"all": every_file, "current": current_files, "released": released_files}


def schema_rule(setting: SchemaRule, schema: Document) -> Rule:
    """The rule that a setting and its JSON Schema (draft-07 unless it says otherwise) describe.

    The schema stands for itself: a ``$ref`` leads to a place in it or to a metaschema. Raises `ConfigurationError` when
    it is not valid.
    """
    if not isinstance(schema, (dict, bool)):
        raise _invalid(setting, "it must be a mapping, true or false")
    from jsonschema_rs import ReferencingError, ValidationError

    dialect = {"$schema": DRAFT_07, **schema} if isinstance(schema, dict) else schema
    try:
        validator = PatternCompiler().compile(dialect, retriever=_refuse, mask="the value")
    except ValidationError as error:
        reason, path = failure(error)
        raise _invalid(setting, reason, join(path)) from None
    except (ReferencingError, ValueError) as error:
        raise _invalid(setting, str(error).splitlines()[0]) from None

    def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
        with panics_as_errors():
            errors = list(validator.iter_errors(file.document))
        for error in errors:
            pointer = pointer_to(file.document, error)
            yield Problem(f"{setting.message}: {error.message}", pointer, setting.remedy or setting.message)

    return Rule(
        setting.id,
        Family.ROBUSTNESS,
        setting.message,
        _SUBJECTS[setting.files],
        check,
        profile=Profile.UPSTREAM,
        severity=Severity(setting.severity),
        description=f"{setting.message}\n\nInstead: {setting.remedy or 'correct the schema.'} The rule is a JSON Schema"
        f" in the configuration: {setting.schema.name}.",
    )


def _refuse(uri: str) -> NoReturn:
    """A rule that looks something up elsewhere would judge one thing today and another tomorrow."""
    raise ValueError(f"{uri} lies outside of the schema")


def _invalid(setting: SchemaRule, reason: str, pointer: str = "") -> ConfigurationError:
    return ConfigurationError(
        f"the schema of the rule {setting.id!r} is not valid: {reason}",
        source=str(setting.schema),
        pointer=pointer,
        remedy="Correct the schema. A $ref may only lead to a place in it, such as #/definitions/name.",
    )
