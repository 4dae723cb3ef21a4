"""A new schema in a repository: its current file from a template, and its first version."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError, TemplateError, UsageError
from jsonschema_tools.files import enclosing, is_searched, read_file
from jsonschema_tools.model import GitAdd, Plan, WriteFile
from jsonschema_tools.repository.basis import NOTHING, state
from jsonschema_tools.repository.discovery import read_schema_file
from jsonschema_tools.repository.templates import FOLDER, render
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.materialize import plan_content
from jsonschema_tools.use_cases.transform import to_text
from jsonschema_tools.versions import is_plain_version

_SEGMENT = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


def new(
    title: str,
    config: Config,
    *,
    template: Path | None = None,
    version: str = "1.0.0",
    description: str | None = None,
    values: Mapping[str, str] | None = None,
    materialize: bool = True,
    offline: bool = False,
) -> Plan:
    """What it takes to have a new schema: its current file, rendered from a template, and its first version.

    ``template`` is a Jinja2 template, by default that of the configuration or of this package. It gets ``title``,
    ``name`` (the last part of it), ``version``, ``description`` and the ``values``. Raises `UsageError` for a title
    that cannot be or is there already, `TemplateError` for a template that does not make a schema of that title; what
    keeps the schema from being materialized is in the errors of the plan.
    """
    _check_title(title)
    if not is_plain_version(version):
        raise UsageError(f"{version!r} is no version", remedy="Give a semantic version such as 1.0.0.")
    folder = config.schema_base_path / title
    path = folder / config.current_file_name
    _check_way(path, config)
    # What the configuration of a clone names is a file of it; what the call names may be anywhere.
    within = enclosing(config.path) if template is None and config.template and config.path else None
    template = template or config.template or FOLDER / "current.yaml.j2"
    given = {
        "title": title,
        "name": title.rpartition("/")[2],
        "version": version,
        "description": description or f"TODO: describe {title}.",
    }
    content = _content(path, template, {**(values or {}), **given}, config, within)
    before = state(path)
    planned = plan_content(path, content, config, offline=offline) if materialize else Plan()
    _check_place(folder, path, content, planned)
    due = () if before != NOTHING else (WriteFile(path, content),)
    basis = replace(planned.basis, paths={**planned.basis.paths, path: before})
    return replace(planned, actions=(*due, *planned.actions), basis=basis)


def _check_title(title: str) -> None:
    for segment in title.split("/"):
        if not _SEGMENT.fullmatch(segment) or not is_searched(segment):
            like = "/".join(filter(_SEGMENT.fullmatch, (_plain(part) for part in title.split("/"))))
            raise UsageError(
                f"{title!r} is no title for a schema: {segment!r} cannot be a part of it",
                remedy=(f"Did you mean {like!r}? " if like else "")
                + "Write lower case letters and digits, joined by _ or -, in parts separated by /:"
                " shop/order/placed.",
            )


def _plain(segment: str) -> str:
    """The nearest thing to a segment that can be a part of a title: ``AddToCart`` is ``add_to_cart``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", segment).lower()
    return re.sub(r"[^a-z0-9_-]+", "_", words).strip("_-")


def _check_place(folder: Path, path: Path, content: bytes, planned: Plan) -> None:
    """Raise `UsageError` where there is more in the folder than a part of what is to be in it, as a run leaves that was
    killed."""
    there = {entry for entry in folder.iterdir() if not entry.is_dir() or entry.is_symlink()} if folder.is_dir() else ()
    waiting = {action.path for action in planned.actions if not isinstance(action, GitAdd)}
    done = {output for release in planned.releases for output in release.outputs} - waiting
    real = Path(os.path.realpath(folder))
    if path in there and not (waiting and not path.is_symlink() and read_file(path) == content):
        raise UsageError("the schema is there already", source=str(path), remedy="Edit it, or choose another title.")
    if any(entry != path and real / entry.name not in done for entry in there):
        raise UsageError("the folder has files already", source=str(folder), remedy="Choose another title.")


def _check_way(path: Path, config: Config) -> None:
    if (obstacle := WorkTree(base=config.schema_base_path).obstacle(path)) is not None:
        raise UsageError(f"this stands in the way of {path}", source=str(obstacle), remedy="Move or remove it.")


def _content(path: Path, template: Path, values: Mapping[str, str], config: Config, within: Path | None) -> bytes:
    text = render(template, values, within=within)
    try:
        file = read_schema_file(path.with_suffix(".yaml"), config, text.encode("utf-8"))
    except SchemaToolsError as error:
        raise TemplateError(
            f"the template makes no schema: {error}", source=str(template), remedy=error.remedy
        ) from error
    if (file.title, file.version) != (values["title"], values["version"]):
        raise TemplateError(
            f"the template makes version {file.version} of {file.title!r}",
            source=str(template),
            remedy=f"Write {{{{ title }}}} and {{{{ version }}}} into {config.schema_title_field} and"
            f" {config.schema_version_field}.",
        )
    return (to_text(file.document, "json") if path.suffix == ".json" else text).encode("utf-8")
