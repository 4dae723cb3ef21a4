"""The links beside the version files of a title: each version without extension, and the latest one."""

from __future__ import annotations

from collections.abc import Iterable

from jsonschema_tools.model import Config
from jsonschema_tools.versions import is_plain_version, sort_versions


def latest_links(names: Iterable[str], config: Config, version: str | None = None) -> dict[str, str]:
    """The ``latest`` links of a folder with these names, and of a ``version`` whose files are still to be written.

    None where there is no version. Only plain versions count: no ``$id`` can name another, so nothing else is ever
    released.
    """
    if not config.should_symlink_latest:
        return {}
    known, types, wanted = set(names), config.content_types, {}
    for type_ in types:
        stems = {name.removesuffix(f".{type_}") for name in known if name.endswith(f".{type_}")}
        greatest = sort_versions({stem for stem in stems if is_plain_version(stem)} | ({version} if version else set()))
        if greatest:
            wanted[f"latest.{type_}"] = f"{greatest[-1]}.{type_}"
    if config.should_symlink_extensionless and f"latest.{types[0]}" in wanted:
        wanted["latest"] = wanted[f"latest.{types[0]}"]
    return wanted
