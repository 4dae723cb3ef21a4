"""The configuration file, ``.jsonschema-tools.yaml``: found, read, checked, made a `Config`.

Its keys are upstream's. What is allowed in it is said once, by the JSON Schema beside this module.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.model import Config

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

    The file is looked for in ``base``, else in the working directory or its nearest parent that has one. A ``base``
    that has no configuration file of its own is where the schemas are. ``config_paths`` names the files instead; a
    later one beats an earlier one. ``overrides`` (file keys to values) beat all. Raises `ConfigurationError`.
    """
    if base is not None and not base.is_dir():
        raise ConfigurationError(f"there is no folder {str(base)!r}", remedy="Name an existing folder.")
    paths = [found] if config_paths is None and (found := find_config(base)) else list(config_paths or ())
    root = paths[-1].resolve().parent if paths else (base or Path.cwd()).resolve()
    settings: dict[str, Any] = {}
    for path in paths:
        settings.update(_absolute(read_settings(path), path.resolve().parent))
    if base is not None and not any(path.resolve().parent == base.resolve() for path in paths):
        settings.pop("schemaBaseUris", None)
        settings["schemaBasePath"] = str(base.resolve())
    settings.update(_absolute(dict(overrides or {}), Path.cwd()))
    return _config(root, settings)


def find_config(base: Path | None = None) -> Path | None:
    """The configuration file in ``base``, else in the working directory or its nearest parent that has one."""
    here = Path.cwd()
    folders = ([] if base is None else [base]) + [here, *here.parents]
    return next((path for folder in folders if (path := folder / CONFIG_NAME).is_file()), None)


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of one file, checked. Raises `ConfigurationError` or `DocumentError`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the configuration cannot be read: {error.strerror}",
            source=str(path),
            remedy="Name an existing file with --config-paths, or none.",
        ) from error
    settings = parse(text, source=str(path))
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise ConfigurationError(
            "the configuration must be a mapping", source=str(path), remedy="Write `key: value` lines."
        )
    _check(settings, path, text)
    return settings


@functools.cache
def settings_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file."""
    schema: dict[str, Any] = json.loads(Path(__file__).with_name("configuration.schema.json").read_text("utf-8"))
    return schema


def _check(settings: dict[str, Any], path: Path, text: bytes) -> None:
    from jsonschema_rs import validator_for

    known = settings_schema()["properties"]
    for key in settings:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            raise ConfigurationError(
                f"unknown key {key!r}",
                source=str(path),
                position=locate(text, f"/{key}", source=str(path), content_type="yaml"),
                remedy=f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(sorted(known))}.",
            )
    for error in validator_for(settings_schema()).iter_errors(settings):
        pointer = "".join(f"/{step}" for step in error.instance_path)
        key = str(error.instance_path[0])
        raise ConfigurationError(
            f"{key}: {error.message}",
            source=str(path),
            position=locate(text, pointer, source=str(path), content_type="yaml"),
            remedy=f"{known[key]['description']}",
        )
    for key in ("ignoreSchemas", "skipSchemaTestCases"):
        for pattern in settings.get(key, ()):
            _check_pattern(pattern, key, path)


def _check_pattern(pattern: str, key: str, path: Path) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(
            f"{key}: {pattern!r} is no regular expression: {error}",
            source=str(path),
            remedy="Correct the regular expression.",
        ) from error


def _absolute(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The settings with every path made absolute."""
    if "schemaBasePath" in settings:
        settings["schemaBasePath"] = str((folder / settings["schemaBasePath"]).resolve())
    if settings.get("schemaBaseUris"):
        settings["schemaBaseUris"] = [
            uri if _SCHEME.match(uri) else str((folder / uri).resolve()) for uri in settings["schemaBaseUris"]
        ]
    return settings


def _config(root: Path, settings: dict[str, Any]) -> Config:
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
    return Config(
        root=root,
        schema_base_path=base_path,
        schema_base_uris=tuple(base_uris or (str(base_path),)),
        **fields,
    )
