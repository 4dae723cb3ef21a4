"""Replaying events: those of an output or error file, or of Kafka, are posted to a gate or to Kafka again, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from jsonschema_tools.errors import UsageError
from jsonschema_tools.posting import Answer
from jsonschema_tools.sources.event_texts import event_texts
from jsonschema_tools.sources.kafka_offsets import Partition
from jsonschema_tools.sources.kafka_records import KafkaRecord, positions_after
from jsonschema_tools.sources.replay_progress import Done, ReplayProgress, digest

_WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before an event is posted again whose answer says nothing of it."""

_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of an event: the file and the line that it begins on, its text, the answer.

    Of a record of Kafka ``source`` is ``topic/partition@offset``, and there is no line.
    """

    source: str
    line: int | None
    event: bytes
    answer: Answer


class Target(Protocol):
    """What takes events; ``url`` is its name."""

    url: str

    def post(self, event: bytes) -> Answer:
        """Have an event taken."""

    def post_all(self, events: Sequence[bytes]) -> Iterable[Answer]:
        """Have events taken, in order."""


def replay(
    sources: Sequence[str],
    poster: Target,
    *,
    restart: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Replayed]:
    """Post every event of the files, one after the other, ``-`` for standard input.

    What a gate refuses is passed over. Where it does not answer, or says that another time may be better, it is asked
    again a few times; then the last answer says ``again``, and nothing more is posted. Each file has its progress in a
    file beside it, so that another run goes on behind the last event that was accepted or refused.

    Raises `UsageError` where a file cannot be read, has what is no JSON, or has other events than when it was replayed.

    Args:
        sources: files of JSON events, or of lines of ``jst validate --errors``.
        poster: posts to the gate, or to Kafka.
        restart: begin with the first event, whatever the progress is.
        sleep: waits so many seconds.
    """
    for source in sources:
        progress = ReplayProgress(source, poster.url)
        before = Done() if restart else progress.read()
        done = Done()
        for line, event in event_texts(source):
            done = done.with_event(event)
            if done.events <= before.events:
                _check(done, before, event, source)
                continue
            answer = _answer(event, poster, sleep)
            if not answer.again:
                progress.write(done)
            yield Replayed(source, line, event, answer)
            if answer.again:
                return
        if done.events < before.events:
            raise _changed(source)


def replay_records(
    batches: Iterable[Sequence[KafkaRecord]],
    poster: Target,
    *,
    done: Callable[[Mapping[Partition, int]], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Replayed]:
    """Post every record of Kafka, as `replay` does events of files; tombstones are passed over.

    Args:
        batches: those of a `KafkaSource`.
        poster: posts to the gate, or to Kafka.
        done: called with the positions behind what was accepted or refused.
        sleep: waits so many seconds.
    """
    for records in batches:
        left = [record for record in records if record.value is not None]
        waits = iter(_WAITS)
        while left:
            posted = list(_posted(left, poster))
            taken = [one for one in posted if not one.answer.again]
            yield from taken
            left = left[len(taken) :]
            if not left:
                break
            waits = iter(_WAITS) if taken else waits
            seconds = next(waits, None)
            if seconds is None:
                done(positions_after(records[: records.index(left[0])]))
                yield posted[-1]
                return
            sleep(min(_LONGEST_WAIT, max(seconds, posted[-1].answer.wait or 0.0)))
        done(positions_after(records))


def _posted(records: Sequence[KafkaRecord], poster: Target) -> Iterator[Replayed]:
    """Post records, up to the first that is to be posted again."""
    for record, answer in zip(records, poster.post_all([record.value or b"" for record in records]), strict=False):
        yield Replayed(record.place, None, record.value or b"", answer)
        if answer.again:
            return


def _answer(event: bytes, poster: Target, sleep: Callable[[float], None]) -> Answer:
    answer = poster.post(event)
    for seconds in _WAITS:
        if not answer.again:
            break
        sleep(min(_LONGEST_WAIT, max(seconds, answer.wait or 0.0)))
        answer = poster.post(event)
    return answer if not answer.accepted else replace(answer, again=False)


def _check(done: Done, before: Done, event: bytes, source: str) -> None:
    if done.events == before.events and digest(event) != before.last:
        raise _changed(source)


def _changed(source: str) -> UsageError:
    return UsageError(
        "the file has other events than when it was replayed",
        source=source,
        remedy="Begin with its first event: --restart.",
    )
