"""The configuration file, ``.jsonschema-tools.yaml``: found, read, checked, made a `Config`.

Its keys are upstream's. What is allowed in it is said once, by the JSON Schema beside this module.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.files import enclosing, is_folder, near, read_named
from jsonschema_tools.git.process import nearest_top
from jsonschema_tools.lookup.bases import split_prefix
from jsonschema_tools.repository.schema_tests import check_folder
from jsonschema_tools.repository.serve_settings import absolute_paths, serve_settings
from jsonschema_tools.repository.settings_faults import faults, unknown_key
from jsonschema_tools.schemas.metaschemas import is_unicode
from jsonschema_tools.settings import Allowance, Config, EventSettings, SchemaRule

CONFIG_NAME = ".jsonschema-tools.yaml"

_SCHEME = re.compile(r"[a-zA-Z0-9+.-]+://")
_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def load_config(
    base: Path | None = None,
    *,
    config_paths: Sequence[Path] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Config:
    """The settings of the repository at ``base``.

    The file is looked for as `find_config` says. A ``base`` that has no configuration file of its own is where the
    schemas are; what they refer to is looked up in the whole repository when ``base`` is a part of it.
    ``config_paths`` names the files instead; a later one beats an earlier one. ``overrides`` (file keys to values)
    beat all. Raises `ConfigurationError`.
    """
    if base is not None and not is_folder(base):
        raise ConfigurationError(f"there is no folder {str(base)!r}", remedy=near(base, "Name an existing folder."))
    paths = [found] if config_paths is None and (found := find_config(base)) else list(config_paths or ())
    folders = [_resolved(path).parent for path in paths]
    root = folders[-1] if folders else _resolved(base or Path.cwd())
    settings: dict[str, Any] = {}
    for path, folder in zip(paths, folders, strict=True):
        settings.update(_absolute(read_settings(path), folder))
    if base is not None and _resolved(base) not in folders:
        _narrow(settings, root, _resolved(base))
    settings.update(_absolute(dict(overrides or {}), Path.cwd()))
    return _config(root, _resolved(paths[-1]) if paths else None, settings)


def _narrow(settings: dict[str, Any], root: Path, base: Path) -> None:
    """Make ``base`` the folder of the schemas; look-up stays as it is where that is a part of the repository."""
    whole = Path(settings.get("schemaBasePath", root))
    if whole in base.parents:
        settings.setdefault("schemaBaseUris", [str(whole)])
    elif whole != base:
        settings.pop("schemaBaseUris", None)
    settings["schemaBasePath"] = str(base)


def find_config(base: Path | None = None) -> Path | None:
    """The configuration file in ``base``, else in the working directory or its nearest parent that has one.

    Where there is none either, the nearest parent of ``base`` counts. One in a parent folder that somebody else owns
    counts only inside the Git repository.
    """
    here = Path.cwd()
    near = [*([] if base is None else [base]), here]
    above = [(folder, here) for folder in here.parents]
    above += [] if base is None else [(folder, _resolved(base)) for folder in _resolved(base).parents]
    # Path.is_file would raise for a folder that may not be entered.
    found = (path for folder in near if os.path.isfile(path := folder / CONFIG_NAME))  # noqa: PTH113
    further = (
        path
        for folder, start in above
        if os.path.isfile(path := folder / CONFIG_NAME) and _counts(path, start)  # noqa: PTH113
    )
    return next(chain(found, further), None)


def _counts(path: Path, start: Path) -> bool:
    """Whether a configuration in a folder above is the user's, or of the Git repository that somebody is in.

    Else anybody who may write to a folder above, such as that for temporary files, would decide what happens here.
    """
    if not hasattr(os, "geteuid") or path.stat().st_uid in (0, os.geteuid()):
        return True
    top = nearest_top(start)
    return top is not None and _resolved(path).is_relative_to(top)


def _resolved(path: Path) -> Path:
    """The absolute path without links, as far as there is one; never an error."""
    return Path(os.path.realpath(path))


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of one file, checked. Raises `ConfigurationError` or `DocumentError`."""
    try:
        # One that was found there is not to lead elsewhere; any other the user has named.
        text = read_named(path, *([enclosing(path)] if path.name == CONFIG_NAME else []))
    except OSError as error:
        raise ConfigurationError(
            f"the configuration cannot be read: {error.strerror}",
            source=str(path),
            remedy=getattr(error, "remedy", near(path, "Name an existing file with --config-paths, or none.")),
        ) from error
    settings = parse(text, source=str(path))
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise ConfigurationError(
            "the configuration must be a mapping",
            source=str(path),
            position=locate(text, "", source=str(path)),
            remedy="Write `key: value` lines.",
        )
    settings = {key: _plain(value) for key, value in settings.items()}
    _check(settings, path, text)
    return settings


def _plain(value: Any) -> Any:
    """The settings with days as plain text: the validator knows no `Timestamp`."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


@functools.cache
def settings_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file."""
    schema: dict[str, Any] = json.loads(settings_schema_text())
    return schema


def settings_schema_text() -> str:
    """The text of the JSON Schema of the configuration file."""
    return Path(__file__).with_name("configuration.schema.json").read_text("utf-8")


def _check(settings: dict[str, Any], path: Path, text: bytes) -> None:
    for pointer, message, remedy in _problems(settings):
        raise ConfigurationError(
            message,
            source=str(path),
            position=locate(text, pointer, source=str(path)),
            remedy=remedy,
        )


def _problems(settings: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """JSON Pointer, message and remedy of what is wrong with the settings. Only the first can be relied on."""
    known = settings_schema()["properties"]
    for key, value in settings.items():
        pointer = f"/{escape_token(key)}"
        if key not in known:
            yield pointer, *unknown_key(key, known)
        if not is_unicode(value):
            yield pointer, f"{key} has half of a surrogate pair, which is no character", "Write the character itself."
    yield from faults(settings, settings_schema())
    for key in ("ignoreSchemas", "skipSchemaTestCases"):
        patterns = settings.get(key, ())
        steps = patterns if isinstance(patterns, dict) else range(len(patterns))
        if patterns:
            from jsonschema_tools.patterns.advice import wrong_with
        for step, pattern in zip(steps, patterns, strict=True):
            if wrong := wrong_with(pattern):
                reason, remedy = wrong
                message = f"{key}: {pattern!r} is no regular expression: {reason}"
                yield f"/{key}/{escape_token(str(step))}", message, remedy


def _absolute(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The settings with every path made absolute."""
    if "schemaBasePath" in settings:
        settings["schemaBasePath"] = str(_resolved(folder / settings["schemaBasePath"]))
    if settings.get("schemaBaseUris"):
        settings["schemaBaseUris"] = [_absolute_base(uri, folder) for uri in settings["schemaBaseUris"]]
    for key in ("template", "baseline", "tests"):
        if key in settings:
            settings[key] = str(_resolved(folder / settings[key]))
    if "serve" in settings:
        settings["serve"] = absolute_paths(settings["serve"], folder)
    if "streams" in settings and not _SCHEME.match(settings["streams"]):
        settings["streams"] = str(_resolved(folder / settings["streams"]))
    for rule in settings.get("schemaRules", ()):
        rule["schema"] = str(_resolved(folder / rule["schema"]))
    return settings


def _absolute_base(uri: str, folder: Path) -> str:
    prefix, base = split_prefix(uri)
    base = base if _SCHEME.match(base) else str(_resolved(folder / base))
    return base if prefix is None else f"{prefix}={base}"


def _config(root: Path, path: Path | None, settings: dict[str, Any]) -> Config:
    fields = {_SNAKE.sub("_", key).lower(): value for key, value in settings.items()}
    base_path = Path(fields.pop("schema_base_path", root))
    base_uris = fields.pop("schema_base_uris", None)
    bounds = fields.get("enforced_numeric_bounds", ())
    if bounds is None or bounds is False:
        fields["enforced_numeric_bounds"] = None
    for key, value in fields.items():
        if isinstance(value, list):
            fields[key] = tuple(value)
    skips = fields.get("skip_schema_test_cases", {})
    fields["skip_schema_test_cases"] = {pattern: tuple(cases) for pattern, cases in skips.items()}
    rules = {name: _rule(value) for name, value in fields.pop("rules", {}).items()}
    schema_rules = tuple(
        SchemaRule(**{**rule, "schema": Path(rule["schema"])}) for rule in fields.pop("schema_rules", ())
    )
    entries = fields.pop("allow", ())
    allow = tuple(Allowance(**{**entry, "versions": tuple(entry.get("versions", ()))}) for entry in entries)
    template, baseline, tests = (fields.pop(key, None) for key in ("template", "baseline", "tests"))
    if tests:
        check_folder(Path(tests), base_path, path)
    fields["events"] = _events(fields.get("events", {}))
    fields["serve"] = serve_settings(fields.get("serve", {}))
    return Config(
        template=Path(template) if template else None,
        baseline=Path(baseline) if baseline else None,
        tests=Path(tests) if tests else None,
        root=root,
        allow=allow,
        path=path,
        rules=rules,
        schema_rules=schema_rules,
        schema_base_path=base_path,
        schema_base_uris=tuple(base_uris or (str(base_path),)),
        **fields,
    )


def _events(settings: dict[str, Any]) -> EventSettings:
    fields = {_SNAKE.sub("_", key).lower(): value for key, value in settings.items()}
    if isinstance(names := fields.get("schema_uri_fields"), list):
        fields["schema_uri_fields"] = tuple(names)
    return EventSettings(**fields)


def _rule(value: str | dict[str, Any]) -> dict[str, Any]:
    """The settings of a rule; a severity alone stands for a mapping with it."""
    return {"severity": value} if isinstance(value, str) else value
