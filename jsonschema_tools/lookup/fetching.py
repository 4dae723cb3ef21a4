"""One document from one URL: only over allowed redirects, and within limits of time and size."""

from __future__ import annotations

import functools
import queue
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from jsonschema_tools.lookup.connections import Line, opener

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")
_IN_PATHS = "/%:@!$&'()*+,;=~?"
_REDIRECTIONS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_TIMEOUTS_IN_ALL = 3
_CHUNK = 2**16
_NETWORK_REMEDY = "Check the network and the base URIs, or work with what is cached: --offline."


def canonical(url: str) -> str:
    """An HTTP URL in one spelling, without fragment. Raises `ValueError` when it is none, or has a user name."""
    parts = urlsplit(url)
    host, port, scheme = parts.hostname or "", parts.port, parts.scheme
    if scheme not in _PORTS or parts.username is not None or not _HOST.fullmatch(host):
        raise ValueError(url)
    origin = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[scheme]):
        origin = f"{origin}:{port}"
    return urlunsplit((scheme, origin, quoted(parts.path), quoted(parts.query), ""))


_USER = re.compile(r"(?<=://)[^/?#\s'\"]*@")
_SECRET = re.compile(
    r"([?&;#/][^=&;?#/\s'\"]*(?:token|jwt|key|keyid|sig|signature|secret|passw(?:or)?d|pwd|auth|credentials?|session)=)[^&;#/\s'\",]+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """A text with URLs in it, in which users, passwords, tokens, keys and signatures are only hinted at."""
    return _SECRET.sub(r"\1***", _USER.sub("***@", text))


def quoted(path: str) -> str:
    """A path or query in which every character that no URL can have is percent-encoded."""
    return quote(path, safe=_IN_PATHS)


def host_of(url: str) -> str:
    """The host of a URL, with its port unless that is the usual one; empty for an invalid URL."""
    try:
        return urlsplit(canonical(url)).netloc
    except ValueError:
        return ""


class Unkept(bytes):
    """A document that its server does not want to be kept (RFC 9111, 5.2.2.5), such as a draft of a schema."""


class Unavailable(Exception):
    """No document at a URL, and why.

    ``may_have_others``: the server does answer, so ask it for other names. ``is_down``: it does not work as a server
    should, now; any other URL of it would fare the same.
    """

    def __init__(
        self, reason: str, remedy: str | None = None, *, may_have_others: bool = False, is_down: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.may_have_others = may_have_others
        self.is_down = is_down


@dataclass(frozen=True)
class Fetcher:
    """Fetches over HTTP. ``allows`` is asked for each redirect; the first URL is the caller's.

    ``timeout`` (seconds) is for connecting and for each wait, three times as much for all of one document;
    ``size_limit`` is in bytes.
    """

    allows: Callable[[str], bool]
    timeout: float
    size_limit: int

    def fetch(self, url: str) -> bytes:
        """The document at a canonical URL. Raises `Unavailable`.

        In a thread of its own, because neither the look-up of a host nor slow headers can be ended in another way. What
        took too long is cut off, so that the thread ends too.
        """
        line = Line()
        answers: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        seconds = self.timeout * _TIMEOUTS_IN_ALL

        def answer() -> None:
            try:
                answers.put(self._fetch(url, time.monotonic() + seconds, line))
            except Exception as error:
                answers.put(error)
            finally:
                line.close()

        threading.Thread(target=answer, daemon=True).start()
        try:
            found = answers.get(timeout=seconds)
        except BaseException as error:
            line.cut()
            if not isinstance(error, queue.Empty):
                raise
            raise Unavailable(f"took longer than {seconds:g} s", _NETWORK_REMEDY, is_down=True) from None
        if isinstance(found, Exception):
            raise found
        return found

    def _fetch(self, url: str, deadline: float, line: Line) -> bytes:
        from http.client import HTTPException
        from urllib.request import Request

        for _ in range(_MOST_REDIRECTS + 1):
            request: Any = Request(url, headers={"User-Agent": "jsonschema-tools", "Accept": "*/*"})
            request.line = line
            try:
                with self._opener.open(request, timeout=self.timeout) as response:
                    if response.status == 200:
                        return self._body(response, deadline)
                    url = self._redirected(response, url)
            except (OSError, HTTPException, ValueError) as error:
                raise Unavailable(reason_of(error, self.timeout), _NETWORK_REMEDY, is_down=True) from error
        raise Unavailable(f"redirects more than {_MOST_REDIRECTS} times")

    def _body(self, response: HTTPResponse, deadline: float) -> bytes:
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unavailable("answered with a compressed document, which was not asked for")
        expected = response.length or 0
        chunks, size = [], 0
        while max(size, expected) <= self.size_limit and (chunk := response.read1(_CHUNK)):
            chunks.append(chunk)
            size += len(chunk)
            if time.monotonic() > deadline:
                raise TimeoutError
        if max(size, expected) > self.size_limit:
            raise Unavailable(f"is larger than {self.size_limit} bytes", "Refer to a smaller schema.")
        if size < expected:
            raise ConnectionError
        content = b"".join(chunks)
        return Unkept(content) if "no-store" in response.headers.get("Cache-Control", "").lower() else content

    def _redirected(self, response: HTTPResponse, url: str) -> str:
        """Where an answer other than a document sends us."""
        target = response.headers.get("Location") if response.status in _REDIRECTIONS else None
        if target is None:
            may_have_others = 400 <= response.status < 500
            is_down = response.status >= 500 or response.status == 429
            answer = f"answered {_spelled(response.status)}"
            raise Unavailable(answer, may_have_others=may_have_others and not is_down, is_down=is_down)
        target = urljoin(url, target)
        if not self.allows(target):
            host = host_of(target)
            remedy = f"Add {host!r} to allowedRefHosts, if you trust it." if host else None
            raise Unavailable(f"redirects to {without_secrets(target)!r}, which is not allowed", remedy)
        return canonical(target)

    @functools.cached_property
    def _opener(self) -> OpenerDirector:
        return opener()


def _spelled(status: int) -> str:
    from http import HTTPStatus

    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def reason_of(error: Exception, timeout: float) -> str:
    """What went wrong on the way to a server, in words that do not depend on the library."""
    import socket
    import ssl

    cause = getattr(error, "reason", error)
    words: dict[type[Exception], str] = {
        TimeoutError: f"gave no answer within {timeout:g} s",
        socket.gaierror: "its host is not known",
        ConnectionRefusedError: "refused the connection",
        ssl.SSLCertVerificationError: "its certificate is not trusted",
        ssl.SSLError: "could not be reached over TLS",
        ConnectionError: "broke the connection",
    }
    for kind, phrase in words.items():
        if isinstance(cause, kind):
            return phrase
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return "did not answer as HTTP demands"
