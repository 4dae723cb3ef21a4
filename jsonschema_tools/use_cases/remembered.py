"""Results of earlier runs: a run that reads what an earlier one read tells what that one told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.digests import digest_of
from jsonschema_tools.repository.inputs import Inputs, inputs_of
from jsonschema_tools.settings import Config

if TYPE_CHECKING:
    from jsonschema_tools.lookup.bases import Overlay
    from jsonschema_tools.lookup.store import SchemaStore
    from jsonschema_tools.repository.releases import Releases
    from jsonschema_tools.repository.result_cache import ResultCache


@contextmanager
def results_of(config: Config) -> Iterator[ResultCache | None]:
    """The results of earlier runs, as far as they are kept and wanted; what this one adds is kept at the end."""
    from jsonschema_tools.repository.result_cache import open_cache

    cache = open_cache(config)
    try:
        yield cache
    finally:
        if cache is not None:
            cache.close()


@dataclass
class Asked:
    """What a run asked beside the files of its repository."""

    store: SchemaStore | None = None
    releases: Releases | None = None
    paths: set[Path] = field(default_factory=set)
    """The files that were looked for."""

    def through(self, overlay: Overlay) -> Overlay:
        """An overlay that is asked for all files."""

        def noted(path: Path) -> bytes | None:
            self.paths.add(path)
            return overlay(path)

        return noted


@dataclass
class WholeRun:
    """A run about a whole repository, by all that it reads."""

    cache: ResultCache
    config: Config
    inputs: Inputs
    key: bytes
    place: bytes

    def known(self) -> Any:
        """What an earlier run that read the same had for a result; ``None`` for nothing."""
        found = self.cache.get(self.key, self.place)
        if found is None:
            return None
        git, result = found
        return result if git is None or git == self._git() else None

    def keep(self, result: Any, asked: Asked) -> None:
        """Keep the result of this run, if all is known that it rests on."""
        inputs = self.inputs
        if asked.store is None or asked.store.asked_elsewhere or not all(map(inputs.has, asked.paths)):
            return
        git = None
        if asked.releases is not None and asked.releases.was_asked:
            git = self._git()
            if git is None or not asked.releases.is_repeatable:
                return
        if inputs.is_unchanged():
            self.cache.keep(self.key, (git, result), self.place)

    def _git(self) -> bytes | None:
        from jsonschema_tools.repository.git_inputs import git_digest

        return None if self.inputs.has_nested_git else git_digest(self.config.schema_base_path)


def whole_run(cache: ResultCache | None, kind: str, config: Config, arguments: Any) -> WholeRun | None:
    """A run about all schemas, with its arguments; ``None`` where nothing is kept of it."""
    if cache is None or config.cached_since:
        return None
    inputs = inputs_of(config)
    if inputs is None:
        return None
    day = date.today().isoformat() if any(entry.expires for entry in config.allow) else ""
    call = digest_of(kind, config, arguments)
    return WholeRun(cache, config, inputs, digest_of(call, inputs.digest, day), call)
