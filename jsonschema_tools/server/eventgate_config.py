"""The settings in the ``config.yaml`` of an EventGate, as settings of the gate."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import describe
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.files import near, read_named
from jsonschema_tools.settings import Config

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|tb|pb)?\s*", re.IGNORECASE)
_UNITS = {"": 1, "b": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
_KNOWN = frozenset(
    {
        *("port", "interface", "schema_base_uris", "schema_uri_field", "schema_file_extension", "stream_field"),
        *("max_body_size", "output_path", "test_events", "spec", "cors", "csp"),
    }
)
_REMEDY = "Name the config.yaml of an EventGate: its settings are in services, conf."


def with_eventgate_config(
    config: Config, path: Path, options: Mapping[str, Any], *, warn: Callable[[str], None]
) -> Config:
    """A configuration with the settings of ``services[0].conf``; paths are relative to the working directory.

    ``options`` are those of the command line, of which base URIs win here, the others later. ``warn`` is told of
    settings that are not heeded. Raises `ConfigurationError` or `DocumentError`.
    """
    conf = _conf(path)
    for name in conf:
        if name not in _KNOWN:
            warn(f"{path}: {name} is not heeded")
    config = _with_schemas(config, conf, options)
    settings: dict[str, Any] = {"profile": "eventgate", "output": str(conf.get("output_path") or "none")}
    settings |= {
        name: conf[key]
        for key, name in (("port", "port"), ("interface", "host"), ("spec", "spec"), ("csp", "csp"))
        if isinstance(conf.get(key), int | str)
    }
    if "cors" in conf:
        settings["cors"] = conf["cors"] or None
    if "test_events" in conf:
        settings["test_events"] = tuple(conf["test_events"] or ())
    settings["schema_file_extension"] = str(conf.get("schema_file_extension") or "")
    if "stream_field" in conf:
        settings["stream_fields"] = _paths(conf["stream_field"])
    if conf.get("max_body_size"):
        settings["limits"] = replace(config.serve.limits, body=size(conf["max_body_size"], str(path)))
    return replace(config, serve=replace(config.serve, **settings))


def size(value: Any, source: str | None = None) -> int:
    """A size as EventGate has it, ``10kb`` or a number, in bytes. Raises `ConfigurationError`."""
    found = _SIZE.fullmatch(str(value))
    if found is None:
        raise ConfigurationError(
            f"{describe(value)} is no size", source=source, remedy="Write it in bytes, or as 10kb or 4mb."
        )
    return int(float(found[1]) * _UNITS[(found[2] or "").lower()])


def _conf(path: Path) -> dict[str, Any]:
    source = str(path)
    try:
        text = read_named(path)
    except OSError as error:
        remedy = getattr(error, "remedy", near(path, _REMEDY))
        raise ConfigurationError(f"it cannot be read: {error.strerror}", source=source, remedy=remedy) from error
    document = parse(text, source=source)
    services = document.get("services") if isinstance(document, dict) else None
    service = services[0] if isinstance(services, list) and services else None
    conf = service.get("conf") if isinstance(service, dict) else None
    if not isinstance(conf, dict):
        position = locate(text, "", source=source)
        raise ConfigurationError("it has no services with a conf", source=source, position=position, remedy=_REMEDY)
    return conf


def _with_schemas(config: Config, conf: dict[str, Any], options: Mapping[str, Any]) -> Config:
    uris = conf.get("schema_base_uris")
    if uris and not options.get("schema_base_uris"):
        absolute = (uri if "://" in uri else str(Path(uri).absolute()) for uri in _paths(uris))
        config = replace(config, schema_base_uris=tuple(absolute))
    fields = conf.get("schema_uri_field")
    return replace(config, events=replace(config.events, schema_uri_fields=_paths(fields))) if fields else config


def _paths(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
