"""A quick look passes no event over: whatever the spelling of its title or stream."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.events.quick_look import QuickLook
from jsonschema_tools.events.targets import canonical
from jsonschema_tools.tables.naming import table_name

TITLES = ["shop/order/placed", "a", "mediawiki/page/links-change", "w3c/a.b/c_d", "größe/x"]


@st.composite
def spelled(draw: st.DrawFn, title: str) -> bytes:
    """A JSON text of the URI of a version, in any spelling that JSON and URIs have."""
    parts = []
    for char in f"/{title}/1.0.0":
        slashes = ["//", "/./", "/.//"] if char == "/" else []
        encoded = [f"%{ord(char):02{case}}" for case in "xX"] if char.isascii() and char not in "/%" else []
        for each in draw(st.sampled_from([char, char, char, *slashes, *encoded])):
            escapes = [f"\\u{ord(each):04{case}}" for case in "xX"] + (["\\/"] if each == "/" else [])
            parts.append(draw(st.sampled_from([each, each, each, each, *escapes])))
    return f'"{"".join(parts)}"'.encode()


@given(st.sampled_from(TITLES).flatmap(lambda title: st.tuples(st.just(title), spelled(title))))
def test_no_spelling_of_a_title_passes(case: tuple[str, bytes]) -> None:
    title, text = case
    assert canonical(json.loads(text)) == f"/{title}/1.0.0"
    look = QuickLook([title])
    event = b'{"$schema": ' + text + b', "x": 1}'
    assert look.may_be(event)
    block = b'{"$schema": "/other/1.0.0"}\n' + event + b'\n{"$schema": "/other/1.0.0"}\n'
    assert (1, event) in list(look.lines(block))


@given(st.text(st.sampled_from("abZ9._-/é€😀 "), min_size=1), st.booleans(), st.booleans())
def test_no_spelling_of_a_stream_passes(stream: str, ascii_only: bool, upper: bool) -> None:
    text = json.dumps({"meta": {"stream": stream}}, ensure_ascii=ascii_only).encode()
    name = table_name(stream)
    assert QuickLook([], [name.upper() if upper else name]).may_be(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"$schema": "/shop/order/cancelled/1.0.0", "note": "placed"}',
        b'{"$schema": "/shop/order/placed_again/1.0.0"}',
        b'{"$schema": "/shop/order/1.0.0", "url": "https:\\/\\/a.b\\/placed\\/", "e": "\\u00e9 %C3%A9"}',
    ],
)
def test_others_pass(text: bytes) -> None:
    assert not QuickLook(["shop/order/placed"]).may_be(text)
    assert not list(QuickLook(["shop/order/placed"]).lines(text + b"\n" + text))


def test_a_name_has_one_character_for_each_underscore() -> None:
    look = QuickLook([], ["shop_order"])
    assert look.may_be(b'"shop.order"')
    assert look.may_be(b'"shop\\u00e9order"')
    assert not look.may_be(b'"shoporder"')
    assert not look.may_be(b'"shop1order"')
