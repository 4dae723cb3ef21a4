"""`schema_title` is a title as schemas have it: no slash before it, and no version behind it.

Why: gates compare it with the URI of an event's schema, `/shop/order/1.0.0`, from which they cut slash and version.
Example: `schema_title: /shop/order` or `schema_title: shop/order/1.0.0`.
Instead: `schema_title: shop/order`; which versions may be named is said by `schema_versions`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import WrittenStream, plain_title
from jsonschema_tools.rules.stream_subjects import every_stream


def check(stream: WrittenStream, _context: Context) -> Iterator[Problem]:
    title = stream.settings.get("schema_title")
    if not isinstance(title, str) or not title:
        return
    plain = plain_title(title)
    if plain == title:
        return
    begins = "begins with a slash" if title.startswith("/") else None
    ends = "ends in a slash" if title.endswith("/") else None
    behind = "ends in a version" if plain != title.strip("/") else None
    said = " and ".join(filter(None, [begins, behind or ends]))
    remedy = f"Write {plain}."
    yield Problem(f"the title {title!r} of the stream {stream.name!r} {said}", stream.at("schema_title"), remedy)


RULE = Rule(
    "stream-titles-are-plain",
    Family.STREAMS,
    "titles have no slash before them and no version behind them",
    every_stream,
    check,
    profile=Profile.RECOMMENDED,
)
