"""A site of a repository: what is there is compared with what is to be, and only that is written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools import __version__, git
from jsonschema_tools.errors import SchemaToolsError, UsageError
from jsonschema_tools.files import is_searched, read_file
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.model import Action, Remove, WriteFile
from jsonschema_tools.repository.codeowners import PLACES
from jsonschema_tools.settings import Config

if TYPE_CHECKING:
    from jsonschema_tools.site.model import SiteRule, SiteSettings, SiteStream
    from jsonschema_tools.site.pages import Site
    from jsonschema_tools.use_cases.site_titles import Titles

MANIFEST = "-/manifest.json"
_VERSION = 1
_MOST_BYTES = 2**28


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What making a site did, or would do: paths below it. ``errors`` are schemas that could not be read: then nothing
    was done. ``waiting`` are places without a released version; ``unchanged`` is whether nothing had to be looked at.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    count: int = 0
    errors: tuple[SchemaToolsError, ...] = ()
    waiting: tuple[str, ...] = ()
    unchanged: bool = False


def make_site(
    config: Config,
    output: Path,
    settings: SiteSettings,
    *,
    drafts: bool = False,
    offline: bool = False,
    check: bool = False,
) -> SiteReport:
    """Make the site of a repository in a folder, or with ``check`` only say what would change.

    Files of an earlier run that are no more are removed, those of others are left alone. All of it is written, or
    nothing. Raises `UsageError` for a folder that has files of others where ours are to be, or is among the schemas.
    """
    check_installed()
    output = Path(os.path.abspath(output))  # noqa: PTH100
    if output == config.schema_base_path or output.is_relative_to(config.schema_base_path):
        raise UsageError(
            "a site among the schemas would be read as schemas", source=str(output), remedy="Name another --output."
        )
    known = _manifest(output)
    inputs = _inputs(config, settings, drafts=drafts)
    if inputs is not None and known.get("inputs") == inputs and _is_there(output, known["files"]):
        return SiteReport(count=len(known["files"]), unchanged=True)
    # Where nothing has changed, none of these is loaded.
    from jsonschema_tools.repository.writing import apply
    from jsonschema_tools.site.pages import Site
    from jsonschema_tools.use_cases.site_titles import Titles

    streams = _streams(config, offline=offline)
    titles = Titles(config, streams, drafts, offline)
    site = Site(settings, streams, _rules(config))
    making = _Making(output, known.get("files", {}), inputs)
    actions = making.actions(site, titles)
    try:
        if check:
            for _ in actions:
                pass
        else:
            apply(actions, output, last=output / MANIFEST, durable=False)
    except SchemaToolsError as error:
        if not any(error is each for each in titles.errors):
            raise
        return SiteReport(count=len(known.get("files", {})), errors=tuple(titles.errors))
    return SiteReport(
        tuple(making.written),
        tuple(making.removed),
        len(making.files),
        waiting=tuple(titles.waiting),
    )


_PACKAGES = ("markdown_it", "linkify_it")


def has_packages() -> bool:
    """Whether the packages of the extra ``site`` are there."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def check_installed() -> None:
    """Raise `UsageError` where one of them is missing."""
    if not has_packages():
        missing = next(name for name in _PACKAGES if find_spec(name) is None)
        raise UsageError(f"jst site needs the package {missing}", remedy=remedy_of("site"))


class _Making:
    """The actions of one run, while it goes on."""

    def __init__(self, output: Path, before: dict[str, int], inputs: str | None) -> None:
        self._output, self._before, self._inputs = output, before, inputs
        self.files: dict[str, int] = {}
        self.written: list[str] = []
        self.removed: list[str] = []

    def actions(self, site: Site, titles: Titles) -> Iterator[Action]:
        """What to write and to remove, the manifest last."""
        for path, content in site.files(titles, titles.gone):
            self.files[path] = len(content)
            place = self._output / path
            if self._is_as(place, content):
                continue
            if path not in self._before and os.path.lexists(place):
                raise UsageError(
                    "there is a file that is not of a site, where one is to be",
                    source=str(place),
                    remedy="Remove it, or name another --output.",
                )
            self.written.append(path)
            yield WriteFile(place, content)
        if titles.errors:
            # A version that cannot be read now would vanish for whoever looks it up.
            raise titles.errors[0]
        for path in sorted(self._before.keys() - self.files.keys()):
            self.removed.append(path)
            yield Remove(self._output / path)
        content = _json({"version": _VERSION, "inputs": self._inputs, "files": self.files})
        if not self._is_as(self._output / MANIFEST, content):
            yield WriteFile(self._output / MANIFEST, content)

    def _is_as(self, place: Path, content: bytes) -> bool:
        try:
            return place.stat().st_size == len(content) and place.read_bytes() == content
        except OSError:
            return False


def _manifest(output: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_file(output / MANIFEST, within=output, limit=_MOST_BYTES))
    except (OSError, ValueError, SchemaToolsError):
        return {}
    files = found.get("files") if isinstance(found, dict) and found.get("version") == _VERSION else None
    if not isinstance(files, dict) or not all(_is_below(name) for name in files):
        return {}
    return dict(found)


def _is_below(name: str) -> bool:
    return not name.startswith("/") and ".." not in name.split("/")


def _is_there(output: Path, files: dict[str, int]) -> bool:
    """Whether every file is there with its size."""
    try:
        return all((output / name).stat().st_size == size for name, size in files.items())
    except OSError:
        return False


def _inputs(config: Config, settings: SiteSettings, *, drafts: bool) -> str | None:
    """A digest of all that a site is made of; ``None`` where not all of it is at hand."""
    if config.streams is not None and "://" in config.streams:
        return None
    digest = hashlib.sha256(repr((__version__, settings, drafts, config)).encode())
    if any(allowance.expires for allowance in config.allow):
        digest.update(date.today().isoformat().encode())
    for base in dict.fromkeys([str(config.schema_base_path), *config.schema_base_uris]):
        if base.startswith("/"):
            _add_folder(digest, base)
    top = git.top_level(config.schema_base_path)
    if top is not None:
        digest.update(repr((git.head_commit(top), sorted(git.branch_refs(top).items()))).encode())
    single = [*([Path(config.streams)] if config.streams else []), *([top / place for place in PLACES] if top else [])]
    for path in single:
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _add_folder(digest: Any, base: str) -> None:
    """Every name below a folder, and what is there."""
    for folder, below, names in os.walk(base):
        # Hidden ones hold no schemas, but for a while what a run keeps its lock in.
        below[:] = sorted(filter(is_searched, below))
        for name in sorted(filter(is_searched, names)):
            path = os.path.join(folder, name)  # noqa: PTH118
            digest.update(os.fsencode(path) + b"\0")
            try:
                digest.update(hashlib.sha256(read_file(Path(path), limit=_MOST_BYTES)).digest())
            except (OSError, SchemaToolsError) as error:
                # What cannot be read, or is no file, is told of by whoever reads schemas.
                digest.update(type(error).__name__.encode())


def _streams(config: Config, *, offline: bool) -> list[SiteStream]:
    if config.streams is None:
        return []
    from jsonschema_tools.site.model import SiteStream
    from jsonschema_tools.use_cases.streams import open_streams

    table = open_streams(config, offline=offline).table
    found = (table.stream(name) for name in table.names)
    return [SiteStream(each.name, each.schema_title, each.topics, dict(each.settings)) for each in found if each]


def _rules(config: Config) -> list[SiteRule]:
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.site.model import SiteRule
    from jsonschema_tools.use_cases.explain import rules_in_effect, rules_of

    return [
        SiteRule(active.rule.id, active.rule.summary, str(active.severity), active.rule.documentation)
        for active in rules_in_effect(config, rules_of(config), Selection())
    ]


def _json(value: Any) -> bytes:
    return f"{json.dumps(value, separators=(',', ':'))}\n".encode("utf-8", "backslashreplace")
