"""How the running program was installed, and what an extra of it needs."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NAME = "jsonschema-tools"


def source() -> str | None:
    """What pip installs to get the program that runs; ``None`` where nobody else can install from there.

    That is a commit of a repository, or an archive with its digest. A name and a version alone are none: whoever owns
    the name on an index would run their program in CI. Source: PEP 610 (direct_url.json), PEP 508 (``name @ URL``).
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        text = distribution(NAME).read_text("direct_url.json")
        found = json.loads(text or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    url, vcs, archive = (found.get(key) for key in ("url", "vcs_info", "archive_info"))
    if not isinstance(url, str) or "://" not in url or url.startswith("file:"):
        return None
    if isinstance(vcs, dict) and vcs.get("commit_id"):
        folder = f"#subdirectory={found['subdirectory']}" if found.get("subdirectory") else ""
        return f"{NAME} @ {vcs['vcs']}+{url}@{vcs['commit_id']}{folder}"
    digest = archive.get("hashes", {}).get("sha256") if isinstance(archive, dict) else None
    return f"{NAME} @ {url}#sha256={digest}" if digest else None


def packages_of(extra: str) -> list[str]:
    """What pip installs for an extra, by the packages' own names: ours belongs to nobody yet on an index, and whoever
    took it there would run their program here."""
    from importlib.metadata import requires

    mark = re.compile(rf"extra == ['\"]{extra}['\"]")
    found = (requirement.partition(";") for requirement in requires(NAME) or ())
    return [name.strip() for name, _, marker in found if mark.search(marker)]


def remedy_of(extra: str) -> str:
    """The command that installs the packages of an extra."""
    return f"`pip install {' '.join(f'{chr(39)}{name}{chr(39)}' for name in packages_of(extra))}`"


def entry_points_of(group: str) -> list[EntryPoint]:
    """The entry points of a group in all installed packages, sorted by name.

    Where no package mentions the group, which a look into their files tells, the library that reads packages is not
    loaded: that would take as long as checking a title.
    """
    if not _is_mentioned(group):
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=group), key=lambda entry: entry.name)


def _is_mentioned(group: str) -> bool:
    finders = (each for each in sys.meta_path if each is not PathFinder)
    # Packages of other finders and in archives can only be read by that library.
    if any(hasattr(each, "find_distributions") for each in finders) or any(Path(each).is_file() for each in sys.path):
        return True
    return any(group.encode() in text for folder in dict.fromkeys(sys.path) for text in _entry_points_in(folder or "."))


def _entry_points_in(folder: str) -> Iterator[bytes]:
    """The texts that may name entry points of the packages in a folder of Python's path."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info", ".egg")):
            parts = (name, "EGG-INFO") if name.endswith(".egg") else (name,)
            try:
                yield Path(folder, *parts, "entry_points.txt").read_bytes()
            except OSError:
                continue
