"""Checking a repository: the command line, pytest and programs call the same functions."""

from __future__ import annotations

import functools
from collections.abc import Collection as SizedCollection
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.files import read_named
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import materialize as materialize_document
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.discovery import read_content
from jsonschema_tools.repository.explaining import explain
from jsonschema_tools.repository.history import touched_folders
from jsonschema_tools.repository.partial import load_named
from jsonschema_tools.repository.places import Places
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.source import DISK, Source
from jsonschema_tools.repository.staged import staged_tree
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.rules.baseline import Baseline
from jsonschema_tools.rules.baseline import read as read_baseline
from jsonschema_tools.rules.engine import plan as plan_checks
from jsonschema_tools.rules.engine import run_all
from jsonschema_tools.rules.model import Check, Context, Report, Rule
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.selection import Selection, check_profile
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.explain import rules_in_effect, rules_of
from jsonschema_tools.use_cases.remembered import Asked, results_of

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.kept import Known

GIT_RULES = ("released-versions-are-kept", "released-versions-are-immutable")
"""What a comparison with a commit is about, whatever the profile."""


def check(repository: Config | Path | str | None = None, selection: Selection | None = None, **names: Any) -> Report:
    """Run the checks of a repository: a folder (default: the working directory), or its configuration.

    Which of them a `Selection` says, or its fields by name: ``check(titles="shop/order", ignore="structure-*")``.
    Without any, all rules of the profile run on all titles.

    What a schema has wrong is in the report; raised are only errors of the call (`UsageError`), of the configuration
    (`ConfigurationError`) and of Git (`GitError`).
    """
    config = _config(repository)
    with results_of(config) as cache:
        return run_all(plan_known(config, replace(selection or Selection(), **names), cache))


def check_staged(
    repository: Config | Path | str | None = None, selection: Selection | None = None, **names: Any
) -> Report:
    """Run the checks as `check` does, and with its arguments, on what is staged instead of what is in the working tree.

    Only titles are checked that the next commit would touch, or with ``against`` those that the branch has touched. For
    a hook, whatever else lies in the working tree. Raises `GitError`, outside of a Git repository too.
    """
    config, selection = _config(repository), replace(selection or Selection(), **names)
    with results_of(config) as cache, staged_tree(config) as tree:
        titles = (str(tree.moved(Path(name).resolve())) if Path(name).exists() else name for name in selection.titles)
        start, touched = tree.touched(selection.against)
        selection = replace(selection, titles=tuple(titles))
        return tree.put_back(run_all(_plan(tree.config, selection, touched, start, tree, known=cache)))


def plan(
    repository: Config | Path | str | None = None, selection: Selection | None = None, **names: Any
) -> list[Check]:
    """The checks of a repository, each of them to be run by `run`; arguments and errors as for `check`."""
    return plan_known(_config(repository), replace(selection or Selection(), **names))


def plan_known(
    config: Config, selection: Selection, known: Known | None = None, asked: Asked | None = None
) -> list[Check]:
    """As `plan`, with what earlier runs found out; ``asked`` is told what the checks ask beside files."""
    return _plan(config, selection, known=known, asked=asked)


def _plan(
    config: Config,
    selection: Selection,
    touched: SizedCollection[Path] | None = None,
    start: str | None = None,
    source: Source = DISK,
    known: Known | None = None,
    asked: Asked | None = None,
) -> list[Check]:
    """As `plan`.

    Args:
        touched: the folders of the titles to check, where that is known.
        start: the commit from which the branch left ``against``.
        source: where the schemas are, if they are not all there.
        known: what earlier runs found out.
        asked: is told what the checks ask beside files.
    """
    if selection.profile is not None:
        check_profile(selection.profile)
        config = replace(config, profile=selection.profile)
    if selection.against is not None and start is None:
        start, touched = touched_folders(config, selection.against)
    releases = Releases(config, at=start, offline=selection.offline)
    collection, wanted = load_named(
        config, releases, selection.titles, touched, skip_other_files=selection.skip_other_files, source=source
    )
    # Where Git cannot tell what is released, they are only asked for by name: a commit must be possible there.
    if touched is not None and (selection.against is not None or releases.are_all_known()):
        selection = replace(selection, extend_select=(*selection.extend_select, *GIT_RULES))
    rules = rules_of(config)
    active = rules_in_effect(config, rules, selection)
    whole = GIT_RULES if touched is not None else ()
    context = context_of(collection, config, rules, offline=selection.offline, source=source, asked=asked)
    if asked is not None:
        asked.releases = releases
    context = replace(context, known=known)
    return plan_checks(active, context, wanted, whole)


def _config(repository: Config | Path | str | None) -> Config:
    return repository if isinstance(repository, Config) else load_config(Path(repository) if repository else None)


def _baseline(config: Config) -> Baseline | None:
    if config.baseline is None:
        return None
    try:
        content = read_named(config.baseline, config.root)
    except OSError as error:
        raise ConfigurationError(
            f"the baseline cannot be read: {error.strerror}",
            source=str(config.baseline),
            remedy=f"Write it: `jst check --write-baseline {config.baseline.name}`.",
        ) from error
    return read_baseline(parse_file(config.baseline, content), config.baseline)


def context_of(
    collection: Collection,
    config: Config,
    rules: Iterable[Rule],
    *,
    offline: bool,
    source: Source = DISK,
    asked: Asked | None = None,
) -> Context:
    """What rules may ask for beside their subject."""

    def brought(path: Path) -> None:
        source.bring([path.parent])

    # Where versions have extensionless links, others look them up by those: a missing one breaks what refers to it.
    exact = (str(config.schema_base_path),) if config.should_symlink_extensionless else ()
    overlay = brought if asked is None else asked.through(brought)
    store = open_store(config, offline=offline, exact=exact, overlay=overlay)
    if asked is not None:
        asked.store = store
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
        functools.cache(tree.names),
        tree.link,
        places,
        origin=places.origin,
        retrieve=store.retrieve,
        read=lambda file: {Path(store.location(uri)) for uri in read.get(file.path, ())},
        today=date.today(),
        baseline=_baseline(config),
        lines=places.lines,
    )
