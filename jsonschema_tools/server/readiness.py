"""Schemas made ready in threads, so that no look-up and no compiling holds the other requests up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from jsonschema_tools.errors import is_accident
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.intake.judging import Intake
from jsonschema_tools.intake.routing import Route

_MOST = 1500
_SECONDS = 1.0
_MOST_REQUESTS = 16


class Readiness:
    """Which schemas can be used at once, by what events name. Each is made ready once at a time.

    What was released stays ready; anything that may change is looked at again after a second.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._making: dict[str, asyncio.Future[EventError | bool]] = {}
        self._places = asyncio.Semaphore(_MOST_REQUESTS)
        self.ready: dict[str, float] = {}

    async def wanted(self, routes: Mapping[str, Route]) -> dict[str, EventError]:
        """Make the schemas of routes ready, and say what is wrong with those that cannot be, by what events name."""
        errors: dict[str, EventError] = {}
        # One after the other, and few requests at once: a request may name ten thousand schemas that there are not.
        async with self._places:
            for name, route in routes.items():
                if name not in self.ready and (error := await self._made(route)) is not None:
                    errors[name] = error
        return errors

    async def _made(self, route: Route) -> EventError | None:
        name = route.named
        making = self._making.get(name)
        if making is None:
            loop = asyncio.get_running_loop()
            making = self._making[name] = loop.run_in_executor(None, self._prepare, route)
            making.add_done_callback(lambda _: self._making.pop(name, None))
        found = await asyncio.shield(making)
        if not isinstance(found, bool):
            return found
        self._keep(name, lasts=found)
        return None

    def _keep(self, name: str, *, lasts: bool) -> None:
        while len(self.ready) >= _MOST:
            del self.ready[next(iter(self.ready))]
        self.ready[name] = time.monotonic()
        if not lasts:
            asyncio.get_running_loop().call_later(_SECONDS, self.ready.pop, name, None)

    def _prepare(self, route: Route) -> EventError | bool:
        """What keeps a schema from being used, or whether what it is made of never changes."""
        try:
            return not self._intake.compiled(route).sources
        except NoValidator as refusal:
            return refusal.error
        except BaseException as error:
            if not is_accident(error):
                raise
            return EventError(f"the schema cannot be used: {error}", obstacle=Obstacle.SCHEMA_UNUSABLE)
