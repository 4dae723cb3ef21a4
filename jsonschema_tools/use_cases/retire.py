"""Retiring a title: it goes on being what it is, and says that it is not to be used any more, and what to use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.model import WriteFile
from jsonschema_tools.repository.naming import title_meant
from jsonschema_tools.repository.partial import load_meant
from jsonschema_tools.repository.retiring import read_current, with_entries
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.rules.repository import Collection, Title, successors
from jsonschema_tools.schemas.deprecation import DETAILS, KEYWORD, Deprecation, deprecation_of
from jsonschema_tools.schemas.metaschemas import is_unicode
from jsonschema_tools.settings import Config


@dataclass(frozen=True, slots=True)
class Retirement:
    """A current file and what it says of its retirement.

    ``content`` is its new text, ``None`` where it says so already. ``moved_on`` is the successor of the successor,
    where that is retired too.
    """

    title: str
    path: Path
    deprecation: Deprecation
    content: bytes | None
    moved_on: str | None = None


def plan_retirement(
    name: str, config: Config, *, reason: str | None = None, successor: str | None = None
) -> Retirement:
    """What retiring the schema with a title or path would write.

    Raises `UsageError` for a title or successor that is not there, a circle of successors, and a schema that is retired
    for another reason.
    """
    if reason is not None and not is_unicode(reason):
        raise UsageError("the reason has half of a surrogate pair, which is no character", remedy="Write it in UTF-8.")
    collection = load_meant(config, [name, *([successor] if successor is not None else [])])
    title, version = title_meant(name, collection, config)
    if version is not None:
        raise UsageError(f"{name!r} is a version: it stays as it is", remedy=f"Name the title: {title.name}")
    if title.current is None:
        raise UsageError(f"{title.name!r} has no current file", remedy="Restore it from Git, and retire it then.")
    following = _successor(successor, title, collection, config) if successor is not None else None
    path = title.current.path
    content, document = read_current(path, config)
    entries = _entries(title.name, path, document, reason or None, following)
    deprecation = deprecation_of({**document, **entries})
    assert deprecation is not None
    edited = with_entries(content, path, entries) if entries else None
    further = successors(following.strip("/"), collection.title) if following else []
    return Retirement(title.name, path, deprecation, edited, f"/{further[-1]}" if further else None)


def carry_out_retirement(retirement: Retirement, config: Config) -> None:
    """Write the current file."""
    if retirement.content is not None:
        # A current file that is a link stays one.
        apply([WriteFile(Path(os.path.realpath(retirement.path)), retirement.content)], config.schema_base_path)


def _successor(written: str, title: Title, collection: Collection, config: Config) -> str:
    """The successor as it is to be written. Raises `UsageError`."""
    found, version = title_meant(written, collection, config, "there is no successor with the title")
    name = found.name
    if version is not None:
        raise UsageError(f"the successor {written!r} is a version", remedy=f"Name the title: --successor /{name}")
    if name == title.name:
        raise UsageError(f"{title.name!r} cannot be its own successor", remedy="Name another title, or none.")
    chain = [name, *successors(name, collection.title)]
    if title.name in chain:
        way = " -> ".join(f"/{each}" for each in [title.name, *chain[: chain.index(title.name) + 1]])
        raise UsageError(
            f"the successors would lead in a circle: {way}",
            remedy="Name the schema that is in use, and correct `x-deprecated` where it names this one.",
        )
    return f"/{name}"


def _entries(
    title: str, path: Path, document: Mapping[str, Any], reason: str | None, successor: str | None
) -> dict[str, Any]:
    """What is to be added to a current file; nothing where it is there. Raises `UsageError` where it says otherwise."""
    wanted = {key: value for key, value in (("reason", reason), ("successor", successor)) if value is not None}
    entries: dict[str, Any] = {}
    if KEYWORD not in document:
        entries[KEYWORD] = True
    elif document[KEYWORD] is not True:
        raise UsageError(
            f"{title!r} says that it is not deprecated", source=str(path), remedy=f"Remove `{KEYWORD}` from it first."
        )
    details = document.get(DETAILS)
    if details is None and DETAILS not in document:
        return {**entries, **({DETAILS: wanted} if wanted else {})}
    if any(not isinstance(details, dict) or details.get(key) != value for key, value in wanted.items()):
        raise UsageError(
            f"{title!r} is retired already, and says otherwise: {deprecation_of({**document, KEYWORD: True})}",
            source=str(path),
            remedy=f"Correct `{DETAILS}` in the file.",
        )
    return entries
