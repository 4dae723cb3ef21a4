"""What each new or changed version of a schema changes, against the version before it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.compatibility.sentences import sentences
from jsonschema_tools.documents.reading import content_type_of, parse, parse_file
from jsonschema_tools.documents.values import equal
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.repository.diff_command import run
from jsonschema_tools.repository.discovery import read_content, read_schema_file
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.words import folders_meant
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.transform import materialized
from jsonschema_tools.versions import sort_versions


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """A version and the one before it, which is ``None`` for a first version: their numbers and files.

    ``title`` is the folder of both below the base path, ``standing`` what the version is: a draft, or released where.
    ``planned`` is, for a current file that is not materialized, the text that it would be released as, or the error
    that keeps it from that; else ``None``.
    """

    title: str
    version: str
    path: Path
    previous_version: str | None = None
    previous: Path | None = None
    standing: str = ""
    planned: bytes | SchemaToolsError | None = None

    def content(self) -> bytes:
        """The text of the version. Raises `SchemaToolsError`."""
        if isinstance(self.planned, SchemaToolsError):
            raise self.planned
        return read_content(self.path) if self.planned is None else self.planned

    @property
    def name(self) -> str:
        """The name of the file that the text is or would be in."""
        return self.path.name if self.previous is None or self.planned is None else self.previous.name


def version_diffs(config: Config, commit: str | None = None, names: Sequence[str] = ()) -> list[VersionDiff]:
    """The version files of the first content type that were added or changed since a commit, by title and version, and
    the current files that were and are not materialized as they are.

    ``commit`` is any name that ``git rev-parse`` takes, ``gitDiffCommit`` by default; what is not committed or not
    staged yet counts too. With ``names``, titles or paths, only those. Raises `GitError`, also outside of Git.

    Source: `diff` of the Node.js tool, which knows version files alone.
    """
    base, name = config.schema_base_path, commit or config.git_diff_commit
    top = git.top_of(base, "Run `git init`, or go to where it is.")
    # Before the first commit, everything is new.
    since = None if name == "HEAD" and not git.has_commits(top) else git.commit_of(top, name)
    touched = set(git.touched_since(base, since))
    releases = Releases(config)
    found: list[VersionDiff] = []
    for folder in folders_meant(names, config):
        found += [
            replace(diff, standing=str(releases.standing(diff.path, history=False)))
            for diff in _of_folder(folder, config)
            if diff.path in touched
        ]
        if folder.current in touched:
            found += _edited(folder, config)
    return found


def _edited(folder: SchemaDirectory, config: Config) -> Iterator[VersionDiff]:
    """The current file of a folder against the newest version, where it is not materialized as it is."""
    assert folder.current is not None
    versions = {diff.version: diff for diff in _of_folder(folder, config)}
    title = folder.path.relative_to(config.schema_base_path).as_posix()
    diff = VersionDiff(title, "", folder.current, standing="not materialized")
    try:
        file = read_schema_file(folder.current, config)
        document = materialized(folder.current, config)
        same = versions.get(file.version)
        if same is not None and equal(parse_file(same.path, read_content(same.path)), document):
            return
        last = sort_versions([*versions])[-1:]
        before = same or (versions[last[0]] if last else None)
        planned: bytes | SchemaToolsError = serialize(document, config.content_types[0]).encode("utf-8")
        diff = replace(diff, version=file.version)
    except SchemaToolsError as error:
        before, planned = None, error
    previous = (before.version, before.path) if before else (None, None)
    yield replace(diff, previous_version=previous[0], previous=previous[1], planned=planned)


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
    content = diff.content()
    if diff.previous is None:
        return ()
    old = parse_file(diff.previous, read_content(diff.previous))
    return sentences(old, parse(content, source=str(diff.path), content_type=content_type_of(diff.name)))


def unified(diff: VersionDiff, shown: Sequence[str]) -> str:
    """The texts as a unified diff; ``shown`` is how the old and the new path are to be named in it."""
    before = read_content(diff.previous) if diff.previous else b""
    old = shown[0] if diff.previous else os.devnull
    lines = unified_diff(_lines(before), _lines(diff.content()), old, shown[1])
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(content: bytes) -> list[str]:
    # Only \n ends a line here, as for diff: str.splitlines would also take others, which YAML may hold.
    text = content.decode("utf-8", "surrogateescape")
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [rest for rest in text.split("\n")[-1:] if rest]


def by_command(diff: VersionDiff, command: str) -> bytes:
    """What a command such as ``diff --unified=0`` prints for the old and the new file, which it is called with.

    A first version is compared with nothing, what a current file would be is in a temporary file. Raises `UsageError`
    when the command is not there or fails.
    """
    content = diff.content()
    previous = diff.previous or Path(os.devnull)
    if diff.previous is not None:
        read_content(diff.previous)
    if diff.planned is None:
        return run(command, previous, diff.path)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / diff.name
        path.write_bytes(content)
        return run(command, previous, path)
