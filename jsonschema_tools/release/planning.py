"""From current files to the `Plan` that releases them.

Nothing here touches the disk, the network or Git: what is needed comes in as a `Tree` and as look-up of documents, what
is to be done goes out as actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jsonschema_tools.documents.difference import differences
from jsonschema_tools.documents.numbers import number_text, parse_decimal
from jsonschema_tools.documents.reading import parse, parse_file
from jsonschema_tools.documents.values import Document, equal
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import ReferenceCycle, SchemaError, SchemaToolsError, UsageError, accident, is_accident
from jsonschema_tools.model import (
    Action,
    Config,
    Merged,
    Plan,
    Release,
    ReleasedVersionChanged,
    Remove,
    SchemaFile,
    Symlink,
    WriteFile,
)
from jsonschema_tools.release.links import latest_links
from jsonschema_tools.release.materialization import materialize, too_deep
from jsonschema_tools.release.refusals import refusal
from jsonschema_tools.release.standing import Standing, State
from jsonschema_tools.release.superseded import superseded
from jsonschema_tools.schemas.references import Retrieve
from jsonschema_tools.versions import field as field_at
from jsonschema_tools.versions import field_pointer, is_plain_version, is_version, sort_versions

Overlay = Callable[[Path], bytes | None]
"""The content that a file will have once the plan is carried out; ``None`` when the plan does not touch it."""


class Tree(Protocol):
    """The files of a repository and what Git knows of them, to read only."""

    def read(self, path: Path) -> bytes | None:
        """The content of a file; ``None`` when there is none."""

    def names(self, folder: Path) -> Iterable[str]:
        """The names in a folder."""

    def obstacle(self, path: Path) -> Path | None:
        """What stands in the way of writing a file or link at the path; ``None`` when nothing does."""

    def link(self, path: Path) -> str | None:
        """The target of a link; ``None`` when the path is no link."""

    def prepare(self, paths: Iterable[Path]) -> None:
        """Tell which version files will be asked for."""

    def standing(self, path: Path, *, history: bool = True) -> Standing:
        """How a version file stands; without ``history`` a withdrawn one counts as a draft."""

    def in_head(self, path: Path) -> bool:
        """Whether the last commit has the file."""

    def release_names(self, folder: Path) -> set[str]:
        """The names of the files that release branches have in a folder."""


def plan(
    files: Sequence[SchemaFile],
    config: Config,
    tree: Tree,
    documents: Callable[[Overlay], Retrieve],
    *,
    force: bool = False,
    output_directory: Path | None = None,
    explain: Callable[[SchemaToolsError, SchemaFile], SchemaToolsError] = lambda error, _: error,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    merged: Callable[[tuple[str, ...]], tuple[Merged, ...]] = lambda _uris: (),
) -> Plan:
    """What to write for the current files so that each of them is materialized.

    A file that refers to a version which another of them is about to release gets that version as it will be,
    whatever their order. ``documents`` opens the look-up of references over such an overlay; ``explain`` adds file
    and line to an error, ``merged`` tells of the URIs of documents in a release what it should name. Actions come in
    dependency order, links after all files.
    """
    planner = _Planner(files, config, tree, force, output_directory, explain)
    planner.retrieve = documents(planner.overlay)
    planner.merged = merged
    for index in range(len(files)):
        planner.settle(index)
        progress(index + 1, len(files))
    return planner.result()


@dataclass(slots=True)
class _Settled:
    """What is known of one current file: its release and actions, or its error."""

    release: Release | None = None
    writes: dict[Path, bytes] = field(default_factory=dict)
    links: dict[Path, str] = field(default_factory=dict)
    removals: list[Path] = field(default_factory=list)
    error: SchemaToolsError | None = None


class _Planner:
    def __init__(
        self,
        files: Sequence[SchemaFile],
        config: Config,
        tree: Tree,
        force: bool,
        output_directory: Path | None,
        explain: Callable[[SchemaToolsError, SchemaFile], SchemaToolsError],
    ) -> None:
        self.retrieve: Retrieve
        self.merged: Callable[[tuple[str, ...]], tuple[Merged, ...]]
        self._files = files
        self._config = config
        self._tree = tree
        self._force = force
        self._output_directory = output_directory
        self._explain = explain
        self._settled: dict[int, _Settled] = {}
        self._open: list[int] = []
        self._owners: dict[Path, int] = {}
        self._rivals: dict[int, int] = {}
        self._planned: dict[Path, set[str]] = {}
        self._prepared = False
        for index, file in enumerate(files):
            self._planned.setdefault(self._directory(file), set()).update(self._names(file))
            for name in self._names(file):
                owner = self._owners.setdefault(self._directory(file) / name, index)
                if owner != index and name.startswith(file.version):
                    self._rivals[index] = owner

    def overlay(self, path: Path) -> bytes | None:
        owner = self._owners.get(path)
        if owner is None or (owner in self._open and path.name.startswith("latest")):
            # A schema may refer to its own latest version: the one that is latest until now.
            return None
        settled = self.settle(owner)
        if settled.error is not None:
            raise settled.error
        if path in settled.links:
            path = path.parent / settled.links[path]
            return settled.writes.get(path) or self._tree.read(path)
        return settled.writes.get(path)

    def settle(self, index: int) -> _Settled:
        if index in self._settled:
            return self._settled[index]
        file = self._files[index]
        if index in self._open:
            chain = tuple(str(self._files[i].path) for i in [*self._open[self._open.index(index) :], index])
            raise ReferenceCycle(
                f"schemas refer to each other in a circle: {' -> '.join(chain)}",
                chain=chain,
                remedy="Refer to an earlier, released version in one of them.",
            )
        self._open.append(index)
        try:
            settled = self._plan(file, index)
        except SchemaToolsError as error:
            settled = _Settled(error=self._explain(error, file))
        except RecursionError:
            settled = _Settled(error=self._explain(too_deep(), file))
        except BaseException as error:
            if not is_accident(error):
                raise
            settled = _Settled(error=accident(error, "materializing this schema", str(file.path)))
        finally:
            self._open.pop()
        self._settled[index] = settled
        return settled

    def result(self) -> Plan:
        settled = list(self._settled.values())
        errors = {id(s.error): s.error for s in settled if s.error is not None}
        writes: list[Action] = [WriteFile(p, content) for s in settled for p, content in s.writes.items()]
        links: list[Action] = [Symlink(p, target) for s in settled for p, target in s.links.items()]
        removals: list[Action] = [Remove(path) for s in settled for path in s.removals]
        return Plan(
            actions=tuple(writes + links + removals),
            releases=tuple(s.release for s in settled if s.release is not None),
            errors=tuple(errors.values()),
        )

    def _directory(self, file: SchemaFile) -> Path:
        return self._output_directory or file.path.parent

    def _names(self, file: SchemaFile) -> list[str]:
        types = self._config.content_types
        names = [f"{file.version}.{type_}" for type_ in types]
        if self._config.should_symlink_extensionless:
            names.append(file.version)
        if self._config.should_symlink_latest:
            names += [f"latest.{type_}" for type_ in types]
            names += ["latest"] if self._config.should_symlink_extensionless else []
        return names

    def _plan(self, file: SchemaFile, index: int) -> _Settled:
        if index in self._rivals:
            raise SchemaError(
                f"two schemas would be written to version {file.version} here; the other is"
                f" {self._files[self._rivals[index]].path}",
                remedy="Give them different versions or output folders.",
            )
        check_identity(file, self._config)
        directory = self._directory(file)
        uris: dict[str, None] = {}

        def retrieve(uri: str) -> Document:
            uris[uri] = None
            return self.retrieve(uri)

        document = materialize(file.document, self._config, retrieve)
        settled = _Settled()
        for content_type in self._config.content_types:
            path = directory / f"{file.version}.{content_type}"
            content = self._content(path, document, content_type, file)
            if content is not None:
                settled.writes[path] = content
        self._plan_removals(settled, directory, file.version)
        self._plan_links(settled, directory, file.version)
        outputs = tuple(directory / name for name in self._names(file))
        if file.path in outputs:
            raise UsageError(
                f"materializing would overwrite the file that people edit, {file.path.name}",
                source=str(file.path),
                remedy="Give the current file a name that no version or link has (currentName).",
            )
        for path in (*settled.writes, *settled.links):
            self._check_way(path, is_link=path in settled.links)
        settled.release = Release(
            file.path, file.title, directory, file.version, document, outputs, self.merged(tuple(uris))
        )
        return settled

    def _check_way(self, path: Path, *, is_link: bool) -> None:
        obstacle = self._tree.obstacle(path)
        if is_link and self._tree.link(path) is None and self._tree.read(path) is not None:
            obstacle = path
        if obstacle is not None:
            edited = obstacle.name == self._config.current_file_name
            remedy = "People edit this file: choose another folder to write to." if edited else "Move or remove it."
            raise UsageError(f"this stands in the way of {path.name}", source=str(obstacle), remedy=remedy)

    def _content(self, path: Path, document: Document, content_type: str, file: SchemaFile) -> bytes | None:
        """What to write to a version file; ``None`` when it holds the document already."""
        existing = self._tree.read(path)
        if existing is not None:
            old = _readable(existing, path, content_type)
            if not isinstance(old, SchemaToolsError) and holds(old, document):
                return None
        content = serialize(document, content_type).encode("utf-8", "surrogatepass")
        if self._force and existing is not None:
            return content
        found = self._standing(path)
        if found.state is State.DRAFT:
            return content
        original = self._original(found, path, document, content_type)
        if original is not None and (
            found.state is State.WITHDRAWN or (found.state is State.RELEASED and existing is None)
        ):
            return original
        if self._force and found.state is not State.AHEAD:
            return content
        raise self._refusal(path, found, existing, document, file, damaged=original is not None)

    def _standing(self, path: Path) -> Standing:
        """How a version file stands; Git is asked for all that this plan may be about at once."""
        if not self._prepared:
            self._prepared = True
            for folder in {self._directory(file) for file in self._files}:
                names = {*self._tree.names(folder), *self._planned[folder]}
                self._tree.prepare(folder / name for name in names if self._is_version_file(name))
        return self._tree.standing(path)

    def _is_version_file(self, name: str) -> bool:
        return any(name.endswith(f".{t}") and is_plain_version(name[: -len(t) - 1]) for t in self._config.content_types)

    def _original(self, found: Standing, path: Path, document: Document, content_type: str) -> bytes | None:
        """The bytes that were released, where they hold the document."""
        for content in (found.content, *found.alternatives):
            if content is not None:
                original = content.read()
                old = _readable(original, path, content_type)
                if not isinstance(old, SchemaToolsError) and holds(old, document):
                    return original
        return None

    def _refusal(
        self,
        path: Path,
        found: Standing,
        existing: bytes | None,
        document: Document,
        file: SchemaFile,
        *,
        damaged: bool,
    ) -> ReleasedVersionChanged:
        content_type = path.suffix[1:]
        was = existing if found.content is None or damaged else found.content.read()
        old = _readable(was, path, content_type) if was is not None else document
        unreadable = isinstance(old, SchemaToolsError)
        names = {*self._tree.names(path.parent), *self._tree.release_names(path.parent)}
        stems = {name.rpartition(".")[0] for name in names}
        following, part = self._due(path, old, document, {stem for stem in stems if is_version(stem)} | {file.version})
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
            if unreadable
            else tuple(map(str, differences(old, document))),
        )

    def _due(self, path: Path, old: Document | SchemaToolsError, new: Document, versions: set[str]) -> tuple[str, str]:
        """The next version that is honest about the change, and the part of it that goes up."""
        from jsonschema_tools.compatibility.bump import Part, bumped
        from jsonschema_tools.compatibility.named import Assessor, NamedSchema
        from jsonschema_tools.compatibility.policies import settings_of
        from jsonschema_tools.compatibility.transitive import of_one_line

        config, part, version = self._config, Part.MINOR, path.stem
        settings = settings_of(config)
        if not isinstance(old, SchemaToolsError):
            # The refusal is what matters: it comes also where the two cannot be compared.
            with suppress(Exception):
                ordered = sort_versions(stem for stem in versions | {version} if is_plain_version(stem))
                line = [
                    stem for stem in ordered[: ordered.index(version)] if of_one_line(stem, version, settings.policy)
                ]
                earlier = [NamedSchema(stem, self._version(path, stem)) for stem in line if settings.policy.transitive]
                assessor = Assessor(settings, None, self.retrieve, config.schema_version_field)
                part = (
                    assessor.assess(NamedSchema(version, old), NamedSchema("new", new), earlier).bump.part or Part.PATCH
                )
        return bumped(sort_versions(versions)[-1], part), str(part)

    def _version(self, beside: Path, version: str) -> Document:
        """The document of another version. Raises `SchemaToolsError` when that is not there."""
        path = beside.with_name(f"{version}{beside.suffix}")
        content = self._tree.read(path)
        if content is None:
            raise UsageError("the file is missing", source=str(path), remedy="Restore it.")
        return parse_file(path, content)

    def _plan_removals(self, settled: _Settled, directory: Path, version: str) -> None:
        """Remove the drafts that this one takes the place of, as far as no commit has them."""
        if self._output_directory is not None:
            return
        present = {name.rpartition(".")[0] for name in self._tree.names(directory) if self._is_version_file(name)}
        if not settled.writes and sort_versions(present | {version})[-1] == version:
            return
        released = {name.rpartition(".")[0] for name in self._tree.release_names(directory)}
        wanted = {name.rpartition(".")[0] for name in self._planned[directory] if self._is_version_file(name)}
        for draft in superseded(present, released, wanted):
            files = [directory / f"{draft}.{type_}" for type_ in self._config.content_types]
            if not any(self._tree.in_head(path) or self._standing(path).state is not State.DRAFT for path in files):
                settled.removals += [path for path in files if self._tree.read(path) is not None]
                if self._tree.link(directory / draft) is not None:
                    settled.removals.append(directory / draft)

    def _plan_links(self, settled: _Settled, directory: Path, version: str) -> None:
        types = self._config.content_types
        wanted: dict[str, str] = {}
        if self._config.should_symlink_extensionless:
            wanted[version] = f"{version}.{types[0]}"
        names = (set(self._tree.names(directory)) | self._planned[directory]) - {p.name for p in settled.removals}
        wanted |= latest_links(names, self._config, version)
        for name, target in wanted.items():
            found = self._tree.link(directory / name)
            if found != target and not (found is not None and self._is_missing(directory / found, target)):
                settled.links[directory / name] = target

    def _is_missing(self, linked: Path, target: str) -> bool:
        """Whether a link leads to a greater, released version whose file is missing here: it is still the latest."""
        stem, ours = linked.name.rpartition(".")[0], target.rpartition(".")[0]
        greater = is_plain_version(stem) and stem != ours and sort_versions([stem, ours])[-1] == stem
        return greater and self._tree.standing(linked, history=False).is_released


def check_identity(file: SchemaFile, config: Config) -> None:
    """Raise `SchemaError` when the schema's ``$id`` or title would lead out of the repository."""
    for name in dict.fromkeys(["$id", config.schema_version_field, config.schema_title_field]):
        value = field_at(file.document, name)
        if isinstance(value, str) and (".." in value.split("/") or "\\" in value or "\0" in value):
            raise SchemaError(
                f"{name} {value!r} leads out of the repository",
                pointer=field_pointer(file.document, name),
                remedy="Use a plain path such as /user/create/1.0.0, without '..' or backslashes.",
            )


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


def _readable(content: bytes, path: Path, content_type: str) -> Document | SchemaToolsError:
    try:
        return parse(content, source=str(path), content_type=content_type)
    except SchemaToolsError as error:
        return error
