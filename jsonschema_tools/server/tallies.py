"""What a gate has counted, as one value that processes can pass on: with several workers, each answers for all.

Each leaves its tally in a folder that they share, once a second and at its end; whoever is asked adds up what it finds
there. What a worker counted that has ended goes on to count: a counter never goes back.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from msgspec import DecodeError, Struct, msgpack
from msgspec.structs import replace

from jsonschema_tools.server.counts import Counts
from jsonschema_tools.sinks.model import Number

_PUBLISH_SECONDS = 1.0
_LIVE, _ENDED = ".tally", ".ended"

Key = TypeVar("Key")


class Tally(Struct, frozen=True):
    """The numbers of one worker, or of all of them: see `Counts`.

    ``requests`` and ``bytes`` are in flight, ``configured_at`` is when the stream configuration was read (seconds since
    the epoch), ``of_sink`` are the numbers of the sink.
    """

    accepted: dict[tuple[str, str], int]
    refused: dict[tuple[str, str], int]
    last: dict[str, float]
    faults: dict[str, int]
    durations: dict[int, tuple[list[int], float]]
    reload_failures: int
    refused_not_kept: int
    requests: int
    bytes: int
    configured_at: float
    of_sink: list[Number]


def tally_of(
    counts: Counts, *, requests: int, size: int, configured_at: float, of_sink: Iterable[Number] = ()
) -> Tally:
    """The numbers of now; ``size`` is how many bytes are in flight."""
    return Tally(
        counts.accepted,
        counts.refused,
        counts.last,
        counts.faults,
        counts.durations,
        counts.reload_failures,
        counts.refused_not_kept,
        requests,
        size,
        configured_at,
        list(of_sink),
    )


def added_up(tallies: list[Tally]) -> Tally:
    """The numbers of all of them: sums, the latest times of events, and the oldest configuration."""
    if len(tallies) == 1:
        return tallies[0]
    last: dict[str, float] = {}
    for stream, at in (item for tally in tallies for item in tally.last.items()):
        last[stream] = max(at, last.get(stream, 0.0))
    return Tally(
        _summed(tally.accepted for tally in tallies),
        _summed(tally.refused for tally in tallies),
        last,
        _summed(tally.faults for tally in tallies),
        _durations(tallies),
        sum(tally.reload_failures for tally in tallies),
        sum(tally.refused_not_kept for tally in tallies),
        sum(tally.requests for tally in tallies),
        sum(tally.bytes for tally in tallies),
        min(tally.configured_at for tally in tallies),
        _of_sinks(tallies),
    )


class TallyFolder:
    """The folder in which workers leave their tallies; this one's is ``number``. Its methods block."""

    def __init__(self, path: Path, number: int) -> None:
        self._path, self._own = path, path / f"{number}-{os.getpid()}{_LIVE}"

    def leave(self, text: bytes) -> None:
        """Leave the text of a tally for the others. Raises `OSError`."""
        beside = self._own.with_suffix(".new")
        beside.write_bytes(text)
        beside.replace(self._own)

    def others(self) -> list[Tally]:
        """The tallies of the others: of those that have ended, what goes on to count."""
        found: list[Tally] = []
        for path in sorted(self._path.iterdir()):
            if path.suffix in (_LIVE, _ENDED) and path != self._own:
                try:
                    tally = msgpack.decode(path.read_bytes(), type=Tally)
                except (OSError, DecodeError):
                    continue
                found.append(tally if path.suffix == _LIVE else _at_rest(tally))
        return found


async def publish(tally: Callable[[], Tally], folder: TallyFolder, ended: asyncio.Event) -> None:
    """Leave the tally of now every second until the gate has ended, and then once more."""
    is_last = False
    while not is_last:
        is_last = ended.is_set()
        text = msgpack.encode(tally())
        with suppress(OSError):
            await asyncio.to_thread(folder.leave, text)
        if not is_last:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PUBLISH_SECONDS):
                    await ended.wait()


def end_tally(folder: Path, number: int, process: int) -> None:
    """Take note that a worker has ended."""
    path = folder / f"{number}-{process}{_LIVE}"
    with suppress(OSError):
        path.rename(path.with_suffix(_ENDED))


def _at_rest(tally: Tally) -> Tally:
    counters = [number for number in tally.of_sink if number[1] == "counter"]
    return replace(tally, requests=0, bytes=0, configured_at=time.time(), of_sink=counters)


def _summed(counts: Iterable[dict[Key, int]]) -> dict[Key, int]:
    sums: dict[Key, int] = {}
    for key, number in (item for one in counts for item in one.items()):
        sums[key] = sums.get(key, 0) + number
    return sums


def _durations(tallies: list[Tally]) -> dict[int, tuple[list[int], float]]:
    sums: dict[int, tuple[list[int], float]] = {}
    for status, (counts, total) in (item for tally in tallies for item in tally.durations.items()):
        before, so_far = sums.get(status) or ([0] * len(counts), 0.0)
        sums[status] = [one + other for one, other in zip(before, counts, strict=True)], so_far + total
    return sums


def _of_sinks(tallies: list[Tally]) -> list[Number]:
    """Sums, but of times the longest."""
    found: dict[str, Number] = {}
    for name, kind, said, value in (number for tally in tallies for number in tally.of_sink):
        before = found[name][3] if name in found else 0.0
        both = max(before, value) if kind == "gauge" and name.endswith("_seconds") else before + value
        found[name] = (name, kind, said, both)
    return list(found.values())
