"""Who may write events: bearer tokens (RFC 6750) by their digests, each with its streams and its rate."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.streams.names import NamePattern, is_regex, name_pattern

_DIGEST = re.compile(r"[0-9a-f]{64}")
_EXAMPLE = "Write a list of {name: ..., sha256: ..., streams: [...], rate: ...}."
_KNOWN = ("name", "sha256", "streams", "rate")


@dataclass(slots=True)
class Allowance:
    """How many events may still come now: ``rate`` more every second, a second's worth at most."""

    rate: float
    left: float
    at: float = 0.0

    def take(self, events: int, now: float) -> float:
        """Take so many; how many seconds to wait where there are not enough."""
        self.left = min(self.rate, self.left + (now - self.at) * self.rate)
        self.at = now
        # A request that is larger than a second's worth passes when there is as much as there can be.
        if self.left >= min(events, self.rate):
            self.left -= events
            return 0.0
        return (min(events, self.rate) - self.left) / self.rate


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is called, and what it allows: ``None`` is every stream, and any rate."""

    name: str
    streams: tuple[str | NamePattern, ...] | None = None
    allowance: Allowance | None = field(default=None, compare=False)

    def allows(self, stream: str) -> bool:
        """Whether events of a stream may be written with it."""
        if self.streams is None:
            return True
        return any(one == stream if isinstance(one, str) else one.matches(stream) for one in self.streams)


class TokenTable:
    """The tokens that there are, by the SHA-256 of each."""

    def __init__(self, tokens: Mapping[str, Token]) -> None:
        self._tokens = dict(tokens)

    @classmethod
    def of(cls, document: Document) -> TokenTable:
        """The tokens of a document. Raises `ConfigurationError`."""
        if not isinstance(document, list):
            raise ConfigurationError(f"tokens are a list, not {describe(document)}", pointer="", remedy=_EXAMPLE)
        return cls(dict(_token(entry, f"/{index}") for index, entry in enumerate(document)))

    def token(self, authorization: str | None) -> Token:
        """The token that a header names. Raises `RequestFault`."""
        scheme, _, credentials = (authorization or "").partition(" ")
        digest = hashlib.sha256(credentials.strip().encode("latin-1", "replace")).hexdigest()
        found = self._tokens.get(digest) if scheme.lower() == "bearer" else None
        if found is None:
            said = "is not known" if authorization else "is missing"
            remedy = "Send Authorization: Bearer, and a token that this gate knows."
            raise RequestFault(401, "no-token", f"the token {said}", remedy=remedy)
        return found


def check_rate(token: Token, events: int, now: float) -> None:
    """Raise `RequestFault` where a token has sent too many events; ``now`` is in seconds."""
    wait = token.allowance.take(events, now) if token.allowance is not None else 0.0
    if wait > 0:
        detail = f"{token.name} sends more events than it may"
        remedy = "Send the same events again later."
        raise RequestFault(429, "rate", detail, remedy=remedy, retry_after=math.ceil(wait))


def check_stream(token: Token, stream: str) -> None:
    """Raise `RequestFault` where a token may not write to a stream."""
    if not token.allows(stream):
        detail = f"{token.name} may not write to the stream {stream[:200]!r}"
        raise RequestFault(403, "not-allowed", detail, remedy="Use the token of that stream. Nothing was taken.")


def _token(entry: Any, pointer: str) -> tuple[str, Token]:
    if not isinstance(entry, dict):
        raise ConfigurationError(f"a token is a mapping, not {describe(entry)}", pointer=pointer, remedy=_EXAMPLE)
    for key in entry:
        if key not in _KNOWN:
            raise ConfigurationError(f"a token has no {key!r}", pointer=f"{pointer}/{key}", remedy=_EXAMPLE)
    name, digest, streams, rate = (entry.get(key) for key in _KNOWN)
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        remedy = "Write what `printf %s TOKEN | sha256sum` prints."
        raise ConfigurationError("sha256 must have 64 digits, 0 to f", pointer=f"{pointer}/sha256", remedy=remedy)
    if streams is not None and not (isinstance(streams, list) and all(isinstance(one, str) for one in streams)):
        raise ConfigurationError("streams must be a list of names", pointer=f"{pointer}/streams", remedy=_EXAMPLE)
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or rate <= 0):
        raise ConfigurationError("rate must be a number above 0", pointer=f"{pointer}/rate", remedy=_EXAMPLE)
    names = None if streams is None else tuple(name_pattern(one) if is_regex(one) else one for one in streams)
    allowance = None if rate is None else Allowance(float(rate), float(rate))
    return digest, Token(str(name or digest[:8]), names, allowance)
