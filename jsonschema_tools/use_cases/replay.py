"""Replaying events: those of an output or error file are posted to a gate again, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from jsonschema_tools.errors import UsageError
from jsonschema_tools.posting import Answer, Poster
from jsonschema_tools.sources.event_texts import event_texts
from jsonschema_tools.sources.replay_progress import Done, ReplayProgress, digest

_WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds before an event is posted again whose answer says nothing of it."""

_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of an event: the file and the line that it begins on, its text, the answer."""

    source: str
    line: int
    event: bytes
    answer: Answer


def replay(
    sources: Sequence[str],
    poster: Poster,
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
        poster: posts to the gate.
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


def _answer(event: bytes, poster: Poster, sleep: Callable[[float], None]) -> Answer:
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
