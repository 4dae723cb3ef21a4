"""The rules of a repository: which there are, which are in effect, and what each means there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import read_file
from jsonschema_tools.repository.discovery import located
from jsonschema_tools.repository.extensions import all_rules
from jsonschema_tools.rules.documentation import InEffect
from jsonschema_tools.rules.model import Rule
from jsonschema_tools.rules.selection import ActiveRule, Selection, active_rules, unknown
from jsonschema_tools.settings import Config


def rules_of(config: Config) -> tuple[Rule, ...]:
    """Every rule there is: ours, those of installed packages, those of the configuration."""
    try:
        return all_rules(config)
    except ConfigurationError as error:
        raise _placed(error) from None


def rules_in_effect(config: Config, rules: Sequence[Rule], selection: Selection) -> tuple[ActiveRule, ...]:
    """Of the rules those that a check of the repository has, each with its severity and options. Raises as `check`."""
    try:
        return active_rules(rules, config, selection)
    except ConfigurationError as error:
        raise _placed(error) from None


def explained(config: Config, profile: str | None = None) -> list[InEffect]:
    """Every rule with what it means in the repository, those that are off too."""
    rules = rules_of(config)
    active = {found.rule.id: found for found in rules_in_effect(config, rules, Selection(profile=profile))}
    return [
        InEffect(rule, active[rule.id].severity, active[rule.id].options)
        if rule.id in active
        else InEffect(rule, None, {})
        for rule in rules
    ]


def explained_rule(config: Config, rule_id: str) -> InEffect:
    """One rule with what it means in the repository. Raises `UsageError` with the nearest name when there is none."""
    entries = {entry.rule.id: entry for entry in explained(config)}
    if rule_id not in entries:
        raise unknown(f"there is no rule {rule_id!r}", rule_id, entries, otherwise="`jst rules` lists them.")
    return entries[rule_id]


def _placed(error: ConfigurationError) -> SchemaToolsError:
    if error.source is None or error.position is not None:
        return error
    path = Path(error.source)
    with suppress(OSError):
        return located(error, path, read_file(path))
    return error
