"""The picture of a site: streams, and the schemas that their events have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from jsonschema_tools.reports.escaping import readable
from jsonschema_tools.site.model import SiteStream

_ROW = 34
_LEFT, _RIGHT, _WIDTH, _BOX = 10, 430, 820, 26
_MOST = 120
_LONGEST = 46


def diagram(streams: Sequence[SiteStream], places: Mapping[str, str]) -> str:
    """An SVG of streams on the left and titles on the right; empty where there are too many to be seen."""
    shown = [stream for stream in streams if stream.title in places]
    titles = list(dict.fromkeys(stream.title for stream in shown if stream.title))
    if not shown or len(shown) > _MOST:
        return ""
    height = max(len(shown), len(titles)) * _ROW + 20
    at_title = {title: 10 + (height - 20) * (2 * at + 1) // (2 * len(titles)) for at, title in enumerate(titles)}
    parts = []
    for number, stream in enumerate(shown):
        y = 10 + (height - 20) * (2 * number + 1) // (2 * len(shown))
        to = at_title[stream.title or ""]
        end = _LEFT + 380
        parts.append(f'<path d="M{end} {y} C{end + 25} {y} {_RIGHT - 25} {to} {_RIGHT} {to}"/>')
        parts.append(_box(_LEFT, y, stream.name, "stream"))
    parts += [_box(_RIGHT, y, title, "schema") for title, y in at_title.items()]
    label = f"{len(shown)} streams and the {len(titles)} titles of their events"
    return (
        f'<svg class="diagram" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def _box(x: int, y: int, text: str, kind: str) -> str:
    text = readable(text)
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return (
        f'<rect class="{kind}" x="{x}" y="{y - _BOX // 2}" width="380" height="{_BOX}" rx="6"/>'
        f'<text x="{x + 12}" y="{y + 5}">{escape(text)}</text>'
    )
