"""What a branch does to schemas, for whoever has to say yes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema_tools import git
from jsonschema_tools.compatibility.allowing import allowing
from jsonschema_tools.compatibility.bump import part_between
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import EDITED, Assessor, NamedSchema
from jsonschema_tools.compatibility.policies import settings_of
from jsonschema_tools.documents.pointers import at
from jsonschema_tools.errors import SchemaToolsError, UsageError, accident, is_accident
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.release.standing import State
from jsonschema_tools.reports.review.model import NewField, Review, TitleReview
from jsonschema_tools.repository.codeowners import Section, owners_of, read_owners
from jsonschema_tools.repository.history import touched_below
from jsonschema_tools.repository.loading import load
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.schema_tests import tested_by
from jsonschema_tools.rules.model import Report
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.selection import Selection
from jsonschema_tools.schemas.deprecation import deprecation_of
from jsonschema_tools.schemas.fields import declared_fields
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.settings import Config
from jsonschema_tools.tables.titles import conflicts_of, tables_of
from jsonschema_tools.use_cases.check import check
from jsonschema_tools.use_cases.compare import named_versions
from jsonschema_tools.versions import is_version, sort_versions


def review(config: Config, against: str | None = None, *, offline: bool = False) -> Review:
    """What the branch does since it left a commit, with what is not committed or materialized yet.

    Without ``against``, the release branch. Raises `GitError`, and `UsageError` where no release branch is known.
    """
    base = config.schema_base_path
    top = git.top_of(base, "Run `git init`, or go to where it is.")
    releases = Releases(config, offline=offline)
    name = against or _release_branch(releases)
    start = git.merge_base(top, name)
    touched = {tested_by(folder, config) or folder for folder in touched_below(config, start)}
    collection = load(config, releases)
    wanted = [title for title in collection.titles if title.directory in touched]
    owners = read_owners(top)
    broken = {Path(error.source).parent: error for error in collection.unreadable if error.source}
    found = [_of_title(title, config, releases, owners, top, offline) for title in wanted]
    found = [
        replace(each, fields=(), error=broken[each.path.parent]) if each.path.parent in broken else each
        for each in found
    ]
    gone = sorted(touched - {title.directory for title in collection.titles})
    found += [_removed(folder, config, releases, owners, top) for folder in gone if releases.names(folder)]
    names = tuple(str(title.directory) for title in wanted)
    selection = Selection(titles=names, against=start, offline=offline)
    report = check(config, selection) if names or gone else Report(())
    return Review(name, tuple(_through_fragments(sorted(found, key=lambda each: each.title), wanted)), report)


def _release_branch(releases: Releases) -> str:
    names = releases.branches()
    if not names:
        raise UsageError("no release branch is known", remedy="Name what to compare with: `jst review --against main`.")
    return names[0]


def _of_title(
    title: Title, config: Config, releases: Releases, owners: Sequence[Section], top: Path, offline: bool
) -> TitleReview:
    path = (title.current or title.files[-1]).path
    place = path.relative_to(top).as_posix() if path.is_relative_to(top) else path.name
    empty = TitleReview(title.name, path, None, None, owners=owners_of(place, owners))
    try:
        versions = named_versions(title, config, offline=offline)
        states = {file.version: releases.state(file.path) for file in title.released(config.content_types[0])}
        released = [each for each in versions if states.get(each.name) == State.RELEASED]
        new = versions[-1]
        old = released[-1] if released else None
        if old is new:
            return replace(empty, old=new.name, new=new.name, deprecation=deprecation_of(new.document))
        if old is None:
            fields = tuple(_field(field.pointer, field.schema) for field in declared_fields(new.document))
            return replace(empty, new=new.name, fields=fields, deprecation=deprecation_of(new.document))
        return _compared(empty, old, new, released, config, offline)
    except SchemaToolsError as error:
        return replace(empty, error=error)
    except BaseException as error:
        if not is_accident(error):
            raise
        return replace(empty, error=accident(error, f"comparing the versions of {title.name}", str(path)))


def _compared(
    empty: TitleReview,
    old: NamedSchema,
    new: NamedSchema,
    released: Sequence[NamedSchema],
    config: Config,
    offline: bool,
) -> TitleReview:
    retrieve = open_store(config, offline=offline).retrieve
    assessor = Assessor(settings_of(config), None, retrieve, config.schema_version_field)
    compared = assessor.history([*released, new])[-1]
    compared = allowing(compared, config.allow, empty.title, date.today())
    changes = compared.assessment.comparison.changes
    return replace(
        empty,
        old=old.name,
        new=new.name,
        given=part_between(old.name, new.name) if not new.name.endswith(EDITED) else None,
        due=compared.bump.part,
        assessment=compared,
        changes=changes,
        fields=tuple(_fields(changes, new)),
        table=tuple(_table_conflicts(empty.title, released, new)),
        deprecation=deprecation_of(new.document),
    )


def _table_conflicts(title: str, released: Sequence[NamedSchema], new: NamedSchema) -> Iterable[str]:
    """What the table of the released versions cannot follow."""
    tables, _ = tables_of(title, [(each.name, each.document) for each in [*released, new]])
    return conflicts_of(tables[-1]) if tables and tables[-1].versions == (new.name,) else ()


def _fields(changes: Iterable[Change], new: NamedSchema) -> Iterable[NewField]:
    for change in changes:
        if change.kind == "property-added" and change.new_pointer:
            with suppress(LookupError):
                yield _field(change.new_pointer, at(new.document, change.new_pointer))


def _field(pointer: str, schema: Any) -> NewField:
    said = schema if isinstance(schema, dict) else {}
    kind, text = said.get("type", ""), said.get("description", "")
    return NewField(pointer, " or ".join(map(str, kind if isinstance(kind, list) else [kind])), str(text))


def _removed(folder: Path, config: Config, releases: Releases, owners: Sequence[Section], top: Path) -> TitleReview:
    """A title of which the branch has no file any more."""
    name = folder.relative_to(config.schema_base_path).as_posix()
    stems = {file.rpartition(".")[0] for file in releases.names(folder)}
    versions = sort_versions(stem for stem in stems if is_version(stem))
    place = (folder / config.current_file_name).relative_to(top).as_posix()
    return TitleReview(name, folder, versions[-1] if versions else None, None, owners=owners_of(place, owners))


def _through_fragments(found: Sequence[TitleReview], titles: Sequence[Title]) -> Iterable[TitleReview]:
    """What a fragment of the branch changes is told with the fragment, once."""
    by_uri = {f"/{each.title}/{each.new}": each for each in found if each.new and each.assessment}
    currents: Mapping[str, Title] = {title.name: title for title in titles}
    for each in found:
        title = currents.get(each.title)
        current = title.current if title else None
        uris = [uri.partition("#")[0] for _, uri in located_references(current.document)] if current else []
        taken = {uri: by_uri[uri] for uri in uris if uri in by_uri and by_uri[uri] is not each}
        theirs = {change.fingerprint for other in taken.values() for change in other.changes}
        own = tuple(change for change in each.changes if change.fingerprint not in theirs)
        pointers = {change.new_pointer for change in own}
        # All fields of a new title are new.
        fields = tuple(item for item in each.fields if each.assessment is None or item.pointer in pointers)
        yield replace(each, changes=own, fields=fields, through=tuple(taken))
