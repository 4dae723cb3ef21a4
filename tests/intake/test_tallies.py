"""What several workers count, added up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack

from jsonschema_tools.events.model import EventError
from jsonschema_tools.intake.model import AcceptedEvent, Outcome, Status
from jsonschema_tools.server.counts import Counts
from jsonschema_tools.server.tallies import Tally, TallyFolder, added_up, end_tally, publish, tally_of
from jsonschema_tools.sinks.model import Number

Happening = tuple[Literal["accepted", "refused", "fault", "took"], str, int]

NAMES = st.sampled_from(["a", "b", "é", "other", ""])
HAPPENINGS = st.tuples(st.sampled_from(["accepted", "refused", "fault", "took"]), NAMES, st.integers(0, 20))


def take(counts: Counts, happening: Happening) -> None:
    kind, name, number = happening
    if kind == "accepted":
        counts.add([AcceptedEvent(name, "/a/1.0.0", None, name, None, b"{}")] * number, ())
    elif kind == "refused":
        counts.add((), [Outcome(0, Status.REFUSED, b"{}", (EventError("no"),), "/a/1.0.0", name, {})] * number)
    elif kind == "fault":
        counts.faults[name] = counts.faults.get(name, 0) + number
    else:
        # Sums of such numbers are exact.
        counts.took(200 + number % 3, number / 4)


def tally(counts: Counts, *numbers: Number, requests: int = 0, configured_at: float = 5.0) -> Tally:
    return tally_of(counts, requests=requests, size=2 * requests, configured_at=configured_at, of_sink=numbers)


@given(st.lists(st.tuples(st.integers(0, 3), HAPPENINGS)), st.integers(1, 4))
def test_it_does_not_matter_who_counted(happenings: Sequence[tuple[int, Happening]], workers: int) -> None:
    """Also after it was written and read."""
    alone, several = Counts(), [Counts() for _ in range(workers)]
    for worker, happening in happenings:
        take(alone, happening)
        take(several[worker % workers], happening)
    found = added_up([msgpack.decode(msgpack.encode(tally(one)), type=Tally) for one in several])
    wanted = tally(alone)
    for name in ("accepted", "refused", "faults", "durations"):
        assert getattr(found, name) == getattr(wanted, name)
    assert found.last.keys() == wanted.last.keys()
    assert all(found.last[name] == max(one.last.get(name, 0.0) for one in several) for name in found.last)


def test_what_is_in_flight_and_what_sinks_count() -> None:
    one = tally(Counts(), ("sent", "counter", "Sent.", 3.0), ("slowest_seconds", "gauge", "Time.", 0.5), requests=2)
    other = tally(
        Counts(), ("sent", "counter", "Sent.", 4.0), ("slowest_seconds", "gauge", "Time.", 0.25), configured_at=3.0
    )
    found = added_up([one, other])
    assert (found.requests, found.bytes, found.configured_at) == (2, 4, 3.0)
    assert found.of_sink == [("sent", "counter", "Sent.", 7.0), ("slowest_seconds", "gauge", "Time.", 0.5)]


def test_what_has_ended_goes_on_to_count_and_nothing_else_of_it(tmp_path: Path) -> None:
    counts = Counts()
    take(counts, ("accepted", "a", 7))
    folder, reader = TallyFolder(tmp_path, 0), TallyFolder(tmp_path, 1)
    numbers: list[Number] = [("sent", "counter", "Sent.", 3.0), ("waiting", "gauge", "Waiting.", 9.0)]
    folder.leave(msgpack.encode(tally(counts, *numbers, requests=4, configured_at=1.0)))
    assert [found.requests for found in reader.others()] == [4]
    assert folder.others() == []
    (name,) = (path.name for path in tmp_path.iterdir())
    end_tally(tmp_path, 0, int(name.removeprefix("0-").removesuffix(".tally")))
    (found,) = reader.others()
    assert (sum(found.accepted.values()), found.requests, found.bytes) == (7, 0, 0)
    assert found.of_sink == numbers[:1]
    assert added_up([tally(Counts(), configured_at=2.0), found]).configured_at == 2.0


def test_what_cannot_be_read_counts_nothing(tmp_path: Path) -> None:
    for name, text in {"2-1.tally": b"", "3-1.tally": b"\xc1", "4-1.new": b"", "5-1.ended": b"{}"}.items():
        (tmp_path / name).write_bytes(text)
    assert TallyFolder(tmp_path, 0).others() == []
    # A worker that left nothing.
    end_tally(tmp_path, 9, 9)


def test_the_last_tally_is_of_the_end(tmp_path: Path) -> None:
    counts, reader = Counts(), TallyFolder(tmp_path, 1)

    async def run() -> None:
        ended = asyncio.Event()
        publishing = asyncio.create_task(publish(lambda: tally(counts), TallyFolder(tmp_path, 0), ended))
        async with asyncio.timeout(20):
            while not reader.others():
                await asyncio.sleep(0)
            take(counts, ("accepted", "a", 7))
            ended.set()
            await publishing

    asyncio.run(run())
    assert [found.accepted for found in reader.others()] == [{("a", "/a/1.0.0"): 7}]
