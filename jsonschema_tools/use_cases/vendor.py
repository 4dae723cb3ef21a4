"""Vendoring: released schemas in a folder of somebody who validates without the network."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, UsageError
from jsonschema_tools.events.obstacles import NoValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.model import Action, Remove, WriteFile
from jsonschema_tools.repository.loading import near_version
from jsonschema_tools.repository.naming import is_own_base
from jsonschema_tools.repository.released import ReleasedFile, ReleasedFiles
from jsonschema_tools.repository.vendored import (
    LOCK,
    Difference,
    Kind,
    Lock,
    Locked,
    checked_name,
    content_of,
    differences,
    digest,
    extra,
    lock_text,
    no_lock,
    read_lock,
)
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.settings import Config

_FEW = 3


@dataclass(frozen=True, slots=True)
class VendorPlan:
    """What vendoring would do in a folder, and the lock that it would have; nothing where all is there already."""

    folder: Path
    lock: Lock
    actions: tuple[Action, ...]


def plan_vendor(names: Sequence[str], folder: Path, config: Config, *, offline: bool = False) -> VendorPlan:
    """What brings the released versions of some schemas into a folder, and takes out what is there no longer asked for.

    What a schema refers to comes with it. The files are those that were released, byte for byte.

    Args:
        names: titles with a version (``shop/order@1.2.0``), a range (``@^1``) or none (the newest), URIs, or folders of
            the repository; none for those of the folder's lock, ranges looked up anew.
        folder: holds vendored schemas and nothing else; it need not be there yet.
        config: says where schemas are looked up.
        offline: nothing is fetched.

    Raises `UsageError` for a draft, a title or version that is not there, and for a folder with other files in it;
    `RetrievalError` and other errors of the look-up.
    """
    _check_place(folder, config)
    before = read_lock(folder) or Lock()
    requested = tuple(dict.fromkeys(names)) or before.requested
    if not requested:
        raise no_lock(folder)
    files = _with_references(requested, config, offline=offline)
    contents = {f"{checked_name(each.names, each.uri)}.{each.content_type}": each for each in files}
    locked = [
        Locked(each.uri, name, digest(each.content), _from(each.origin, folder)) for name, each in contents.items()
    ]
    lock = Lock(requested, tuple(sorted(locked, key=lambda each: each.file)))
    _check_others(folder, before, contents)
    actions: list[Action] = [
        WriteFile(folder / name, each.content)
        for name, each in sorted(contents.items())
        if not _holds(folder / name, each.content, folder)
    ]
    gone = sorted(set(before.by_file) - set(contents))
    actions += [Remove(folder / name) for name in gone if os.path.lexists(folder / name)]
    if not _holds(folder / LOCK, lock_text(lock), folder):
        actions.append(WriteFile(folder / LOCK, lock_text(lock)))
    return VendorPlan(folder, lock, tuple(actions))


def carry_out_vendoring(plan: VendorPlan) -> None:
    """Write the files, all or none. Raises `UsageError` where that is not possible."""
    if plan.actions:
        # Where the run is killed, the lock knows what is to be removed still.
        apply(plan.actions, plan.folder, last=plan.folder / LOCK)


def check_vendored(
    names: Sequence[str], folder: Path, config: Config, *, offline: bool = False
) -> tuple[Lock, list[Difference]]:
    """The lock of a folder, and how its files differ from that: missing, changed, extra. Nothing is looked up.

    With ``names`` also whether the lock has what these mean now. Raises `UsageError` where there is no lock, and what
    `plan_vendor` raises.
    """
    lock = read_lock(folder)
    if lock is None:
        raise no_lock(folder)
    found = list(differences(folder, lock))
    if names:
        files = _with_references(names, config, offline=offline)
        found += _outdated(folder, lock, files)
    return lock, found


def _outdated(folder: Path, lock: Lock, files: Sequence[ReleasedFile]) -> list[Difference]:
    now = {each.uri: digest(each.content) for each in files}
    then = {each.uri: each.sha256 for each in lock.files}
    messages = [f"{uri} is asked for, and the lock does not have it" for uri in sorted(set(now) - set(then))]
    messages += [f"the lock has {uri}, which is not asked for" for uri in sorted(set(then) - set(now))]
    messages += [
        f"{uri} has the SHA-256 {now[uri]} where it was released, the lock has {then[uri]}"
        for uri in sorted(set(now) & set(then))
        if now[uri] != then[uri]
    ]
    return [Difference(folder / LOCK, Kind.OUTDATED, message) for message in messages]


def _with_references(names: Sequence[str], config: Config, *, offline: bool) -> list[ReleasedFile]:
    """The versions that words mean and all that validating by them asks for."""
    released = ReleasedFiles(config, offline=offline)
    found: dict[str, ReleasedFile] = {}
    for name in names:
        try:
            for file in released.meant(name):
                found |= {each.uri: each for each in _parts(file, released)}
        except RetrievalError as error:
            near = near_version(error.uri, config) if is_own_base(config) else None
            raise error.replaced(remedy=near or error.remedy) from error
    return list(found.values())


def _parts(file: ReleasedFile, released: ReleasedFiles) -> list[ReleasedFile]:
    """A version, and the documents that a validator of it asks for. Raises why one of those is not to be had."""
    found = {file.uri: file}
    errors: list[SchemaToolsError] = []

    def retrieve(uri: str) -> Document:
        try:
            part = file if uri == file.uri else released.at(uri)
            document = part.parsed()
        except SchemaToolsError as error:
            error = error if error.source else error.replaced(source=file.uri)
            errors.append(error)
            raise error from None
        found[part.uri] = part
        return document

    try:
        SchemaValidators(retrieve, allow_insecure=True).get(file.uri)
    except NoValidator as problem:
        # Of a schema that no validator takes, the file is what was released all the same.
        if errors:
            raise errors[0] from problem
    return list(found.values())


def _check_place(folder: Path, config: Config) -> None:
    """Raise `UsageError` where vendored files would count as schemas of the repository."""
    inside = Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(config.schema_base_path))
    if inside and is_own_base(config):
        raise UsageError(
            f"this lies among the repository's own schemas, in {config.schema_base_path}",
            source=str(folder),
            remedy="Vendor into a folder outside of schemaBasePath, or look up elsewhere with --schema-base-uris.",
        )


def _check_others(folder: Path, before: Lock, contents: dict[str, ReleasedFile]) -> None:
    """Raise `UsageError` for files that the lock does not have: they would be found as schemas, or overwritten."""
    others = [
        name
        for name in extra(folder, before)
        if name not in contents or not _holds(folder / name, contents[name].content, folder)
    ]
    if others:
        more = f" and {len(others) - _FEW} more" if len(others) > _FEW else ""
        raise UsageError(
            f"the folder has other files than those that were vendored: {', '.join(others[:_FEW])}{more}",
            source=str(folder),
            remedy="Vendor into a folder of its own, or remove them.",
        )


def _holds(path: Path, content: bytes, folder: Path) -> bool:
    try:
        return content_of(path, folder) == content
    except OSError:
        return False


_LOCAL = re.compile(r"(git\+file://)?(/.*)", re.DOTALL)


def _from(origin: str, folder: Path) -> str:
    """Where a file is from, the same on every machine where the folders lie the same way."""
    found = _LOCAL.fullmatch(origin)
    return f"{found[1] or ''}{os.path.relpath(found[2], os.path.realpath(folder))}" if found else origin
