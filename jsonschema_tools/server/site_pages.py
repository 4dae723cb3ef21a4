"""The site of a gate's schemas: the files that `jst site` makes, in a folder for as long as the gate runs."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from jsonschema_tools.errors import SchemaToolsError, UsageError, accident, is_accident
from jsonschema_tools.settings import Config

if TYPE_CHECKING:
    from jsonschema_tools.site.model import SiteSettings

_FIRST_SECONDS = 20.0
_AGAIN_SECONDS = 2.0
"""Whoever asks waits so long for the first site, and for one that shows what has changed."""

_REST_SECONDS = 2.0
_TIMES_AS_LONG = 20
"""So many times as long as making took there is a rest before the next time."""


class SitePages:
    """Makes the site when somebody asks for a page, in a process of its own, and again when something may have changed.

    ``failure`` is what kept the last one from being made: the one before stays.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._folder: TemporaryDirectory[str] | None = None
        self._making: asyncio.Task[None] | None = None
        self._rests_until = 0.0
        self._is_made = False
        self.failure = ""

    async def file(self, path: str) -> bytes | None:
        """What is at a path below the site; ``None`` where nothing is. Waits for the site, but not for long."""
        await self._made()
        return await asyncio.to_thread(self._read, path) if self._is_made else None

    @property
    def is_made(self) -> bool:
        """Whether there is a site."""
        return self._is_made

    def close(self) -> None:
        """Remove it."""
        if self._making is not None:
            self._making.cancel()
        if self._folder is not None:
            self._folder.cleanup()

    async def _made(self) -> None:
        if self._making is None and time.monotonic() >= self._rests_until:
            self._making = asyncio.get_running_loop().create_task(self._make())
        if self._making is not None:
            await asyncio.wait({self._making}, timeout=_AGAIN_SECONDS if self._is_made else _FIRST_SECONDS)

    async def _make(self) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context

        start = time.monotonic()
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="jst-site-", ignore_cleanup_errors=True)
        pool = ProcessPoolExecutor(1, get_context("spawn"))
        try:
            loop = asyncio.get_running_loop()
            self.failure = await loop.run_in_executor(pool, _make, self._config, self._folder.name)
            self._is_made = self._is_made or not self.failure
        except BrokenProcessPool:
            self.failure = "the process that makes the pages was ended from outside"
        except Exception as error:
            if not is_accident(error):
                raise
            self.failure = accident(error, "making the pages").message
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            self._rests_until = time.monotonic() + max(_REST_SECONDS, (time.monotonic() - start) * _TIMES_AS_LONG)
            self._making = None

    def _read(self, path: str) -> bytes | None:
        steps = path.split("/")
        if self._folder is None or any(step in ("", ".", "..") or "\0" in step for step in steps):
            return None
        try:
            return Path(self._folder.name, *steps).read_bytes()
        except OSError:
            return None


def site_settings(config: Config) -> SiteSettings:
    """How the site of a gate is made."""
    from jsonschema_tools.site.model import SiteSettings

    is_live = config.serve.profile != "eventgate"
    return SiteSettings(extensionless=config.content_types[0], is_live=is_live)


def _make(config: Config, folder: str) -> str:
    """Make the site, or say why not."""
    from jsonschema_tools.use_cases.site import make_site

    try:
        if not config.schema_base_path.is_dir():
            raise UsageError(f"{config.schema_base_path} is no folder", remedy="Pages are made of schemas in a folder.")
        report = make_site(config, Path(folder), site_settings(config), drafts=True, offline=True)
    except (SchemaToolsError, OSError) as error:
        return str(error)
    return "; ".join(map(str, report.errors[:3]))
