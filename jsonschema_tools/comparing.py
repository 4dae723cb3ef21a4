"""The use cases of comparing as plain functions: two schemas, the history of a title, the bump that is due."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from semver import Version

from jsonschema_tools.api import materialized, open_store
from jsonschema_tools.compatibility.bump import Part, bumped, covers, part_between
from jsonschema_tools.compatibility.compared import Compared, Named, compared
from jsonschema_tools.compatibility.policies import ContentModel, Judging, judging_of, policy_named
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import GitError, SchemaError, UsageError
from jsonschema_tools.model import Config, SchemaFile, WriteFile
from jsonschema_tools.repository import git
from jsonschema_tools.repository.discovery import discover, read_content, read_schema_file
from jsonschema_tools.repository.versioning import with_version
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.versions import is_plain_version, sort_versions


@dataclass(frozen=True, slots=True)
class Bumped:
    """The version of a current file, and the one that is due; ``new`` is ``old`` where it is right as it is."""

    path: Path
    old: str
    new: str
    reason: str


def how(config: Config, policy: str | None = None, content_model: str | None = None) -> Judging:
    """How versions are judged: as the configuration says, unless a policy or content model is named."""
    judging = judging_of(config.profile, config.compatibility, config.content_model)
    if policy is not None:
        judging = replace(judging, policy=policy_named(policy))
    return judging if content_model is None else replace(judging, content_model=ContentModel(content_model))


def compat(
    old: str | Path,
    new: str | Path,
    config: Config,
    *,
    policy: str | None = None,
    content_model: str | None = None,
    draft: str | None = None,
    stdin: bytes = b"",
    offline: bool = False,
) -> Compared:
    """Compare two schemas: each a file, ``title@1.0.0``, a URI, ``git:REF:path``, or ``-`` for ``stdin``.

    A current file counts as it would be released. Raises `SchemaToolsError`.
    """
    before, after = (read_schema(name, config, stdin=stdin, offline=offline) for name in (old, new))
    retrieve = open_store(config, offline=offline).retrieve
    judging = how(config, policy, content_model)
    return compared(before, after, judging, draft, retrieve, config.schema_version_field)


def read_schema(name: str | Path, config: Config, *, stdin: bytes = b"", offline: bool = False) -> Named:
    """The schema that a name stands for; see `compat`."""
    text = str(name)
    if text == "-":
        return Named(text, _schema(parse(stdin, source="<stdin>"), text))
    if text.startswith("git:"):
        return Named(text, _from_git(text, config, offline))
    path = Path(text)
    if not os.path.lexists(path):
        title, at, version = text.rpartition("@")
        uri = f"/{title.strip('/')}/{version}" if at else text
        if at or text.startswith("/") or "://" in text:
            return Named(text, open_store(config, offline=offline).retrieve(uri))
    if path.name == config.current_file_name:
        return Named(text, materialized(path, config, offline=offline))
    content_type = "json" if path.suffix == ".json" else "yaml"
    return Named(text, _schema(parse(read_content(path), source=text, content_type=content_type), text))


def _from_git(text: str, config: Config, offline: bool) -> Document:
    _, _, rest = text.partition(":")
    reference, _, name = rest.rpartition(":")
    if not reference or not name:
        raise UsageError(f"{text!r} does not name a file of a commit", remedy="Write git:COMMIT:PATH.")
    path = Path(name)
    above = next((folder for folder in path.absolute().parents if folder.is_dir()), Path.cwd())
    top = git.top_level(above)
    if top is None:
        raise GitError(f"{name} is not in a Git repository", remedy="Run the command inside of a Git repository.")
    commit = git.commit_of(top, reference)
    inside = Path(os.path.realpath(above)).joinpath(path.absolute().relative_to(above)).relative_to(top)
    content = git.content(top, f"{commit}:{inside.as_posix()}")
    document = _schema(parse(content, source=text, content_type="json" if path.suffix == ".json" else "yaml"), text)
    return materialized(document, config, offline=offline) if path.name == config.current_file_name else document


def _schema(document: Document, source: str) -> Document:
    if not isinstance(document, (dict, bool)):
        raise SchemaError(
            f"{describe(document)} is not a schema", source=source, remedy="Name a file with a JSON Schema."
        )
    return document


def history(
    title: str, config: Config, *, policy: str | None = None, content_model: str | None = None, offline: bool = False
) -> list[Compared]:
    """Every version of a title, with the one before it; the current file too when it is ahead. Raises `UsageError`."""
    judging = how(config, policy, content_model)
    retrieve = open_store(config, offline=offline).retrieve
    return [
        compared(old, new, judging, None, retrieve, config.schema_version_field)
        for old, new in pairwise(versions(title, config, offline=offline))
    ]


def versions(title: str, config: Config, *, offline: bool = False) -> list[Named]:
    """The versions of a title from the lowest on, each named by its number."""
    files = _titled(config).get(title, [])
    if not files:
        raise UsageError(f"there is no schema with the title {title!r}", remedy="`jst ls` lists the titles.")
    released = [file for file in files if not file.is_current and file.content_type == config.content_types[0]]
    found = [Named(file.version, file.document) for file in sorted(released, key=_precedence)]
    current = next((file for file in files if file.is_current), None)
    if current is not None and (not released or _precedence(current) > max(map(_precedence, released))):
        found.append(Named(current.version, materialized(current.path, config, offline=offline)))
    return found


def _titled(config: Config) -> dict[str, list[SchemaFile]]:
    from jsonschema_tools.repository.loading import load

    return {title.name: list(title.files) for title in load(config).titles}


def _precedence(file: SchemaFile) -> Version:
    return Version.parse(file.version)


def titles(config: Config) -> list[str]:
    """The titles of the repository, sorted."""
    return sorted(_titled(config))


def plan_bumps(
    names: Iterable[str | Path], config: Config, *, part: Part | None = None, offline: bool = False
) -> list[Bumped]:
    """The version that is due for each current file: of these files or titles, of all without any.

    With ``part`` that part of the last released version goes up, whatever changed. Raises `SchemaToolsError`.
    """
    return [_due(path, config, part, offline) for path in _currents(names, config)]


def carry_out_bumps(bumps: Sequence[Bumped], config: Config) -> None:
    """Write the versions into the current files; nothing else of them changes, not even how lines end."""
    actions = []
    for item in bumps:
        if item.new != item.old:
            content = with_version(read_content(item.path), item.path, item.old, item.new, config.schema_version_field)
            actions.append(WriteFile(item.path, content))
    if actions:
        apply(actions, config.schema_base_path)


def _currents(names: Iterable[str | Path], config: Config) -> list[Path]:
    folders = discover(config).directories
    everything = [folder.current for folder in folders if folder.current is not None]
    wanted = [str(name) for name in names]
    if not wanted:
        return everything
    found = []
    for name in wanted:
        path = Path(name)
        if path.is_file():
            found.append(path)
        elif path.is_dir() and (path / config.current_file_name).is_file():
            found.append(path / config.current_file_name)
        else:
            titled = [file.path for file in _titled(config).get(name, []) if file.is_current]
            if not titled:
                raise UsageError(
                    f"there is no current file {name!r}, nor one with that title", remedy="`jst ls` lists the titles."
                )
            found += titled
    return found


def _due(path: Path, config: Config, part: Part | None, offline: bool) -> Bumped:
    current = read_schema_file(path, config)
    released = _last_released(path, config)
    if released is None:
        return Bumped(path, current.version, current.version, "nothing is released yet")
    if part is not None:
        return Bumped(path, current.version, bumped(released.version, part), f"a {part} version, as asked for")
    before = Named(released.version, released.document)
    after = Named(current.version, materialized(path, config, offline=offline))
    retrieve = open_store(config, offline=offline).retrieve
    due = compared(before, after, how(config), None, retrieve, config.schema_version_field).bump
    if due.part is None or covers(part_between(released.version, current.version), due.part):
        return Bumped(path, current.version, current.version, due.reason)
    return Bumped(path, current.version, bumped(released.version, due.part), f"{due.part}: {due.reason}")


def _last_released(current: Path, config: Config) -> SchemaFile | None:
    """The greatest version beside a current file that is not merely a draft."""
    tree, folder = WorkTree(), Path(os.path.realpath(current.parent))
    end = f".{config.content_types[0]}"
    stems = [name.removesuffix(end) for name in tree.names(folder) if name.endswith(end)]
    for stem in reversed(sort_versions([stem for stem in stems if is_plain_version(stem)])):
        path = folder / f"{stem}{end}"
        if not path.is_symlink() and not tree.is_draft(path):
            return read_schema_file(path, config)
    return None
