"""The subjects that rules choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from semver import Version as SemanticVersion

from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, Subject
from jsonschema_tools.rules.repository import Collection, Title, Version, VersionPair

Subjects = Callable[[Collection, Context], Iterable[Subject]]

_OF_TITLES: set[Subjects] = set()


def of_titles(subjects: Subjects) -> Subjects:
    """Mark what finds the subjects of a title in that title and its folders, whatever other titles there are.

    A run that is about some titles gives it no others; what is not marked is given the whole collection.
    """
    _OF_TITLES.add(subjects)
    return subjects


def is_of_titles(subjects: Subjects) -> bool:
    """Whether subjects are marked so."""
    return subjects in _OF_TITLES


def of_file(file: SchemaFile, title: str) -> Subject:
    """A schema file as a subject."""
    return Subject(file, title, file.version, file.path, schema_id(file))


def schema_id(file: SchemaFile | None) -> str:
    """The ``$id`` of a schema, an empty string where it has none."""
    document = file.document if file is not None else None
    value = document.get("$id") if isinstance(document, dict) else None
    return value if isinstance(value, str) else ""


@of_titles
def every_file(collection: Collection, _context: Context) -> Iterator[Subject]:
    """Every schema file, current ones too."""
    return (of_file(file, title.name) for title in collection.titles for file in title.files)


@of_titles
def released_files(collection: Collection, _context: Context) -> Iterator[Subject]:
    """Every version file."""
    return (of_file(f, title.name) for title in collection.titles for f in title.files if not f.is_current)


@of_titles
def current_files(collection: Collection, _context: Context) -> Iterator[Subject]:
    """Every current file."""
    return (of_file(f, title.name) for title in collection.titles for f in title.files if f.is_current)


def unreadable(context: Context) -> set[Path]:
    """The schema files that cannot be read, each of which is a finding of its own. They are there all the same."""
    return {Path(error.source) for error in context.collection.chosen.unreadable if error.source is not None}


COPY_REMEDY = "If this folder is a copy, give its files a title and $id of their own; else put all into one folder."
"""Where files of one title are in two folders."""


def misplaced(title: Title, context: Context, *files: SchemaFile) -> SchemaFile | None:
    """Of files of one title in different folders, the first that is not where the title says."""
    home = title.home(context.config.schema_base_path)
    return next((file for file in files if file.path.parent != home), None)


def repository(context: Context, value: object = None) -> Subject:
    """The repository as a whole, or something in its configuration."""
    config = context.config
    return Subject(value, None, None, config.path or config.root, "")


@of_titles
def every_title(collection: Collection, _context: Context) -> Iterator[Subject]:
    """Every title as a whole."""
    for title in collection.titles:
        yield _of_title(title)


@of_titles
def titles_in_order(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every title that has a current file and a version to compare it with."""
    for title in collection.titles:
        if title.current is not None and title.released(context.config.content_types[0]):
            yield _of_title(title)


@of_titles
def versions(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every version of every title that is in order so far."""
    for subject in titles_in_order(collection, context):
        title: Title = subject.value
        for number in dict.fromkeys(file.version for file in title.files):
            files = tuple(file for file in title.files if file.version == number)
            version = Version(title, number, files)
            yield Subject(version, title.name, number, files[0].path, schema_id(files[0]))


@of_titles
def version_types(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every version and content type; the value is the version, the detail the type."""
    for subject in versions(collection, context):
        for content_type in context.config.content_types:
            file = subject.value.file(content_type)
            path = file.path if file else subject.path.parent / f"{subject.schema_version}.{content_type}"
            yield Subject(
                (subject.value, content_type),
                subject.title,
                subject.schema_version,
                path,
                subject.schema_id,
                content_type,
            )


@of_titles
def version_pairs(collection: Collection, context: Context) -> Iterator[Subject]:
    """Every version of the first content type with the one before it in the same major."""
    for title in collection.titles:
        majors: dict[int, list[SchemaFile]] = {}
        for file in title.released(context.config.content_types[0]):
            majors.setdefault(SemanticVersion.parse(file.version).major, []).append(file)
        for files in majors.values():
            for old, new in pairwise(files):
                pair = VersionPair(title.name, old, new)
                yield Subject(pair, title.name, new.version, new.path, schema_id(new))


def _of_title(title: Title) -> Subject:
    current = title.current
    path = current.path if current else title.files[0].path
    version = current.version if current else None
    return Subject(title, title.name, version, path, schema_id(current or title.files[0]))
