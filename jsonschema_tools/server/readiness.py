"""Schemas made ready in threads, so that no look-up and no compiling holds the other requests up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

from jsonschema_tools.errors import is_accident
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.versions import is_permanent

_MOST = 1500
_SECONDS = 1.0


class Readiness:
    """Which schemas can be used at once, by what events name. Each is made ready once at a time.

    A released version stays ready; any other is looked at again after a second.
    """

    def __init__(self, validator: EventValidator) -> None:
        self._validator = validator
        self._making: dict[str, asyncio.Future[EventError | None]] = {}
        self.ready: dict[str, float] = {}

    async def wanted(self, names: Iterable[str]) -> dict[str, EventError]:
        """Make the schemas ready, and say what is wrong with those that cannot be."""
        waiting = [(name, self._made(name)) for name in names if name not in self.ready]
        if len(waiting) == 1:
            name, made = waiting[0]
            error = await made
            return {name: error} if error is not None else {}
        errors = await asyncio.gather(*(made for _, made in waiting))
        return {name: error for (name, _), error in zip(waiting, errors, strict=True) if error is not None}

    async def _made(self, name: str) -> EventError | None:
        making = self._making.get(name)
        if making is None:
            loop = asyncio.get_running_loop()
            making = self._making[name] = loop.run_in_executor(None, self._prepare, name)
            making.add_done_callback(lambda _: self._making.pop(name, None))
        error = await asyncio.shield(making)
        if error is None:
            self._keep(name)
        return error

    def _keep(self, name: str) -> None:
        while len(self.ready) >= _MOST:
            del self.ready[next(iter(self.ready))]
        self.ready[name] = time.monotonic()
        if not is_permanent(name):
            asyncio.get_running_loop().call_later(_SECONDS, self.ready.pop, name, None)

    def _prepare(self, name: str) -> EventError | None:
        try:
            self._validator.compiled(name)
        except NoValidator as refusal:
            return refusal.error
        except BaseException as error:
            if not is_accident(error):
                raise
            return EventError(f"the schema cannot be used: {error}", obstacle=Obstacle.SCHEMA_UNUSABLE)
        return None
