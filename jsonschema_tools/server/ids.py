"""Random UUIDs, many at a time: one call of the system for a thousand of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

_POOL = 1000


def new_ids() -> Iterator[str]:
    """UUIDs of version 4 (RFC 9562, 5.4), without end."""
    while True:
        random = os.urandom(16 * _POOL)
        for start in range(0, len(random), 16):
            digits = random[start : start + 16].hex()
            variant = "89ab"[int(digits[16], 16) & 3]
            yield f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
