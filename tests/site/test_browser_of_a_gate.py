"""A real browser at a gate: from the list of schemas to a title, and to the form that judges an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jsonschema_tools.server.in_process import local_gate
from tests.conftest import Scratch
from tests.intake.test_browser import CHROMIUM
from tests.site.test_browser import VIEWS, axe, browser  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

CURRENT = """
title: shop/cart
$id: /shop/cart/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
properties:
  $schema: {type: string}
  count: {type: integer, minimum: 1}
examples:
  - {$schema: /shop/cart/1.0.0, meta: {stream: carts}, count: 1}
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    scratch = Scratch(tmp_path_factory.mktemp("repository"))
    scratch.git("init", "--quiet", "--initial-branch", "main")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    scratch.write("jsonschema/shop/cart/current.yaml", CURRENT)
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    with local_gate(scratch.root) as started:
        yield started.url


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view['viewport']['width']}-{view['color_scheme']}")
def test_from_home_to_a_verdict(browser: Any, gate: str, view: dict[str, Any]) -> None:  # noqa: F811
    context = browser.new_context(**view)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith(gate) or said.append(f"asks {asked.url}"))
    context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(gate)
    assert page.url == f"{gate}/schemas/"
    page.keyboard.press("/")
    page.keyboard.type("count")
    page.wait_for_selector("#found a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/shop/cart/index.html#fields.count")
    page.click("text=Test an event of it")
    assert "/shop/cart/1.0.0" in page.input_value("#event")
    page.click("text=Judge it")
    assert "would be accepted" in page.inner_text("main")
    page.fill("#event", page.input_value("#event").replace('"count": 1', '"count": 0'))
    page.click("text=Judge it")
    assert "would be refused" in page.inner_text("main")
    assert "/count" in page.inner_text(".changes")
    assert axe.Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=API")
    assert page.url == f"{gate}/?doc"
    context.close()
    assert said == []
