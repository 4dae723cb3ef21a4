"""A cache of bounded size in which each entry has a time to live."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

FOR_EVER = float("inf")


class TtlCache(Generic[Value]):
    """Values by key; beyond ``limit`` the oldest are forgotten. Threads may share it.

    ``clock`` tells the time in seconds.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[Value, float]] = {}

    def get(self, key: str, *, also_expired: bool = False) -> Value | None:
        """The value, or ``None`` when there is none, or its time is over."""
        # Reading one item of a dictionary needs no lock: this is the way of every event.
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, until = entry
        return value if also_expired or until == FOR_EVER or self._clock() < until else None

    def keep(self, key: str, value: Value, seconds: float) -> Value:
        """Remember the value for so many seconds; the one that counts: what another thread kept just before wins."""
        with self._lock:
            present = self.get(key)
            if present is not None:
                return present
            # Expired ones move to the end again, so that the oldest is the first.
            self._entries.pop(key, None)
            if seconds > 0:
                self._entries[key] = (value, self._clock() + seconds)
            while len(self._entries) > self._limit:
                del self._entries[next(iter(self._entries))]
            return value

    def forget(self, key: str) -> None:
        """Forget the value, if there is one."""
        with self._lock:
            self._entries.pop(key, None)
