"""How far the events of a file were replayed: a file beside it, so that a run can go on where another one ended."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import read_regular
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.sources.pieces import STDIN

SUFFIX = ".replayed"


@dataclass(frozen=True, slots=True)
class Done:
    """How many events of a file a gate has been sent, and the SHA-256 of the last of them, in hexadecimal digits."""

    events: int = 0
    last: str = ""

    def with_event(self, event: bytes) -> Done:
        """The same and one event more."""
        return Done(self.events + 1, digest(event))


def digest(event: bytes) -> str:
    """What an event is known by."""
    return hashlib.sha256(event).hexdigest()


class ReplayProgress:
    """What is done of a file, for one gate. Standard input has no progress: nothing is kept."""

    def __init__(self, source: str, url: str) -> None:
        self.path = None if source == STDIN else Path(f"{source}{SUFFIX}")
        self._url = without_secrets(url)
        self._others: dict[str, Any] | None = None

    def read(self) -> Done:
        """What is done. Raises `UsageError` where the file says nothing that can be read."""
        done = self._all().get(self._url, {})
        return Done(done["events"], done["last"]) if done else Done()

    def write(self, done: Done) -> None:
        """Keep what is done; killed at any moment, it is what was kept before or this. Raises `UsageError`."""
        if self.path is None:
            return
        if self._others is None:
            self._others = self._all()
        text = json.dumps({**self._others, self._url: {"events": done.events, "last": done.last}}, indent=2)
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            temporary.write_text(f"{text}\n", "utf-8")
            temporary.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise UsageError(
                f"the progress cannot be kept: {error.strerror}",
                source=str(self.path),
                remedy="Make the folder writable, or replay standard input: `jst replay - < FILE`.",
            ) from error

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(read_regular(self.path)) if self.path is not None else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise self._broken() from error
        if not isinstance(found, dict) or not all(map(_is_done, found.values())):
            raise self._broken()
        return found

    def _broken(self) -> UsageError:
        return UsageError(
            "this is no progress of a replay", source=str(self.path), remedy="Remove it, to begin with the first event."
        )


def _is_done(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("events"), int)
        and value["events"] >= 0
        and isinstance(value.get("last"), str)
    )
