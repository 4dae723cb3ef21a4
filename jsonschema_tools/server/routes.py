"""The routes of everything that is no event."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.intake.answers import Headers
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.application import EVENTS
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.health import health_routes
from jsonschema_tools.server.responses import fault, response

_PREFLIGHT: Headers = (
    (b"allow", b"POST, OPTIONS"),
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, content-encoding, authorization, x-request-id"),
    (b"access-control-max-age", b"86400"),
)


def routes(gate: Gate) -> Any:
    """An ASGI application of all other routes."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    async def events(request: Any) -> Any:
        if request.method == "OPTIONS":
            from jsonschema_tools.intake.answers import Answer

            return response(Answer(204), (*gate.headers, *_PREFLIGHT))
        wrong = RequestFault(405, "method", f"{request.method} is no way to send events", remedy="Send a POST.")
        return fault(gate, request, wrong, ((b"allow", b"POST, OPTIONS"),))

    async def refused(request: Any, error: Any) -> Any:
        kind = "method" if error.status_code == 405 else "not-found"
        said = f"there is no {request.url.path!r}" if kind == "not-found" else f"no {request.method} here"
        allowed = [(k.lower().encode(), v.encode()) for k, v in (error.headers or {}).items()]
        return fault(gate, request, RequestFault(error.status_code, kind, said), tuple(allowed))

    methods = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
    found = [Route(EVENTS, events, methods=methods), *health_routes(gate)]
    return Starlette(routes=found, exception_handlers={HTTPException: refused})
