"""The routes of everything that is no event."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.server.gate import Gate


def routes(gate: Gate) -> Any:
    """An ASGI application of all other routes."""
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def healthy(_request: Any) -> Any:
        return PlainTextResponse("ok\n")

    async def ready(_request: Any) -> Any:
        stopping = gate.admission.draining
        return PlainTextResponse("stopping\n" if stopping else "ready\n", 503 if stopping else 200)

    return Starlette(routes=[Route("/healthz", healthy), Route("/readyz", ready)])
