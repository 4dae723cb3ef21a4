"""From a folder on disk to a `Repository`: which schema files and links there are. Documents are not read here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from jsonschema_tools.documents.reading import content_type_of, parse
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.files import enclosing, is_folder, is_searched, near, read_named, read_regular
from jsonschema_tools.model import Repository, SchemaDirectory, SchemaFile
from jsonschema_tools.repository.schema_tests import holds_tests
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import field, is_version, schema_version

_LONGEST_LINK = 255
_EXTENSIONS = (".yaml", ".yml", ".json", ".jsonschema")


def discover(config: Config, *, only: Iterable[Path] | None = None) -> Repository:
    """The schema folders below the base path, sorted. Hidden folders, ``node_modules`` and linked folders are left out.

    With ``only`` these very folders, as far as they are among them. Raises `UsageError` when the base path is no
    folder.
    """
    check_base(config)
    misnamed: list[Path] = []
    if only is None:
        directories = tuple(_directories(config.schema_base_path, config, misnamed))
    else:
        folders = (folder for folder in sorted(set(only)) if is_reached(folder, config))
        found = (each for folder in folders for each in _schema_directory(folder, _entries(folder), config, misnamed))
        directories = tuple(found)
    return Repository(config, directories, tuple(misnamed))


def folders_below(folder: Path, config: Config) -> Iterator[Path]:
    """A folder and all below it that schemas are looked for in, as far as they are there."""
    if is_reached(folder, config):
        yield folder
        for entry in _entries(folder):
            if entry.is_dir(follow_symlinks=False) and is_searched(entry.name):
                yield from folders_below(Path(entry.path), config)


def is_reached(folder: Path, config: Config) -> bool:
    """Whether a folder is there, at or below the base path, and schemas are looked for in it."""
    base = config.schema_base_path
    if folder == base or not folder.is_relative_to(base):
        return folder == base
    below = [folder, *(each for each in folder.parents if each != base and each.is_relative_to(base))]
    return folder.is_dir() and all(is_searched(each.name) and not each.is_symlink() for each in below)


def check_base(config: Config) -> None:
    """Raise `UsageError` when the folder of the schemas is not there."""
    if not is_folder(config.schema_base_path):
        raise UsageError(
            f"there is no folder {str(config.schema_base_path)!r} to look for schemas in",
            remedy=near(config.schema_base_path, "Correct schemaBasePath, or name the folder on the command line."),
        )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(
            f"the folder cannot be read: {error.strerror}", source=str(folder), remedy="Make the folder readable."
        ) from error


def _directories(folder: Path, config: Config, misnamed: list[Path]) -> Iterator[SchemaDirectory]:
    entries = _entries(folder)
    yield from _schema_directory(folder, entries, config, misnamed)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and is_searched(entry.name):
            yield from _directories(Path(entry.path), config, misnamed)


def is_discovered(path: Path, config: Config) -> bool:
    """Whether a path below the base path, which need not be there, is one where `discover` finds a current file."""
    base = config.schema_base_path
    folders = list(path.relative_to(base).parents)[:-1]
    return (
        path.name == config.current_file_name
        and not is_folder(path)
        and all(is_searched(folder.name) and not (base / folder).is_symlink() for folder in folders)
    )


def _schema_directory(
    folder: Path, entries: list[os.DirEntry[str]], config: Config, misnamed: list[Path]
) -> Iterator[SchemaDirectory]:
    if holds_tests(folder, config):
        return
    current = None
    versions: dict[str, dict[str, Path]] = {}
    links: dict[str, str] = {}
    names = {entry.name for entry in entries}
    for entry in entries:
        stem, extension = os.path.splitext(entry.name)
        if entry.name == config.current_file_name and not is_folder(Path(entry.path)):
            current = Path(entry.path)
        elif target := link_target(Path(entry.path), names):
            links[entry.name] = target
        elif extension[1:] in config.content_types and is_version(stem) and not entry.is_dir():
            versions.setdefault(stem, {})[extension[1:]] = Path(entry.path)
    others = {name: Path(folder, name) for name in names.difference(links) if may_be_meant(name, config, current)}
    misnamed += [path for name, path in sorted(others.items()) if path.is_file()]
    if current or versions:
        yield SchemaDirectory(folder, current, versions, links)


def may_be_meant(name: str, config: Config, current: Path | None) -> bool:
    """Whether a file name is so near to that of current files that its author may have meant one.

    The same word with another extension or in other letters is; a slip of the pen only where there is no current file.
    """
    wanted = config.current_file_name
    (stem, extension), word = os.path.splitext(name.lower()), os.path.splitext(wanted.lower())[0]
    if name == wanted or extension not in _EXTENSIONS:
        return False
    if stem == word:
        return True
    return current is None and abs(len(stem) - len(word)) < 2 and bool(get_close_matches(stem, [word], cutoff=0.8))


def link_target(path: Path, names: set[str] | None = None) -> str | None:
    """Where a link points, or ``None`` when it is none.

    A small file that holds nothing but the name of a file beside it is a link too: that is how Git writes a symbolic
    link where the platform has none (``core.symlinks=false``).
    """
    if path.is_symlink():
        return os.readlink(path)  # noqa: PTH115 (a Path would drop the ./ of ./1.0.0.yaml)
    if not _may_stand_for_link(path) or not path.is_file():
        return None
    try:
        content = read_regular(path, _LONGEST_LINK)
    except OSError:
        return None
    if b"\n" in content or b":" in content:
        return None
    target = os.fsdecode(content)
    beside = target in names if names is not None else (path.parent / target).is_file()
    return target if target and "/" not in target and target != path.name and beside else None


def _may_stand_for_link(path: Path) -> bool:
    stem = path.stem if path.suffix in (".yaml", ".json") else path.name
    return stem == "latest" or is_version(path.name)


def read_content(path: Path, config: Config | None = None) -> bytes:
    """The content of a schema file: of one of the repository, else of one that the user named. Raises `UsageError`."""
    folders = (config.schema_base_path, config.root) if config else (enclosing(path),)
    try:
        return read_named(path, *folders)
    except (OSError, ValueError) as error:
        usual = "Make it readable." if isinstance(error, PermissionError) else "Name an existing file."
        raise UsageError(
            f"the schema cannot be read: {getattr(error, 'strerror', error)}",
            source=str(path),
            remedy=getattr(error, "remedy", near(path, usual)),
        ) from error


def read_schema_file(path: Path, config: Config, content: bytes | None = None) -> SchemaFile:
    """Read one schema file; ``content`` stands for what is on disk. Raises `SchemaToolsError`."""
    content_type = content_type_of(path.name)
    if content is None:
        content = read_content(path, config)
    document = parse(content, source=str(path), content_type=content_type)
    title = field(document, config.schema_title_field)
    try:
        version = schema_version(document, config.schema_version_field)
    except SchemaToolsError as error:
        raise located(error, path, content) from error
    return SchemaFile(
        path=path,
        title=title if isinstance(title, str) else None,
        version=version,
        is_current=path.name == config.current_file_name,
        content_type=content_type,
        document=document,
    )


def located(error: SchemaToolsError, path: Path, content: bytes) -> SchemaToolsError:
    """The error with its file and, where it has a pointer, its line and column."""
    from jsonschema_tools.documents.positions import locate

    error = error.replaced(source=error.source or str(path))
    if error.position is not None or error.pointer is None or error.source != str(path):
        return error
    return error.replaced(position=locate(content, error.pointer, source=str(path)))


def is_ignored(file: SchemaFile, config: Config) -> bool:
    """Whether ``ignoreSchemas`` names the schema. Raises `Undecided`."""
    if not config.ignore_schemas:
        return False
    from jsonschema_tools.patterns.searching import is_found

    schema_id = file.document.get("$id") if isinstance(file.document, dict) else None
    text = schema_id if isinstance(schema_id, str) else ""
    # An empty pattern is no pattern to upstream.
    return any(pattern and is_found(pattern, text) for pattern in config.ignore_schemas)
