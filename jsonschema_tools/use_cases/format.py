"""Current files with their keys in the usual order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools.documents.ordering import reordered
from jsonschema_tools.documents.reading import content_type_of, decode, parse
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.model import WriteFile
from jsonschema_tools.repository.discovery import discover, read_content
from jsonschema_tools.repository.words import currents_meant
from jsonschema_tools.repository.writing import apply
from jsonschema_tools.schemas.key_ranks import key_ranks
from jsonschema_tools.settings import Config


@dataclass(frozen=True, slots=True)
class Formatting:
    """The current files that are not in order, with their new content; how many are; and why some cannot be read."""

    contents: tuple[tuple[Path, bytes], ...]
    in_order: int
    errors: tuple[SchemaToolsError, ...] = ()


def plan_format(names: Iterable[str], config: Config) -> Formatting:
    """The current files of these titles or paths, of all without any, with their keys in order.

    What cannot be moved by whole lines stays as it is, and so do JSON files. Raises `UsageError` for an unknown name.
    """
    wanted = list(names)
    contents, errors, in_order = [], [], 0
    for path in currents_meant(wanted, config) if wanted else discover(config).currents:
        try:
            content = read_content(path, config)
            changed = formatted(content, str(path))
        except SchemaToolsError as error:
            errors.append(error)
            continue
        if changed == content:
            in_order += 1
        else:
            contents.append((path, changed))
    return Formatting(tuple(contents), in_order, tuple(errors))


def formatted(content: bytes, source: str) -> bytes:
    """A current file with its keys in order; comments and all lines are kept. Raises `DocumentError`."""
    if content_type_of(source) == "json":
        return content
    text = decode(content, source)
    return reordered(text, key_ranks(parse(text, source=source)), source).encode("utf-8")


def carry_out_format(planned: Formatting, config: Config) -> None:
    """Write the new contents, all or none; a current file that is a link stays one."""
    if planned.contents:
        actions = [WriteFile(Path(os.path.realpath(path)), content) for path, content in planned.contents]
        apply(actions, config.schema_base_path)
