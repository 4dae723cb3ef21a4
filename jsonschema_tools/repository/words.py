"""The files, folders and URIs that words on a command line mean: what has to be read for it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from jsonschema_tools.events.targets import LATEST
from jsonschema_tools.files import is_file, is_folder
from jsonschema_tools.model import SchemaDirectory
from jsonschema_tools.repository.discovery import discover
from jsonschema_tools.repository.loading import no_such_title
from jsonschema_tools.repository.naming import folders_of, meant
from jsonschema_tools.repository.partial import load_meant, load_named
from jsonschema_tools.settings import Config


def currents_meant(names: Iterable[str], config: Config, *, or_path: bool = False) -> list[Path]:
    """The files of words: an existing file is itself, a title or a folder stands for the current files in it.

    A word that means none of these raises `UsageError`, with the nearest title; with ``or_path`` it is a path, too.
    """
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if is_folder(path) and is_file(path / config.current_file_name):
            found.append(path / config.current_file_name)
        elif name and os.path.lexists(path) and not is_folder(path):
            found.append(path)
        else:
            collection = load_meant(config, [name])
            named = meant(name, collection, config)
            titles = named.titles if named and name else ()
            chosen = [
                title.current.path for title in collection.chosen.titles if title.current and title.name in titles
            ]
            if not chosen and not or_path:
                all_titles = {title.name for title in collection.titles if title.current is not None}
                raise no_such_title(name, all_titles, config, "there is no current file with the path or title")
            found += chosen or [path]
    return found


def folders_meant(names: Sequence[str], config: Config) -> tuple[SchemaDirectory, ...]:
    """The folders of schemas that words mean, all without any. Raises `UsageError`, with the nearest title."""
    if not names:
        return discover(config).directories
    collection, titles = load_named(config, None, names)
    assert titles is not None
    wanted = [folder for folder, title in folders_of(collection.chosen, config).items() if title in titles]
    return discover(config, only=wanted).directories


def uri_meant(name: str, config: Config) -> str:
    """The URI of the schema that a word means, its latest version where it names none; a URI is itself."""
    from jsonschema_tools.events.targets import schema_uri

    if "://" in name:
        return name
    named = meant(name, load_meant(config, [name]), config) if config.schema_base_path.is_dir() else None
    if named is None or len(named.titles) > 1:
        return name if name.startswith("/") and "@" not in name else schema_uri(name)
    (title,) = named.titles
    return f"/{title}/{named.version or LATEST}"
