"""``POST /v1/events``: one plain ASGI callable, from the bytes of a request to its answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from jsonschema_tools.intake.answers import Answer, Media
from jsonschema_tools.intake.bodies import split
from jsonschema_tools.intake.model import Judged, Outcome, RequestFault
from jsonschema_tools.intake.tokens import Token, check_rate
from jsonschema_tools.server.bodies import Disconnected, decoded, inflated, read_body, too_large
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.protocol import WHOLE
from jsonschema_tools.server.sending import send_answer
from jsonschema_tools.server.turns import AT_ONCE

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

Take = Callable[[bytes, Media, Scope], Awaitable[Answer]]
"""From a body to an answer; raises `RequestFault`."""


class IntakeEndpoint:
    """Takes events for a gate."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send, take: Take | None = None) -> None:
        """Answer one request. ``take`` makes the answer of its body; without, its events are taken."""
        gate, start = self._gate, time.perf_counter()
        try:
            answer = await self._answer(scope, receive, take or self.taken)
        except RequestFault as fault:
            gate.counts.faults[fault.kind] = gate.counts.faults.get(fault.kind, 0) + 1
            answer = gate.profile.fault(fault, scope["method"], _target(scope))
        except Disconnected:
            return
        await send_answer(send, answer, gate.headers)
        gate.counts.took(answer.status, time.perf_counter() - start)

    async def _answer(self, scope: Scope, receive: Receive, take: Take) -> Answer:
        gate, limits = self._gate, self._gate.settings.limits
        content_type, encoding, length, authorization = "", "", 0, None
        for name, value in scope["headers"]:
            if name == b"content-type":
                content_type = value.decode("latin-1")
            elif name == b"content-length":
                length = int(value) if value.isdigit() else 0
            elif name == b"content-encoding":
                encoding = value.decode("latin-1")
            elif name == b"authorization":
                authorization = value.decode("latin-1")
        gate.admission.enter(min(length, limits.body))
        grown = 0
        try:
            scope["token"] = gate.tokens.token(authorization) if gate.tokens is not None else None
            media = gate.profile.media(content_type)
            if length > limits.body:
                raise too_large(limits.body)
            body, grown = await read_body(receive, limits, gate.admission, length, is_whole=WHOLE in scope)
            if media.empty:
                return gate.profile.empty()
            if encoding:
                body = inflated(body, encoding, limits.body)
            return await take(decoded(body, media), media, scope)
        finally:
            gate.admission.leave(min(length, limits.body) + grown)

    async def taken(self, body: bytes, media: Media, scope: Scope) -> Answer:
        """Take the events of a body. Raises `RequestFault`."""
        gate = self._gate
        query = scope["query_string"]
        hasty = bool(query) and gate.profile.is_hasty(query.decode("latin-1"))
        if not body or not gate.profile.has_events(body):
            return gate.profile.empty()
        raws = split(body, gate.settings.limits.events, lines=media.lines)
        if not raws:
            return gate.profile.empty()
        token: Token | None = scope.get("token")
        if token is not None:
            check_rate(token, len(raws), time.monotonic())
        if hasty and gate.profile.hasty_before_verdict:
            gate.in_background(self._judged_later(raws, scope))
            return gate.profile.done(len(raws), hasty=True)
        judged = await gate.judged(raws, scope, token)
        if hasty:
            gate.in_background(self._written(judged, promised=True))
            if judged.outcomes:
                return await self._partly(len(judged.accepted), judged.outcomes)
            return gate.profile.done(len(judged.accepted), hasty=True)
        outcomes, accepted, later = await self._written(judged)
        if not outcomes:
            return gate.profile.done(accepted, hasty=later)
        return await self._partly(accepted, outcomes)

    async def _partly(self, accepted: int, outcomes: Sequence[Outcome]) -> Answer:
        """The answer where some events are not accepted: a long one is made while others are answered."""
        render = self._gate.profile.partly
        if len(outcomes) <= AT_ONCE:
            return render(accepted, outcomes)
        return await asyncio.to_thread(render, accepted, outcomes)

    async def _judged_later(self, raws: list[bytes], scope: Scope) -> None:
        # Nobody hears of what a token does not allow: the answer has gone.
        with suppress(RequestFault):
            await self._written(await self._gate.judged(raws, scope, scope.get("token")), promised=True)

    async def _written(self, judged: Judged, *, promised: bool = False) -> tuple[Sequence[Outcome], int, bool]:
        """The outcomes of all that is not written, in order, how many are, and whether some of them will be later."""
        gate = self._gate
        outcomes, written, later = judged.outcomes, judged.accepted, False
        if written:
            failures, later = await gate.write(judged, promised=promised)
            if failures:
                outcomes = sorted((*outcomes, *failures), key=lambda outcome: outcome.index)
                failed = {outcome.index for outcome in failures}
                pairs = zip(judged.places, judged.accepted, strict=True)
                written = [record for place, record in pairs if place not in failed]
        gate.tell(written, outcomes)
        return outcomes, len(written), later


def _target(scope: Scope) -> str:
    """The request's target as it came."""
    path: str = scope.get("raw_path", b"").decode("latin-1") or scope["path"]
    query = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path
