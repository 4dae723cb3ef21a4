"""Answers as responses of Starlette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.sending import with_own

if TYPE_CHECKING:
    from starlette.responses import Response


def response(answer: Answer, headers: Headers = ()) -> Response:
    """The response that has an answer and more headers."""
    from starlette.responses import Response

    made = Response(answer.body, answer.status)
    made.raw_headers.extend(with_own(headers, answer.headers))
    return made


def fault(gate: Gate, request: Any, wrong: RequestFault, headers: Headers = ()) -> Response:
    """The response of a gate to a request that is refused."""
    url = request.url
    target = f"{url.path}?{url.query}" if url.query else url.path
    return response(gate.profile.fault(wrong, request.method, target), (*gate.headers, *headers))
