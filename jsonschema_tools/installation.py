"""How the running program was installed, and what an extra of it needs."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

NAME = "jsonschema-tools"

RULE_GROUP = "jsonschema_tools.rules"
"""The entry point group of rules: each entry is a `Rule`, or a list of them."""


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


def fingerprint() -> bytes:
    """What tells the program that runs from any other, wherever it is installed: its own files, byte for byte, the
    packages that are installed, and Python. Raises `OSError`."""
    own = str(Path(__file__).parent)
    digest = sha256(f"{sys.version}\0{sys.platform}\0{sys.flags.optimize}\0".encode())
    for path, found in _files_below(own):
        digest.update(f"{path.removeprefix(own)}\0{found.st_size}\0".encode() + Path(path).read_bytes())
    for package in _packages():
        digest.update(f"{package}\0".encode("utf-8", "surrogateescape"))
    return digest.digest()


def signature() -> bytes:
    """What `fingerprint` comes of as the file system tells it, which is found out much sooner: where this is the same,
    so is that. Raises `OSError`."""
    digest = sha256(f"{sys.version}\0{sys.flags.optimize}\0{__file__}\0".encode("utf-8", "surrogateescape"))
    for path, found in _files_below(str(Path(__file__).parent)):
        times = f"{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\0{found.st_ino}\0"
        digest.update(f"{path}\0{times}".encode("utf-8", "surrogateescape"))
    for package in _packages():
        digest.update(f"{package}\0".encode("utf-8", "surrogateescape"))
    return digest.digest()


def _files_below(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield from _files_below(entry.path)
        else:
            yield entry.path, entry.stat()


def _packages() -> Iterator[str]:
    """The packages on Python's path, in its order, each with its version: as their folders are named. Of what came from
    no index, the version does not say what is in it, but when it was installed may."""
    for folder in dict.fromkeys(sys.path):
        try:
            names = sorted(name for name in os.listdir(folder or ".") if name.endswith(_OF_A_PACKAGE))
        except OSError:
            continue
        for name in names:
            path = f"{folder or '.'}{os.sep}{name}"
            is_index = name.endswith(".dist-info") and not os.path.exists(f"{path}{os.sep}direct_url.json")  # noqa: PTH110
            # The program itself is told by its files.
            is_own = name.startswith(NAME.replace("-", "_"))
            yield name if is_index or is_own else f"{name} {os.stat(path).st_mtime_ns}"  # noqa: PTH116


_OF_A_PACKAGE = (".dist-info", ".egg-info", ".egg", ".egg-link", ".pth")


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
