"""Rules from outside: of installed packages, and JSON Schemas that the configuration names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

from jsonschema_tools.checks import Rule
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.model import Config, SchemaRule
from jsonschema_tools.rules import RULES
from jsonschema_tools.rules.schema_rule import schema_rule

GROUP = "jsonschema_tools.rules"
"""The entry point group: each entry is a `Rule`, or a list of them."""


def all_rules(config: Config) -> tuple[Rule, ...]:
    """Our rules, then those of installed packages by name, then those of ``schemaRules``.

    Raises `ConfigurationError` when one of them cannot be used, or two have the same id.
    """
    installed = [rule for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name) for rule in _load(entry)]
    own = [_read(rule, config) for rule in config.schema_rules]
    rules = (*RULES, *installed, *own)
    twice = [rule_id for rule_id, count in Counter(rule.id for rule in rules).items() if count > 1]
    if twice:
        raise ConfigurationError(
            f"there are two rules with the id {twice[0]!r}",
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
    for rule in [found] if isinstance(found, Rule) else found:
        if not isinstance(rule, Rule):
            raise ConfigurationError(
                f"{entry.value!r} of the package {package!r} is no rule",
                remedy=f"The entry point group {GROUP} takes a jsonschema_tools.checks.Rule or a list of them.",
            )
        yield rule


def _read(setting: SchemaRule, config: Config) -> Rule:
    try:
        content = setting.schema.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the schema of the rule {setting.id!r} cannot be read: {error.strerror}",
            source=str(setting.schema),
            remedy=f"Correct schemaRules in {config.path}.",
        ) from error
    content_type = "json" if setting.schema.suffix == ".json" else "yaml"
    return schema_rule(setting, parse(content, source=str(setting.schema), content_type=content_type))
