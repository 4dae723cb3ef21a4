"""From current files to the `Plan` that releases them.

Nothing here touches the disk, the network or Git: what is needed comes in as a `Tree` and as look-up of documents, what
is to be done goes out as actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import ReferenceCycle, SchemaError, SchemaToolsError, UsageError, accident, is_accident
from jsonschema_tools.model import Action, Merged, Plan, Release, Remove, SchemaFile, Symlink, WriteFile
from jsonschema_tools.release.links import links_to_make
from jsonschema_tools.release.materialization import materialize, too_deep
from jsonschema_tools.release.superseded import files_to_remove
from jsonschema_tools.release.tree import Tree
from jsonschema_tools.release.version_files import VersionFiles
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import field as field_at
from jsonschema_tools.versions import field_pointer

Overlay = Callable[[Path], bytes | None]
"""The content that a file will have once the plan is carried out; ``None`` when the plan does not touch it."""


class Documents(Protocol):
    """The look-up of what schemas refer to, over an `Overlay`: a version counts as the plan will write it."""

    def retrieve(self, uri: str) -> Document:
        """The document at a URI. Raises `SchemaToolsError`."""

    def merged(self, uris: Iterable[str]) -> tuple[Merged, ...]:
        """Of the documents that became part of a release, those that the plan should name."""

    def explained(self, error: SchemaToolsError, file: SchemaFile) -> SchemaToolsError:
        """The error with its file and line."""


def plan(
    files: Sequence[SchemaFile],
    config: Config,
    tree: Tree,
    open_documents: Callable[[Overlay], Documents],
    *,
    force: bool = False,
    output_directory: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Plan:
    """What to write for the current files so that each of them is materialized.

    A file that refers to a version which another of them is about to release gets that version as it will be,
    whatever their order. Actions come in dependency order, links after all files.

    Args:
        files: the current files.
        config: the settings of their repository.
        tree: the files that are there, and what Git knows of them.
        open_documents: opens the look-up of references over the overlay that it is given. The plan asks the look-up
            for documents, and the look-up the plan for those that are about to be written: a circle, tied here.
        force: what is released may be overwritten.
        output_directory: the folder to write to, instead of that of each file.
        progress: is told how many of how many files are done.
    """
    planner = _Planner(files, config, tree, force, output_directory, open_documents)
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
        open_documents: Callable[[Overlay], Documents],
    ) -> None:
        self._files = files
        self._config = config
        self._tree = tree
        self._output_directory = output_directory
        self._settled: dict[int, _Settled] = {}
        self._open: list[int] = []
        self._owners: dict[Path, int] = {}
        self._rivals: dict[int, int] = {}
        self._planned: dict[Path, set[str]] = {}
        for index, file in enumerate(files):
            self._planned.setdefault(self._directory(file), set()).update(self._names(file))
            for name in self._names(file):
                owner = self._owners.setdefault(self._directory(file) / name, index)
                if owner != index and name.startswith(file.version):
                    self._rivals[index] = owner
        self._version_files = VersionFiles(config, tree, self._planned, force=force)
        self._documents = open_documents(self.overlay)

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
            settled = _Settled(error=self._documents.explained(error, file))
        except RecursionError:
            settled = _Settled(error=self._documents.explained(too_deep(), file))
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
            return self._documents.retrieve(uri)

        document = materialize(file.document, self._config, retrieve)
        settled = _Settled()
        for content_type in self._config.content_types:
            path = directory / f"{file.version}.{content_type}"
            content = self._version_files.content(path, document, content_type, file, self._documents.retrieve)
            if content is not None:
                settled.writes[path] = content
        planned = self._planned[directory]
        if self._output_directory is None:
            wrote = bool(settled.writes)
            settled.removals = files_to_remove(
                directory, file.version, planned, wrote, self._config, self._tree, self._version_files
            )
        kept = (set(self._tree.names(directory)) | planned) - {path.name for path in settled.removals}
        settled.links = links_to_make(directory, file.version, kept, self._config, self._tree)
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
            file.path, file.title, directory, file.version, document, outputs, self._documents.merged(uris)
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
