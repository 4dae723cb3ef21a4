"""Types of a program for the events of a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.files import is_folder
from jsonschema_tools.model import WriteFile
from jsonschema_tools.reports.escaping import readable
from jsonschema_tools.repository.released import ReleasedFile, ReleasedFiles
from jsonschema_tools.repository.vendored import digest
from jsonschema_tools.repository.writing import apply, write_output
from jsonschema_tools.schemas.dialects import metaschema_at
from jsonschema_tools.schemas.reference_list import located_references
from jsonschema_tools.schemas.references import dereference
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.type_generation import KINDS, python_types


@dataclass(frozen=True, slots=True)
class TypesModule:
    """A Python module with the types of a released version: the URI of that, the module's name, and its source."""

    uri: str
    name: str
    text: str


def make_types(names: Sequence[str], kind: str, config: Config, *, offline: bool = False) -> list[TypesModule]:
    """A module of types for each released version that words mean; the same for the same version and generator.

    Args:
        names: titles with a version, a range or none (the newest), URIs, or folders of the repository.
        kind: ``pydantic``, ``msgspec`` or ``typeddict``.
        config: says where schemas are looked up.
        offline: nothing is fetched.

    Raises `UsageError` for a draft, for what is not there, and where the generator is not installed; `SchemaError` for
    a schema that no types can be made of.
    """
    if kind not in KINDS:
        raise UsageError(f"there are no types of the kind {kind!r}", remedy=f"Use one of {', '.join(KINDS)}.")
    released = ReleasedFiles(config, offline=offline)
    files = {file.uri: file for name in names for file in released.meant(name)}
    return [_module(file, kind, released) for file in files.values()]


def write_types(modules: Sequence[TypesModule], output: Path) -> list[Path]:
    """Write one module to a file, or several into a folder, all or none; the paths.

    Raises `UsageError` for several modules and a file, for two of one name, and where nothing can be written.
    """
    if len(modules) == 1 and not is_folder(output):
        write_output(output, modules[0].text.encode("utf-8"))
        return [output]
    if output.suffix == ".py":
        raise UsageError(
            f"{len(modules)} schemas make as many modules, and this is one file",
            source=str(output),
            remedy="Name a folder as --output, or one schema.",
        )
    by_path: dict[Path, TypesModule] = {}
    for module in modules:
        path = output / f"{module.name}.py"
        if path in by_path:
            raise UsageError(
                f"the types of {by_path[path].uri} and {module.uri} would both be there",
                source=str(path),
                remedy="Write each with a --output of its own.",
            )
        by_path[path] = module
    apply([WriteFile(path, module.text.encode("utf-8")) for path, module in by_path.items()], output)
    return list(by_path)


def _module(file: ReleasedFile, kind: str, released: ReleasedFiles) -> TypesModule:
    title, _, version = file.uri.strip("/").rpartition("/")
    try:
        text, generator = python_types(_whole(file, released), title, kind)
    except SchemaToolsError as error:
        raise error.replaced(source=error.source or file.uri) from error
    header = (
        f"# The events of {readable(file.uri)}, sha256 {digest(file.content)}.\n"
        f"# Made by `jst types {readable(title)}@{version} --to {kind}` (datamodel-code-generator {generator}):"
        " not to be edited.\n\n"
    )
    return TypesModule(file.uri, _module_name(title), header + text)


def _whole(file: ReleasedFile, released: ReleasedFiles) -> Document:
    """The document, without references out of it."""
    document = file.parsed()
    own = document.get("$id") if isinstance(document, dict) else None
    base = own if isinstance(own, str) else file.uri
    references = {uri for _, uri in located_references(document, base)}
    if not any(metaschema_at(uri) is None for uri in references):
        return document
    return dereference(document, lambda uri: released.at(uri).parsed(), base_uri=base)


def _module_name(title: str) -> str:
    """The name of a module: what a title has beside letters, digits and ``_`` becomes ``_``."""
    name = re.sub(r"\W", "_", title, flags=re.ASCII)
    return f"_{name}" if not name.isidentifier() or iskeyword(name) else name
