"""Which rules a run has, how severe each of them is, and with which options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Any

from jsonschema_tools.documents.pointers import escape_token, join
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError, UsageError
from jsonschema_tools.patterns.advice import wrong_with
from jsonschema_tools.rules.model import Family, Profile, Rule, Severity
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.steps import steps_to
from jsonschema_tools.settings import Config


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule that a run has, as it is configured there."""

    rule: Rule
    severity: Severity
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which checks a run has. Of names and paths one may be given alone, or any iterable of them.

    Attributes:
        titles: titles, files or folders of schemas; none means all.
        profile: the set of rules to start from, ``upstream`` or ``recommended``; ``None``: as the configuration says.
        select: only these rules: ids, families, or patterns such as ``structure-*``.
        extend_select: these rules too.
        ignore: rules to leave out.
        against: a commit. Only titles are checked that the branch has touched since it left that one, and that no
            version that was released there is changed or missing.
        skip_other_files: files and folders among ``titles`` that are of no schema are left out, not refused.
        offline: nothing is fetched.
    """

    titles: tuple[str, ...] = ()
    profile: str | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    against: str | None = None
    skip_other_files: bool = False
    offline: bool = False

    def __post_init__(self) -> None:
        for name in ("titles", "select", "extend_select", "ignore"):
            value = getattr(self, name)
            names = (value,) if isinstance(value, str | PurePath) else value
            object.__setattr__(self, name, tuple(map(str, names)))


def active_rules(rules: Sequence[Rule], config: Config, selection: Selection) -> tuple[ActiveRule, ...]:
    """The rules of the profile and of the configuration, as ``rules`` has them, and as the selection has it.

    Ids and patterns also take what the profile does not have, a family in ``select`` does not. A rule that the
    configuration turns off, or that is off until it is configured, stays off unless ``select`` has its id itself.
    Raises `ConfigurationError` for settings of a rule that is not there, `UsageError` for a name that matches none.
    """
    check_settings(rules, config)
    by_id = set(selection.select)
    chosen, added, left_out = [_matching(rules, names) for names in (by_id, selection.extend_select, selection.ignore)]
    added |= _matching(rules, by_id - {*Family})
    wanted = check_profile(selection.profile or config.profile)
    active: list[ActiveRule] = []
    for rule in rules:
        configured = config.rules.get(rule.id, {}).get("severity")
        severity = _severity(rule, configured, wanted, rule.id in config.rules)
        if rule.id in by_id:
            severity = severity or rule.severity or Severity.ERROR
        elif rule.id in added:
            severity = severity or (None if configured == "off" else rule.severity)
        elif chosen and rule.id not in chosen:
            severity = None
        if severity is not None and rule.id not in left_out:
            active.append(ActiveRule(rule, severity, options_of(rule, config)))
    return tuple(active)


def check_profile(name: str) -> Profile:
    """The profile of a name. Raises `UsageError`."""
    try:
        return Profile(name)
    except ValueError:
        raise unknown(f"there is no profile {name!r}", name, map(str, Profile)) from None


def check_settings(rules: Sequence[Rule], config: Config) -> None:
    """Raise `ConfigurationError` when ``rules`` of the configuration names a rule or an option that there is not."""
    by_id = {rule.id: rule for rule in rules}
    for rule_id, settings in config.rules.items():
        pointer = f"/rules/{escape_token(rule_id)}"
        if rule_id not in by_id:
            raise _at(config, pointer, unknown(f"there is no rule {rule_id!r}", rule_id, by_id, ConfigurationError))
        known = by_id[rule_id].options
        for name, value in settings.items():
            if name == "severity":
                continue
            if name not in known:
                message = f"the rule {rule_id!r} has no option {name!r}"
                error = unknown(message, name, [*known, "severity"], ConfigurationError)
                raise _at(config, f"{pointer}/{escape_token(name)}", error)
            _check_option(config, rule_id, name, value, known[name])


def _check_option(config: Config, rule_id: str, name: str, value: Any, schema: Mapping[str, Any]) -> None:
    from jsonschema_rs import validator_for

    validator = validator_for({**schema, "$schema": DRAFT_07}, validate_formats=False)
    for found in validator.iter_errors(value):
        pointer = join(("rules", rule_id, name, *steps_to(value, found)))
        remedy = str(schema.get("description", "Correct the value."))
        raise _at(config, pointer, ConfigurationError(f"{rule_id}: {name}: {found.message}", remedy=remedy))
    _check_patterns(config, f"/rules/{escape_token(rule_id)}/{escape_token(name)}", rule_id, value, schema)


def _check_patterns(config: Config, pointer: str, rule_id: str, value: Any, schema: Mapping[str, Any]) -> None:
    """What an option calls a regular expression is one of ECMA-262, like all others."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check_patterns(config, f"{pointer}/{index}", rule_id, item, schema.get("items", {}))
    elif schema.get("format") == "regex" and isinstance(value, str) and (wrong := wrong_with(value)):
        reason, remedy = wrong
        message = f"{rule_id}: {value!r} is no regular expression: {reason}"
        raise _at(config, pointer, ConfigurationError(message, remedy=remedy))


def _at(config: Config, pointer: str, error: SchemaToolsError) -> SchemaToolsError:
    return error.replaced(source=str(config.path) if config.path else None, pointer=pointer)


def unknown(
    message: str,
    name: str,
    known: Iterable[str],
    kind: Callable[..., SchemaToolsError] = UsageError,
    *,
    otherwise: str | None = None,
) -> SchemaToolsError:
    """An error for a name that is not there; its remedy is the nearest one that is, ``otherwise`` all of them."""
    known = sorted(known)
    near = get_close_matches(name, known, n=3, cutoff=0.8) or get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return kind(message, remedy=f"Did you mean {' or '.join(map(repr, near))}?")
    return kind(message, remedy=otherwise or f"Known: {', '.join(known)}.")


def _matching(rules: Sequence[Rule], names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        matching = {rule.id for rule in rules if name == rule.family or fnmatchcase(rule.id, name)}
        if not matching:
            known = [rule.id for rule in rules] + [str(family) for family in Family]
            raise unknown(f"no rule is named {name!r}", name, known, otherwise="`jst rules` lists them.")
        found |= matching
    return found


def _severity(rule: Rule, configured: str | None, profile: Profile, mentioned: bool) -> Severity | None:
    if configured is not None:
        return None if configured == "off" else Severity(configured)
    if mentioned:
        return rule.severity or Severity.ERROR
    # Streams are checked when somebody asks for it, and then as a whole.
    in_profile = profile is Profile.RECOMMENDED or rule.profile is Profile.UPSTREAM or rule.family is Family.STREAMS
    return rule.severity if in_profile else None


def options_of(rule: Rule, config: Config) -> dict[str, Any]:
    """The options of a rule: their defaults, and what the configuration says."""
    defaults = {name: schema["default"] for name, schema in rule.options.items() if "default" in schema}
    given = {name: value for name, value in config.rules.get(rule.id, {}).items() if name != "severity"}
    return {**defaults, **given}
