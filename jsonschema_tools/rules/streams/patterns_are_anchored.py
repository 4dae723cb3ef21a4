"""The regular expression of a stream is one of ECMA-262, and says how names begin and end.

Why: one that is not anchored also catches streams that nobody thought of: `/shop/` those of `workshop`.
Example: `/shop\\.job/`, `/^shop\\.job.*/` for all names that begin so, or `/shop.job` without its end.
Instead: `/^shop\\.job\\.[a-z_]+$/`, or `/^shop\\.job\\..+$/` for whatever follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.patterns.syntax import Alternatives, Assertion, Group, Repetition, Sequence, Tree
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import WrittenStream
from jsonschema_tools.rules.stream_subjects import every_stream
from jsonschema_tools.streams.names import name_pattern


def check(stream: WrittenStream, _context: Context) -> Iterator[Problem]:
    if not stream.is_regex:
        return
    try:
        tree = name_pattern(stream.name).pattern.tree
    except ConfigurationError as error:
        yield Problem(error.message, stream.pointer, error.remedy)
        return
    begins, ends = _is_anchored(tree, "^"), _is_anchored(tree, "$")
    if not (begins and ends):
        source, _, flags = stream.name[1:].rpartition("/")
        source = f"(?:{source})" if isinstance(tree, Alternatives) else source
        start = source if begins else f"^{source}"
        said = " and ".join(word for word, is_said in (("begin", begins), ("end", ends)) if not is_said)
        more = "" if ends or _goes_on(tree) else f", or /{start}.*$/{flags} for whatever follows"
        remedy = f"Write /{start}{'' if ends else '$'}/{flags}{more}."
        yield Problem(f"{stream.name!r} does not say how names {said}", stream.pointer, remedy)


def _is_anchored(tree: Tree, anchor: str) -> bool:
    """Whether it begins (``^``) or ends (``$``) where names do."""
    match tree:
        case Assertion(kind):
            return kind == anchor
        case Sequence(parts):
            return bool(parts) and _is_anchored(parts[0 if anchor == "^" else -1], anchor)
        case Alternatives(parts):
            return all(_is_anchored(part, anchor) for part in parts)
        case Group(part):
            return _is_anchored(part, anchor)
    return False


def _goes_on(tree: Tree) -> bool:
    """Whether it ends in something that may be repeated for ever, such as ``.*``."""
    match tree:
        case Sequence(parts):
            return bool(parts) and _goes_on(parts[-1])
        case Repetition(_, _, None):
            return True
    return False


RULE = Rule(
    "stream-patterns-are-anchored",
    Family.STREAMS,
    "regular expressions are valid and anchored",
    every_stream,
    check,
    profile=Profile.RECOMMENDED,
)
