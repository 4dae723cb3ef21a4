"""A reference names the newest version of its major, of a schema that is in use.

Why: what was added to a fragment reaches a schema only when its reference is raised, which is easily forgotten.
Example: `$ref: /fragment/common/1.0.0` when 1.1.0 is released; a newer 2.0.0 is not meant. A reference to any version
of a schema that says `deprecated: true`.
Instead: refer to the newest version, or to the successor, and release the schema as a new version. What is known are
the schemas of this repository; prereleases do not count as newer. Only current files are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from semver import Version as SemanticVersion

from jsonschema_tools.documents.edits import Replace
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import base_uri_of
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.structure.refs_are_pinned import version_of
from jsonschema_tools.rules.subjects import current_files, schema_id
from jsonschema_tools.schemas.deprecation import Deprecation, deprecation_of
from jsonschema_tools.schemas.reference_list import located_references


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    for pointer, uri in located_references(file.document, base_uri_of(file.document)):
        folder, version = version_of(uri)
        if (retired := _retired(folder, file, context)) is not None:
            yield _to_retired(uri, f"{pointer}/$ref", retired, context)
            continue
        newest = _newest(version, _versions(folder, context)) if version else None
        if newest is not None and folder != version_of(schema_id(file))[0]:
            _, hash_, fragment = uri.partition("#")
            yield Problem(
                f"{uri} has a newer version, {newest}",
                f"{pointer}/$ref",
                f"Refer to {folder}/{newest}, and release this schema as a new version.",
                fix=Replace(f"{folder}/{newest}{hash_}{fragment}"),
            )


def _retired(folder: str, file: SchemaFile, context: Context) -> Deprecation | None:
    """What the schema that URIs begin with a folder of says of its retirement, unless it is the very schema that
    refers to it, or that one is retired too."""
    if folder == version_of(schema_id(file))[0] or deprecation_of(file.document) is not None:
        return None
    files = _files(folder, context)
    return Title(folder, tuple(files)).deprecation if files else None


def _to_retired(uri: str, pointer: str, retired: Deprecation, context: Context) -> Problem:
    remedy = "Refer to another schema."
    if retired.successor is not None:
        newest = max(map(SemanticVersion.parse, _versions(retired.successor, context)), default="VERSION")
        remedy = f"Refer to {retired.successor}/{newest}, and release this schema as a new version."
    return Problem(f"{uri} is of a schema that is {retired}", pointer, remedy)


def _versions(folder: str, context: Context) -> Iterator[str]:
    """The released versions of the schema whose URIs begin with a folder."""
    return (file.version for file in _files(folder, context) if not file.is_current)


def _files(folder: str, context: Context) -> list[SchemaFile]:
    """The files of the schema whose URIs begin with a folder: they are there, and call themselves so."""
    collection = context.collection
    # With a host, only the files can say where they are.
    is_path = "://" not in folder
    files = collection.files_in(context.config.schema_base_path / folder.strip("/")) if is_path else collection.files
    return [file for file in files if version_of(schema_id(file))[0] == folder]


def _newest(version: str, versions: Iterable[str]) -> SemanticVersion | None:
    pinned = SemanticVersion.parse(version)
    known = (SemanticVersion.parse(other) for other in versions)
    newer = [other for other in known if other > pinned and other.major == pinned.major and not other.prerelease]
    return max(newer, default=None)


RULE = Rule(
    "refs-are-current",
    Family.STRUCTURE,
    "a reference names the newest version of its major, of a schema that is in use",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
