"""YAML text to parse events, by libyaml (or PyYAML's own parser where that is missing)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from yaml.tokens import FlowMappingEndToken, FlowMappingStartToken, FlowSequenceEndToken, FlowSequenceStartToken, Token

from jsonschema_tools.documents.limits import FLATTER, MAX_DEPTH, TOO_DEEP
from jsonschema_tools.documents.yaml.errors import position_of, translate
from jsonschema_tools.errors import DocumentError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_events(text: str, source: str) -> Iterator[Event]:
    """The parse events of the text, as they come. Raises `DocumentError`."""
    try:
        yield from raw_events(text, source)
    except yaml.MarkedYAMLError as error:
        raise translate(error, text, source) from None
    except yaml.YAMLError as error:
        raise DocumentError(f"the text is not YAML: {error}", source=source, remedy="Save the file as UTF-8.") from None


def raw_events(text: str, source: str) -> Iterator[Event]:
    """As `read_events`, with syntax errors as PyYAML has them."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep(event, source)
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        yield event


def raw_tokens(text: str) -> Iterator[Token]:
    """The tokens of the text, up to where flow collections nest too deeply; syntax errors as PyYAML has them."""
    depth = 0
    for token in yaml.scan(text, Loader=_LOADER):
        depth += isinstance(token, (FlowSequenceStartToken, FlowMappingStartToken))
        depth -= isinstance(token, (FlowSequenceEndToken, FlowMappingEndToken))
        if depth > MAX_DEPTH:
            return
        yield token


def too_deep(event: Any, source: str) -> DocumentError:
    """The refusal of a text with more than `MAX_DEPTH` levels."""
    return DocumentError(
        TOO_DEEP,
        source=source,
        position=position_of(event.start_mark),
        remedy=FLATTER,
    )
