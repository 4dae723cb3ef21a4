"""Those events of files that a quick look takes for wanted; all others are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jsonschema_tools.events.quick_look import QuickLook
from jsonschema_tools.sources.chunks import EventText
from jsonschema_tools.sources.files import EVENT_SIZE_LIMIT, EventBlock, Form, blocks, read_span, too_large
from jsonschema_tools.sources.positions import events_of


class Chosen(NamedTuple):
    """Some events that may be wanted, in order, and how many bytes of the file are read with them."""

    events: list[EventText]
    done: int


def chosen_events(source: str, form: Form | None, look: QuickLook) -> Iterator[Chosen]:
    """The events of a file that may be wanted, and what is too large to be looked at. ``-`` is standard input.

    Raises `UsageError` where the file cannot be read.
    """
    line = 1
    for block in blocks(source, form):
        if block.form is Form.LINES and not block.pauses:
            found, lines = _of_lines(block, line, look)
            yield Chosen(found, block.done)
            line += lines
        else:
            yield Chosen([each for each in events_of(block) if each.problem or look.may_be(each.text)], block.done)


def _of_lines(block: EventBlock, line: int, look: QuickLook) -> tuple[list[EventText], int]:
    """The events of lines, and how many lines there are."""
    data, problem = read_span(block.source, *block.span) if block.span else (block.data, block.problem)
    found = [_event(line + index, text) for index, text in look.lines(data) if text and not text.isspace()]
    lines = data.count(b"\n")
    if problem is not None:
        found.append(EventText(line + lines, b"", problem))
        lines += 1
    return found, lines


def _event(line: int, text: bytes) -> EventText:
    return EventText(line, text) if len(text) <= EVENT_SIZE_LIMIT else EventText(line, b"", too_large())
