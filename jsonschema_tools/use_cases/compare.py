"""Comparing two schemas, and the versions of a title."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from semver import Version

from jsonschema_tools import git
from jsonschema_tools.compatibility.allowing import allowing
from jsonschema_tools.compatibility.named import EDITED, Assessor, History, NamedAssessment, NamedSchema, assess_named
from jsonschema_tools.compatibility.policies import CompatibilitySettings
from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.documents.values import Document, describe, equal
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, UsageError, command
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import accidents_told
from jsonschema_tools.release.standing import State
from jsonschema_tools.repository.discovery import read_content
from jsonschema_tools.repository.loading import near_version
from jsonschema_tools.repository.naming import title_meant
from jsonschema_tools.repository.partial import load_meant
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.rules.repository import Collection, Title
from jsonschema_tools.schemas.metaschemas import misshapen
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.transform import materialized


def compat(
    old: str | Path,
    new: str | Path,
    config: Config,
    settings: CompatibilitySettings,
    *,
    draft: str | None = None,
    stdin: bytes = b"",
    offline: bool = False,
) -> NamedAssessment:
    """Compare two schemas: each a file, ``title@1.0.0``, a URI, ``git:REF:path``, or ``-`` for ``stdin``.

    A current file counts as it would be released. Raises `SchemaToolsError`.
    """
    before, after = (read_schema(str(name), config, stdin=stdin, offline=offline) for name in (old, new))
    retrieve = open_store(config, offline=offline).retrieve
    with accidents_told(f"comparing {before.name} with {after.name}"):
        return assess_named(before, after, settings, draft, retrieve, config.schema_version_field)


def check_title(name: str) -> None:
    """Raise `UsageError` for what stands for one schema: to compare it, another one is needed."""
    single = name == "-" or name.startswith("git:") or "@" in name or "://" in name or Path(name).is_file()
    if single or Path(name).suffix in (".json", ".yaml", ".yml"):
        raise UsageError(
            f"one schema is missing: there is only {name!r}, and nothing to compare it with",
            remedy=f"Name two: {command('jst', 'compat', name, 'NEW')} or {command('jst', 'compat', 'OLD', name)};"
            " or a title, for all of its versions.",
        )


def history(title: str, config: Config, settings: CompatibilitySettings, *, offline: bool = False) -> History:
    """Every version of a title, with the one before it; the current file too when it is ahead.

    Raises `SchemaToolsError`.
    """
    found, errors = histories([title], config, settings, offline=offline)
    for error in errors:
        raise error
    return found[0]


def histories(
    titles: Iterable[str], config: Config, settings: CompatibilitySettings, *, offline: bool = False
) -> tuple[list[History], list[SchemaToolsError]]:
    """The history of each of the titles, of all without any, and why some of them have none.

    Raises `UsageError` for a title that there is not.
    """
    titles, releases = list(titles), Releases(config, offline=offline)
    collection = load_meant(config, titles, releases)
    found, errors = [], []
    for name in titles or [title.name for title in collection.titles]:
        title, _ = title_meant(name, collection, config)
        try:
            found.append(_history(title, config, settings, collection, releases, offline))
        except SchemaToolsError as error:
            errors.append(error)
    return found, errors


def _history(
    title: Title,
    config: Config,
    settings: CompatibilitySettings,
    collection: Collection,
    releases: Releases,
    offline: bool,
) -> History:
    for error in collection.chosen.unreadable:
        # A history with a version left out would not be true.
        if error.source is not None and Path(error.source).parent == title.directory:
            raise error
    retrieve = open_store(config, offline=offline).retrieve
    versions = named_versions(title, config, offline=offline)
    with accidents_told(f"comparing the versions of {title.name}"):
        compared_rows = Assessor(settings, None, retrieve, config.schema_version_field).history(versions)
    rows = tuple(allowing(row, config.allow, title.name, date.today()) for row in compared_rows)
    return History(title.name, versions[0].name, rows, _states(title, versions, config, releases))


def _states(title: Title, versions: Iterable[NamedSchema], config: Config, releases: Releases) -> dict[str, str]:
    """The state of each version; one that only the current file has is a draft."""
    files = {file.version: file.path for file in title.released(config.content_types[0])}
    return {
        version.name: releases.state(files[version.name]) if version.name in files else str(State.DRAFT)
        for version in versions
    }


def named_versions(title: Title, config: Config, *, offline: bool = False) -> list[NamedSchema]:
    """The versions of a title from the lowest on, each named by its number, the current file where it is another.

    One that was edited and not bumped is named as a build of its version.
    """
    released = sorted(title.released(config.content_types[0]), key=_precedence)
    found = [NamedSchema(file.version, file.document) for file in released]
    current = title.current
    if current is not None and (not released or _precedence(current) > _precedence(released[-1])):
        found.append(NamedSchema(current.version, materialized(current.path, config, offline=offline)))
    elif current is not None and current.version == released[-1].version:
        with suppress(SchemaToolsError):
            edited = materialized(current.path, config, offline=offline)
            if not equal(edited, released[-1].document):
                found.append(NamedSchema(f"{current.version}{EDITED}", edited))
    return found or [NamedSchema(file.version, file.document) for file in title.files[:1]]


def _precedence(file: SchemaFile) -> Version:
    return Version.parse(file.version)


def read_schema(name: str, config: Config, *, stdin: bytes = b"", offline: bool = False) -> NamedSchema:
    """The schema that a name stands for; see `compat`. Raises `UsageError` for what is no schema."""
    if name == "-":
        return NamedSchema(name, _schema(stdin, "<stdin>"))
    if name.startswith("git:"):
        content, path = _from_git(name)
    else:
        path = Path(name)
        if not os.path.lexists(path) and ("@" in name or "://" in name or name.startswith("/")):
            title, at, version = name.rpartition("@")
            uri = f"/{title.strip('/')}/{version}" if at else name
            store = open_store(config, offline=offline)
            try:
                return NamedSchema(name, store.retrieve(uri))
            except RetrievalError as error:
                raise error.replaced(remedy=near_version(uri, config) or error.remedy) from error
        content = read_content(path, config)
        if path.name == config.current_file_name:
            return NamedSchema(name, materialized(path, config, offline=offline))
    document = _schema(content, name, content_type_of(path.name))
    is_current = path.name == config.current_file_name
    return NamedSchema(name, materialized(document, config, offline=offline) if is_current else document)


def _from_git(name: str) -> tuple[bytes, Path]:
    """The content of a file in a commit, and its path, which is relative to the working directory."""
    reference, _, written = name.removeprefix("git:").rpartition(":")
    if not reference or not written:
        raise UsageError(f"{name!r} does not name a file of a commit", remedy="Write git:COMMIT:PATH.")
    path = Path(written)
    above = next((folder for folder in path.absolute().parents if folder.is_dir()), Path.cwd())
    top = git.top_level(above)
    if top is None:
        raise git.not_a_repository(written, "Run the command inside of a Git repository.")
    inside = Path(os.path.realpath(above)).joinpath(path.absolute().relative_to(above)).relative_to(top)
    blobs = git.tree_files(top, git.commit_of(top, reference), top / inside.parent)
    if (blob := blobs.get(inside.as_posix())) is None:
        near = get_close_matches(inside.as_posix(), blobs, n=1)
        listing = f"{command('git', 'ls-tree', '-r', '--name-only', reference)} lists those that it has."
        remedy = f"Did you mean 'git:{reference}:{os.path.relpath(top / near[0])}'?" if near else listing
        raise UsageError(f"the commit {reference!r} has no file {written!r}", remedy=remedy)
    return git.content(top, blob), path


def _schema(content: bytes, source: str, content_type: str = "yaml") -> Document:
    document = parse(content, source=source, content_type=content_type)
    if isinstance(document, bool):
        return document
    if not isinstance(document, dict):
        raise UsageError(f"{describe(document)} is not a schema", source=source, remedy="Name a JSON Schema.")
    for pointer, message in misshapen(document):
        position = locate(content, pointer, source=source)
        raise UsageError(
            f"{pointer}: {message}", source=source, position=position, pointer=pointer, remedy="Correct the schema."
        )
    return document
