"""YAML parse events to a document, as js-yaml 3.x constructs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from jsonschema_tools.documents.limits import MAX_DEPTH, MAX_NODES
from jsonschema_tools.documents.numbers import NumberTooLarge
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.yaml import collections, surroundings
from jsonschema_tools.documents.yaml.errors import REFUSALS, position_of
from jsonschema_tools.documents.yaml.events import too_deep
from jsonschema_tools.documents.yaml.hiding import fold
from jsonschema_tools.documents.yaml.quoted import read_quoted
from jsonschema_tools.documents.yaml.scalars import TAG_PREFIX, UnfitScalar, plain_value, tagged_value
from jsonschema_tools.documents.yaml.text import Disguise, ForbiddenCharacter
from jsonschema_tools.errors import DocumentError

_MERGE_TAGS = frozenset({None, TAG_PREFIX + "merge"})
_NO_KEY = object()


class Anchored(NamedTuple):
    """What an alias repeats, how many values that is (0: js-yaml would repeat something else), how many levels."""

    value: Document
    nodes: int
    levels: int


class Open:
    """A list or mapping that is being read."""

    __slots__ = ("container", "ends_empty", "event", "is_merge", "key", "key_event", "levels", "nodes", "overridable")

    def __init__(self, event: Any, container: Any, nodes: int) -> None:
        self.event = event
        self.container = container
        self.key: Any = _NO_KEY
        self.key_event: Any = None
        self.is_merge = False
        self.overridable: set[str] = set()
        self.nodes = nodes
        self.levels = 1
        self.ends_empty = False


class Construction:
    """Reads the events of one text; ``text`` is what libyaml saw, ``disguise`` how it differs from the original."""

    def __init__(self, text: str, source: str, disguise: Disguise | None) -> None:
        self.text = text
        self.source = source
        self.disguise = disguise
        self.root: Document = None
        self.documents = 0
        self.open: list[Open] = []
        self.anchors: dict[str, Anchored | None] = {}
        self.nodes = 0
        self.merge_work = 0

    def run(self, events: Iterable[Event]) -> Document:
        """The document. Raises `DocumentError`."""
        handlers: dict[type[Event], Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            AliasEvent: self._alias,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            DocumentStartEvent: self._document_start,
        }
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
        return self.root

    def _error(self, event: Any, message: str, remedy: str) -> DocumentError:
        return DocumentError(message, source=self.source, position=position_of(event.start_mark), remedy=remedy)

    def _refusal(self, event: Any, kind: str, **details: object) -> DocumentError:
        message, remedy = REFUSALS[kind]
        return self._error(event, message.format(**details), remedy.format(**details))

    def _document_start(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._refusal(event, "second document")
        if surroundings.is_glued_marker(self.text):
            raise self._refusal(event, "glued marker")

    def _scalar(self, event: Any) -> None:
        self.nodes += 1
        text, style, tag = event.value, event.style, event.tag
        if style or self.disguise is not None:
            text = self._text(event)
        value = text if style and tag is None else self._value(event, text)
        if event.anchor is not None:
            is_nothing = not style and text == "" and tag in {None, "!"}
            self._register(event, Anchored(value, 0 if is_nothing else 1, 0))
        self._add(value, event, is_merge=text == "<<" and not style and tag in _MERGE_TAGS)

    def _text(self, event: Any) -> str:
        """The text of a scalar where it may not be what libyaml says it is."""
        text: str = event.value
        if event.style in {"|", ">"}:
            if surroundings.is_odd_block_header(self.text, event):
                raise self._refusal(event, "block header", style=event.style)
            if not self.open and surroundings.is_unclear_root_block(self.text, event):
                raise self._refusal(event, "root block", style=event.style)
        elif event.style and event.start_mark.line != event.end_mark.line:
            text = read_quoted(self.text[surroundings.node_start(self.text, event) : event.end_mark.index])
        if self.disguise is None:
            return text
        try:
            text = self.disguise.restore(text, event.style)
            is_folded = event.style == "|" and surroundings.node_start(self.text, event) in self.disguise.folded
            return fold(text) if is_folded else text
        except ForbiddenCharacter as error:
            raise self._refusal(event, "control character", character=error) from None

    def _value(self, event: Any, text: str) -> Document:
        tag = event.tag
        is_empty = not event.style and text == ""
        try:
            if tag is None:
                return plain_value(text)
            if not event.style and not is_empty and self._is_taken_without_tag(event, text):
                raise self._refusal(event, "tag before line")
            if tag == "!":
                return None if is_empty else text
            return tagged_value(tag, text, empty=is_empty)
        except NumberTooLarge:
            raise self._refusal(event, "number") from None
        except UnfitScalar:
            raise self._unfit(event) from None

    def _is_taken_without_tag(self, event: Any, text: str) -> bool:
        return surroundings.begins_on_later_line(self.text, event) and type(plain_value(text)) is not str

    def _unfit(self, event: Any) -> DocumentError:
        name = event.tag.replace(TAG_PREFIX, "!!")
        return self._refusal(event, "unfit" if name in collections.KNOWN_TAGS else "unknown tag", tag=name)

    def _register(self, event: Any, anchored: Anchored) -> None:
        self._check_name(event)
        if surroundings.loses_anchor(self.text, event):
            anchored = anchored._replace(nodes=0)
        self.anchors[event.anchor] = anchored

    def _check_name(self, event: Any) -> None:
        character = surroundings.glued_to_name(self.text, event)
        if character is not None:
            raise self._refusal(event, "glued name", character=character)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        self._check_name(event)
        if name not in self.anchors:
            raise self._refusal(event, "unknown alias", name=name)
        anchored = self.anchors[name]
        if anchored is None:
            raise self._refusal(event, "cycle", name=name)
        if anchored.nodes == 0:
            raise self._refusal(event, "lost anchor", name=name)
        self.nodes += anchored.nodes
        if self.nodes > MAX_NODES:
            raise self._refusal(event, "bomb", limit=MAX_NODES)
        if len(self.open) + anchored.levels > MAX_DEPTH:
            raise too_deep(event, self.source)
        if self.open:
            self.open[-1].levels = max(self.open[-1].levels, anchored.levels + 1)
        self._add(anchored.value, event, is_merge=False)

    def _start(self, event: Any) -> None:
        self.nodes += 1
        container: Any = {} if type(event) is MappingStartEvent else []
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(Open(event, container, self.nodes))

    def _end(self, end: Any) -> None:
        closed = self.open.pop()
        event, value = closed.event, closed.container
        if closed.ends_empty and surroundings.continues_list_above(self.text, event, end):
            raise self._refusal(end, "empty item")
        if event.tag is not None and event.tag != "!":
            try:
                value = collections.tagged(event.tag, value)
            except UnfitScalar:
                raise self._unfit(event) from None
        if event.anchor is not None:
            self._register(event, Anchored(value, self.nodes - closed.nodes + 1, closed.levels))
        if self.open:
            self.open[-1].levels = max(self.open[-1].levels, closed.levels + 1)
        self._add(value, event, is_merge=False)

    def _add(self, value: Document, event: Any, *, is_merge: bool) -> None:
        if not self.open:
            self.root = value
            return
        into = self.open[-1]
        if isinstance(into.container, list):
            into.container.append(value)
            into.ends_empty = value is None and event.start_mark.index == event.end_mark.index
        elif into.key is _NO_KEY:
            self._begin_pair(into, value, event, is_merge)
        else:
            self._store_pair(into, value)
            into.key = _NO_KEY

    def _begin_pair(self, into: Open, key: Document, event: Any, is_merge: bool) -> None:
        in_flow = into.event.flow_style
        if in_flow and surroundings.is_odd_flow_key(self.text, event):
            raise self._refusal(event, "flow key")
        is_first = into.key_event is None and not in_flow
        if is_first and surroundings.has_properties_on_line(self.text, event):
            raise self._refusal(event, "first key")
        into.key = key
        into.key_event = event
        into.is_merge = is_merge and (in_flow or not surroundings.is_explicit_key(self.text, event))

    def _store_pair(self, into: Open, value: Document) -> None:
        try:
            if into.is_merge:
                self.merge_work = collections.merge(into.container, value, into.overridable, self.merge_work)
                return
            key = into.key if type(into.key) is str else collections.key_of(into.key)
        except collections.UnfitCollection as error:
            raise self._error(into.key_event, error.message, error.remedy) from None
        if key in into.container and key not in into.overridable:
            raise self._refusal(into.key_event, "duplicate", key=key)
        into.container[key] = value
        into.overridable.discard(key)
