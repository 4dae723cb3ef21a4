"""The body of a request: read up to a limit and a deadline, and inflated."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from jsonschema_tools.intake.answers import Media
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.server.admission import Admission
from jsonschema_tools.settings import Limits

_INFLATED = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}

_MOST_MEMBERS = 20
"""Of a gzip file: what comes behind each has to be copied."""


class Disconnected(Exception):
    """The client is gone before its request was whole."""


async def read_body(
    receive: Any, limits: Limits, admission: Admission, announced: int, *, is_whole: bool = False
) -> tuple[bytes, int]:
    """The body, and how many bytes of it were let in beyond those that were announced.

    ``is_whole``: it is there already, and no clock is needed. Raises `RequestFault` for one that is too large or too
    slow, `Disconnected` where it does not come to its end.
    """
    if is_whole:
        message = await receive()
        if not message.get("more_body") and message["type"] == "http.request":
            body: bytes = message["body"]
            if len(body) > limits.body:
                raise too_large(limits.body)
            return body, 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _gathered(receive, limits, admission, announced)
    except TimeoutError:
        detail = f"the body took longer than {limits.body_seconds:g} seconds"
        raise RequestFault(408, "slow-body", detail, remedy="Send it at once.", retry_after=0) from None


async def _gathered(receive: Any, limits: Limits, admission: Admission, announced: int) -> tuple[bytes, int]:
    parts, size, grown = list[bytes](), 0, 0
    message: dict[str, Any] = {"more_body": True}
    is_whole = False
    try:
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limits.body:
                raise too_large(limits.body)
            if size > announced + grown:
                admission.grow(more := size - announced - grown)
                grown += more
        if message["type"] == "http.disconnect":
            raise Disconnected
        is_whole = True
    finally:
        if not is_whole:
            admission.shrink(grown)
    return b"".join(parts), grown


def inflated(body: bytes, encoding: str, most: int) -> bytes:
    """The body without its content encoding. Raises `RequestFault`, also where it is more than ``most`` bytes."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    bits = _INFLATED.get(encoding)
    if bits is None:
        raise RequestFault(
            415,
            "encoding",
            f'unsupported content encoding "{encoding}"',
            remedy="Send gzip, deflate or no encoding at all.",
        )
    return _joined(body, encoding, bits, most)


def _joined(body: bytes, encoding: str, bits: int, most: int) -> bytes:
    """What the members of a body are together."""
    text, rest = b"", body
    for _ in range(_MOST_MEMBERS):
        inflate = zlib.decompressobj(bits)
        try:
            text += inflate.decompress(rest, most + 1 - len(text))
        except zlib.error as error:
            raise RequestFault(400, "bad-encoding", f"the body is not {encoding}: {error}") from None
        if len(text) > most:
            raise too_large(most)
        if not inflate.eof:
            raise RequestFault(400, "bad-encoding", f"the body is not {encoding}: unexpected end of file")
        # A file of gzip has one member or more, and then perhaps zeros (RFC 1952, 2.2).
        rest = inflate.unused_data
        if encoding != "gzip" or rest[:1] in (b"", b"\0"):
            return text
    raise RequestFault(400, "bad-encoding", f"the body is not {encoding}: it has more than {_MOST_MEMBERS} members")


def decoded(body: bytes, media: Media) -> bytes:
    """The body in UTF-8."""
    if media.charset is not None:
        return body.decode(media.charset, "replace").encode("utf-8", "replace")
    if media.lenient and not body.isascii():
        return body.decode("utf-8", "replace").encode()
    return body


def too_large(most: int) -> RequestFault:
    """The fault of a body that is more than ``most`` bytes."""
    detail = f"the body is larger than {most} bytes"
    return RequestFault(413, "too-large", detail, remedy="Send fewer or smaller events in a request.")
