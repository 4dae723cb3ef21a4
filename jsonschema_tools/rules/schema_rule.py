"""A rule written as a plain JSON Schema, which every schema file must satisfy."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.documents.values import Document, escape_token
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.model import SchemaFile, SchemaRule
from jsonschema_tools.rules.subjects import current_files, every_file, released_files

_SUBJECTS = {"all": every_file, "current": current_files, "released": released_files}


def schema_rule(setting: SchemaRule, schema: Document) -> Rule:
    """The rule that a setting and its JSON Schema (draft-07 unless it says otherwise) describe.

    Raises `ConfigurationError` when the schema is not valid.
    """
    from jsonschema_rs import ReferencingError, ValidationError, validator_for

    try:
        validator = validator_for({"$schema": "http://json-schema.org/draft-07/schema#", **schema})
    except (ValidationError, ReferencingError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"the schema of the rule {setting.id!r} is not valid: {str(error).splitlines()[0]}",
            source=str(setting.schema),
            remedy="Correct the schema.",
        ) from None

    def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
        for error in validator.iter_errors(file.document):
            pointer = "".join(f"/{escape_token(str(step))}" for step in error.instance_path)
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
