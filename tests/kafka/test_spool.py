"""Events that wait on disk for Kafka."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.errors import UsageError
from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.server.in_process import LocalGate
from jsonschema_tools.sinks.keeping import Keeper
from jsonschema_tools.sinks.model import SPOOLED, WriteFailure
from jsonschema_tools.sinks.spool import Spool
from jsonschema_tools.sinks.spool_lines import restored, spooled
from tests.intake.conftest import order, post
from tests.intake.processes import eventually
from tests.kafka.mock_cluster import MockCluster
from tests.kafka.reading import messages


def event(number: int, topic: str = "t") -> AcceptedEvent:
    return AcceptedEvent("s", "/s/1.0.0", None, topic, None, b'{"n":%d}' % number)


texts = st.text(st.characters(blacklist_categories=["Cs"]))
values = st.recursive(st.none() | st.integers() | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner))


@given(
    st.builds(
        AcceptedEvent,
        stream=texts,
        schema_uri=texts,
        key=st.none() | st.binary(),
        topic=texts,
        dt=st.none() | texts,
        body=values.map(lambda value: json.dumps(value, ensure_ascii=False).encode()),
        headers=st.lists(st.tuples(texts, st.binary())).map(tuple),
    )
)
def test_a_line_is_its_event(record: AcceptedEvent) -> None:
    text = spooled(record)
    assert text.count(b"\n") == 1
    assert restored(text[:-1]) == record


@pytest.mark.parametrize("text", [b"", b"x", b"{}\t{}", b"[]\t1", b'{"topic": 1}\tx', b"\xff\t{}"])
def test_a_line_that_is_none(text: bytes) -> None:
    with pytest.raises(ValueError):
        restored(text)


def test_what_an_earlier_run_has_left(tmp_path: Path) -> None:
    """Whole lines are there again; a torn one is cut off, a damaged one is kept aside."""
    spool = Spool(tmp_path)
    spool.append([event(1), event(2, "other")])
    spool.close()
    [path] = tmp_path.glob("*.spool")
    path.write_bytes(path.read_bytes() + b"no event\n" + spooled(event(3))[:-5])
    again = Spool(tmp_path)
    again.open()
    assert (again.waiting, again.size) == ({"t": 1, "other": 1}, 2)
    [segment] = again.seal()
    assert again.read(segment) == [event(1), event(2, "other")]
    again.remove(segment)
    assert [path.suffix for path in sorted(tmp_path.glob("0*"))] == [".damaged"]
    with pytest.raises(UsageError, match="another process keeps events"):
        Spool(tmp_path).open()
    again.close()


class Cluster:
    """What a keeper sends to; topics that are ``down`` take nothing, ``refused`` never will be taken."""

    def __init__(self) -> None:
        self.sent: list[AcceptedEvent] = []
        self.down: set[str] = set()
        self.refused: set[bytes] = set()

    async def send(self, records: object) -> list[WriteFailure | None]:
        results: list[WriteFailure | None] = []
        for record in records:  # type: ignore[attr-defined]
            if record.topic in self.down:
                results.append(WriteFailure("down"))
            elif record.body in self.refused:
                results.append(WriteFailure("never", retry=False))
            else:
                self.sent.append(record)
                results.append(None)
        return results

    async def is_there(self, topic: str) -> bool:
        return True


async def drained(keeper: Keeper) -> None:
    for _ in range(200):
        if not keeper.spool.waiting:
            return
        await asyncio.sleep(0.05)
    raise AssertionError


def test_one_topic_is_stuck_and_the_other_goes_on(tmp_path: Path) -> None:
    async def run() -> None:
        cluster = Cluster()
        cluster.down, cluster.refused = {"a"}, {event(2).body}
        keeper = Keeper(tmp_path, cluster.send, cluster.is_there)
        await keeper.open()
        for number in range(4):
            assert await keeper.keep([event(number, "a"), event(number, "b")]) == SPOOLED
        while keeper.has("b"):
            await asyncio.sleep(0.05)
        assert cluster.sent == [event(number, "b") for number in (0, 1, 3)]
        assert keeper.has("a")
        await keeper.close()
        cluster.down, cluster.sent = set(), []
        keeper = Keeper(tmp_path, cluster.send, cluster.is_there)
        await keeper.open()
        await drained(keeper)
        await asyncio.sleep(0.1)
        # What was sent of another topic of the file is sent again: twice, never zero times.
        assert [record for record in cluster.sent if record.topic == "a"] == [event(n, "a") for n in (0, 1, 3)]
        await keeper.close()

    asyncio.run(run())
    assert not list(tmp_path.glob("*.spool"))
    refused = [restored(text) for text in (tmp_path / "refused.jsonl").read_bytes().splitlines()]
    assert {record.body for record in refused} == {event(2).body}
    assert refused[0].headers == (("refused", b"never"),)


def test_a_disk_that_takes_nothing(gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file, and no folder")
    gate = gates(kafka={"message.timeout.ms": 500}, on_outage="spool", spool=str(tmp_path / "spool"))
    cluster.down()
    reply = post(gate, order())
    assert reply.status == 503
    assert "they cannot be kept" in reply.json["events"][0]["errors"][0]["message"]


def test_an_outage(gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path) -> None:
    """202 while Kafka is gone; afterwards all is there, in order, and the next ones are 201."""
    cluster.create("shop.order")
    gate = gates(kafka={"message.timeout.ms": 500}, on_outage="spool", spool=str(tmp_path / "spool"))
    eventually(lambda: post(gate, order(id="0")).status in (201, 202))
    eventually(lambda: post(gate, order(id="0")).status == 201)
    cluster.down()
    for number in range(1, 40):
        assert post(gate, order(id=str(number))).status == 202
    cluster.up()
    number = 39

    def next_status() -> int:
        nonlocal number
        number += 1
        return post(gate, order(id=str(number))).status

    eventually(lambda: next_status() == 201)
    eventually(lambda: not list((tmp_path / "spool").glob("*.spool")))
    found = [int(json.loads(message.value)["id"]) for message in messages(cluster.address, "shop.order")]
    assert list(dict.fromkeys(found)) == list(range(number + 1))


@pytest.mark.search
def test_hasty_events_are_kept_though_others_are_refused(
    gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path
) -> None:
    cluster.create("shop.order")
    gate = gates(kafka={"message.timeout.ms": 500}, spool=str(tmp_path / "spool"))
    cluster.down()
    assert post(gate, order(id="hasty"), "/v1/events?hasty").status == 202
    eventually(lambda: list((tmp_path / "spool").glob("*.spool")))
    cluster.up()
    eventually(lambda: not list((tmp_path / "spool").glob("*.spool")))
    assert {json.loads(message.value)["id"] for message in messages(cluster.address, "shop.order")} == {"hasty"}


@pytest.mark.search
def test_a_spool_has_a_limit(gates: Callable[..., LocalGate], cluster: MockCluster, tmp_path: Path) -> None:
    """Beyond it events are refused, but for those that were answered already; with room again they are kept."""
    cluster.create("shop.order")
    spool = tmp_path / "spool"
    gate = gates(kafka={"message.timeout.ms": 300}, on_outage="spool", spool=str(spool), spool_max_bytes=1000)
    eventually(lambda: post(gate, order(id="first")).status == 201)
    cluster.down()
    statuses = [post(gate, order(id=str(number))).status for number in range(20)]
    kept = statuses.index(503)
    assert statuses == [202] * kept + [503] * (20 - kept)
    reply = post(gate, order(id="more"))
    assert "bytes wait for it already: no more are kept" in reply.json["events"][0]["errors"][0]["message"]
    assert post(gate, order(id="hasty"), "/v1/events?hasty").status == 202
    eventually(lambda: b'"hasty"' in b"".join(path.read_bytes() for path in spool.glob("*.spool")))
    assert 1000 <= sum(path.stat().st_size for path in spool.glob("*.spool")) < 2000
    cluster.up()
    eventually(lambda: post(gate, order(id="last")).status == 201)
    found = {json.loads(message.value)["id"] for message in messages(cluster.address, "shop.order")}
    assert found == {"first", *map(str, range(kept)), "hasty", "last"}
