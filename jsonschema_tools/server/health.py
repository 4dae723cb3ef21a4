"""``/healthz`` and ``/readyz``: whether the process lives, and whether it takes requests."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.server.gate import Gate


def health_routes(gate: Gate) -> list[Any]:
    """The two routes."""
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def healthy(_request: Any) -> Any:
        return PlainTextResponse("ok\n")

    async def ready(_request: Any) -> Any:
        if gate.admission.draining:
            return PlainTextResponse("stopping\n", 503)
        return PlainTextResponse("ready\n")

    return [Route("/healthz", healthy), Route("/readyz", ready)]
