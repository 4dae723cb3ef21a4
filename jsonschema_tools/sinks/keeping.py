"""A spool on the event loop: events are kept in groups, and sent, oldest first, when Kafka takes them again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import inf
from pathlib import Path
from typing import TypeVar

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.model import SPOOLED, Number, WriteFailure, Written
from jsonschema_tools.sinks.spool import Segment, Spool

Send = Callable[[Sequence[AcceptedEvent]], Awaitable[Sequence[WriteFailure | None]]]
"""Sends events, and says why each is not."""

_PAUSE_SECONDS = 0.5
_AT_ONCE = 5_000
_FEW = 2_000
_Result = TypeVar("_Result")
_Group = tuple[list[AcceptedEvent], "asyncio.Future[str | None]"]


class Keeper:
    """Keeps events for Kafka, and sends them on with ``send`` once ``is_there`` says of a topic that Kafka answers."""

    def __init__(self, folder: Path, send: Send, is_there: Callable[[str], Awaitable[bool]]) -> None:
        self.spool = Spool(folder)
        self._send, self._is_there = send, is_there
        self._thread = ThreadPoolExecutor(1, "spool")
        self._group: _Group | None = None
        self._writing: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._turn: asyncio.Event | None = None
        self._ended = False
        self.refused = 0

    async def open(self) -> None:
        """Go on with what an earlier run has left. Raises `OSError` or `UsageError`."""
        await self._run(partial(self.spool.open, only_if_there=True))
        self._go_on()

    def has(self, topic: str) -> bool:
        """Whether events of a topic wait: those that come now must wait behind them."""
        return topic in self.spool.waiting

    async def turn(self, topics: set[str]) -> None:
        """Wait while the last events of the topics are sent: afterwards none of theirs waits, in most cases."""
        while self._turn is not None and not topics.isdisjoint(self.spool.waiting):
            await self._turn.wait()

    async def keep(self, records: Sequence[AcceptedEvent], room: float = inf) -> Written:
        """Have events on disk, in order, unless so many bytes wait there as there is ``room`` for."""
        if self.spool.bytes >= room:
            return WriteFailure(
                f"Kafka does not take events now, and {self.spool.bytes} bytes wait for it already: no more are kept",
                "Nothing is wrong with the event: send it again later.",
            )
        topics = [record.topic for record in records]
        self.spool.waiting.update(topics)
        if self._group is None:
            self._group = [], asyncio.get_running_loop().create_future()
        self._group[0].extend(records)
        done = self._group[1]
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_groups())
        failure = await done
        if failure is not None:
            self._forget(Counter(topics))
            return WriteFailure(f"Kafka does not take events now, and they cannot be kept: {failure}")
        self._go_on()
        return SPOOLED

    async def close(self) -> None:
        """Finish what is written; what waits is sent by the next run."""
        self._ended = True
        if self._sending is not None:
            self._sending.cancel()
        while self._writing is not None:
            await asyncio.wait([self._writing])
        await self._run(self.spool.close)
        self._thread.shutdown(wait=False)

    def numbers(self) -> Iterator[Number]:
        """What waits."""
        yield "jst_kafka_events_spooled", "gauge", "Events that wait on disk for Kafka.", self.spool.size
        yield "jst_kafka_spool_bytes", "gauge", "Bytes of the files that they are in.", self.spool.bytes
        yield "jst_kafka_spooled_events_refused", "counter", "Of those, what Kafka did not take.", self.refused

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _write_groups(self) -> None:
        try:
            while self._group is not None:
                (records, done), self._group = self._group, None
                failure = None
                try:
                    await self._run(partial(self.spool.append, records))
                except Exception as error:
                    failure = str(getattr(error, "strerror", None) or error)
                if not done.done():
                    done.set_result(failure)
        finally:
            self._writing = None

    def _go_on(self) -> None:
        if self._sending is None and self.spool.waiting and not self._ended:
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            progress = False
            while self.spool.waiting:
                if not progress:
                    await asyncio.sleep(_PAUSE_SECONDS)
                # What comes while the last few are sent waits for that, so that there is an end to it.
                self._turn = asyncio.Event() if progress and self.spool.size < _FEW else None
                try:
                    progress = await self._pass()
                except OSError:
                    progress = False
                finally:
                    self._end_turn()
        finally:
            self._sending = None

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.set()
            self._turn = None

    async def _pass(self) -> bool:
        """Send all segments once, but for topics that are stuck; whether anything was sent."""
        segments = await self._run(self.spool.seal)
        stuck: set[str] = set()
        sent = False
        for segment in segments:
            topic = next((topic for topic in segment.topics if topic not in stuck), None)
            if topic is not None:
                if not await self._is_there(topic):
                    return sent
                sent |= await self._send_segment(segment, stuck)
            if not segment.topics:
                await self._run(partial(self.spool.remove, segment))
        return sent

    async def _send_segment(self, segment: Segment, stuck: set[str]) -> bool:
        """Send the events of a segment; topics of which not all could be sent are ``stuck`` then."""
        records = await self._run(partial(self.spool.read, segment))
        wanted = segment.topics.keys() - stuck
        refused: list[tuple[AcceptedEvent, str]] = []
        for start in range(0, len(records), _AT_ONCE):
            part = [record for record in records[start : start + _AT_ONCE] if record.topic in wanted]
            for record, failure in zip(part, await self._send(part), strict=True):
                if failure is not None and failure.retry:
                    wanted.discard(record.topic)
                    stuck.add(record.topic)
                elif failure is not None:
                    refused.append((record, failure.message))
        refused = [pair for pair in refused if pair[0].topic in wanted]
        if refused:
            await self._run(partial(self.spool.set_aside, refused))
            self.refused += len(refused)
        for topic in wanted:
            self._forget({topic: segment.topics.pop(topic)})
        return bool(wanted)

    def _forget(self, topics: Mapping[str, int]) -> None:
        waiting = self.spool.waiting
        waiting.subtract(topics)
        for topic in topics:
            if waiting[topic] <= 0:
                del waiting[topic]
