"""Edits of a YAML or JSON text that leave all the rest of it as it is: comments, layout, quotes, line ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from jsonschema_tools.documents.pointers import at, join, split
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Document, clone, equal
from jsonschema_tools.errors import DocumentError

if TYPE_CHECKING:
    from jsonschema_tools.documents.layout import Part

_PLAIN = re.compile(r"[A-Za-z_/$][A-Za-z0-9_./$:#-]*(?<!:)")
_ANCHORS = ("format", "type")
"""A new keyword goes behind one of these, where the schema has it."""


@dataclass(frozen=True, slots=True)
class Replace:
    """A value becomes another one: a text, a number or a truth value."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Rename:
    """The key of an entry becomes another one."""

    name: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A mapping gets one more entry: a text, a number or a truth value."""

    name: str
    value: str | int | float | bool


Edit = Replace | Rename | Insert
Splice = tuple[int, int, str]


class NotEditable(Exception):
    """Raised where a text does not say a value in a way that can be edited: by an alias, in a block of lines."""


def edited(text: str, edits: Sequence[tuple[str, Edit]], *, source: str, content_type: str) -> str:
    """The text after edits, each with the JSON Pointer of the value that it is about.

    What the new text says is what the edits say, else this raises `NotEditable`. Raises `DocumentError` for a text that
    cannot be read.
    """
    # The reader of layouts is loaded where something is edited.
    from jsonschema_tools.documents.layout import parts

    before = parse(text, source=source, content_type=content_type)
    by_pointer = {part.pointer: part for part in parts(text, source)}
    splices = sorted(splice for pointer, edit in edits for splice in _splices(edit, by_pointer, pointer, text))
    for one, other in pairwise(splices):
        if one[1] > other[0]:
            raise NotEditable("two edits are about one place")
    after = text
    for start, end, new in reversed(splices):
        after = after[:start] + new + after[end:]
    try:
        said = parse(after, source=source, content_type=content_type)
    except DocumentError as error:
        raise NotEditable(error.message) from error
    if not equal(said, _expected(before, edits)):
        raise NotEditable("the text says the value in a way that cannot be edited")
    return after


def _splices(edit: Edit, known: dict[str, Part], pointer: str, text: str) -> Iterator[Splice]:
    part = known.get(pointer)
    if part is None:
        raise NotEditable(f"{pointer or '/'} is not written out in this text")
    if isinstance(edit, Rename):
        if part.key is None:
            raise NotEditable("an item of a list has no key")
        yield (*part.key, _like(text[slice(*part.key)], edit.name))
    elif isinstance(edit, Replace):
        if part.is_collection or "\n" in text[part.start : part.end]:
            raise NotEditable("only a value on one line can be replaced")
        yield part.start, part.end, _like(text[part.start : part.end], edit.value)
    else:
        yield _insertion(edit, part, known, text)


def _like(old: str, new: str | float | bool) -> str:
    """A value as it is written in place of another one: in its quotes."""
    if not isinstance(new, str) or old.startswith('"'):
        return json.dumps(new, ensure_ascii=False)
    if not old.startswith("'") and _PLAIN.fullmatch(new) and isinstance(parse(new, source=""), str):
        return new
    return "'" + new.replace("'", "''") + "'"


def _insertion(edit: Insert, part: Part, known: dict[str, Part], text: str) -> Splice:
    if not part.is_mapping or not part.children:
        raise NotEditable("only a mapping that has entries gets another one")
    found = [
        known[join((*split(part.pointer), name))] for name in (*_ANCHORS, part.children[0]) if name in part.children
    ]
    anchor = found[0]
    assert anchor.key is not None
    like = text[anchor.key[0] : anchor.key[1]]
    entry = f"{_like(like, edit.name)}: {_like(like, edit.value)}"
    newline = "\r\n" if "\r\n" in text else "\n"
    line = text[text.rfind("\n", 0, anchor.key[0]) + 1 : anchor.key[0]]
    if part.is_flow:
        between = f",{newline}{line}" if not line.strip() else ", "
        return anchor.end, anchor.end, f"{between}{entry}"
    if line.strip(" -") or anchor.is_collection or "\n" in text[anchor.start : anchor.end]:
        # Before the first entry, which may stand behind the dash of a list.
        first = known[join((*split(part.pointer), part.children[0]))]
        assert first.key is not None
        start = first.key[0]
        indent = " " * (start - text.rfind("\n", 0, start) - 1)
        return start, start, f"{entry}{newline}{indent}"
    indent = " " * len(line)
    end = text.find("\n", anchor.end)
    if end < 0:
        return len(text), len(text), f"{newline}{indent}{entry}"
    return end + 1, end + 1, f"{indent}{entry}{newline}"


def _expected(before: Document, edits: Sequence[tuple[str, Edit]]) -> Document:
    """The document as the edits have it: names last and the innermost first, so that pointers go on leading there."""
    document = clone(before)
    for pointer, edit in sorted(edits, key=lambda item: (isinstance(item[1], Rename), -item[0].count("/"))):
        *above, name = split(pointer) or [""]
        if isinstance(edit, Insert):
            at(document, pointer)[edit.name] = edit.value
            continue
        if isinstance(edit, Replace) and not pointer:
            return edit.value
        holder = at(document, join(above))
        if isinstance(edit, Replace):
            holder[int(name) if isinstance(holder, list) else name] = edit.value
        elif edit.name in holder:
            raise NotEditable(f"there is {edit.name} already")
        else:
            holder[edit.name] = holder.pop(name)
    return document
