"""Rules from outside: of installed packages, and JSON Schemas that the configuration names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import enclosing, read_file
from jsonschema_tools.installation import RULE_GROUP, entry_points_of
from jsonschema_tools.rules.model import Context, NotApplicable, Problem, Rule, Subject
from jsonschema_tools.rules.registry import RULES
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.schema_rule import schema_rule
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.panics import panics_as_errors
from jsonschema_tools.settings import Config, SchemaRule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def all_rules(config: Config) -> tuple[Rule, ...]:
    """Our rules, then those of installed packages by name, then those of ``schemaRules``.

    Raises `ConfigurationError` when one of them cannot be used, or two have the same id.
    """
    installed = [rule for entry in entry_points_of(RULE_GROUP) for rule in _load(entry)]
    own = [_read(rule, config) for rule in config.schema_rules]
    rules = (*RULES, *installed, *own)
    for rule_id, count in Counter(rule.id for rule in rules).items():
        if count > 1:
            index = next((i for i, rule in enumerate(own) if rule.id == rule_id), None)
            raise ConfigurationError(
                f"there are two rules with the id {rule_id!r}",
                source=str(config.path) if config.path and index is not None else None,
                pointer=None if index is None else f"/schemaRules/{index}/id",
                remedy="Rename the one in schemaRules, or remove one of the packages.",
            )
    return rules


def _load(entry: EntryPoint) -> Iterator[Rule]:
    package = entry.dist.name if entry.dist else entry.value
    try:
        found = entry.load()
    except Exception as error:  # whatever foreign code raises on import
        raise ConfigurationError(
            f"the rules of {package!r} cannot be loaded: {type(error).__name__}: {error}",
            remedy=f"Repair or remove the package {package!r}.",
        ) from error
    for rule in found if isinstance(found, (list, tuple)) else [found]:
        if not isinstance(rule, Rule):
            raise ConfigurationError(
                f"{entry.value!r} of the package {package!r} is no rule",
                remedy=f"The entry point group {RULE_GROUP} takes a jsonschema_tools.rules.model.Rule, or a list of"
                " them.",
            )
        _check_options(rule, package)
        yield _guarded(rule, package)


def _check_options(rule: Rule, package: str) -> None:
    for name, schema in rule.options.items():
        from jsonschema_rs import validator_for

        try:
            with panics_as_errors():
                validator_for({"$schema": DRAFT_07, **schema})
        except (ValueError, TypeError) as error:
            raise ConfigurationError(
                f"the option {name!r} of the rule {rule.id!r} of the package {package!r} has no valid JSON Schema:"
                f" {str(error).splitlines()[0]}",
                remedy=f"Repair or remove the package {package!r}.",
            ) from None


def _guarded(rule: Rule, package: str) -> Rule:
    """The rule with its accidents told as errors: foreign code must not take all other checks down."""

    def told(error: Exception) -> SchemaToolsError:
        return SchemaToolsError(
            f"the rule {rule.id!r} of the package {package!r} broke: {type(error).__name__}: {error}",
            remedy=f"Report it to the authors of {package!r}, or turn the rule off.",
        )

    def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
        try:
            yield from rule.subjects(collection, context)
        except _OURS:
            raise
        except Exception as error:
            raise told(error) from error

    def check(subject: Any, context: Context) -> Iterator[Problem]:
        try:
            yield from rule.check(subject, context)
        except _OURS:
            raise
        except Exception as error:
            raise told(error) from error

    return replace(rule, subjects=subjects, check=check, description=rule.documentation)


_OURS = (SchemaToolsError, NotApplicable, RecursionError)


def _read(setting: SchemaRule, config: Config) -> Rule:
    try:
        content = read_file(setting.schema, within=enclosing(config.path) if config.path else None)
    except OSError as error:
        index = config.schema_rules.index(setting)
        raise ConfigurationError(
            f"the schema of the rule {setting.id!r} cannot be read: {setting.schema}: {error.strerror}",
            source=str(config.path) if config.path else None,
            pointer=f"/schemaRules/{index}/schema",
            remedy=getattr(error, "remedy", "Name an existing file, relative to the configuration."),
        ) from error
    content_type = content_type_of(setting.schema.name)
    return schema_rule(setting, parse(content, source=str(setting.schema), content_type=content_type))
