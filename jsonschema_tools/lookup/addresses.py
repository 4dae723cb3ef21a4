"""Base URIs, and the kind of base that each of them names: `KINDS` lists them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.lookup.bases import Base, FileBase, Overlay, PrefixBase, split_prefix
from jsonschema_tools.lookup.fetching import canonical, without_secrets
from jsonschema_tools.lookup.git_base import GitBase
from jsonschema_tools.lookup.http_base import HttpBase, Web

_BASE = re.compile(r"([a-zA-Z0-9+.-]+)://(.*)", re.DOTALL)


class Address:
    """Where a base URI leads: ``scheme``, and the folder or URL to look under (``rest``).

    Raises `ConfigurationError` for one that is no base URI.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._prefix, plain = split_prefix(uri)
        self.scheme, self.rest = _place(plain)

    @property
    def is_http(self) -> bool:
        """Whether documents are fetched from a server."""
        return self.scheme.startswith("http")

    def opened(self, web: Web, overlay: Overlay | None, size_limit: int, *, exact: bool) -> Base:
        """The base that looks documents up there; the arguments are those of `SchemaStore`."""
        base = KINDS[self.scheme](self.rest, web, overlay, size_limit, exact)
        return base if self._prefix is None else PrefixBase(self._prefix, base)


def _file(folder: str, _web: Web, overlay: Overlay | None, size_limit: int, exact: bool) -> Base:
    return FileBase(folder, overlay, size_limit, exact=exact)


def _git(place: str, _web: Web, _overlay: Overlay | None, size_limit: int, _exact: bool) -> Base:
    return GitBase(place, size_limit)


def _http(url: str, web: Web, _overlay: Overlay | None, _size_limit: int, _exact: bool) -> Base:
    return HttpBase(url, web)


KINDS: Final[dict[str, Callable[[str, Web, Overlay | None, int, bool], Base]]] = {
    "file": _file,
    "git+file": _git,
    "http": _http,
    "https": _http,
}
"""How a base is opened, by the scheme of its URI; a plain path is one of ``file``."""


def _place(base_uri: str) -> tuple[str, str]:
    """The scheme of a base URI, and the folder or URL to look under."""
    found = _BASE.fullmatch(base_uri)
    if found is None:
        return "file", base_uri
    scheme, rest = found[1].lower(), found[2]
    path = rest.removeprefix("localhost")
    if scheme == "file" and path.startswith("/"):
        return "file", unquote(path)
    if scheme == "git+file" and path.startswith("/") and "@" in path:
        return scheme, path
    try:
        return scheme, canonical(base_uri)
    except ValueError:
        raise ConfigurationError(
            f"{without_secrets(base_uri)!r} is no base URI that schemas can be looked up under",
            remedy=(
                "Give a folder, a file:///absolute/path, an http:// or https:// URL without user name, or"
                " git+file:///absolute/path@REF."
            ),
        ) from None
