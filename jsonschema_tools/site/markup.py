"""Texts of schemas as HTML: Markdown without HTML, links only to the web, and nothing that cannot be seen."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema_tools.reports.escaping import readable

if TYPE_CHECKING:
    from markupsafe import Markup

LONGEST = 100_000
"""Characters of a description that are shown; what is longer loses its end."""

_FIRST_SENTENCE = 160


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser: Any = MarkdownIt("commonmark", {"html": False, "linkify": True, "typographer": False})
    parser.enable(["linkify", "table", "strikethrough"]).disable(["image", "html_block", "html_inline", "heading"])
    parser.disable(["lheading", "reference"])
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    parser.validateLink = lambda url: url.strip().lower().startswith(("https://", "http://"))
    usual = parser.renderer.rules.get("link_open")

    def link_open(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
        tokens[index].attrSet("rel", "noopener nofollow")
        return str(usual(tokens, index, options, env) if usual else self.renderToken(tokens, index, options, env))

    parser.add_render_rule("link_open", link_open)
    return parser


@lru_cache(2000)
def markdown(text: str) -> Markup:
    """A description as HTML."""
    from markupsafe import Markup

    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    try:
        return Markup(_parser().render(readable(text, keep="\n\t")))
    except RecursionError:
        return Markup("<p>{}</p>").format(readable(text, keep="\n\t"))


def first_sentence(text: str) -> str:
    """What a list says of something: the beginning of its description, on one line."""
    line = readable(" ".join(text.split()))
    end = line.find(". ")
    if 0 < end < _FIRST_SENTENCE:
        return line[: end + 1]
    return line if len(line) <= _FIRST_SENTENCE else f"{line[: _FIRST_SENTENCE - 1].rstrip()}…"
