"""``POST /v1/events``: one plain ASGI callable, from the bytes of a request to its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from jsonschema_tools.intake.answers import Answer, Media
from jsonschema_tools.intake.bodies import split
from jsonschema_tools.intake.model import Judged, Outcome, RequestFault
from jsonschema_tools.server.bodies import Disconnected, inflated, read_body, too_large
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.sending import send_answer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class IntakeEndpoint:
    """Takes events for a gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        gate = self._gate
        try:
            answer = await self._answer(scope, receive)
        except RequestFault as fault:
            gate.counts.faults[fault.kind] = gate.counts.faults.get(fault.kind, 0) + 1
            answer = gate.profile.fault(fault, scope["method"], _target(scope))
        except Disconnected:
            return
        await send_answer(send, answer, gate.headers)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        gate, limits = self._gate, self._gate.settings.limits
        content_type, encoding, length = "", "", 0
        for name, value in scope["headers"]:
            if name == b"content-type":
                content_type = value.decode("latin-1")
            elif name == b"content-length":
                length = int(value) if value.isdigit() else 0
            elif name == b"content-encoding":
                encoding = value.decode("latin-1")
        gate.admission.enter(min(length, limits.body))
        grown = 0
        try:
            media = gate.profile.media(content_type)
            if length > limits.body:
                raise too_large(limits.body)
            body, grown = await read_body(receive, limits, gate.admission, length)
            if encoding:
                body = inflated(body, encoding, limits.body)
            return await self._taken(body, media, scope)
        finally:
            gate.admission.leave(min(length, limits.body) + grown)

    async def _taken(self, body: bytes, media: Media, scope: Scope) -> Answer:
        gate = self._gate
        query = scope["query_string"]
        hasty = bool(query) and gate.profile.is_hasty(query.decode("latin-1"))
        raws = split(body, gate.settings.limits.events, lines=media.lines)
        if not raws:
            return gate.profile.empty()
        judged = await gate.judged(raws, scope)
        if hasty:
            gate.in_background(self._written(judged))
            if judged.outcomes:
                return gate.profile.partly(len(judged.accepted), judged.outcomes)
            return gate.profile.done(len(judged.accepted), hasty=True)
        outcomes, accepted = await self._written(judged)
        return gate.profile.partly(accepted, outcomes) if outcomes else gate.profile.done(accepted)

    async def _written(self, judged: Judged) -> tuple[Sequence[Outcome], int]:
        """The outcomes of all that is not written, in order, and how many are."""
        gate = self._gate
        outcomes, written = judged.outcomes, judged.accepted
        if written:
            failures = await gate.write(judged)
            if failures:
                outcomes = sorted((*outcomes, *failures), key=lambda outcome: outcome.index)
                failed = {outcome.index for outcome in failures}
                pairs = zip(judged.places, judged.accepted, strict=True)
                written = [record for place, record in pairs if place not in failed]
        gate.tell(written, outcomes)
        return outcomes, len(written)


def _target(scope: Scope) -> str:
    """The request's target as it came."""
    path: str = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
    query = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path
