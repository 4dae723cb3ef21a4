"""The file sink: whole lines, all that was acknowledged, whatever fails."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.errors import UsageError
from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks import event_files
from jsonschema_tools.sinks.event_files import EventFile
from jsonschema_tools.sinks.file_names import stream_file
from jsonschema_tools.sinks.files import FileSink, line


def event(number: int, stream: str = "a") -> AcceptedEvent:
    return AcceptedEvent(stream, "/a/1.0.0", None, stream, None, f'{{"n": {number}}}'.encode())


def written(sink: FileSink, *requests: Sequence[AcceptedEvent]) -> list[list[str | None]]:
    """Write requests at the same time, and close."""

    async def run() -> list[list[str | None]]:
        await sink.open()
        try:
            async with asyncio.timeout(20):
                return list(await asyncio.gather(*(sink.write(request) for request in requests)))
        finally:
            await sink.close()

    return asyncio.run(run())


def lines(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    assert text == "" or text.endswith("\n")
    return text.splitlines()


def test_requests_at_the_same_time(tmp_path: Path) -> None:
    requests = [[event(10 * number + place) for place in range(10)] for number in range(50)]
    assert written(FileSink(tmp_path / "events.jsonl"), *requests) == [[None] * 10] * 50
    assert lines(tmp_path / "events.jsonl") == [f'{{"n": {number}}}' for number in range(500)]


def test_a_file_for_each_stream(tmp_path: Path) -> None:
    streams = ["a", "b.c", "../x", ".hidden", "", "é/ü", "x" * 300, "x" * 300 + "y"]
    found = written(FileSink(tmp_path / "out", by_stream=True), [event(n, name) for n, name in enumerate(streams)])
    assert found == [[None] * len(streams)]
    files = {stream_file(tmp_path / "out", name) for name in streams}
    assert {*(tmp_path / "out").iterdir()} == files
    assert len(files) == len(streams)
    assert all(len(lines(file)) == 1 for file in files)


@given(st.text(max_size=40), st.text(max_size=40))
def test_streams_have_files_of_their_own_inside_of_the_folder(one: str, other: str) -> None:
    files = [stream_file(Path("/out"), name) for name in (one, other)]
    assert (files[0] == files[1]) == (one.encode("utf-8", "replace") == other.encode("utf-8", "replace"))
    assert all(file.parent == Path("/out") and file.name.isascii() and file.name[0] != "." for file in files)


def test_line_breaks_between_tokens(tmp_path: Path) -> None:
    body = b'{\r\n  "a": "b\\n",\n  "c": 1\n}\n'
    assert line(body) == b'{    "a": "b\\n",   "c": 1 }\n'


@pytest.mark.parametrize("torn", [b"", b'{"n"', b"x" * 200_000])
@pytest.mark.parametrize("whole", [b"", b'{"n": 0}\n'])
def test_a_torn_last_line_is_cut_off(tmp_path: Path, whole: bytes, torn: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(whole + torn)
    sink = FileSink(path)
    assert written(sink, [event(1)]) == [[None]]
    assert path.read_bytes() == whole + b'{"n": 1}\n'
    assert sink.notes == ([f"{path}: {len(torn)} bytes of a torn last line were cut off"] if torn else [])


def test_a_folder_is_mended_whole(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(b'{"n": 0}\n{"n"')
    written(FileSink(tmp_path, by_stream=True), [event(1, "a")])
    assert lines(tmp_path / "a.jsonl") == ['{"n": 0}', '{"n": 1}']
    assert lines(tmp_path / "b.jsonl") == ['{"n": 0}']


def test_files_are_put_aside_when_they_are_full(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "events.jsonl", rotate_bytes=30)

    async def run() -> None:
        await sink.open()
        for number in range(10):
            assert await sink.write([event(number)]) == [None]
        await sink.close()

    asyncio.run(run())
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    assert all(file.stat().st_size <= 30 for file in files)
    assert sorted(text for file in files for text in lines(file)) == [f'{{"n": {number}}}' for number in range(10)]


def test_two_writers_of_one_file(tmp_path: Path) -> None:
    first = EventFile(tmp_path / "events.jsonl")
    with pytest.raises(UsageError, match="another process writes"):
        EventFile(tmp_path / "events.jsonl")
    first.close()
    EventFile(tmp_path / "events.jsonl").close()


class Failing:
    """Calls of the system that fail from one of them on, as often as is said."""

    def __init__(self, real: Callable[..., Any], at: int, times: int, half: bool = False) -> None:
        self._real, self._at, self._times, self._half, self.calls = real, at, times, half, 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        if self._at <= self.calls < self._at + self._times:
            if self._half:
                os.write(arguments[0], b'{"n":')
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._real(*arguments)


@pytest.mark.parametrize("call", ["pwritev", "write", "fdatasync"])
@pytest.mark.parametrize("truncates", [True, False])
def test_what_fails_is_told_and_leaves_no_torn_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, truncates: bool
) -> None:
    """Also where the cutting off fails: then nothing is appended before it succeeds."""
    if call != "pwritev":
        monkeypatch.delattr(os, "RWF_DSYNC")
    path = tmp_path / "events.jsonl"
    sink = FileSink(path)
    real = getattr(os, call)

    async def run() -> list[str | None]:
        await sink.open()
        found = [*await sink.write([event(0)])]
        monkeypatch.setattr(event_files.os, call, Failing(real, 1, 1, half=call != "fdatasync"))
        if not truncates:
            monkeypatch.setattr(event_files.os, "ftruncate", Failing(os.ftruncate, 1, 2))
        for number in (1, 2, 3):
            found += await sink.write([event(number)])
        await sink.close()
        return found

    found = asyncio.run(run())
    failed = "events.jsonl: No space left on device"
    assert found == ([None, failed, None, None] if truncates else [None, failed, failed, None])
    numbers = [0, 2, 3] if truncates else [0, 3]
    assert lines(path) == [f'{{"n": {number}}}' for number in numbers]


class OfALesserSystem:
    """Writes of a system that does less at once than was asked for: some bytes, or none at all with an error."""

    def __init__(self, most: int, error: int | None = None) -> None:
        self._most, self._error = most, error
        self.synced: list[bytes] = []

    def pwritev(self, descriptor: int, texts: list[bytes], offset: int, flags: int) -> int:
        assert (offset, flags) == (0, os.RWF_DSYNC)
        if self._error is not None:
            raise OSError(self._error, os.strerror(self._error))
        return os.write(descriptor, texts[0][: self._most])

    def fdatasync(self, descriptor: int) -> None:
        self.synced.append(os.pread(descriptor, 1000, 0))


@pytest.mark.parametrize(
    "system",
    [OfALesserSystem(3), OfALesserSystem(0), OfALesserSystem(0, errno.EOPNOTSUPP), OfALesserSystem(0, errno.ENOSYS)],
)
def test_what_is_not_written_and_on_disk_at_once_is_so_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: OfALesserSystem
) -> None:
    path = tmp_path / "events.jsonl"
    file = EventFile(path)
    monkeypatch.setattr(event_files.os, "pwritev", system.pwritev)
    monkeypatch.setattr(event_files.os, "fdatasync", system.fdatasync)
    for number in (1, 2):
        file.append(b'{"n": %d}\n' % number, sync=True)
    # Each time all of it was there already.
    assert system.synced == [b'{"n": 1}\n', b'{"n": 1}\n{"n": 2}\n']
    assert file.size == path.stat().st_size
    file.close(sync=False)


@pytest.mark.parametrize("at_once", [True, False])
def test_an_answer_comes_after_its_bytes_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """However many requests are written together."""
    path = tmp_path / "events.jsonl"
    sink, safe, early = FileSink(path), [0], list[int]()
    pwritev, fdatasync = os.pwritev, os.fdatasync

    def noted_pwritev(descriptor: int, texts: list[bytes], offset: int, flags: int) -> int:
        count = pwritev(descriptor, texts, offset, flags)
        safe.append(safe[-1] + count)
        return count

    def noted_fdatasync(descriptor: int) -> None:
        size = os.fstat(descriptor).st_size
        fdatasync(descriptor)
        safe.append(size)

    async def sender(name: int) -> None:
        for number in range(20):
            record = event(100 * name + number)
            assert await sink.write([record]) == [None]
            if record.body not in path.read_bytes()[: safe[-1]]:
                early.append(number)

    async def run() -> None:
        await sink.open()
        async with asyncio.timeout(20):
            await asyncio.gather(*map(sender, range(8)))
        await sink.close()

    if not at_once:
        monkeypatch.delattr(os, "RWF_DSYNC")
    monkeypatch.setattr(event_files.os, "pwritev", noted_pwritev)
    monkeypatch.setattr(event_files.os, "fdatasync", noted_fdatasync)
    asyncio.run(run())
    assert early == []
    assert len(lines(path)) == 160
    # Those who write at the same time share what that takes.
    assert len(safe) < 100


def test_an_interval_whose_sync_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    sink = FileSink(tmp_path / "events.jsonl", fsync="interval", fsync_seconds=0)
    monkeypatch.setattr(event_files.os, "fdatasync", Failing(os.fdatasync, 1, 1))
    assert written(sink, [event(0)]) == [["No space left on device"]]


def test_a_folder_that_goes_away(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "out", by_stream=True)

    async def run() -> list[str | None]:
        await sink.open()
        (tmp_path / "out").rmdir()
        found = await sink.write([event(0, "a"), event(1, "b")])
        (tmp_path / "out").mkdir()
        found += await sink.write([event(2, "a")])
        await sink.close()
        return found

    reason = "No such file or directory"
    assert asyncio.run(run()) == [f"a.jsonl: {reason}", f"b.jsonl: {reason}", None]
    assert lines(tmp_path / "out" / "a.jsonl") == ['{"n": 2}']
