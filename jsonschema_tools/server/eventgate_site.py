"""What EventGate serves beside events: its name, its description for programs and for people, events for tests."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from jsonschema_tools.intake.answers import Answer, Media
from jsonschema_tools.intake.bodies import split
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.intake.profiles.eventgate import HTML, JSON
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.intake import IntakeEndpoint, Receive, Scope, Send
from jsonschema_tools.server.sending import send_answer

INFO = {
    "name": "eventgate",
    "version": "1.8.4",
    "description": "Event intake service - POST JSONSchemaed events, validate, and produce.",
    "home": "https://github.com/wikimedia/eventgate",
}
_TEXT = ((b"content-type", b"text/plain; charset=utf-8"),)
_READ = "GET,HEAD"
_DOC_CSP = (
    b"content-security-policy",
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src *; style-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; font-src 'self';",
)
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")

Handler = Callable[[Scope], Awaitable[Answer]]


class EventGateSite:
    """An ASGI application of those routes; what is none of them goes to ``others``.

    Paths may have any case, and a slash at their end, as to EventGate's framework.
    """

    def __init__(self, gate: Gate, events: IntakeEndpoint, spec: dict[str, Any], page: str, others: Any) -> None:
        self._gate, self._events, self._others = gate, events, others
        self._spec = {**spec, "info": {**spec.get("info", {}), "version": INFO["version"]}}
        self._page = page
        self._routes: dict[str, tuple[str, Handler]] = {
            "": (_READ, self._root),
            "/robots.txt": (_READ, self._robots),
            "/_info": (_READ, self._info),
            **{f"/_info/{name}": (_READ, self._part_of(name)) for name in ("name", "version")},
            "/_info/home": (_READ, self._home),
            "/v1/events": ("POST", self._root),
        }
        if gate.settings.test_events:
            self._routes["/v1/_test/events"] = (_READ, self._test_events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method, path = scope["method"], scope["raw_path"].decode("latin-1")
        is_decodable = _BAD_ESCAPE.search(path) is None
        if method in _WITH_BODY and is_decodable:
            await self._events(scope, receive, send, take=self._unread)
            return
        found = self._routes.get(path.lower().rstrip("/")) if is_decodable else None
        if found is None and is_decodable:
            await self._others(scope, receive, send)
            return
        answer = await self._answer(method, path, found, scope)
        await send_answer(send, answer, self._gate.headers, head=method == "HEAD")

    async def _answer(self, method: str, path: str, found: tuple[str, Handler] | None, scope: Scope) -> Answer:
        if found is None:
            return _undecodable(method, path)
        methods, handler = found
        if method == "OPTIONS":
            return Answer(200, (*HTML, (b"allow", methods.encode())), methods.encode())
        if methods == _READ and method in ("GET", "HEAD"):
            return await handler(scope)
        return self._nothing(scope)

    async def _unread(self, body: bytes, media: Media, scope: Scope) -> Answer:
        """A body is read before anybody looks where it is to go."""
        if body:
            split(body, self._gate.settings.limits.events)
        return self._nothing(scope)

    def _nothing(self, scope: Scope) -> Answer:
        fault = RequestFault(404, "not-found", "there is nothing here")
        return self._gate.profile.fault(fault, scope["method"], scope["raw_path"].decode("latin-1"))

    async def _root(self, scope: Scope) -> Answer:
        names = {part.partition("=")[0] for part in scope["query_string"].decode("latin-1").split("&")}
        if "spec" in names:
            return _json(self._spec)
        if "doc" in names:
            return Answer(200, (*HTML, _DOC_CSP), self._page.encode())
        return self._nothing(scope)

    async def _robots(self, _scope: Scope) -> Answer:
        return Answer(200, _TEXT, b"User-agent: *\nDisallow: /\n")

    async def _info(self, _scope: Scope) -> Answer:
        return _json(INFO)

    def _part_of(self, name: str) -> Handler:
        async def part(_scope: Scope) -> Answer:
            return _json({name: INFO[name]})

        return part

    async def _home(self, scope: Scope) -> Answer:
        home = INFO["home"]
        kind = HTML if b"text/html" in dict(scope["headers"]).get(b"accept", b"") else _TEXT
        return Answer(301, (*kind, (b"location", home.encode())), f"Moved permanently, to {home}".encode())

    async def _test_events(self, scope: Scope) -> Answer:
        body = json.dumps(list(self._gate.settings.test_events)).encode()
        return await self._events.taken(body, self._gate.profile.media("application/json"), scope)


def _json(document: Any) -> Answer:
    return Answer(200, JSON, json.dumps(document, ensure_ascii=False).encode())


def _undecodable(method: str, path: str) -> Answer:
    problem = {
        "status": 500,
        "type": "internal_error",
        "title": "URIError",
        "detail": f"Failed to decode param '{path}'",
        "method": method,
        "uri": path,
    }
    return Answer(500, JSON, json.dumps(problem).encode())
