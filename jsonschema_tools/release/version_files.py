"""The version files of a release: what is to be written to each, or why that must not be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from pathlib import Path

from jsonschema_tools.documents.numbers import number_text, parse_decimal
from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.documents.values import Document, equal
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.model import ReleasedVersionChanged, SchemaFile
from jsonschema_tools.release.refusals import refusal
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.release.tree import Tree
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_plain_version, is_version, sort_versions


class VersionFiles:
    """The version files of a plan, over the tree that they are in.

    Args:
        config: the settings of the repository.
        tree: the files that are there.
        planned: the names that the plan will have in each folder.
        force: what Git has released may be overwritten, but for a version that another branch has.
    """

    def __init__(self, config: Config, tree: Tree, planned: Mapping[Path, Set[str]], *, force: bool) -> None:
        self._config = config
        self._tree = tree
        self._planned = planned
        self._force = force
        self._prepared = False

    def content(
        self, path: Path, document: Document, content_type: str, file: SchemaFile, retrieve: Retrieve
    ) -> bytes | None:
        """What to write to a version file; ``None`` when it holds the document already.

        Raises `ReleasedVersionChanged` where the file must not become that.
        """
        existing = self._tree.read(path)
        if existing is not None and _holds(existing, path, document):
            return None
        content = serialize(document, content_type).encode("utf-8", "surrogatepass")
        if self._force and existing is not None:
            return content
        found = self.standing(path)
        if found.state is State.DRAFT:
            return content
        original = _original(found, path, document)
        if original is not None and (
            found.state is State.WITHDRAWN or (found.state is State.RELEASED and existing is None)
        ):
            return original
        if self._force and found.state is not State.AHEAD:
            return content
        raise self._refusal(path, found, existing, document, file, retrieve, damaged=original is not None)

    def standing(self, path: Path) -> Standing:
        """How a version file stands; Git is asked for all that this plan may be about at once."""
        if not self._prepared:
            self._prepared = True
            for folder, planned in self._planned.items():
                names = {*self._tree.names(folder), *planned}
                self._tree.prepare(folder / name for name in names if self._is_one(name))
        return self._tree.standing(path)

    def versions(self, names: Iterable[str]) -> set[str]:
        """The versions that version files among these names are of."""
        return {name.rpartition(".")[0] for name in names if self._is_one(name)}

    def _is_one(self, name: str) -> bool:
        return any(name.endswith(f".{t}") and is_plain_version(name[: -len(t) - 1]) for t in self._config.content_types)

    def _refusal(
        self,
        path: Path,
        found: Standing,
        existing: bytes | None,
        document: Document,
        file: SchemaFile,
        retrieve: Retrieve,
        *,
        damaged: bool,
    ) -> ReleasedVersionChanged:
        from jsonschema_tools.compatibility.sentences import sentences

        was = existing if found.content is None or damaged else found.content.read()
        old = _readable(was, path) if was is not None else document
        names = {*self._tree.names(path.parent), *self._tree.release_names(path.parent)}
        stems = {stem for stem in (name.rpartition(".")[0] for name in names) if is_version(stem)} | {file.version}
        following, part = due_version(
            path.stem, old, document, stems, self._config, lambda version: self._document(path, version), retrieve
        )
        return refusal(
            path,
            found,
            version=file.version,
            current=file.path.name,
            root=self._config.root,
            following=following,
            part=part,
            field=self._config.schema_version_field,
            damaged=damaged,
            differences=(f"the file cannot be read: {old.message}",)
            if isinstance(old, SchemaToolsError)
            else sentences(old, document, retrieve),
        )

    def _document(self, beside: Path, version: str) -> Document:
        """The document of another version. Raises `SchemaToolsError` when that is not there."""
        path = beside.with_name(f"{version}{beside.suffix}")
        content = self._tree.read(path)
        if content is None:
            raise UsageError("the file is missing", source=str(path), remedy="Restore it.")
        return parse_file(path, content)


def due_version(
    version: str,
    old: Document | SchemaToolsError,
    new: Document,
    versions: Set[str],
    config: Config,
    document_of: Callable[[str], Document],
    retrieve: Retrieve,
) -> tuple[str, str]:
    """The next version that is honest about a change, and the part of it that goes up.

    Args:
        version: the one that would be changed.
        old: its document, or why that cannot be read.
        new: what the document would become.
        versions: those that are taken.
        config: the settings of the repository.
        document_of: reads another version.
        retrieve: looks up what the documents refer to.
    """
    from jsonschema_tools.compatibility.bump import Part, bumped
    from jsonschema_tools.compatibility.named import Assessor, NamedSchema
    from jsonschema_tools.compatibility.policies import settings_of
    from jsonschema_tools.compatibility.transitive import of_one_line

    part = Part.MINOR
    settings = settings_of(config)
    if not isinstance(old, SchemaToolsError):
        # The refusal is what matters: it comes also where the two cannot be compared.
        with suppress(Exception):
            ordered = sort_versions(stem for stem in versions | {version} if is_plain_version(stem))
            line = [stem for stem in ordered[: ordered.index(version)] if of_one_line(stem, version, settings.policy)]
            earlier = [NamedSchema(stem, document_of(stem)) for stem in line if settings.policy.transitive]
            assessor = Assessor(settings, None, retrieve, config.schema_version_field)
            found = assessor.assess(NamedSchema(version, old), NamedSchema("new", new), earlier)
            part = found.bump.part or Part.PATCH
    return bumped(sort_versions(versions)[-1], part), str(part)


def holds(released: Document, document: Document) -> bool:
    """Whether a released document has the same content, also when a tool wrote it that rounds numbers to doubles."""
    return equal(released, document) or equal(released, _rounded(document))


def _rounded(value: Document) -> Document:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return parse_decimal(number_text(float(value)))
        except (OverflowError, ValueError):
            return value
    return value


def _original(found: Standing, path: Path, document: Document) -> bytes | None:
    """The bytes that were released, where they hold the document."""
    for content in (found.content, *found.alternatives):
        if content is not None and _holds(original := content.read(), path, document):
            return original
    return None


def _holds(content: bytes, path: Path, document: Document) -> bool:
    old = _readable(content, path)
    return not isinstance(old, SchemaToolsError) and holds(old, document)


def _readable(content: bytes, path: Path) -> Document | SchemaToolsError:
    try:
        return parse_file(path, content)
    except SchemaToolsError as error:
        return error
