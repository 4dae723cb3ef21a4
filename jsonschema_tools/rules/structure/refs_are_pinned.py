"""A reference to another schema names an exact version.

Why: a schema that refers to `latest` says something else each time it is materialized, though nobody changed it.
Example: `$ref: /fragment/common/latest`, `$ref: /fragment/common/current`, `$ref: ../common`, `/fragment/common/1`.
Instead: `$ref: /fragment/common/1.1.0`, with or without an extension. Only current files are looked at: released ones
have no references left. Metaschemas of json-schema.org are exact as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jsonschema_tools.documents.edits import Replace
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.materialization import base_uri_of
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.versions import is_version, sort_versions

METASCHEMA = re.compile(r"https?://json-schema\.org/draft[-/]")


def version_of(uri: str) -> tuple[str, str | None]:
    """The URI without its version, and the exact version that it ends in, if it does."""
    folder, _, name = uri.rpartition("/")
    version = name.removesuffix(".yaml").removesuffix(".json")
    return folder, version if is_version(version) else None


def _newest(uri: str, context: Context) -> str | None:
    """The newest version of the title that a URI is of, where that is here."""
    name = uri.strip("/").rpartition("/")[0]
    title = context.collection.title(name)
    versions = sort_versions({file.version for file in title.files if not file.is_current}) if title else []
    return f"/{name}/{versions[-1]}" if versions else None


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    for pointer, uri in located_references(file.document, base_uri_of(file.document)):
        if version_of(uri)[1] is None and not METASCHEMA.match(uri):
            newest = _newest(uri, context)
            yield Problem(
                f"the reference to {uri!r} does not name an exact version",
                f"{pointer}/$ref",
                f"Name a version: {newest}." if newest else "Name a version, such as /fragment/common/1.1.0.",
                fix=Replace(newest) if newest and "#" not in uri else None,
            )


RULE = Rule(
    "refs-are-pinned",
    Family.STRUCTURE,
    "a reference names an exact version",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
