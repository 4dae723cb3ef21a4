"""Findings about a current file as it would be released, placed where they were written.

A rule about names, descriptions or shapes has nothing to say about a version that is released, because nobody can cure
that. It looks at the current file materialized, so that references and ``allOf`` are out of the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.model import Context, NotApplicable, Problem


def materialized(file: SchemaFile, context: Context) -> Document:
    """What the current file would be released as.

    Raises `NotApplicable` where it cannot be: `current-can-be-materialized` says so, once.
    """
    try:
        return context.materialize(file)
    except (SchemaToolsError, RecursionError) as error:
        raise NotApplicable(f"the current file cannot be materialized: {error}") from error


def in_place(problems: Iterable[Problem], file: SchemaFile, context: Context) -> Iterator[Problem]:
    """Problems of the materialized document, each where it was written."""
    for problem in problems:
        yield replace(problem, place=context.origin(file, problem.pointer) or context.locate(file.path, ""))


def written_here(problems: Iterable[Problem], file: SchemaFile, context: Context) -> Iterator[Problem]:
    """Those problems of the materialized document that were written in the current file itself.

    What a fragment brought is told where the fragment itself is judged, not again for each schema that refers to it.
    """
    for problem in problems:
        place = context.origin(file, problem.pointer)
        if place is not None and place.file == file.path:
            yield replace(problem, place=place)
