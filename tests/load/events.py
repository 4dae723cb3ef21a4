"""Events of the example repository, as many as wanted."""

from __future__ import annotations

import json
from typing import Any

PLACED = "/shop/order/placed"


def order(number: int = 1, **more: Any) -> dict[str, Any]:
    """A valid event; ``more`` changes it."""
    return {
        "$schema": f"{PLACED}/1.2.0",
        "meta": {"stream": "shop.order.placed", "id": f"{number:08x}-0000-4000-8000-000000000000"},
        "dt": "2026-01-01T00:00:00.123Z",
        "order_id": number,
        "payment_method": "card",
        **more,
    }


def lines(*events: dict[str, Any]) -> bytes:
    """Events as JSON lines."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)
