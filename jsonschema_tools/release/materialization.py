"""From a current document to a released one: dereferenced, merged, bounded, with an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from jsonschema_tools.documents.pointers import child, escape_token, join, split
from jsonschema_tools.documents.values import Document, TracedObject
from jsonschema_tools.errors import MergeConflict, SchemaError, SchemaToolsError, accident, is_accident
from jsonschema_tools.nodejs.all_of import merge_all_of
from jsonschema_tools.schemas.bounds import with_bounds
from jsonschema_tools.schemas.cures import cure
from jsonschema_tools.schemas.dialects import DRAFT_07
from jsonschema_tools.schemas.metaschemas import check_mapping, misshapen
from jsonschema_tools.schemas.references import Retrieve, dereference
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import field


def flatten(document: Document, retrieve: Retrieve) -> Document:
    """The document without references and without ``allOf``.

    Raises `SchemaError` and its kin; an error in the document itself has ``source`` ``None``, in others their URI.
    """
    check_mapping(document)
    base_uri = base_uri_of(document)
    dereferenced = dereference(document, retrieve, base_uri=base_uri)
    check_mapping(dereferenced)
    for pointer, message in misshapen(dereferenced):
        traced = dereference(document, retrieve, base_uri=base_uri, traced=True)
        raise _invalid(message, cure(dereferenced, pointer), *_origin(traced, pointer))
    try:
        merged = merge_all_of(dereferenced)
    except SchemaError as error:
        raise _explained(error, document, retrieve, base_uri) from None
    if "examples" not in document:
        merged.pop("examples", None)
    return merged


def materialize(document: Document, config: Config, retrieve: Retrieve) -> Document:
    """The released document of a current one: dereferenced, merged, bounded and with an example, as configured."""
    if config.should_dereference:
        document = flatten(document, retrieve)
    else:
        for pointer, message in misshapen(document):
            raise _invalid(message, cure(document, pointer), None, pointer)
    if config.enforced_numeric_bounds is not None:
        document = with_bounds(document, config.enforced_numeric_bounds)
    if config.should_generate_example:
        from jsonschema_tools.nodejs.examples import with_example

        document = with_example(document, field(document, config.schema_version_field))
    return document


def too_deep() -> SchemaError:
    """What to raise instead of a `RecursionError`."""
    return SchemaError("the schema nests too deeply", remedy="Make the schema flatter.")


@contextmanager
def accidents_told(doing: str, source: str | None = None) -> Iterator[None]:
    """Raise a `SchemaToolsError` for every exception that comes while ``doing`` something with one schema."""
    try:
        yield
    except SchemaToolsError:
        raise
    except RecursionError:
        raise too_deep() from None
    except BaseException as error:
        if not is_accident(error):
            raise
        raise accident(error, doing, source) from error


def _invalid(message: str, remedy: str, source: str | None, pointer: str) -> SchemaError:
    return SchemaError(
        f"the schema is not valid: {f'{pointer}: ' if pointer else ''}{message}",
        source=source,
        pointer=pointer,
        remedy=remedy,
    )


def base_uri_of(document: Document) -> str:
    """What relative references of a schema are relative to: the path of its ``$id``.

    Without the host, so that ``/x/1.0.0`` is looked up under the base URIs. Raises `SchemaError` where it is no URI.
    """
    schema_id = document.get("$id")
    try:
        return (urlsplit(schema_id).path if isinstance(schema_id, str) else "") or "/"
    except ValueError:
        raise SchemaError(
            f"$id {schema_id!r} is not a URI", pointer="/$id", remedy="Use a plain path such as /user/create/1.0.0."
        ) from None


def origins(document: Document, retrieve: Retrieve) -> Callable[[str], list[tuple[str | None, str]]]:
    """From a JSON Pointer in the released document to where that may have been written.

    Places are (URI of a schema that is referred to, or ``None`` for the document itself; JSON Pointer there), the
    likeliest first. Where several parts were merged, not each of them needs to have a value there.
    """
    merged = merge_all_of(dereference(document, retrieve, base_uri=base_uri_of(document), traced=True))
    return lambda pointer: _origins(merged, pointer)


def _origin(traced: Document, pointer: str) -> tuple[str | None, str]:
    """Where the value at a pointer of a traced document was written: (URI or ``None`` for itself, pointer)."""
    return _origins(traced, pointer)[0]


def _origins(traced: Document, pointer: str) -> list[tuple[str | None, str]]:
    steps = split(pointer)
    best: list[tuple[str | None, str]] = []
    value = traced
    for index in range(len(steps) + 1):
        if isinstance(value, TracedObject):
            rest = join(steps[index:])
            best = [(source or None, origin + rest) for source, origin in value.origins]
        if index < len(steps):
            try:
                value = child(value, steps[index])
            except LookupError:
                break
    return best


def _explained(error: SchemaError, document: Document, retrieve: Retrieve, base_uri: str) -> SchemaError:
    """The error of a merge with its place, or another one that has it."""
    traced = dereference(document, retrieve, base_uri=base_uri, traced=True)
    if isinstance(error, MergeConflict):
        return _explained_conflict(error, traced)
    if error.pointer is not None:
        source, pointer = _origin(traced, error.pointer)
        return error.replaced(source=source, pointer=pointer)
    # What the merge cannot take, the declared draft knows no rule for; draft-07 does.
    plain = dereference(document, retrieve, base_uri=base_uri)
    for pointer, message in misshapen({**plain, "$schema": DRAFT_07}):
        return _invalid(message, cure(plain, pointer), *_origin(traced, pointer))
    return error


def _explained_conflict(error: MergeConflict, traced: Document) -> MergeConflict:
    """The conflict of a merge of traced documents, which names its sources; it is placed at the last of them, if
    possible in the document itself."""
    try:
        merge_all_of(traced)
    except MergeConflict as conflict:
        if not conflict.sources:
            return conflict
        own = [source for source in conflict.sources if source.startswith("#")]
        place, _, pointer = (own or conflict.sources)[-1].partition("#")
        return conflict.replaced(source=place or None, pointer=f"{pointer}/{escape_token(conflict.keyword)}")
    return error
