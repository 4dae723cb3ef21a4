"""Whether a document is the schema that a URI names, by its ``$id``, title and version."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.schemas.dialects import declared_draft
from jsonschema_tools.schemas.vocabulary import Draft
from jsonschema_tools.versions import MOVING_NAMES, field, is_version, path_segments, schema_version


class Identity(StrEnum):
    """What a document says: that it is the schema of the URI, that it is another one, or nothing."""

    FITS = "fits"
    ANOTHER = "another"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class NamingFields:
    """The fields of a repository in which a schema has its version, and its title."""

    version: str = "$id"
    title: str = "title"


def names_a_version(uri: str) -> bool:
    """Whether a URI names a version of a schema, or the latest or current one: such a document can say who it is."""
    names = path_segments(uri)
    return bool(names) and (names[-1] in MOVING_NAMES or is_version(names[-1]))


def identity(document: Document, uri: str, fields: NamingFields, *, below: bool = False) -> Identity:
    """What a document says of the URI that it was found at; `names_a_version` holds for that.

    It fits when its ``$id`` (in draft-04 ``id``) or version field ends in the path of the URI, or its title and version
    are those. With ``below`` the path of the URI may have more in front than the document knows: that of an absolute
    URI has.
    """
    wanted = path_segments(uri)
    names = [path_segments(text) for text in stated(document, fields)]
    title = field(document, fields.title)
    if any(_ends_in(said, wanted, below) for said in names) or _parts_fit(document, wanted, names, title, below):
        return Identity.FITS
    # Of names that end in something else, such as one number, nobody knows whether that is meant as a version.
    others = [said for said in names if said and is_version(said[-1])]
    if any(len(said) > 1 or not _same_version(said[-1], wanted[-1]) for said in others):
        return Identity.ANOTHER
    return Identity.UNSAID


def stated(document: Document, fields: NamingFields) -> list[str]:
    """The texts in which a document names itself."""
    if not isinstance(document, dict):
        return []
    has_id = document.get("$schema") is None or declared_draft(document) is Draft.DRAFT_04
    values: list[Any] = [document.get("$id"), document.get("id") if has_id else None, field(document, fields.version)]
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))


def _parts_fit(document: Document, wanted: list[str], names: list[list[str]], title: Any, below: bool) -> bool:
    """Whether a title, or a name that has no version, fits, and a version beside it does."""
    plain = document.get("version") if isinstance(document, dict) else None
    versions = [said[-1] for said in names if said] + ([plain] if isinstance(plain, str) and is_version(plain) else [])
    if not any(_same_version(version, wanted[-1]) for version in versions):
        return False
    title_path = path_segments(title) if isinstance(title, str) else []
    if title_path and (title_path == wanted[:-1] or (below and _is_end(title_path, wanted[:-1]))):
        return True
    return any(said and _is_end(wanted[:-1], said) for said in names)


def _ends_in(said: list[str], wanted: list[str], below: bool) -> bool:
    """Whether what a document says ends in what is wanted, or with ``below`` the other way round."""
    if not said or not _same_version(said[-1], wanted[-1]):
        return False
    return _is_end(wanted[:-1], said[:-1]) or (below and len(said) > 1 and _is_end(said[:-1], wanted[:-1]))


def _is_end(end: list[str], whole: list[str]) -> bool:
    return len(end) <= len(whole) and whole[len(whole) - len(end) :] == end


def _same_version(said: str, wanted: str) -> bool:
    version = _version(said)
    if wanted in MOVING_NAMES:
        return version != ""
    # A prerelease is a draft of the version that it may call itself already.
    return said == wanted or version in (wanted, wanted.partition("-")[0])


def _version(name: str) -> str:
    """The version in the last segment of a name, in full; empty where there is none."""
    if is_version(name):
        return name
    with suppress(SchemaError):
        return schema_version({"$id": name})
    return ""
