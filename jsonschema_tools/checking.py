"""The use cases of checking as plain functions: the command line, pytest and programs call the same ones."""

from __future__ import annotations

from collections.abc import Collection as SizedCollection
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from jsonschema_tools.api import open_store
from jsonschema_tools.checks import Check, Collection, Context, Report, Rule
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.materialization import materialize as materialize_document
from jsonschema_tools.model import Config, SchemaFile
from jsonschema_tools.repository.configuration import CONFIG_NAME, find_config, load_config
from jsonschema_tools.repository.discovery import is_folder, located
from jsonschema_tools.repository.explaining import explain
from jsonschema_tools.repository.extensions import all_rules
from jsonschema_tools.repository.history import history, touched_folders
from jsonschema_tools.repository.loading import load
from jsonschema_tools.repository.places import Places
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.rules.engine import plan as plan_checks
from jsonschema_tools.rules.engine import run, run_all
from jsonschema_tools.rules.selection import active_rules, unknown

__all__ = ["Selection", "check", "plan", "rules_of", "run"]

GIT_RULES = ("released-versions-are-kept", "released-versions-are-immutable")
"""What a comparison with a commit is about, whatever the profile."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which checks to plan: of all rules, those of ``profile`` (default: of the configuration), and so on.

    ``select`` takes only these rules, ``extend_select`` these too, ``ignore`` leaves some out: ids, families, or
    patterns such as ``structure-*``. ``titles`` are titles, files or folders of schemas; none means all. ``against``
    names a commit: only titles that the branch has touched since it left that one are checked, and that no version
    that was released there is changed or missing.
    """

    titles: tuple[str | Path, ...] = ()
    profile: str | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    against: str | None = None


ALL = Selection()


def check(
    repository: Config | Path | str | None = None, selection: Selection = ALL, *, offline: bool = False
) -> Report:
    """Run the checks of a repository: its configuration, or a folder (default: the working directory).

    What a schema has wrong is in the report; raised are only errors of the call, of the configuration and of Git.
    """
    return run_all(plan(repository, selection, offline=offline))


def plan(
    repository: Config | Path | str | None = None, selection: Selection = ALL, *, offline: bool = False
) -> list[Check]:
    """The checks of a repository, each of them to be run by `run`; arguments and errors as for `check`."""
    config = repository if isinstance(repository, Config) else load_config(Path(repository) if repository else None)
    if selection.profile is not None:
        config = replace(config, profile=selection.profile)
    collection = load(config, history(config))
    titles = _titles(collection, config, selection.titles)
    extend_select = selection.extend_select
    if selection.against is not None:
        config, touched = _since(config, collection, selection.against)
        titles = touched if titles is None else titles & touched
        extend_select = (*extend_select, *GIT_RULES)
    rules = rules_of(config)
    try:
        active = active_rules(
            rules,
            config,
            profile=selection.profile,
            select=selection.select,
            extend_select=extend_select,
            ignore=selection.ignore,
        )
    except ConfigurationError as error:
        raise _placed(error) from None
    return plan_checks(active, _context(collection, config, rules, offline=offline), titles)


def rules_of(config: Config) -> tuple[Rule, ...]:
    """Every rule there is: ours, those of installed packages, those of the configuration."""
    return all_rules(config)


def _context(collection: Collection, config: Config, rules: Iterable[Rule], *, offline: bool) -> Context:
    store = open_store(config, offline=offline)
    tree = WorkTree()
    documents: dict[Path, Document] = {}

    def materialize(file: SchemaFile) -> Document:
        if file.path not in documents:
            try:
                documents[file.path] = materialize_document(file.document, config, store.retrieve)
            except SchemaToolsError as error:
                raise explain(error, file.path, file.path.read_bytes(), file.content_type, store) from error
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
        retrieve=store.retrieve,
        today=date.today(),
    )


def _titles(collection: Collection, config: Config, wanted: SizedCollection[str | Path]) -> frozenset[str] | None:
    """The titles that are meant by titles, files and folders; ``None`` for all of them."""
    if not wanted:
        return None
    folders = _folders(collection, config)
    found: set[str] = set()
    for name in wanted:
        path = Path(name).resolve()
        if str(name) in folders.values():
            found.add(str(name))
        elif below := {title for folder, title in folders.items() if folder == path or path in folder.parents}:
            found |= below
        elif beside := folders.get(path.parent):
            found.add(beside)
        else:
            message = f"no schema has the title or path {str(name)!r}"
            raise unknown(message, str(name), folders.values(), otherwise="`jst ls` lists the titles.")
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


def _since(config: Config, collection: Collection, reference: str) -> tuple[Config, frozenset[str]]:
    """The configuration with the Git rules looking only at what came after the branch left the reference, and the
    titles that it touched."""
    start, folders = touched_folders(config, reference)
    known, base = _folders(collection, config), config.schema_base_path
    titles = {known.get(folder, folder.relative_to(base).as_posix()) for folder in folders}
    rules = {**config.rules, **{rule: {**config.rules.get(rule, {}), "since": start} for rule in GIT_RULES}}
    return replace(config, rules=rules), frozenset(titles)


def _placed(error: ConfigurationError) -> SchemaToolsError:
    if error.source is None:
        return error
    path = Path(error.source)
    return located(error, path, path.read_bytes(), "yaml")


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
