"""The description of a gate for programs, and the page for people that shows it."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.files import read_named
from jsonschema_tools.settings import ServeSettings


def spec_of(settings: ServeSettings) -> dict[str, Any]:
    """The OpenAPI document: the file that the settings name, else ours. Raises `ConfigurationError`."""
    if settings.spec is None:
        own: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text("utf-8"))
        return own
    try:
        document = parse(read_named(Path(settings.spec)), source=settings.spec)
    except OSError as error:
        raise ConfigurationError(
            f"the OpenAPI document cannot be read: {error.strerror}",
            source=settings.spec,
            remedy="Name an existing file in spec, or none.",
        ) from error
    if not isinstance(document, dict):
        raise ConfigurationError(
            "the OpenAPI document is no mapping", source=settings.spec, remedy="Name an OpenAPI document in spec."
        )
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


def page_of(spec: dict[str, Any]) -> str:
    """A page that lists what a document describes; it needs no script and nothing from elsewhere."""
    info = spec.get("info", {})
    rows = [
        f"<tr><td><code>{escape(method.upper())} {escape(path)}</code></td><td>{escape(_said(operation))}</td>"
        f"<td>{escape(', '.join(map(str, operation.get('responses', {}))))}</td></tr>"
        for path, operations in spec.get("paths", {}).items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    ]
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(str(info.get("title", "events")))}</title>'
        "<style>body{font-family:sans-serif;margin:2em}td{padding:.3em 1em;vertical-align:top}</style></head>\n"
        f'<body id="swagger-ui"><h1>{escape(str(info.get("title", "events")))}</h1>'
        f'<p>{escape(str(info.get("description", "")))} <a href="/?spec">As a document for programs</a></p>\n'
        f"<table><tr><th>request</th><th>what it does</th><th>statuses</th></tr>\n{chr(10).join(rows)}</table>"
        "</body></html>\n"
    )


def _said(operation: dict[str, Any]) -> str:
    return str(operation.get("summary") or operation.get("description") or "")
