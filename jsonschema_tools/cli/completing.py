"""What the shell offers when a title, version, rule or stream is completed: quick, and silent whatever is wrong.

Titles are the folders of schemas; no document is read. Names that a shell could take for more than a name are left out,
since the scripts of click expand them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    import click

    from jsonschema_tools.model import SchemaDirectory

_PLAIN = re.compile(r"[\w./@-]+")


def files(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files, as the shell completes them."""
    return [CompletionItem(incomplete, type="file")]


def titles(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The titles that begin so, after ``@`` the versions of one; where there are none, files."""
    folders = _folders(context)
    title, at, _ = incomplete.partition("@")
    words = [f"{title}@{version}" for version in _versions(folders.get(title))] if at else sorted(folders)
    return _offered(words, incomplete) or files(context, parameter, incomplete)


def uris(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The URIs of versions that begin so."""
    folders = _folders(context)
    return _offered((f"/{title}/{version}" for title in folders for version in _versions(folders[title])), incomplete)


def rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of rules that begin so, behind others and a comma, too."""
    from jsonschema_tools.rules.registry import RULES

    before, comma, _ = incomplete.rpartition(",")
    return _offered((f"{before}{comma}{rule.id}" for rule in RULES), incomplete)


def streams(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of streams that begin so. No server is asked, and a regular expression is no name."""
    from jsonschema_tools.lookup.stream_texts import is_url
    from jsonschema_tools.repository.configuration import load_config
    from jsonschema_tools.use_cases.streams import open_streams

    try:
        paths = [Path(path) for path in context.params.get("config_paths") or ()]
        named = context.params.get("streams")
        config = load_config(config_paths=paths or None, overrides={"streams": named} if named else None)
        names = [] if config.streams is None or is_url(config.streams) else open_streams(config).table.names
    except Exception:
        return []
    return _offered((name for name in names if _PLAIN.fullmatch(name) and not name.startswith("/")), incomplete)


def _offered(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def _versions(folder: SchemaDirectory | None) -> list[str]:
    from jsonschema_tools.versions import sort_versions

    return list(sort_versions(folder.versions)) if folder is not None else []


def _folders(context: click.Context) -> dict[str, SchemaDirectory]:
    """The folders of schemas by title; none where they cannot be read, since there is no place for errors here."""
    from jsonschema_tools.repository.configuration import load_config
    from jsonschema_tools.repository.discovery import discover

    try:
        paths = [Path(path) for path in context.params.get("config_paths") or ()]
        config = load_config(config_paths=paths or None)
        found = {
            each.path.relative_to(config.schema_base_path).as_posix(): each for each in discover(config).directories
        }
    except Exception:
        return {}
    return {title: folder for title, folder in found.items() if _PLAIN.fullmatch(title)}
