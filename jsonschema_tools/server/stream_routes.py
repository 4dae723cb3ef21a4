"""The stream configuration over HTTP: all streams, some by name, and as MediaWiki's action API answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.responses import fault, response
from jsonschema_tools.streams.constraints import read_constraints

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving

_MOST_NAMES = 250
_MAX_AGE = 600
_JSON: Headers = ((b"content-type", b"application/json; charset=utf-8"),)


def stream_routes(serving: Serving) -> list[Any]:
    """The routes."""
    from starlette.routing import Route

    async def every(request: Any) -> Any:
        return _answer(serving, request, None, wrapped=True)

    async def named(request: Any) -> Any:
        return _answer(serving, request, request.path_params["names"].split(","))

    async def action(request: Any) -> Any:
        query = request.query_params
        if query.get("action") != "streamconfigs":
            wrong = RequestFault(400, "action", "the only action here is streamconfigs")
            return fault(serving.gate, request, wrong)
        names = query["streams"].split("|") if query.get("streams") else None
        return _answer(serving, request, names, wrapped=True, constraints=query.get("constraints", ""))

    return [
        Route("/streams", every),
        Route("/v1/stream-configs", every),
        Route("/v1/stream-configs/{names:path}", named),
        Route("/w/api.php", action),
    ]


def _answer(
    serving: Serving, request: Any, names: list[str] | None, *, wrapped: bool = False, constraints: str = ""
) -> Any:
    gate, streams = serving.gate, serving.streams
    if streams is None:
        wrong = RequestFault(404, "not-found", "there is no stream configuration")
        return fault(gate, request, wrong)
    if names is not None and len(names) > _MOST_NAMES:
        wrong = RequestFault(
            400, "too-many-streams", f"{len(names)} streams are named, and {_MOST_NAMES} may be", remedy="Ask in parts."
        )
        return fault(gate, request, wrong)
    found = streams.table.get(names, read_constraints(constraints))
    cached = (b"cache-control", f"public, max-age={_MAX_AGE}".encode()), (b"age", str(int(streams.age)).encode())
    body = json.dumps({"streams": found} if wrapped else found, ensure_ascii=False, default=str).encode()
    return response(Answer(200, (*_JSON, *cached), body), gate.headers)
