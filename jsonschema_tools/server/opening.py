"""A gate and its application, made of the settings of a repository."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.intake.profiles import profile_of
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.server.application import Application
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.ids import new_ids
from jsonschema_tools.server.intake import IntakeEndpoint
from jsonschema_tools.settings import Config
from jsonschema_tools.sinks.opening import open_sink
from jsonschema_tools.use_cases.intake import open_intake
from jsonschema_tools.use_cases.streams import open_streams

_PACKAGES = ("uvicorn", "uvloop", "httptools", "starlette", "prometheus_client")


def check_installed() -> None:
    """Raise `UsageError` where the packages of the extra ``server`` are not installed."""
    for name in _PACKAGES:
        try:
            import_module(name)
        except ImportError as error:
            raise UsageError(
                f"jst serve needs the package {name}", remedy="pip install 'jsonschema-tools[server]'"
            ) from error


def open_gate(config: Config, worker: int | None = None) -> tuple[Gate, Any]:
    """The gate of a repository, its sink not opened yet, and the application that serves it.

    Raises `ConfigurationError` or `UsageError`.
    """
    settings = config.serve
    store = open_store(config)
    streams = open_streams(config).table if config.streams else None
    gate = Gate(
        settings,
        profile_of(config),
        open_intake(config, store, streams, new_id=partial(next, new_ids())),
        open_sink(settings, worker),
    )
    return gate, Application(gate, lambda events: _others(gate, events))


def _others(gate: Gate, events: IntakeEndpoint) -> Any:
    from jsonschema_tools.server.routes import routes

    found = routes(gate)
    if gate.settings.profile != "eventgate":
        return found
    from jsonschema_tools.server.eventgate_site import EventGateSite
    from jsonschema_tools.server.openapi import page_of, spec_of

    spec = spec_of(gate.settings)
    return EventGateSite(gate, events, spec, page_of(spec), found)
