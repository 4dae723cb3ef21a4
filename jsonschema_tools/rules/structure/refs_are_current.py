"""A reference names the newest version of its major.

Why: what was added to a fragment reaches a schema only when its reference is raised, which is easily forgotten.
Example: `$ref: /fragment/common/1.0.0` when 1.1.0 is released; a newer 2.0.0 is not meant.
Instead: refer to the newest version, and release the schema as a new version. What is known are the schemas of this
repository; prereleases do not count as newer. Only current files are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from semver import Version as SemanticVersion

from jsonschema_tools.documents.edits import Replace
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import base_uri_of
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.structure.refs_are_pinned import version_of
from jsonschema_tools.rules.subjects import current_files, schema_id
from jsonschema_tools.schemas.reference_list import located_references


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    for pointer, uri in located_references(file.document, base_uri_of(file.document)):
        folder, version = version_of(uri)
        newest = _newest(version, _versions(folder, context.collection)) if version else None
        if newest is not None and folder != version_of(schema_id(file))[0]:
            _, hash_, fragment = uri.partition("#")
            yield Problem(
                f"{uri} has a newer version, {newest}",
                f"{pointer}/$ref",
                f"Refer to {folder}/{newest}, and release this schema as a new version.",
                fix=Replace(f"{folder}/{newest}{hash_}{fragment}"),
            )


def _versions(folder: str, collection: Collection) -> Iterator[str]:
    """The released versions of the schema whose URIs begin with a folder."""
    for title in collection.titles:
        for file in title.files:
            if not file.is_current and version_of(schema_id(file))[0] == folder:
                yield file.version


def _newest(version: str, versions: Iterable[str]) -> SemanticVersion | None:
    pinned = SemanticVersion.parse(version)
    known = (SemanticVersion.parse(other) for other in versions)
    newer = [other for other in known if other > pinned and other.major == pinned.major and not other.prerelease]
    return max(newer, default=None)


RULE = Rule(
    "refs-are-current",
    Family.STRUCTURE,
    "a reference names the newest version of its major",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
