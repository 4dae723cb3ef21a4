"""The schema to validate an event by: the one it names, another version of that, or a given one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters, digits

from jsonschema_tools.documents.values import Document
from jsonschema_tools.versions import is_version, path_segments

LATEST = "latest"
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_NO_TITLES = ("node_modules", "..")
_MOST_KNOWN = 1000
"""URIs come from strangers, too: so many are remembered, and no more."""


@dataclass(frozen=True, slots=True)
class Target:
    """``schema``: the URI of the schema for every event, whatever it names. ``version``: the version (or ``latest``)
    in place of the one that the event names, under the same title."""

    schema: str | None = None
    version: str | None = None

    def uri(self, named: str) -> str:
        """The URI of the schema for an event that names one."""
        uri = canonical(named.removesuffix("#"))
        if self.version is None:
            return uri
        title, slash, _ = uri.rpartition("/")
        return f"{title}{slash}{self.version}"


def canonical(uri: str) -> str:
    """The one spelling of a URI: all others of it lead to the same schema, which is then compiled once.

    Source: RFC 3986, 6.2.2 (characters that need no percent-encoding); empty segments and ``.`` are passed over.
    """
    if "%" in uri:
        uri = _ENCODED.sub(_decoded, uri)
    if not is_absolute(uri) and ("//" in uri or "/." in uri):
        names = [name for name in uri.split("/") if name not in ("", ".")]
        uri = f"{'/' if uri.startswith('/') else ''}{'/'.join(names)}"
    return uri


_ENCODED = re.compile("%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(ascii_letters + digits + "-._~")


def _decoded(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def schema_uri(title_and_version: str) -> str:
    """The URI of ``TITLE@VERSION``; ``TITLE`` alone is its latest version. An absolute URI is itself."""
    if "://" in title_and_version:
        return title_and_version
    title, _, version = title_and_version.partition("@")
    return f"/{title.strip('/')}/{version or LATEST}"


@lru_cache(_MOST_KNOWN)
def is_version_of_title(uri: str) -> bool:
    """Whether a URI names what an event may name: a version of a title, or its latest one.

    A repository has other files, which are as readable, and accept any event. Hidden folders have no titles.
    """
    names = path_segments(uri)
    if not names or not (names[-1] == LATEST or is_version(names[-1])):
        return False
    return not any(mark in uri for mark in "?#") and not any(
        name.startswith(".") or name in _NO_TITLES for name in names[:-1]
    )


def is_absolute(uri: str) -> bool:
    """Whether a URI has a scheme."""
    return _SCHEME.match(uri) is not None


def calls_itself(document: Document, uri: str) -> bool:
    """Whether a document is what an absolute URI names, as it says in full."""
    own = document.get("$id", document.get("id")) if isinstance(document, dict) else None
    return isinstance(own, str) and own.removesuffix("#") == uri
