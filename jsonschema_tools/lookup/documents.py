"""The text at a URI as a document, checked to be the one that the URI names."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import (
    DocumentError,
    WrongDocument,
)
from jsonschema_tools.lookup.bases import (
    Text,
)
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.release.identity import Identity, NamingFields, identity, names_a_version, stated

ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def document_at(naming: NamingFields, uri: str, text: Text) -> Document:
    """The document in a text that was found at a URI, if it is a schema and not another one."""
    document = parse(text.text, source=text.location, content_type=text.content_type)
    if not isinstance(document, (dict, bool)):
        raise DocumentError(
            "the document is not a schema: it is no mapping",
            source=text.location,
            position=locate(text.text, "", source=text.location),
            remedy="Let the reference lead to a JSON Schema: a mapping of keywords.",
        )
    if names_a_version(uri) and not _is_known(document, uri, text.location, naming):
        raise _wrong(uri, text, stated(document, naming))
    return document


def _is_known(document: Document, uri: str, location: str, naming: NamingFields) -> bool:
    """Whether a document may count as what a URI names. What somebody has in a folder is his own: it need not say
    anything, and may be there under the name of another folder, by a link."""
    if location.startswith(("http://", "https://")):
        return identity(document, uri, naming, below=ABSOLUTE.match(uri) is not None) is Identity.FITS
    path = location.replace(":", "/") if location.startswith("git+file:") else os.path.realpath(location)
    found = {identity(document, name, naming, below=True) for name in (uri, quote(path))}
    return Identity.FITS in found or Identity.ANOTHER not in found


def _wrong(uri: str, text: Text, names: list[str]) -> WrongDocument:
    says = f"calls itself {', '.join(map(repr, names))}" if names else "does not say what it is"
    uri = without_secrets(uri)
    return WrongDocument(
        f"the document at {text.location} is not known to be {uri!r}: it {says}",
        source=text.location,
        position=locate(text.text, "/$id", source=text.location),
        remedy=(
            f"Give it an $id that ends in {unquote(uri)}, or refer to it as it calls itself. If a server answered with"
            " something else for a while, run the command again with --refresh."
        ),
    )
