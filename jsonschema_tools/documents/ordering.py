"""The entries of mappings in another order in a YAML text: whole lines move, with the comments above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from jsonschema_tools.documents.pointers import join, split
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import equal
from jsonschema_tools.errors import DocumentError

if TYPE_CHECKING:
    from jsonschema_tools.documents.layout import Part

Rank = Callable[[str], int]
"""Where a key belongs among the others; keys of one rank stay as they are."""


def reordered(text: str, ranks: Iterable[tuple[str, Rank]], source: str) -> str:
    """The text with the entries of the mappings at these JSON Pointers by rank.

    What cannot be moved by lines stays as it is: mappings in braces or on one line with something else, and documents
    with anchors, whose place decides what they say. Raises `DocumentError` for a text that cannot be read.
    """
    # The reader of layouts is loaded where something is moved.
    from jsonschema_tools.documents.layout import parts

    before = parse(text, source=source)
    # The innermost first: a move leaves the lines within what it moves together.
    for pointer, rank in sorted(ranks, key=lambda item: -item[0].count("/")):
        known = {part.pointer: part for part in parts(text, source)}
        if any(part.is_alias for part in known.values()):
            return text
        moved = _moved(text, known, pointer, rank)
        if moved != text and _says(moved, before, source):
            text = moved
    return text


def _says(text: str, document: object, source: str) -> bool:
    try:
        return equal(parse(text, source=source), document)
    except DocumentError:
        return False


def _moved(text: str, known: dict[str, Part], pointer: str, rank: Rank) -> str:
    part = known.get(pointer)
    if part is None or not part.is_mapping or part.is_flow:
        return text
    wanted = sorted(part.children, key=rank)
    if wanted == part.children:
        return text
    lines = text.splitlines(keepends=True)
    starts = [_line_of(text, known[join((*split(pointer), name))]) for name in part.children]
    if any(one >= other for one, other in pairwise(starts)):
        return text
    end = _end(lines, starts[-1], text, known[join((*split(pointer), part.children[-1]))])
    prefix = _prefix(lines[starts[0]])
    return _put_together(lines, [*starts, end], part.children, wanted, prefix)


def _put_together(lines: list[str], bounds: list[int], names: list[str], wanted: list[str], prefix: str) -> str:
    blank = " " * len(prefix)
    head = lines[: bounds[0]]
    lines = [*head, blank + lines[bounds[0]][len(prefix) :], *lines[bounds[0] + 1 :]]
    begins = [bounds[0], *(_with_comments(lines, bounds[index], bounds[index - 1]) for index in range(1, len(names)))]
    begins.append(bounds[-1])
    blocks = {name: lines[begins[index] : begins[index + 1]] for index, name in enumerate(names)}
    ordered = [line if line.endswith(("\n", "\r")) else f"{line}\n" for name in wanted for line in blocks[name]]
    if ordered[0][: len(blank)] != blank or ("-" in prefix and ordered[0].lstrip().startswith("#")):
        return "".join(lines)
    ordered[0] = prefix + ordered[0][len(blank) :]
    return "".join([*head, *ordered, *lines[bounds[-1] :]])


def _prefix(line: str) -> str:
    """The spaces and dashes before the first key."""
    return line[: len(line) - len(line.lstrip(" -"))]


def _line_of(text: str, part: Part) -> int:
    assert part.key is not None
    return text.count("\n", 0, part.key[0])


def _end(lines: list[str], start: int, text: str, last: Part) -> int:
    """The line after the last entry: comments that stand as deep belong to it, others to what follows."""
    assert last.key is not None
    column = last.key[0] - text.rfind("\n", 0, last.key[0]) - 1
    end = max(start, text.count("\n", 0, max(last.end - 1, last.key[1]))) + 1
    while end < len(lines) and _depth(lines[end]) >= max(column, 1) and lines[end].strip():
        end += 1
    # Empty lines stay where they are: they set off what follows.
    while not lines[end - 1].strip():
        end -= 1
    return end


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _with_comments(lines: list[str], start: int, above: int) -> int:
    """The first of the comment lines directly above an entry, and of the empty lines above those."""
    column = _depth(lines[start])
    first = start
    while first - 1 > above and lines[first - 1].lstrip().startswith("#") and _depth(lines[first - 1]) <= column:
        first -= 1
    while first - 1 > above and not lines[first - 1].strip():
        first -= 1
    return first
