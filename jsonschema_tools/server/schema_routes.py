"""The schemas of the repository over HTTP, at ``/schemas/TITLE/VERSION``, and what is in a folder."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.errors import GitError, RetrievalError, SchemaToolsError
from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.intake.model import RequestFault
from jsonschema_tools.lookup.fetching import Unkept
from jsonschema_tools.lookup.store import SchemaStore, Text
from jsonschema_tools.repository.releases import Releases
from jsonschema_tools.server.bodies import Disconnected
from jsonschema_tools.server.responses import fault, response
from jsonschema_tools.server.site_routes import OWN, SiteRoutes, wants_page
from jsonschema_tools.versions import is_version

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving

_EXTENSIONS = (".yaml", ".json")
_TYPES = {"yaml": b"application/yaml", "json": b"application/json"}
_MOVING = ("latest", "current")
_IMMUTABLE = b"public, max-age=31536000, immutable"
_SHORT = b"public, max-age=60"
_DRAFT = b"no-store"
_UNKNOWN = b"no-cache"
_BY_ACCEPT: Headers = ((b"vary", b"Accept"),)
_ELSEWHERE = "GET /schemas/ lists what is here. Schemas of another server are fetched for events only: ask that one."
_ASK_AGAIN_SECONDS = 30.0


def schema_routes(serving: Serving) -> list[Any]:
    """The route; ``HEAD`` is answered too."""
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    schemas = _Schemas(serving)
    site = SiteRoutes(serving, serving.pages) if serving.pages is not None else None

    async def schema(request: Any) -> Any:
        path = "/" + request.path_params["path"]
        try:
            page = None
            if site is not None and (wants_page(request) or path.startswith(f"/{OWN}/")):
                page = await site.answer(request)
            if page is not None:
                return response(page, (*serving.gate.headers, *_BY_ACCEPT))
            if request.method == "POST":
                raise HTTPException(405, headers={"allow": "GET, HEAD"})
            answer = await asyncio.to_thread(schemas.answer, path)
        except Disconnected:
            return response(Answer(400))
        except RequestFault as wrong:
            return fault(serving.gate, request, wrong)
        etag = dict(answer.headers).get(b"etag", b"").decode()
        if etag and etag in request.headers.get("if-none-match", ""):
            answer = Answer(304, answer.headers)
        return response(answer, (*serving.gate.headers, *(_BY_ACCEPT if site is not None else ())))

    return [Route("/schemas{path:path}", _slashed(schema), methods=["GET", "HEAD", "POST"])]


def _slashed(endpoint: Any) -> Any:
    async def slashed(request: Any) -> Any:
        path = request.path_params["path"]
        if path and not path.startswith("/"):
            from starlette.exceptions import HTTPException

            raise HTTPException(404)
        request.path_params["path"] = path.lstrip("/")
        return await endpoint(request)

    return slashed


class _Schemas:
    """Finds them. It may take its time."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._releases: tuple[float, Releases] | None = None

    def answer(self, path: str) -> Answer:
        """The schema at a path, or the list of a folder. Raises `RequestFault`."""
        name = path.rstrip("/").rpartition("/")[2]
        version = name.removesuffix(".yaml").removesuffix(".json")
        if version in _MOVING or is_version(version):
            return self._schema(path.rstrip("/"), version)
        found = self._folder(path)
        if found is None:
            raise RequestFault(404, "not-found", f"there is no {path!r}", remedy="GET /schemas/ lists what there is.")
        return Answer(200, ((b"content-type", b"application/json"), (b"cache-control", _SHORT)), found)

    def _schema(self, path: str, version: str) -> Answer:
        store: SchemaStore = self._serving.store
        try:
            # No server is asked on a stranger's word.
            text = store.text_at_hand(path)
        except RetrievalError as error:
            status = (503, "unavailable") if error.down else (404, "not-found")
            retry_after = 5 if error.down else None
            raise RequestFault(*status, error.message, remedy=_ELSEWHERE, retry_after=retry_after) from None
        except SchemaToolsError as error:
            raise RequestFault(404, "not-found", error.message, remedy=error.remedy) from None
        etag = f'"{hashlib.sha256(text.text).hexdigest()[:32]}"'.encode()
        headers: Headers = ((b"content-type", _TYPES[text.content_type]), (b"etag", etag), *self._age(text, version))
        return Answer(200, headers, text.text)

    def _age(self, text: Text, version: str) -> Headers:
        """How long a copy may be kept."""
        if version == "latest":
            return ((b"cache-control", _SHORT),)
        state = self._state(text) if version != "current" else "draft"
        control = {"released": _IMMUTABLE, "ahead": _IMMUTABLE, "draft": _DRAFT}.get(state, _UNKNOWN)
        return ((b"cache-control", control), (b"x-schema-state", state.encode()))

    def _state(self, text: Text) -> str:
        if not text.location.startswith("/"):
            # Only its own server knows, and may have said that it is not to be kept.
            return "draft" if isinstance(text.text, Unkept) else "unknown"
        now = time.monotonic()
        if self._releases is None or now > self._releases[0]:
            # What Git says is asked for all at once, and again after a while.
            self._releases = now + _ASK_AGAIN_SECONDS, Releases(self._serving.config, offline=True)
        try:
            return self._releases[1].state(Path(text.location))
        except GitError:
            return "unknown"

    def _folder(self, path: str) -> bytes | None:
        """The entries of a folder of the bases, those of the first that has a name; no hidden ones."""
        names = [name for name in path.split("/") if name]
        if any(name.startswith(".") or "\0" in name for name in names):
            return None
        entries: dict[str, dict[str, Any]] = {}
        is_there = False
        for base in self._serving.config.schema_base_uris:
            folder = Path(base, *names) if base.startswith("/") else None
            if folder is None or not _is_inside(folder, Path(base)):
                continue
            is_there = True
            for entry in os.scandir(folder):
                if not entry.name.startswith(".") and _is_inside(Path(entry.path).parent, Path(base)):
                    entries.setdefault(entry.name, _entry(entry))
        return json.dumps([entries[name] for name in sorted(entries)]).encode() if is_there else None


def _is_inside(folder: Path, base: Path) -> bool:
    real = Path(os.path.realpath(folder))
    return os.path.isdir(folder) and real.is_relative_to(os.path.realpath(base))  # noqa: PTH112


def _entry(entry: os.DirEntry[str]) -> dict[str, Any]:
    return {"name": entry.name, "type": "directory" if entry.is_dir() else "file"}
