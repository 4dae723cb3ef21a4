"""The use cases of checking as plain functions: the command line, pytest and programs call the same ones."""

from __future__ import annotations

from collections.abc import Collection as SizedCollection
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import is_folder, read_file
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.model import Config, SchemaFile
from jsonschema_tools.release.materialization import materialize as materialize_document
from jsonschema_tools.repository.configuration import CONFIG_NAME, find_config, load_config
from jsonschema_tools.repository.discovery import located, read_content
from jsonschema_tools.repository.explaining import explain
from jsonschema_tools.repository.extensions import all_rules
from jsonschema_tools.repository.history import touched_folders
from jsonschema_tools.repository.loading import load, no_such_title
from jsonschema_tools.repository.places import Places
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.staged import staged_tree
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.rules.documentation import InEffect
from jsonschema_tools.rules.engine import plan as plan_checks
from jsonschema_tools.rules.engine import run, run_all
from jsonschema_tools.rules.model import Check, Collection, Context, Profile, Report, Rule
from jsonschema_tools.rules.selection import ActiveRule, active_rules, unknown

__all__ = ["check", "check_staged", "explained", "explained_rule", "plan", "rules_in_effect", "rules_of", "run"]

GIT_RULES = ("released-versions-are-kept", "released-versions-are-immutable")
"""What a comparison with a commit is about, whatever the profile."""

Names = str | Path | Iterable[str | Path]
"""One name or several."""


def check(
    repository: Config | Path | str | None = None,
    *,
    titles: Names = (),
    profile: str | None = None,
    select: Names = (),
    extend_select: Names = (),
    ignore: Names = (),
    against: str | None = None,
    skip_other_files: bool = False,
    offline: bool = False,
) -> Report:
    """Run the checks of a repository: a folder (default: the working directory), or its configuration.

    ``profile`` is the set of rules to start from: ``upstream`` or ``recommended`` (default: what the configuration
    says). ``select`` takes only these rules, ``extend_select`` these too, ``ignore`` leaves some out: ids, families,
    or patterns such as ``structure-*``. ``titles`` are titles, files or folders of schemas; none means all.
    ``against`` names a commit: only titles that the branch has touched since it left that one are checked, and that no
    version that was released there is changed or missing. ``skip_other_files`` leaves out files and folders among
    ``titles`` that are of no schema, instead of refusing them. ``offline`` fetches nothing.

    What a schema has wrong is in the report; raised are only errors of the call (`UsageError`), of the configuration
    (`ConfigurationError`) and of Git (`GitError`).
    """
    checks = plan(
        repository,
        titles=titles,
        profile=profile,
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        against=against,
        skip_other_files=skip_other_files,
        offline=offline,
    )
    return run_all(checks)


def check_staged(
    repository: Config | Path | str | None = None,
    *,
    titles: Names = (),
    against: str | None = None,
    **selection: Any,
) -> Report:
    """Run the checks as `check` does, and with its arguments, on what is staged instead of what is in the working tree.

    Only titles are checked that the next commit would touch, or with ``against`` those that the branch has touched. For
    a hook, whatever else lies in the working tree. Raises `GitError`, outside of a Git repository too.
    """
    config = _config(repository)
    with staged_tree(config) as tree:
        wanted = [tree.moved(Path(name).resolve()) if Path(name).exists() else name for name in _several(titles)]
        touched = touched_folders(tree.config, "HEAD")[1] if against is None and tree.has_commits else None
        checks = _plan(tree.config, titles=wanted, against=against, touched=touched, **selection)
        return tree.put_back(run_all(checks))


def plan(
    repository: Config | Path | str | None = None,
    *,
    titles: Names = (),
    profile: str | None = None,
    select: Names = (),
    extend_select: Names = (),
    ignore: Names = (),
    against: str | None = None,
    skip_other_files: bool = False,
    offline: bool = False,
) -> list[Check]:
    """The checks of a repository, each of them to be run by `run`; arguments and errors as for `check`."""
    return _plan(
        _config(repository),
        titles=titles,
        profile=profile,
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        against=against,
        skip_other_files=skip_other_files,
        offline=offline,
    )


def _plan(
    config: Config,
    *,
    titles: Names = (),
    profile: str | None = None,
    select: Names = (),
    extend_select: Names = (),
    ignore: Names = (),
    against: str | None = None,
    touched: SizedCollection[Path] | None = None,
    skip_other_files: bool = False,
    offline: bool = False,
) -> list[Check]:
    """As `plan`; ``touched`` are the folders of the titles to check, where they do not come from ``against``."""
    if (known := _known_profile(profile)) is not None:
        config = replace(config, profile=known)
    start = None
    if against is not None:
        start, touched = touched_folders(config, against)
    releases = Releases(config, at=start, offline=offline)
    collection = load(config, releases)
    wanted = _titles(collection, config, _several(titles), skip_other_files)
    added = _several(extend_select)
    if touched is not None:
        found = _touched(config, collection, touched)
        wanted = found if wanted is None else wanted & found
        # Where Git cannot tell what is released, they are only asked for by name: a commit must be possible there.
        added = (*added, *(GIT_RULES if against is not None or releases.are_all_known() else ()))
    rules = rules_of(config)
    active = rules_in_effect(
        config,
        rules,
        profile=_known_profile(profile),
        select=_several(select),
        extend_select=added,
        ignore=_several(ignore),
    )
    whole = GIT_RULES if touched is not None else ()
    return plan_checks(active, _context(collection, config, rules, offline=offline), wanted, whole)


def _several(names: Names) -> tuple[str, ...]:
    """One name stands for a list of it."""
    return (str(names),) if isinstance(names, str | Path) else tuple(map(str, names))


def _known_profile(name: str | None) -> str | None:
    if name is not None and name not in list(Profile):
        raise unknown(f"there is no profile {name!r}", name, map(str, Profile))
    return name


def _config(repository: Config | Path | str | None) -> Config:
    return repository if isinstance(repository, Config) else load_config(Path(repository) if repository else None)


def rules_of(config: Config) -> tuple[Rule, ...]:
    """Every rule there is: ours, those of installed packages, those of the configuration."""
    try:
        return all_rules(config)
    except ConfigurationError as error:
        raise _placed(error) from None


def rules_in_effect(
    config: Config,
    rules: Sequence[Rule],
    *,
    profile: str | None = None,
    select: tuple[str, ...] = (),
    extend_select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> tuple[ActiveRule, ...]:
    """Of the rules those that a check of the repository has, each with its severity and options. Raises as `check`."""
    try:
        return active_rules(rules, config, profile=profile, select=select, extend_select=extend_select, ignore=ignore)
    except ConfigurationError as error:
        raise _placed(error) from None


def explained(config: Config, profile: str | None = None) -> list[InEffect]:
    """Every rule with what it means in the repository, those that are off too."""
    rules = rules_of(config)
    active = {found.rule.id: found for found in rules_in_effect(config, rules, profile=profile)}
    return [
        InEffect(rule, active[rule.id].severity, active[rule.id].options)
        if rule.id in active
        else InEffect(rule, None, {})
        for rule in rules
    ]


def explained_rule(config: Config, rule_id: str) -> InEffect:
    """One rule with what it means in the repository. Raises `UsageError` with the nearest name when there is none."""
    entries = {entry.rule.id: entry for entry in explained(config)}
    if rule_id not in entries:
        raise unknown(f"there is no rule {rule_id!r}", rule_id, entries, otherwise="`jst rules` lists them.")
    return entries[rule_id]


def _context(collection: Collection, config: Config, rules: Iterable[Rule], *, offline: bool) -> Context:
    # Where versions have extensionless links, others look them up by those: a missing one breaks what refers to it.
    exact = (str(config.schema_base_path),) if config.should_symlink_extensionless else ()
    store = open_store(config, offline=offline, exact=exact)
    tree = WorkTree(base=config.schema_base_path)
    documents: dict[Path, Document] = {}
    read: dict[Path, set[str]] = {}

    def materialize(file: SchemaFile) -> Document:
        if file.path not in documents:
            uris = read[file.path] = set()

            def retrieve(uri: str) -> Document:
                uris.add(uri)
                return store.retrieve(uri)

            try:
                documents[file.path] = materialize_document(file.document, config, retrieve)
            except SchemaToolsError as error:
                content = read_content(file.path, config)
                raise explain(error, file.path, content, file.content_type, store) from error
        return documents[file.path]

    places = Places(collection, config, store, materialize)
    return Context(
        config,
        collection,
        {rule.id: rule for rule in rules},
        materialize,
        tree.names,
        tree.link,
        places,
        origin=places.origin,
        retrieve=store.retrieve,
        read=lambda file: {Path(store.location(uri)) for uri in read.get(file.path, ())},
        today=date.today(),
    )


def _titles(
    collection: Collection, config: Config, names: SizedCollection[str], skip_other_files: bool
) -> frozenset[str] | None:
    """The titles that are meant by titles, files and folders; ``None`` for all of them."""
    if not names:
        return None
    folders = _folders(collection, config)
    found: set[str] = set()
    for name in names:
        path = Path(name).resolve()
        if name in folders.values():
            found.add(name)
        elif below := {title for folder, title in folders.items() if folder == path or path in folder.parents}:
            found |= below
        elif beside := folders.get(path.parent):
            found.add(beside)
        elif not skip_other_files:
            raise no_such_title(name, set(folders.values()), config, "no schema has the title or path")
    return frozenset(found)


def _folders(collection: Collection, config: Config) -> dict[Path, str]:
    """The title of each folder: of its current file where there are several."""
    folders = {file.path.parent: title.name for title in collection.titles for file in title.files}
    folders |= {title.current.path.parent: title.name for title in collection.titles if title.current}
    base = config.schema_base_path
    for path in [Path(error.source).parent for error in collection.unreadable if error.source]:
        if path.is_relative_to(base):
            folders.setdefault(path, path.relative_to(base).as_posix())
    return folders


def _touched(config: Config, collection: Collection, folders: Iterable[Path]) -> frozenset[str]:
    """The titles of folders."""
    known, base = _folders(collection, config), config.schema_base_path
    return frozenset(known.get(folder, folder.relative_to(base).as_posix()) for folder in folders)


def _placed(error: ConfigurationError) -> SchemaToolsError:
    if error.source is None or error.position is not None:
        return error
    path = Path(error.source)
    with suppress(OSError):
        return located(error, path, read_file(path))
    return error


def base_and_titles(names: SizedCollection[str]) -> tuple[Path | None, tuple[str, ...]]:
    """Which repository is meant by paths and titles on a command line, and which of its titles; none means all.

    A single folder with a configuration file is a repository, and so is one that no configuration is found for.
    Other paths are looked for in the repository of the working directory, else in the one that they are in.
    """
    for name in names:
        path = Path(name)
        if not is_folder(path):
            continue
        if len(names) == 1 and (path.joinpath(CONFIG_NAME).is_file() or find_config(path) is None):
            return path, ()
    paths = [Path(name) for name in names if Path(name).exists()]
    if find_config() is None and paths and (found := find_config(paths[0] if is_folder(paths[0]) else paths[0].parent)):
        return found.parent, tuple(names)
    return None, tuple(names)
