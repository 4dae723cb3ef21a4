"""What a gate counts: few labels, and those of the configuration."""

from __future__ import annotations

from jsonschema_tools.events.model import EventError
from jsonschema_tools.intake.model import AcceptedEvent, Outcome, Status
from jsonschema_tools.server.counts import Counts

URI = "/shop/order/1.0.0"


def accepted(*streams: str) -> list[AcceptedEvent]:
    return [AcceptedEvent(stream, URI, None, stream, None, b"{}") for stream in streams]


def refused(stream: str, uri: str, schema: object = None) -> list[Outcome]:
    return [Outcome(0, Status.REFUSED, b"{}", (EventError("wrong"),), uri, stream, schema)]


def counts() -> Counts:
    made = Counts()
    made.label_of = lambda stream: "/^many/" if "many" in stream else stream if stream == "shop" else "other"
    return made


def test_many_streams_of_a_pattern_are_counted_together() -> None:
    made = counts()
    for number in range(10_000):
        made.add(accepted(f"many.{number}", "shop"), refused(f"stranger {number}", f"/x{number}/1.0.0"))
    assert max(len(made.accepted), len(made.refused), len(made.last)) <= 2001
    assert made.accepted["shop", URI] == 10_000
    assert sum(made.accepted.values()) == 20_000
    assert sum(made.refused.values()) == 10_000
    assert {uri for _, uri in made.refused} == {"other"}


def test_every_stream_of_a_request_has_its_time() -> None:
    made = counts()
    for number in range(3000):
        made.add(accepted(f"many.{number}"), ())
    made.add(accepted("shop", "many.1"), ())
    assert made.last["shop"] >= made.last["/^many/"]


def test_a_stream_of_which_all_is_refused_has_its_name() -> None:
    made = counts()
    made.add((), refused("shop", URI, {"type": "object"}))
    assert made.refused == {("shop", URI): 1}
