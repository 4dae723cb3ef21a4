"""Pages of the schemas for browsers, below ``/schemas/``, and the form that judges events."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.intake.answers import Answer, Headers
from jsonschema_tools.intake.bodies import split
from jsonschema_tools.intake.model import Judged, RequestFault
from jsonschema_tools.server.bodies import read_body
from jsonschema_tools.server.site_pages import SitePages, site_settings
from jsonschema_tools.versions import is_version

if TYPE_CHECKING:
    from jsonschema_tools.server.opening import Serving
    from jsonschema_tools.site.tester import TestedEvent

OWN = "-"
_TYPES = {
    "html": b"text/html; charset=utf-8",
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json",
    "xml": b"application/atom+xml; charset=utf-8",
}
_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'"
)
_FORM = b"application/x-www-form-urlencoded"
_MOST_TESTED = 100
"""Events of a form: each is answered with all that is wrong with it."""


def wants_page(request: Any) -> bool:
    """Whether whoever asks shows pages: a browser."""
    return "text/html" in request.headers.get("accept", "")


class SiteRoutes:
    """Answers what browsers ask for below ``/schemas/``."""

    def __init__(self, serving: Serving, pages: SitePages) -> None:
        self._serving, self._pages = serving, pages

    async def answer(self, request: Any) -> Answer | None:
        """The page at a path, the way to it, or ``None`` where there is no page of it."""
        path: str = request.path_params["path"]
        if path == f"{OWN}/test" and self._has_form:
            return await self._form(request)
        if request.method == "POST":
            return None
        if path.startswith(f"{OWN}/") or path == "index.html" or path.endswith("/index.html"):
            return _answered(path, await self._pages.file(path), request) or self._not_now()
        if not request.url.path.endswith("/"):
            return await self._way(path)
        found = await self._pages.file(f"{path}index.html")
        return _answered("index.html", found, request) or self._not_now()

    @property
    def _has_form(self) -> bool:
        return self._serving.settings.profile != "eventgate"

    async def _way(self, path: str) -> Answer | None:
        """From the URI of a version or a folder to its page; files with an extension have none."""
        place, _, name = path.rpartition("/")
        up = "../" * path.count("/")
        if name.endswith((".yaml", ".json")) or name == "current":
            return None
        if name == "latest":
            to, there = "./", f"{place}/index.html"
        elif is_version(name):
            there = f"{OWN}/version/{place}/{name}.html"
            to = up + quote(there)
        else:
            to, there = f"{quote(name) or 'schemas'}/", f"{path}/index.html" if path else "index.html"
        if await self._pages.file(there) is None:
            return self._not_now()
        return Answer(303, ((b"location", to.encode()), (b"cache-control", b"no-cache")))

    def _not_now(self) -> Answer | None:
        """Why there are no pages at all, where there are none."""
        if self._pages.is_made:
            return None
        if self._pages.failure:
            raise RequestFault(503, "no-pages", f"the pages cannot be made: {self._pages.failure}", retry_after=5)
        raise RequestFault(503, "no-pages-yet", "the pages are being made", remedy="Ask again.", retry_after=2)

    async def _form(self, request: Any) -> Answer:
        """The form, with what became of the events in it."""
        text, status = "", 200
        verdicts: tuple[TestedEvent, ...] = ()
        fault: RequestFault | None = None
        if request.method == "POST":
            try:
                text = await self._sent(request)
                verdicts = await self._judged(text, request.scope)
            except RequestFault as wrong:
                fault, status = wrong, wrong.status
        elif uri := request.query_params.get("schema"):
            text = await asyncio.to_thread(self._example, uri)
        page = await asyncio.to_thread(self._rendered, text, verdicts, fault)
        return _html(page, status)

    async def _sent(self, request: Any) -> str:
        gate, limits = self._serving.gate, self._serving.settings.limits
        if not request.headers.get("content-type", "").encode("latin-1").startswith(_FORM):
            detail = "a form is expected here"
            raise RequestFault(415, "media-type", detail, remedy="POST events to /v1/events.")
        length = request.headers.get("content-length", "")
        announced = min(int(length), limits.body) if length.isdecimal() else 0
        gate.admission.enter(announced)
        grown = 0
        try:
            body, grown = await read_body(request.receive, limits, gate.admission, announced)
        finally:
            gate.admission.leave(announced + grown)
        # A browser ends the lines of a form with CRLF.
        text = parse_qs(body.decode("latin-1"), errors="replace").get("event", [""])[0]
        return text.replace("\r\n", "\n")

    async def _judged(self, text: str, scope: dict[str, Any]) -> tuple[TestedEvent, ...]:
        """What the gate would say, without writing anything. Raises `RequestFault`."""
        raws = split(text.encode("utf-8", "replace"), _MOST_TESTED)
        judged: Judged = await self._serving.gate.judged(raws, scope)
        return _tested(judged)

    def _example(self, uri: str) -> str:
        """The first example of a schema that is here, else an event that names it."""
        from jsonschema_tools.documents.json_writing import json_text

        try:
            document = self._serving.store.retrieve(uri) if self._serving.store.text_at_hand(uri) else None
        except SchemaToolsError:
            document = None
        found = document.get("examples") if isinstance(document, dict) else None
        return json_text(found[0] if isinstance(found, list) and found else {"$schema": uri})

    def _rendered(self, text: str, verdicts: tuple[TestedEvent, ...], fault: RequestFault | None) -> bytes:
        from jsonschema_tools.site.tester import WrongValue, tester_page

        wrong = WrongValue("", fault.detail, remedy=fault.remedy or "") if fault is not None else None
        has_streams = self._serving.streams is not None
        return tester_page(site_settings(self._serving.config), text, verdicts, wrong, has_streams=has_streams)


def _tested(judged: Judged) -> tuple[TestedEvent, ...]:
    """What became of events, in order."""
    from jsonschema_tools.site.tester import TestedEvent, WrongValue

    found = {
        place: TestedEvent(record.schema_uri, record.stream)
        for place, record in zip(judged.places, judged.accepted, strict=True)
    }
    for outcome in judged.outcomes:
        errors = tuple(map(WrongValue.of, outcome.errors))
        found[outcome.index] = TestedEvent(outcome.schema_uri or "", outcome.stream or "", errors)
    return tuple(found[index] for index in sorted(found))


def _html(page: bytes, status: int = 200) -> Answer:
    policy: Headers = ((b"content-security-policy", _POLICY), (b"cache-control", b"no-cache"))
    return Answer(status, ((b"content-type", _TYPES["html"]), *policy), page)


def _answered(path: str, content: bytes | None, request: Any) -> Answer | None:
    """A file of the site, unless whoever asks has it."""
    if content is None:
        return None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'.encode()
    kind = _TYPES.get(path.rpartition(".")[2], b"application/octet-stream")
    headers: Headers = (
        (b"content-type", kind),
        (b"etag", etag),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", _POLICY),
    )
    is_known = etag.decode() in request.headers.get("if-none-match", "")
    return Answer(304, headers) if is_known else Answer(200, headers, content)
