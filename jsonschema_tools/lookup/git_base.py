"""Schema URIs in a commit: ``git+file:///repository/folder@REF``. The working tree is not looked at."""

from __future__ import annotations

import functools
import posixpath
import threading
from pathlib import Path
from urllib.parse import unquote

from jsonschema_tools import git
from jsonschema_tools.documents.reading import content_type_of
from jsonschema_tools.errors import GitError
from jsonschema_tools.lookup.bases import (
    LONGEST_LINK,
    MOST_LINKS,
    NotHere,
    Text,
    candidates,
    leading_out,
    named_sibling,
    segments,
)


class GitBase:
    """A folder of the commit that ``REF`` (branch, tag or commit id) names; ``address`` is ``/path@REF``.

    A branch may move: each look-up asks Git where it is. Links are followed inside the folder only.
    """

    def __init__(self, address: str, size_limit: int) -> None:
        path, _, ref = address.rpartition("@")
        self.name = f"git+file://{address}"
        self._path = Path(unquote(path))
        self._ref = unquote(ref)
        self._size_limit = size_limit
        self._lock = threading.Lock()
        self._files: tuple[str, dict[str, tuple[bool, str]]] = ("", {})

    def covers(self, uri: str) -> bool:
        """False: files in commits have no absolute URIs."""
        return False

    def read(self, uri: str) -> Text:
        """The text at a schema URI: the exact name, else with an extension. Links are followed."""
        name = "/".join(segments(uri, self.name))
        attempts: list[str] = []
        try:
            files = self._listing()
            for candidate in candidates(name) if name else ():
                place = f"{self.name}:{candidate}"
                found = self._followed(candidate, files, uri)
                if found is None:
                    attempts.append(f"{place}: is not in the commit")
                    continue
                blob = files[found][1]
                if git.blob_size(self._repository[0], blob) > self._size_limit:
                    raise NotHere([*attempts, f"{place}: is larger than {self._size_limit} bytes"])
                location = f"{self.name}:{found}"
                content = git.content(self._repository[0], blob)
                return Text(content, location, content_type_of(found), (*attempts, f"{location}: found"))
        except GitError as error:
            raise NotHere([*attempts, f"{self.name}: {error.message}"], error.remedy) from error
        raise NotHere(attempts or [f"{self.name}: is a folder"])

    def names(self, uri: str) -> list[str]:
        """The names in the folder at a schema URI, none where there is no folder. Raises `GitError`."""
        folder = "/".join([*segments(uri, self.name), ""])
        below = (name[len(folder) :] for name in self._listing() if name.startswith(folder))
        return sorted({name.partition("/")[0] for name in below})

    @functools.cached_property
    def _repository(self) -> tuple[Path, str]:
        return git.repository_of(self._path)

    def _listing(self) -> dict[str, tuple[bool, str]]:
        """The files of the commit that the ref names now, read once for each commit."""
        folder, path = self._repository
        commit = git.commit_of(folder, self._ref)
        with self._lock:
            if self._files[0] != commit:
                self._files = (commit, git.tree_blobs(folder, commit, path))
            return self._files[1]

    def _followed(self, name: str, files: dict[str, tuple[bool, str]], uri: str) -> str | None:
        """The file that a name leads to: the links on the way may be folders too."""
        for _ in range(MOST_LINKS):
            link = next((part for part in _prefixes(name) if files.get(part, (False,))[0]), None)
            target = self._target(files[link][1]) if link else self._named(name, files)
            if target is None:
                return name if name in files else None
            whole = link or name
            name = posixpath.normpath(posixpath.join(posixpath.dirname(whole), target) + name[len(whole) :])
            if name.startswith(("/", "..")):
                raise leading_out(uri, self.name, whole)
        return None

    def _target(self, blob: str) -> str:
        return git.content(self._repository[0], blob).decode("utf-8", "surrogateescape")

    def _named(self, name: str, files: dict[str, tuple[bool, str]]) -> str | None:
        """The sibling that a file names and holds nothing else: a link committed where the platform has none."""
        if name not in files or git.blob_size(self._repository[0], files[name][1]) > LONGEST_LINK:
            return None
        sibling = named_sibling(git.content(self._repository[0], files[name][1]))
        target = sibling and posixpath.join(posixpath.dirname(name), sibling)
        return sibling if target in files and target != name else None


def _prefixes(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]
