"""Materializing: what it would do as a `Plan`, and doing it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import RetrievalError, SchemaToolsError
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import GitAdd, Plan, Remove, SchemaFile
from jsonschema_tools.release.planning import Overlay, plan
from jsonschema_tools.repository.basis import basis_of, check_basis
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.discovery import (
    check_base,
    discover,
    is_discovered,
    is_ignored,
    read_content,
    read_schema_file,
)
from jsonschema_tools.repository.explaining import explain
from jsonschema_tools.repository.loading import load
from jsonschema_tools.repository.locking import exclusive
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.rules.repository import Title, near_reference
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.remembered import Asked

_STDIN = Path("<stdin>")

Progress = Callable[[int, int], None]
"""Told how many of how many schemas are done."""


def plan_paths(
    paths: Iterable[Path],
    config: Config,
    *,
    force: bool = False,
    output_directory: Path | None = None,
    offline: bool = False,
    progress: Progress = lambda _done, _total: None,
    releases: Releases | None = None,
) -> Plan:
    """What materializing the given schema files would do."""
    return _plan([(path, None) for path in paths], config, force, output_directory, offline, progress, releases)


def plan_text(
    text: bytes, config: Config, output_directory: Path, *, force: bool = False, offline: bool = False
) -> Plan:
    """What materializing a schema text, such as standard input, into a folder would do."""
    return _plan([(_STDIN, text)], config, force, output_directory, offline, lambda _done, _total: None)


def plan_content(path: Path, content: bytes, config: Config, *, offline: bool = False) -> Plan:
    """What materializing a current file would do if it had this content; it does not need to be there yet."""
    config = replace(config, git_staged=False)
    return _plan([(path, content)], config, False, None, offline, lambda _done, _total: None)


def plan_all(
    config: Config,
    *,
    force: bool = False,
    output_directory: Path | None = None,
    offline: bool = False,
    progress: Progress = lambda _done, _total: None,
    releases: Releases | None = None,
    asked: Asked | None = None,
) -> Plan:
    """What materializing every current schema of the repository would do; ``asked`` is told what is asked for it."""
    found = discover(config)
    sources = [(path, None) for path in found.currents]
    planned = _plan(sources, config, force, output_directory, offline, progress, releases, asked)
    return replace(planned, misnamed=found.misnamed)


def plan_modified(
    config: Config,
    *,
    force: bool = False,
    output_directory: Path | None = None,
    offline: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Plan:
    """What materializing the current schemas that Git sees as modified would do.

    With ``gitStaged`` those in the index, as they are in the index; else those in the working tree, new ones included.
    They are looked for where `plan_all` looks. Unless ``shouldGitAdd`` is off, the plan ends in staging what they need;
    version files of a current file that the index does not have are not staged. Raises `GitError` outside of Git.
    """
    check_base(config)
    base = config.schema_base_path
    git.top_of(base, "Run `git init`, or materialize by path or with `jst materialize-all`.")
    modified = [path for path in git.modified(base, staged=config.git_staged) if is_discovered(path, config)]
    sources = [(path, git.staged_content(path) if config.git_staged else None) for path in modified]
    planned = _plan(sources, config, force, output_directory, offline, progress)
    if not config.should_git_add or planned.errors:
        return planned
    unknown = set() if config.git_staged else {_canonical(path) for path in git.without_content(base, modified)}
    due = _to_stage(planned, base)
    unstaged = tuple(r.source for r in planned.releases if r.source in unknown and due.intersection(r.outputs))
    outputs = [path for r in planned.releases if r.source not in unknown for path in r.outputs]
    gone = [action.path for action in planned.actions if isinstance(action, Remove)]
    add = tuple(path for path in (*outputs, *gone) if path in due)
    return replace(planned, actions=(*planned.actions, *([GitAdd(add)] if add else [])), unstaged=unstaged)


def _to_stage(planned: Plan, base: Path) -> set[Path]:
    """The files of the releases that the index has not as they will be, as far as Git is not told to ignore them."""
    written = {action.path for action in planned.actions if not isinstance(action, GitAdd)}
    outputs = [path for release in planned.releases for path in release.outputs]
    present = [path for path in outputs if path not in written and os.path.lexists(path)]
    removed = [action.path for action in planned.actions if isinstance(action, Remove)]
    # Git refuses to stage the removal of what it never had.
    gone = {path for path in removed if path.name in git.staged_names(path.parent)}
    return set(git.not_ignored(base, [*(written - set(removed)), *git.unstaged(base, present)])) | gone


def carry_out(planned: Plan, config: Config) -> None:
    """Do what the plan says. Raises the first of its errors instead when it has any, and `UsageError` where the
    repository is not what it was when the plan was made: then nothing is written."""
    for error in planned.errors:
        raise error
    if planned.actions:
        with exclusive(config.root, config.schema_base_path):
            check_basis(planned, config)
            apply(planned.actions, config.schema_base_path)


def materialize(base: Path | str | None = None, *, dry_run: bool = False, force: bool = False) -> Plan:
    """Materialize every current schema of the repository at ``base`` (default: the working directory).

    Returns what was done, or with ``dry_run`` what would be. Raises the first error; then nothing was written.
    """
    config = load_config(None if base is None else Path(base))
    if dry_run or config.dry_run:
        return plan_all(config, force=force)
    with exclusive(config.root, config.schema_base_path):
        planned = plan_all(config, force=force)
        carry_out(planned, config)
    return planned


def _plan(
    sources: Sequence[tuple[Path, bytes | None]],
    config: Config,
    force: bool,
    output_directory: Path | None,
    offline: bool,
    progress: Progress,
    releases: Releases | None = None,
    asked: Asked | None = None,
) -> Plan:
    check_base(config)
    output_directory = None if output_directory is None else Path(os.path.realpath(output_directory))
    files: list[SchemaFile] = []
    errors: list[SchemaToolsError] = []
    # However a path is spelled, a file has one name: Git and the overlay know it by that.
    given = {path if path == _STDIN else _canonical(path): (path, content) for path, content in sources}
    contents = {path: content for path, (_, content) in given.items()}
    for path, (spelled, content) in given.items():
        try:
            # Read as it was spelled: a folder on the way may be a link that leads out of the repository.
            file = read_schema_file(path, config, read_content(spelled, config) if content is None else content)
            ignored = is_ignored(file, config)
        except SchemaToolsError as error:
            errors.append(error)
        else:
            if not ignored:
                files.append(file)
    if releases is None:
        releases = Releases(config, offline=offline)
        releases.narrow(path.parent for path in given)
    tree = WorkTree(
        releases,
        staged=config.git_staged and any(content is not None for _, content in sources),
        base=config.schema_base_path,
    )

    def documents(overlay: Overlay) -> _Documents:
        store = open_store(config, offline=offline, overlay=overlay if asked is None else asked.through(overlay))
        if asked is not None:
            asked.store, asked.releases = store, releases
        return _Documents(store, config, contents)

    planned = plan(
        files,
        config,
        tree,
        documents,
        force=force,
        output_directory=output_directory,
        progress=progress,
    )
    basis = basis_of(planned.actions, tree.seen, releases.commits())
    return Plan(planned.actions, planned.releases, (*errors, *planned.errors), basis=basis)


class _Documents:
    """The look-up of a plan; ``contents`` are those of files that stand for what is on disk."""

    def __init__(self, store: SchemaStore, config: Config, contents: Mapping[Path, bytes | None]) -> None:
        self._store = store
        self._config = config
        self._contents = contents
        self.retrieve = store.retrieve
        self.merged = store.merged

    @cached_property
    def _titles(self) -> Sequence[Title]:
        try:
            return load(self._config).titles
        except SchemaToolsError:
            return ()

    def explained(self, error: SchemaToolsError, file: SchemaFile) -> SchemaToolsError:
        """The error with its file and line; of a reference that leads nowhere with what there is in its place."""
        if isinstance(error, RetrievalError) and not error.down:
            error = error.replaced(remedy=near_reference(error.uri, self._titles) or error.remedy)
        content = self._contents.get(file.path)
        content = read_content(file.path, self._config) if content is None else content
        return explain(error, file.path, content, file.content_type, self._store)


def _canonical(path: Path) -> Path:
    return Path(os.path.realpath(path.parent)) / path.name
