"""Bodies with a content encoding: all of it is read, and nothing else."""

from __future__ import annotations

import gzip
import zlib

import pytest

from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.bodies import inflated

TEXT = b'{"a": 1}'
HALVES = TEXT[:4], TEXT[4:]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("GZIP ", gzip.compress(TEXT)),
        ("gzip", b"".join(map(gzip.compress, HALVES))),
        ("gzip", gzip.compress(b"") + gzip.compress(TEXT) + gzip.compress(b"")),
        ("gzip", gzip.compress(TEXT) + bytes(5)),
        ("deflate", zlib.compress(TEXT)),
        ("identity", TEXT),
        ("", TEXT),
    ],
)
def test_what_is_read(encoding: str, body: bytes) -> None:
    assert inflated(body, encoding, len(TEXT)) == TEXT


@pytest.mark.parametrize("body", [gzip.compress(TEXT), b"".join(map(gzip.compress, HALVES))])
def test_the_inflated_size_counts(body: bytes) -> None:
    with pytest.raises(RequestFault) as caught:
        inflated(body, "gzip", len(TEXT) - 1)
    assert caught.value.status == 413


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b""),
        ("gzip", TEXT),
        ("gzip", gzip.compress(TEXT)[:-1]),
        ("gzip", gzip.compress(TEXT) + b"x"),
        ("gzip", gzip.compress(TEXT) + TEXT),
        ("gzip", gzip.compress(TEXT) + gzip.compress(TEXT)[:-1]),
        ("gzip", gzip.compress(b"") * 21),
        ("deflate", gzip.compress(TEXT)),
    ],
)
def test_what_is_refused(encoding: str, body: bytes) -> None:
    with pytest.raises(RequestFault) as caught:
        inflated(body, encoding, 1000)
    assert (caught.value.status, caught.value.kind) == (400, "bad-encoding")
