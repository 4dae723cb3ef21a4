"""The use cases as plain functions: each command of the command line is one call of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema_tools import git
from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import (
    Config,
    GitAdd,
    Listing,
    Merged,
    Plan,
    Remove,
    SchemaDirectory,
    SchemaFile,
    SchemaListing,
)
from jsonschema_tools.release.identity import NamingFields
from jsonschema_tools.release.materialization import accidents_told, flatten
from jsonschema_tools.release.materialization import materialize as materialize_document
from jsonschema_tools.release.planning import Overlay, plan
from jsonschema_tools.release.standing import State
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
from jsonschema_tools.repository.locking import exclusive
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.versions import is_version, sort_versions

_STDIN = Path("<stdin>")

Progress = Callable[[int, int], None]
"""Told how many of how many schemas are done."""


def open_store(
    config: Config, *, offline: bool = False, overlay: Overlay | None = None, exact: Container[str] = ()
) -> SchemaStore:
    """The look-up of schemas by URI over the configured base URIs."""
    return SchemaStore(config.schema_base_uris, overlay=overlay, exact=exact, **store_settings(config, offline=offline))


def store_settings(config: Config, *, offline: bool) -> dict[str, Any]:
    """What a configuration says of the look-up, beside its base URIs; it can be sent to other processes."""
    return {
        "allowed_hosts": config.allowed_ref_hosts,
        "cache_directory": cache_directory(),
        "cached_since": config.cached_since,
        "naming": NamingFields(config.schema_version_field, config.schema_title_field),
        "offline": offline,
    }


def cache_directory() -> Path:
    """Where documents fetched over HTTP are kept: ``$XDG_CACHE_HOME/jsonschema-tools``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "jsonschema-tools"


def plan_paths(
    paths: Iterable[Path],
    config: Config,
    *,
    force: bool = False,
    output_directory: Path | None = None,
    offline: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Plan:
    """What materializing the given schema files would do."""
    return _plan([(path, None) for path in paths], config, force, output_directory, offline, progress)


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
) -> Plan:
    """What materializing every current schema of the repository would do."""
    found = discover(config)
    currents = [folder.current for folder in found.directories if folder.current is not None]
    sources = [(path, None) for path in currents]
    planned = _plan(sources, config, force, output_directory, offline, progress, releases)
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


def list_schemas(config: Config, *, offline: bool = False) -> Listing:
    """The titles of the repository with their versions and what is not materialized yet, sorted by title.

    Schemas that cannot be read or materialized are in the listing as far as they are known, their errors beside it.
    """
    directories = discover(config).directories
    releases = Releases(config, offline=offline)
    planned = plan_all(config, offline=offline, releases=releases)
    pending: dict[Path, list[Path]] = {}
    for action in planned.actions:
        if not isinstance(action, GitAdd):
            pending.setdefault(action.path.parent, []).append(action.path)
    by_folder = {release.directory: release for release in planned.releases}
    entries = []
    for folder in directories:
        release = by_folder.get(folder.path)
        versions = tuple(sort_versions(folder.versions))
        title = release.title if release else None
        entries.append(
            SchemaListing(
                title=title or folder.path.relative_to(config.schema_base_path).as_posix(),
                path=folder.path,
                current=release.version if release else None,
                versions=versions,
                latest=_version_of(folder.links.get("latest")),
                pending=tuple(pending.get(folder.path, ())),
                states={version: _state(folder, version, releases) for version in versions},
                ahead=_ahead(folder, config, releases),
            )
        )
    return Listing(tuple(sorted(entries, key=lambda entry: entry.title)), planned.errors, planned.misnamed)


def _state(folder: SchemaDirectory, version: str, releases: Releases) -> str:
    """How a version stands: as the first of its files does."""
    path = next(iter(folder.versions[version].values()))
    return releases.state(path)


def _ahead(folder: SchemaDirectory, config: Config, releases: Releases) -> tuple[str, ...]:
    """The versions that a release branch has and this branch has not merged."""
    files = [name.rpartition(".") for name in releases.names(folder.path)]
    absent = {stem: f"{stem}.{type_}" for stem, _, type_ in files if type_ in config.content_types and is_version(stem)}
    return tuple(
        version
        for version in sort_versions(set(absent) - set(folder.versions))
        if releases.standing(folder.path / absent[version], history=False).state is State.AHEAD
    )


def _version_of(target: str | None) -> str | None:
    name = target or ""
    return next((name.removesuffix(end) for end in (".yaml", ".json") if name.endswith(end)), target)


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


def dereference(schema: Path | str | bytes | Document, config: Config, *, offline: bool = False) -> Document:
    """A schema without references and without ``allOf``: a file by its path, a YAML or JSON text, or a document."""
    return _transform(schema, config, offline, flatten=True)


def materialized(schema: Path | str | bytes | Document, config: Config, *, offline: bool = False) -> Document:
    """A schema as it would be released; nothing is written."""
    return _transform(schema, config, offline, flatten=False)


def to_text(document: Document, content_type: str = "yaml") -> str:
    """The canonical YAML or JSON text of a document."""
    return serialize(document, content_type)


def _transform(schema: Path | str | bytes | Document, config: Config, offline: bool, *, flatten: bool) -> Document:
    content = read_content(schema, config) if isinstance(schema, Path) else schema
    path = schema if isinstance(schema, Path) else _STDIN
    content_type = content_type_of(path.name)
    is_text = isinstance(content, (str, bytes))
    document = parse(content, source=str(path), content_type=content_type) if is_text else content
    store = open_store(config, offline=offline)
    try:
        with accidents_told("materializing this schema"):
            return _flat(document, store) if flatten else materialize_document(document, config, store.retrieve)
    except SchemaToolsError as error:
        raise (explain(error, path, _bytes(content), content_type, store) if is_text else error) from error


def _flat(document: Document, store: SchemaStore) -> Document:
    return flatten(document, store.retrieve)


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _plan(
    sources: Sequence[tuple[Path, bytes | None]],
    config: Config,
    force: bool,
    output_directory: Path | None,
    offline: bool,
    progress: Progress,
    releases: Releases | None = None,
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
    stores: list[SchemaStore] = []

    def documents(overlay: Overlay) -> Callable[[str], Document]:
        stores.append(open_store(config, offline=offline, overlay=overlay))
        return stores[0].retrieve

    def merged(uris: Iterable[str]) -> tuple[Merged, ...]:
        return stores[0].merged(uris)

    def placed(error: SchemaToolsError, file: SchemaFile) -> SchemaToolsError:
        content = contents.get(file.path)
        content = read_content(file.path, config) if content is None else content
        return explain(error, file.path, content, file.content_type, stores[0])

    releases = releases or Releases(config, offline=offline)
    tree = WorkTree(
        releases,
        staged=config.git_staged and any(content is not None for _, content in sources),
        base=config.schema_base_path,
    )
    planned = plan(
        files,
        config,
        tree,
        documents,
        force=force,
        output_directory=output_directory,
        explain=placed,
        progress=progress,
        merged=merged,
    )
    basis = basis_of(planned.actions, tree.seen, releases.commits())
    return Plan(planned.actions, planned.releases, (*errors, *planned.errors), basis=basis)


def _canonical(path: Path) -> Path:
    return Path(os.path.realpath(path.parent)) / path.name
