"""What each new or changed version of a schema changes, against the version before it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.compatibility.sentences import sentences
from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.repository.diff_command import run
from jsonschema_tools.repository.discovery import discover, read_content
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import sort_versions


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """A version file and the one of the version before it, which is ``None`` for a first version.

    ``title`` is the folder of both below the base path, ``standing`` what the version is: a draft, or released where.
    """

    title: str
    version: str
    path: Path
    previous_version: str | None = None
    previous: Path | None = None
    standing: str = ""


def version_diffs(config: Config, commit: str | None = None) -> list[VersionDiff]:
    """The version files of the first content type that were added or changed since a commit, by title and version.

    ``commit`` is any name that ``git rev-parse`` takes, ``gitDiffCommit`` by default; what is not committed or not
    staged yet counts too. Raises `GitError`, outside of a Git repository too.

    Source: `diff` of the Node.js tool.
    """
    base, name = config.schema_base_path, commit or config.git_diff_commit
    top = git.top_of(base, "Run `git init`, or go to where it is.")
    # Before the first commit, everything is new.
    since = None if name == "HEAD" and not git.has_commits(top) else git.commit_of(top, name)
    touched = set(git.touched_since(base, since))
    diffs = [diff for folder in discover(config).directories for diff in _of_folder(folder, config)]
    releases = Releases(config)
    return [
        replace(diff, standing=str(releases.standing(diff.path, history=False)))
        for diff in diffs
        if diff.path in touched
    ]


def _of_folder(folder: SchemaDirectory, config: Config) -> Iterator[VersionDiff]:
    title = folder.path.relative_to(config.schema_base_path).as_posix()
    content_type = config.content_types[0]
    paths = {version: files[content_type] for version, files in folder.versions.items() if content_type in files}
    before = None
    for version in sort_versions(paths):
        yield VersionDiff(title, version, paths[version], before, paths.get(before or ""))
        before = version


def in_words(diff: VersionDiff) -> tuple[str, ...]:
    """One sentence for each difference, with its JSON Pointer; none for a first version. Raises `SchemaToolsError`."""
    if diff.previous is None:
        return ()
    old, new = (parse_file(p, read_content(p)) for p in (diff.previous, diff.path))
    return sentences(old, new)


def unified(diff: VersionDiff, shown: Sequence[str]) -> str:
    """The texts as a unified diff; ``shown`` is how the old and the new path are to be named in it."""
    old, new = (name if path else os.devnull for name, path in zip(shown, (diff.previous, diff.path), strict=True))
    lines = unified_diff(_lines(diff.previous), _lines(diff.path), old, new)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(path: Path | None) -> list[str]:
    # Only \n ends a line here, as for diff: str.splitlines would also take others, which YAML may hold.
    text = read_content(path).decode("utf-8", "surrogateescape") if path else ""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [rest for rest in text.split("\n")[-1:] if rest]


def by_command(diff: VersionDiff, command: str) -> bytes:
    """What a command such as ``diff --unified=0`` prints for the old and the new file, which it is called with.

    A first version is compared with nothing. Raises `UsageError` when the command is not there or fails.
    """
    for path in (diff.previous, diff.path):
        if path is not None:
            read_content(path)
    return run(command, diff.previous or Path(os.devnull), diff.path)
