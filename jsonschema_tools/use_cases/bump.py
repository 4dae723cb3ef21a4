"""Bumping: which version is due for each current file, and writing it there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from semver import Version

from jsonschema_tools.compatibility.allowing import without_allowed
from jsonschema_tools.compatibility.bump import Bump, Part, bumped, covers, due_bump, part_between
from jsonschema_tools.compatibility.named import Assessor, NamedAssessment, NamedSchema
from jsonschema_tools.compatibility.policies import settings_of
from jsonschema_tools.compatibility.transitive import of_one_line
from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import DocumentError, GitError
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.model import SchemaFile, WriteFile
from jsonschema_tools.release.materialization import accidents_told
from jsonschema_tools.release.refusals import refusal
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.release.version_files import holds
from jsonschema_tools.repository.discovery import discover, read_content, read_schema_file
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.repository.versioning import with_version
from jsonschema_tools.repository.words import currents_meant
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.transform import materialized
from jsonschema_tools.versions import is_plain_version, sort_versions


@dataclass(frozen=True, slots=True)
class Bumped:
    """The version of a current file, and the one that is due; ``new`` is ``old`` where it is right as it is."""

    path: Path
    old: str
    new: str
    reason: str


def plan_bumps(
    names: Iterable[str | Path],
    config: Config,
    *,
    part: Part | None = None,
    offline: bool = False,
    contents: Mapping[Path, bytes] = MappingProxyType({}),
) -> list[Bumped]:
    """The version that is due for each current file: of these files or titles, of all without any.

    ``contents`` is what files would hold, in place of what they hold. With ``part`` that part of the last released
    version goes up, whatever changed. Raises `SchemaToolsError`.
    """
    retrieve, releases = open_store(config, offline=offline).retrieve, Releases(config, offline=offline)
    bumps: list[Bumped] = []
    wanted = [str(name) for name in names]
    for path in currents_meant(wanted, config) if wanted else discover(config).currents:
        content = contents.get(path)
        current, released = read_schema_file(path, config, content), _last_released(path, config, releases)
        if released is None:
            bumps.append(Bumped(path, current.version, current.version, "nothing is released yet"))
        elif part is not None:
            reason = f"a {part} version, as asked for"
            item = Bumped(path, current.version, bumped(released.version, part), reason)
            bumps.append(_free(item, released, config, releases))
        else:
            document = materialized(path if content is None else current.document, config, offline=offline)
            if current.version == released.version and holds(released.document, document):
                bumps.append(Bumped(path, current.version, current.version, "nothing changed"))
                continue
            item = _due(current, document, (*_earlier(path, released, config), released), config, retrieve)
            bumps.append(_free(item, released, config, releases, document))
    return bumps


def carry_out_bumps(bumps: Sequence[Bumped], config: Config) -> None:
    """Write the versions into the current files; nothing else of them changes, not even how lines end."""
    actions = []
    for item in bumps:
        if item.new != item.old:
            content = with_version(
                read_content(item.path, config), item.path, item.old, item.new, config.schema_version_field
            )
            # A current file that is a link stays one.
            actions.append(WriteFile(Path(os.path.realpath(item.path)), content))
    if actions:
        apply(actions, config.schema_base_path)


def _due(
    current: SchemaFile, document: Document, versions: Sequence[SchemaFile], config: Config, retrieve: Retrieve
) -> Bumped:
    """The bump after these versions, the oldest first, as it is judged by `jst check` too."""
    *earlier, before = (NamedSchema(file.version, file.document) for file in versions)
    after, released = NamedSchema(current.version, document), versions[-1]
    settings = settings_of(config)
    with accidents_told(f"comparing {before.name} with {after.name}", str(current.path)):
        found = Assessor(settings, None, retrieve, config.schema_version_field).assess(before, after, earlier)
    # A break may be allowed in one version and not in another.
    steps = [bumped(released.version, part) for part in Part]
    for version in (current.version, *steps):
        due = _in_version(found, version, current.title, config)
        if due.part is None or covers(part_between(released.version, version), due.part):
            break
    if due.part is None or version == current.version:
        return Bumped(current.path, current.version, current.version, due.reason)
    return Bumped(current.path, current.version, version, f"{due.part}: {due.reason}")


def _in_version(found: NamedAssessment, version: str, title: str | None, config: Config) -> Bump:
    """The bump that is due where the new version is this one."""
    if found.bump.part is None or not config.allow:
        return found.bump
    left = without_allowed(found.assessment, config.allow, title or "", version, date.today())
    return due_bump(left, found.settings)


def _earlier(current: Path, released: SchemaFile, config: Config) -> list[SchemaFile]:
    """The versions before the last released one that a version after it must be compatible with, the oldest first."""
    policy = settings_of(config).policy
    if not policy.transitive:
        return []
    folder, end = Path(os.path.realpath(current.parent)), f".{config.content_types[0]}"
    stems = [path.name.removesuffix(end) for path in folder.glob(f"*{end}") if path.is_file() and not path.is_symlink()]
    line = [stem for stem in stems if is_plain_version(stem) and of_one_line(stem, released.version, policy)]
    older = [stem for stem in sort_versions(line) if Version.parse(stem) < Version.parse(released.version)]
    return [read_schema_file(folder / f"{stem}{end}", config) for stem in older]


def _last_released(current: Path, config: Config, releases: Releases) -> SchemaFile | None:
    """The greatest released version beside a current file. Raises `GitError` where nobody can tell what is released."""
    folder = Path(os.path.realpath(current.parent))
    end = f".{config.content_types[0]}"
    stems = [path.name.removesuffix(end) for path in folder.glob(f"*{end}") if path.is_file() and not path.is_symlink()]
    for stem in reversed(sort_versions([stem for stem in stems if is_plain_version(stem)])):
        found = releases.standing(folder / f"{stem}{end}", history=False)
        if found.state is State.UNKNOWN:
            raise GitError(f"what is released cannot be told: {found.reason}", source=str(current), remedy=found.remedy)
        if found.state is State.RELEASED and found.merged:
            # What is on disk may be damaged, or in the middle of a merge.
            path = folder / f"{stem}{end}"
            tip = releases.tip(path)
            return read_schema_file(path, config, None if tip is None or releases.has(path, tip) else tip.read())
    return None


def _free(item: Bumped, released: SchemaFile, config: Config, releases: Releases, document: Document = None) -> Bumped:
    """The bump with a number that nobody else has. Raises `ReleasedVersionChanged` where a merge has to come first.

    A number that was withdrawn is spent, unless the ``document`` is what it was.
    """
    if item.new == item.old and item.old == released.version:
        return item
    folder, new = Path(os.path.realpath(item.path.parent)), item.new
    part = part_between(released.version, new)
    while True:
        path = folder / f"{new}.{config.content_types[0]}"
        found = releases.standing(path)
        if found.state is State.WITHDRAWN and part is not None and not _returns(found, path, new, item, document):
            new = bumped(new, part)
        elif found.state is State.UNKNOWN or not found.merged:
            raise refusal(
                path,
                found,
                version=new,
                current=item.path.name,
                root=config.root,
                following=new,
                part=str(part),
                field=config.schema_version_field,
                damaged=False,
                differences=(),
            )
        else:
            break
    spent = f"; {item.new} is spent: it was released and withdrawn" if new != item.new else ""
    return replace(item, new=new, reason=f"{item.reason}{spent}")


def _returns(found: Standing, path: Path, version: str, item: Bumped, document: Document) -> bool:
    """Whether a current file says again what a withdrawn version said."""
    if found.content is None or version != item.old:
        return False
    try:
        return holds(parse_file(path, found.content.read()), document)
    except DocumentError:
        return False
