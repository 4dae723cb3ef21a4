"""A real browser reads a site: with a mouse, with the keyboard alone, small and wide, dark and light, without JavaScript.

Run with ``pytest -m browser``; Chromium and the packages of the extra ``browser`` have to be installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Scratch
from tests.intake.test_browser import CHROMIUM
from tests.site.test_site import schema, served

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

SIZES = [(360, 740), (1400, 900)]
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site below a path, of a title with a break, and one that is retired."""
    scratch = Scratch(tmp_path_factory.mktemp("repository"))
    scratch.git("init", "--quiet", "--initial-branch", "main")
    streams = "streams:\n  a.stream: {schema_title: a/b}\n"
    scratch.write("streams.yaml", streams)
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nstreams: streams.yaml\n")
    meta = {"type": "object", "description": "About **the** event.", "properties": {"stream": {"type": "string"}}}
    color = {"type": "string", "enum": ["red", "green"], "description": "Its [color](https://example.org/)."}
    schema(scratch, "1.0.0", {"meta": meta, "color": color})
    schema(scratch, "1.1.0", {"meta": meta, "color": {**color, "enum": ["red"]}, "size": {"type": "integer"}})
    scratch.write("jsonschema/old/current.yaml", "title: old\n$id: /old/1.0.0\ntype: object\ndeprecated: true\n")
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    assert scratch.jst("site", "--output", "public/below/here").exit_code == 0
    with served(scratch.root / "public") as url:
        yield f"{url}/below/here/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, site: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that may ask nobody else, and may say nothing on its console."""
    context = browser.new_context(**getattr(request, "param", {}))
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(site) or said.append(f"asks {asked.url}"))
    # A browser asks for this by itself.
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(site)
    yield page
    context.close()
    assert [each for each in said if "favicon" not in each] == []


VIEWS = [
    {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    for width, height in SIZES
    for scheme in SCHEMES
]


@pytest.mark.parametrize(
    "page", VIEWS, indirect=True, ids=lambda view: f"{view['viewport']['width']}-{view['color_scheme']}"
)
def test_from_a_search_to_the_event_that_shows_a_break(page: Any, site: str) -> None:
    page.fill("#search", "color")
    page.click("#found a:has-text('color')")
    page.wait_for_url("**/a/b/index.html#fields.color")
    assert page.locator("#fields\\.color").evaluate("each => each.matches(':target')")
    assert page.locator("#fields\\.color").is_visible()
    page.click("text=with 1.0.0")
    assert "breaks" in page.locator(".changes").inner_text()
    assert '"green"' in page.locator(".witness").first.inner_text()
    page.go_back()
    assert page.url.endswith("/a/b/index.html#fields.color")
    # Nothing sticks out to the side.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_alone(page: Any) -> None:
    page.keyboard.press("/")
    page.keyboard.type("meta.str")
    page.wait_for_selector("#found a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/a/b/index.html#fields.meta.stream")
    page.keyboard.press("/")
    page.keyboard.type("nothing like this")
    assert page.locator("#found").inner_text() == "Nothing found."
    page.keyboard.press("Escape")
    assert not page.locator("#found").is_visible()
    page.keyboard.press("/")
    page.keyboard.type("green")
    assert page.locator("#found a").count() == 0
    page.keyboard.press("Control+a")
    page.keyboard.type("red")
    page.wait_for_selector("#found a:has-text('red')")


def test_folding(page: Any, site: str) -> None:
    page.goto(f"{site}a/b/index.html")
    page.click(".fold")
    assert not page.locator("#fields\\.meta\\.stream").is_visible()
    page.goto(f"{site}a/b/index.html#fields.meta.stream")
    assert page.locator("#fields\\.meta\\.stream").is_visible()


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True, ids=["off"])
def test_without_javascript(page: Any) -> None:
    assert not page.locator(".search").is_visible()
    page.click("text=a/b")
    assert page.locator("#fields\\.meta\\.stream").is_visible()
    page.click("text=with 1.0.0")
    assert page.locator(".witness").first.is_visible()


KINDS = ["index.html", "a/b/index.html", "a/index.html", "-/version/a/b/1.0.0.html", "-/compare/a/b/1.0.0...1.1.0.html",
         "-/streams.html", "-/stream/a.stream.html", "-/rules.html", "-/changelog.html", "old/index.html"]  # fmt: skip


@pytest.mark.parametrize("page", [{"color_scheme": scheme} for scheme in SCHEMES], indirect=True, ids=SCHEMES)
def test_everybody_can_read_it(page: Any, site: str) -> None:
    found = {}
    for kind in KINDS:
        page.goto(site + kind)
        results = axe.Axe().run(page)
        found[kind] = [f"{each['id']}: {each['nodes'][0]['html']}" for each in results.response["violations"]]
    assert {kind: wrong for kind, wrong in found.items() if wrong} == {}


def test_the_picture_of_streams(page: Any, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}-/streams.html")
    assert "a.stream" in page.locator("svg.diagram").text_content()
    page.screenshot(path=tmp_path / "streams.png")
    assert (tmp_path / "streams.png").stat().st_size > 0
