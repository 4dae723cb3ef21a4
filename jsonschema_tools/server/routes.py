"""The routes of everything that is no event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.application import EVENTS
from jsonschema_tools.server.health import health_routes
from jsonschema_tools.server.metrics import metric_routes
from jsonschema_tools.server.openapi import page_of
from jsonschema_tools.server.responses import fault, response
from jsonschema_tools.server.schema_routes import schema_routes
from jsonschema_tools.server.site_routes import wants_page
from jsonschema_tools.server.stream_routes import stream_routes

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving

_PREFLIGHT: Headers = (
    (b"allow", b"POST, OPTIONS"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, content-encoding, authorization, x-request-id"),
    (b"access-control-max-age", b"86400"),
)
_METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_JSON: Headers = ((b"content-type", b"application/json"),)
_HTML: Headers = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
)


def routes(serving: Serving, spec: dict[str, Any]) -> Any:
    """An ASGI application of all other routes."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    async def refused(request: Any, error: Any) -> Any:
        kind = "method" if error.status_code == 405 else "not-found"
        said = f"{request.method} is not for {request.url.path!r}" if kind == "method" else "there is nothing here"
        allowed = tuple((name.lower().encode(), value.encode()) for name, value in (error.headers or {}).items())
        wrong = RequestFault(error.status_code, kind, said, remedy="GET /openapi.json says what there is.")
        return fault(serving.gate, request, wrong, allowed)

    only = serving.settings.only
    site = _site(spec, leads_to_schemas=serving.pages is not None)
    found = [*health_routes(serving.gate), *metric_routes(serving), *site]
    if "intake" in only:
        found.append(_other_methods(serving))
    if "streams" in only:
        found += stream_routes(serving)
    if "schemas" in only:
        found += schema_routes(serving)
    return Starlette(routes=found, exception_handlers={HTTPException: refused})


def _other_methods(serving: Serving) -> Any:
    """Other methods than POST for events."""
    from starlette.routing import Route

    async def events(request: Any) -> Any:
        gate = serving.gate
        if request.method == "OPTIONS":
            return response(Answer(204), (*gate.headers, *_PREFLIGHT))
        wrong = RequestFault(405, "method", f"{request.method} is no way to send events", remedy="Send a POST.")
        return fault(gate, request, wrong, ((b"allow", b"POST, OPTIONS"),))

    return Route(EVENTS, events, methods=_METHODS)


def _site(spec: dict[str, Any], *, leads_to_schemas: bool) -> list[Any]:
    """The description of the gate, for programs and for people."""
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    document, page = json.dumps(spec, ensure_ascii=False).encode(), page_of(spec).encode()

    async def openapi(_request: Any) -> Any:
        return response(Answer(200, _JSON, document))

    async def root(request: Any) -> Any:
        if "spec" in request.query_params:
            return response(Answer(200, _JSON, document))
        if leads_to_schemas and wants_page(request) and not request.url.query:
            return response(Answer(303, ((b"location", b"schemas/"), (b"vary", b"Accept"))))
        if "doc" in request.query_params or not request.url.query:
            return response(Answer(200, _HTML, page))
        raise HTTPException(404)

    return [Route("/openapi.json", openapi), Route("/", root)]
