"""Why a schema cannot be used for validating: not found, not readable, not valid, or not secure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, UnresolvableReference
from jsonschema_tools.events.model import EventError, Obstacle
from jsonschema_tools.schemas.compiling import failure

if TYPE_CHECKING:
    pass


_ALLOW = "Add the limit to the schema and release it, or allow insecure schemas if you trust every base."


class NoValidator(Exception):
    """No schema could be applied; ``error`` says why."""

    def __init__(self, error: EventError) -> None:
        super().__init__(error.message)
        self.error = error


def obstacle(error: SchemaToolsError, uri: str, prefix: str = "") -> EventError:
    """Why there is no schema, as something that is wrong with an event."""
    attempts = ""
    if isinstance(error, RetrievalError):
        obstacle = Obstacle.SCHEMA_UNAVAILABLE if error.down else Obstacle.SCHEMA_NOT_FOUND
        attempts = f": {'; '.join(error.attempts)}" if error.attempts else ""
    elif isinstance(error, UnresolvableReference):
        obstacle = Obstacle.SCHEMA_FORBIDDEN
    else:
        obstacle = Obstacle.SCHEMA_UNUSABLE
    where = f"{error.location}: " if error.location and obstacle is Obstacle.SCHEMA_UNUSABLE else ""
    message = f"{prefix}{where}{error.message}{attempts}"
    return EventError(message, schema_uri=uri, obstacle=obstacle, remedy=error.remedy)


def unusable(problem: BaseException, uri: str) -> EventError:
    """The error of an event whose schema cannot be compiled."""
    said, path = failure(problem)
    pointer = join(path)
    message = f"the schema is not valid: {said}" + (f" (at {pointer})" if pointer else "")
    return EventError(
        message,
        schema_uri=uri,
        obstacle=Obstacle.SCHEMA_UNUSABLE,
        remedy="Correct the schema and release it as a new version.",
    )


def insecure(uri: str, source: str, pointer: str, message: str) -> EventError:
    """The error of an event whose schema could make validating slow."""
    return EventError(
        f"the schema is refused as insecure: {message}, at {source}#{pointer}",
        schema_uri=uri,
        obstacle=Obstacle.SCHEMA_INSECURE,
        remedy=_ALLOW,
    )
