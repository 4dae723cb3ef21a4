"""The pages that a gate shows to browsers: the same as `jst site` makes, as the schemas are now; and the form."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest

from jsonschema_tools.server.in_process import LocalGate, local_gate
from jsonschema_tools.settings import Limits
from jsonschema_tools.use_cases import site as use_case
from tests.conftest import Scratch
from tests.intake.conftest import Reply, ask

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
FORM = {**BROWSER, "content-type": "application/x-www-form-urlencoded"}
CURRENT = (
    "title: {title}\n$id: /{title}/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    "properties:\n  $schema: {{type: string}}\n  x: {{type: string, description: '{said}'}}\n"
    "examples:\n  - {{$schema: /{title}/{version}, x: 'an <example>'}}\n"
)


def written(scratch: Scratch, title: str, version: str, said: str) -> None:
    scratch.write(f"jsonschema/{title}/current.yaml", CURRENT.format(title=title, version=version, said=said))
    assert scratch.jst("materialize").exit_code == 0


@pytest.fixture
def gate(scratch: Scratch) -> Iterator[LocalGate]:
    written(scratch, "shop/cart", "1.0.0", "What is in it.")
    scratch.commit()
    with local_gate(scratch.root) as started:
        yield started


def browse(gate: LocalGate, path: str) -> tuple[str, Reply]:
    """Where a browser gets from a path, and what it sees there."""
    url = urljoin(f"{gate.url}/", path)
    for _ in range(3):
        parts = urlsplit(url)
        reply = ask(gate.url, "GET", parts.path + (f"?{parts.query}" if parts.query else ""), None, BROWSER)
        if reply.status != 303:
            break
        url = urljoin(url, reply.headers["location"])
    return url.removeprefix(gate.url), reply


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "/schemas/"),
        ("/schemas", "/schemas/"),
        ("/schemas/", "/schemas/"),
        ("/schemas/shop", "/schemas/shop/"),
        ("/schemas/shop/cart", "/schemas/shop/cart/"),
        ("/schemas/shop/cart/", "/schemas/shop/cart/"),
        ("/schemas/shop/cart/latest", "/schemas/shop/cart/"),
        ("/schemas/shop/cart/1.0.0", "/schemas/-/version/shop/cart/1.0.0.html"),
        ("/schemas/-/changelog.html", "/schemas/-/changelog.html"),
    ],
)
def test_a_browser_sees_pages(gate: LocalGate, path: str, page: str) -> None:
    url, reply = browse(gate, path)
    assert (url, reply.status, reply.headers["content-type"]) == (page, 200, "text/html; charset=utf-8")
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    links = re.findall(r'(?:href|src)="([^"]+)"', reply.body.decode())
    assert links
    for link in links:
        if not link.startswith(("#", "http")):
            parts = urlsplit(urljoin(f"{gate.url}{url}", unescape(link)))
            found = ask(gate.url, "GET", parts.path + (f"?{parts.query}" if parts.query else ""), None, BROWSER)
            assert found.status in (200, 303), link


def test_everybody_else_gets_what_stands_there(gate: LocalGate, scratch: Scratch) -> None:
    for name in ("1.0.0", "1.0.0.yaml", "1.0.0.json"):
        for headers in ({}, {"accept": "*/*"}, {"accept": "application/json"}):
            reply = ask(gate.url, "GET", f"/schemas/shop/cart/{name}", None, headers)
            assert reply.body == (scratch.root / "jsonschema/shop/cart" / name).read_bytes()
            assert reply.headers["vary"] == "Accept"
    # A file with an extension is that file to a browser, too: pages link to it.
    reply = ask(gate.url, "GET", "/schemas/shop/cart/1.0.0.yaml", None, BROWSER)
    assert reply.body == (scratch.root / "jsonschema/shop/cart/1.0.0.yaml").read_bytes()
    assert ask(gate.url, "GET", "/schemas/shop/").headers["content-type"] == "application/json"
    assert b"<table>" in ask(gate.url, "GET", "/").body
    assert b"<table>" in ask(gate.url, "GET", "/?doc", None, BROWSER).body


def test_a_page_has_an_etag(gate: LocalGate) -> None:
    etag = browse(gate, "/schemas/")[1].headers["etag"]
    assert ask(gate.url, "GET", "/schemas/", None, {**BROWSER, "if-none-match": etag}).status == 304


def test_pages_show_what_there_is_now(gate: LocalGate, scratch: Scratch) -> None:
    assert b"What is in it." in browse(gate, "/schemas/shop/cart/")[1].body
    written(scratch, "shop/cart", "1.1.0", "What was put into it.")
    written(scratch, "shop/order", "1.0.0", "What was bought.")
    gate.serving.pages._rests_until = 0.0  # type: ignore[union-attr]
    deadline = time.monotonic() + 30
    while browse(gate, "/schemas/shop/order/")[1].status != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert b"What was bought." in browse(gate, "/schemas/shop/order/")[1].body
    page = browse(gate, "/schemas/shop/cart/")[1].body
    assert b"What was put into it." in page
    assert b"draft" in page


def test_a_schema_that_cannot_be_read_takes_no_page_away(gate: LocalGate, scratch: Scratch) -> None:
    assert browse(gate, "/schemas/")[1].status == 200
    scratch.write("jsonschema/shop/cart/1.0.0.yaml", "{")
    pages = gate.serving.pages
    assert pages is not None
    pages._rests_until = 0.0
    deadline = time.monotonic() + 30
    while not pages.failure and time.monotonic() < deadline:
        assert browse(gate, "/schemas/shop/cart/")[1].status == 200
        time.sleep(0.1)
    assert "shop/cart/1.0.0.yaml" in pages.failure


def test_why_there_are_no_pages(scratch: Scratch) -> None:
    scratch.write("jsonschema/a/current.yaml", "{")
    with local_gate(scratch.root) as gate:
        _, reply = browse(gate, "/schemas/")
        assert (reply.status, "a/current.yaml" in reply.json["detail"]) == (503, True)
        assert ask(gate.url, "GET", "/schemas/").status == 200


def test_without_the_packages_of_the_extra(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use_case, "find_spec", lambda _name: None)
    written(scratch, "a", "1.0.0", "A.")
    with local_gate(scratch.root) as gate:
        assert ask(gate.url, "GET", "/schemas/a/1.0.0", None, BROWSER).headers["content-type"] == "application/yaml"
        assert ask(gate.url, "GET", "/schemas/-/test", None, BROWSER).status == 404
        assert ask(gate.url, "GET", "/", None, BROWSER).status == 200


@pytest.mark.parametrize(
    "path", ["-/../../../etc/passwd", "-/%2e%2e/manifest.json", "-//", "-/nothing", "nothing/", "-"]
)
def test_nothing_else_is_shown(gate: LocalGate, path: str) -> None:
    _, reply = browse(gate, f"/schemas/{path}")
    assert reply.status == 404
    assert b"root:" not in reply.body


class TestForm:
    @staticmethod
    def sent(gate: LocalGate, text: str) -> tuple[int, str]:
        reply = ask(gate.url, "POST", "/schemas/-/test", urlencode({"event": text}).encode(), FORM)
        return reply.status, reply.body.decode()

    def test_it_has_an_example(self, gate: LocalGate) -> None:
        page = browse(gate, f"/schemas/-/test?schema={quote('/shop/cart/1.0.0', safe='')}")[1].body.decode()
        assert "an &lt;example&gt;" in page
        nothing = browse(gate, f"/schemas/-/test?schema={quote('<b>/1.0.0', safe='')}")[1].body.decode()
        assert "&lt;b&gt;/1.0.0" in nothing
        assert "<b>" not in nothing

    def test_a_valid_event(self, gate: LocalGate) -> None:
        status, page = self.sent(gate, '{"$schema": "/shop/cart/1.0.0", "meta": {"stream": "s"}, "x": "y"}')
        assert (status, "It would be accepted." in page) == (200, True)
        assert gate.accepted == []
        assert gate.gate.counts.accepted == {}

    def test_what_is_wrong(self, gate: LocalGate) -> None:
        status, page = self.sent(gate, '{"$schema": "/shop/cart/1.0.0", "meta": {"stream": "s"}, "x": 1}')
        assert (status, "It would be refused." in page, "<code>/x</code>" in page) == (200, True, True)
        assert gate.refused == []
        assert gate.gate.counts.refused == {}

    def test_several(self, gate: LocalGate) -> None:
        event = '{"$schema": "/shop/cart/1.0.0", "meta": {"stream": "s"}, "x": %s}'
        _, page = self.sent(gate, "[" + event % 1 + ", " + event % '"y"' + "]")
        assert re.findall(r"It would be \w+", page) == ["It would be refused", "It would be accepted"]

    @pytest.mark.parametrize(
        ("text", "status", "said"),
        [
            ("", 400, "the request has no body"),
            ("<script>alert(1)</script>", 400, "the body is no JSON"),
            ("[" * 100_000, 400, "levels deep"),
            ("[" + ",".join(["{}"] * 101) + "]", 413, "may have 100"),
            ("\u202e\x1b", 400, "the body is no JSON"),
        ],
    )
    def test_what_is_no_event(self, gate: LocalGate, text: str, status: int, said: str) -> None:
        found, page = self.sent(gate, text)
        assert (found, said in page) == (status, True)
        assert "<script>alert" not in page
        assert "\u202e" not in page

    def test_texts_of_an_event_are_texts(self, gate: LocalGate) -> None:
        event = '{"$schema": "</textarea><script>x()</script>", "meta": {"stream": "<i>"}, "x": "<img src=x>"}'
        _, page = self.sent(gate, event)
        assert "<script>x()" not in page
        assert "<img" not in page

    def test_what_is_no_form(self, gate: LocalGate) -> None:
        reply = ask(gate.url, "POST", "/schemas/-/test", b"{}", {"content-type": "application/json"})
        assert (reply.status, b"/v1/events" in reply.body) == (415, True)

    def test_one_that_is_too_large(self, gates: Callable[..., LocalGate]) -> None:
        gate = gates(limits=Limits(body=1000))
        status, page = self.sent(gate, "x" * 2000)
        assert (status, "1000" in page) == (413, True)
        assert gate.gate.admission.requests == 0

    def test_an_eventgate_has_none(self, gates: Callable[..., LocalGate]) -> None:
        gate = gates(profile="eventgate")
        assert b"Test an event" not in browse(gate, "/schemas/")[1].body
        assert browse(gate, "/schemas/-/test")[1].status == 404


def test_it_leaves_nothing_behind(scratch: Scratch) -> None:
    written(scratch, "a", "1.0.0", "A.")
    with local_gate(scratch.root) as gate:
        assert browse(gate, "/schemas/")[1].status == 200
        pages = gate.serving.pages
        assert pages is not None
        assert pages._folder is not None
        folder = Path(pages._folder.name)
        assert folder.is_dir()
    assert not folder.exists()
