"""Bodies that are compressed: whole ones only, however they are put together."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.bodies import inflated

MOST = 1000


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=20), st.integers(0, 9))
def test_members_of_a_gzip_file_are_one_text(parts: list[bytes], zeros: int) -> None:
    body = b"".join(map(gzip.compress, parts)) + b"\0" * zeros
    assert inflated(body, "GZIP ", MOST) == b"".join(parts)


@given(st.binary(max_size=MOST), st.binary(max_size=9))
def test_what_is_behind_a_deflated_text_is_no_part_of_it(text: bytes, more: bytes) -> None:
    assert inflated(zlib.compress(text) + more, "deflate", MOST) == text


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_has_no_encoding_stays_what_it_is(encoding: str) -> None:
    assert inflated(b"text", encoding, MOST) == b"text"


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        pytest.param(gzip.compress(b"a") + b"junk", "gzip", 400, id="something else behind it"),
        pytest.param(gzip.compress(b"a") * 2 + gzip.compress(b"a")[:-1], "gzip", 400, id="a torn member"),
        pytest.param(gzip.compress(b""), "x-gzip", 415, id="another name"),
        pytest.param(b"", "gzip", 400, id="nothing"),
        pytest.param(b"", "deflate", 400, id="nothing deflated"),
        pytest.param(b"text", "gzip", 400, id="a text"),
        pytest.param(gzip.compress(b"a"), "deflate", 400, id="the other encoding"),
        pytest.param(gzip.compress(b"") * 21, "gzip", 400, id="a member too many"),
        pytest.param(gzip.compress(b"") * 100_000, "gzip", 400, id="a hundred thousand members"),
        pytest.param(gzip.compress(b"a" * MOST) + gzip.compress(b"a"), "gzip", 413, id="too large in two members"),
        pytest.param(gzip.compress(b"a" * (MOST + 1)), "gzip", 413, id="too large in one"),
    ],
)
def test_what_is_not_whole_or_too_large_is_refused(body: bytes, encoding: str, status: int) -> None:
    with pytest.raises(RequestFault) as caught:
        inflated(body, encoding, MOST)
    assert caught.value.status == status
