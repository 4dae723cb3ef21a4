"""`jst canary` and `jst replay` into a real gate."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jsonschema_tools.server.in_process import LocalGate, local_gate
from tests.conftest import Scratch
from tests.needs import example_repository

Started = Callable[..., LocalGate]
GOOD = {"$schema": "/shop/order/placed/1.2.0", "dt": "2026-03-01T10:00:00Z", "order_id": 1, "payment_method": "card"}


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    """The example repository, in which tests can write."""
    return Scratch(Path(shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)))


@pytest.fixture
def started(shop: Scratch) -> Iterator[Started]:
    """Starts gates of the example repository."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(local_gate(shop.root, **settings))


def order(number: int, **changes: object) -> str:
    return json.dumps(
        {
            **GOOD,
            "order_id": number,
            "meta": {"id": str(uuid.UUID(int=number)), "stream": "shop.order.placed"},
            **changes,
        }
    )


@pytest.mark.parametrize("profile", ["default", "eventgate"])
def test_canaries_are_accepted(shop: Scratch, started: Started, profile: str) -> None:
    gate = started(profile=profile)
    result = shop.jst("canary", "--to", gate.url)
    assert (result.exit_code, result.stdout) == (0, "shop.order.placed: 201\nshop.cart.changed: 201\n")
    assert [event["meta"]["domain"] for event in gate.accepted] == ["canary", "canary"]
    assert shop.jst("canary", "--to", f"{gate.url}/v1/events?hasty=true").exit_code == 0


LINES = [order(1), order(2, payment_method="gold"), order(3, **{"$schema": "/nowhere/1.0.0"}), "{", order(4)]


@pytest.mark.parametrize(
    ("profile", "statuses"), [("default", "201 400 400 400 201"), ("eventgate", "201 400 500 500 201")]
)
def test_why_an_event_is_refused_is_said(shop: Scratch, started: Started, profile: str, statuses: str) -> None:
    gate = started(profile=profile)
    shop.write("events.jsonl", "\n".join(LINES))
    result = shop.jst("replay", "events.jsonl", "--to", gate.url)
    assert result.exit_code == 1
    said = [line.split(": ", 2) for line in result.stdout.splitlines()]
    assert " ".join(each[1] for each in said) == statuses
    assert all(len(each) == 3 and each[2] for each in said if each[1] != "201")
    assert [event["order_id"] for event in gate.accepted] == [1, 4]
    assert shop.jst("replay", "events.jsonl", "--to", gate.url).stderr == "0 events accepted, 0 refused\n"


def test_a_token(shop: Scratch, started: Started) -> None:
    digest = hashlib.sha256(b"secret").hexdigest()
    tokens = shop.write("tokens.yaml", f"- {{name: shop, sha256: {digest}}}\n")
    gate = started(tokens=tokens)
    refused = shop.jst("canary", "shop.order.placed", "--to", gate.url)
    assert (refused.exit_code, refused.stdout.startswith("shop.order.placed: 401: ")) == (1, True)
    shop.write("token", "secret\n")
    assert shop.jst("canary", "--to", gate.url, "--token-file", "token").exit_code == 0
