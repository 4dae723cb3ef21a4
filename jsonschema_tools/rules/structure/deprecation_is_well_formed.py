"""A schema that is retired says so in the way that is read, and names a successor that is there.

Why: whoever reads that a schema is deprecated asks what to use; a name that leads nowhere, or back, is no answer.
Example: `x-deprecated: {succesor: /shop/order}`, a successor without `deprecated: true`, schemas that name each other.
Instead: `deprecated: true` and `x-deprecated: {reason: TEXT, successor: /TITLE}` at the root, as `jst retire` writes
them; both entries may be left out. A schema that is not retired must not take `deprecated` from one that it merges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.targets import is_version_of_title
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Subject
from jsonschema_tools.rules.repository import Collection, successors
from jsonschema_tools.rules.subjects import of_file, of_titles
from jsonschema_tools.schemas.deprecation import DETAILS, KEYWORD, deprecation_of

_ENTRIES = ("reason", "successor")
_FORM = f"Write `{DETAILS}: {{reason: TEXT, successor: /TITLE}}`."


@of_titles
def subjects(collection: Collection, _context: Context) -> Iterator[Subject]:
    for title in collection.titles:
        for file in title.files:
            if file.is_current and isinstance(file.document, dict):
                subject = of_file(file, title.name)
                yield Subject((file, title.name), subject.title, subject.schema_version, file.path, subject.schema_id)


def check(subject: tuple[SchemaFile, str], context: Context) -> Iterator[Problem]:
    file, title = subject
    for problem in _problems(file, title, context):
        yield replace(problem, place=context.locate(file.path, problem.pointer))


def _problems(file: SchemaFile, title: str, context: Context) -> Iterator[Problem]:
    document: dict[str, Any] = file.document
    if KEYWORD in document and not isinstance(document[KEYWORD], bool):
        message = f"{KEYWORD} is {describe(document[KEYWORD])}, and neither true nor false"
        yield Problem(message, f"/{KEYWORD}", f"Write `{KEYWORD}: true`.")
    if DETAILS in document:
        if KEYWORD not in document:
            message = f"{DETAILS} is there, and `{KEYWORD}: true` is not"
            yield Problem(message, f"/{DETAILS}", f"Write `{KEYWORD}: true` beside it.")
        elif document[KEYWORD] is False:
            yield Problem(f"{DETAILS} is there, and {KEYWORD} is false", f"/{DETAILS}", "Remove one of the two.")
        yield from _details(document[DETAILS], title, context.collection)
    if KEYWORD not in document:
        yield from _inherited(file, context)


def _details(details: Document, title: str, collection: Collection) -> Iterator[Problem]:
    if not isinstance(details, dict):
        yield Problem(f"{DETAILS} is no mapping, but {describe(details)}", f"/{DETAILS}", _FORM)
        return
    for key in details:
        if key not in _ENTRIES:
            near = get_close_matches(key, _ENTRIES, n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]!r}?" if near else _FORM
            yield Problem(f"{DETAILS} has an unknown entry {key!r}", f"/{DETAILS}/{escape_token(key)}", remedy)
    for key in _ENTRIES:
        if key in details and not (isinstance(details[key], str) and details[key].strip()):
            message = f"{key} is {describe(details[key])}, and no text"
            yield Problem(message, f"/{DETAILS}/{key}", "Write a text, or leave the entry out.")
    if isinstance(details.get("successor"), str) and details["successor"].strip():
        yield from _successor(details["successor"], title, collection)


def _successor(written: str, title: str, collection: Collection) -> Iterator[Problem]:
    pointer, name = f"/{DETAILS}/successor", written.strip("/")
    above = name.rpartition("/")[0]
    is_there = collection.title(name) is not None
    if is_there and written != f"/{name}":
        yield Problem(f"the successor {written!r} is not written as /TITLE", pointer, f"Write /{name}.")
    elif not is_there and is_version_of_title(f"/{name}") and collection.title(above) is not None:
        yield Problem(f"the successor {written!r} is a version", pointer, f"Name the title: /{above}.")
    elif not is_there:
        near = get_close_matches(name, [each.name for each in collection.titles], n=1, cutoff=0.5)
        remedy = f"Did you mean '/{near[0]}'?" if near else "Name a title of this repository: `jst ls` lists them."
        yield Problem(f"there is no successor {written!r}", pointer, remedy)
    elif title in (chain := successors(title, collection.title)):
        way = " -> ".join(f"/{each}" for each in [title, *chain[: chain.index(title) + 1]])
        remedy = "Name the schema that is in use, or leave the successor out."
        yield Problem(f"the successors lead in a circle: {way}", pointer, remedy)


def _inherited(file: SchemaFile, context: Context) -> Iterator[Problem]:
    """A fragment that is merged brings all that it says of itself, also that it is retired."""
    if not context.config.should_dereference or "allOf" not in file.document:
        return
    try:
        retired = deprecation_of(context.materialize(file))
    except (SchemaToolsError, RecursionError):
        return
    if retired is not None:
        yield Problem(
            f"it would be released as {retired}, as a schema says that its allOf refers to",
            "/allOf",
            "Refer to the successor, or to a version from before it was retired.",
        )


RULE = Rule(
    "deprecation-is-well-formed",
    Family.STRUCTURE,
    "a retired schema says so in the way that is read",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
)
