"""Which schema an event is held against: the one it names, another version of that, or one of the caller's choice."""

from __future__ import annotations

from dataclasses import dataclass

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Target:
    """``schema``: the URI of the schema for every event, whatever it names. ``version``: the version (or ``latest``)
    in place of the one that the event names, under the same title."""

    schema: str | None = None
    version: str | None = None

    def uri(self, named: str) -> str:
        """The URI of the schema for an event that names one."""
        uri = named.removesuffix("#")
        if self.version is None:
            return uri
        title, slash, _ = uri.rpartition("/")
        return f"{title}{slash}{self.version}"


def schema_uri(title_and_version: str) -> str:
    """The URI of ``TITLE@VERSION``; ``TITLE`` alone is its latest version. An absolute URI is itself."""
    if "://" in title_and_version:
        return title_and_version
    title, _, version = title_and_version.partition("@")
    return f"/{title.strip('/')}/{version or LATEST}"
