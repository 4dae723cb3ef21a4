"""The versions of the titles in a folder of schemas."""

from __future__ import annotations

from pathlib import Path

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document
from jsonschema_tools.versions import is_version, sort_versions

History = list[tuple[str, Document]]


def histories(folder: Path) -> dict[str, History]:
    """The versions of each title in the order of SemVer, each with its schema."""
    found: dict[str, History] = {}
    for path in sorted({path.parent for path in folder.rglob("*.yaml")}):
        names = sort_versions(
            file.stem for file in path.glob("*.yaml") if is_version(file.stem) and not file.is_symlink()
        )
        if names:
            files = {name: path / f"{name}.yaml" for name in names}
            title = path.relative_to(folder).as_posix()
            found[title] = [(name, parse(file.read_bytes(), source=str(file))) for name, file in files.items()]
    return found
