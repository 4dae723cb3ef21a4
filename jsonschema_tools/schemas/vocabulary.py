"""The keywords of JSON Schema, draft by draft: the one table of them.

Sources: the metaschemas of draft-04, 06 and 07, and of the vocabularies of 2019-09 and 2020-12.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum, Flag, auto

DRAFTS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
"""The drafts, from the oldest to the newest, each with the URI of its metaschema."""

NAMES = {4: "draft-04", 6: "draft-06", 7: "draft-07", 2019: "2019-09", 2020: "2020-12"}
"""What people call them."""


class Kind(Enum):
    """What a keyword does."""

    CORE = auto()
    """It names, holds or refers to schemas."""
    ASSERTION = auto()
    """It says by itself what a value must be like."""
    APPLICATOR = auto()
    """It has other schemas say it."""
    ANNOTATION = auto()
    """It tells people and programs something, and refuses no value."""


class Holds(Flag):
    """What the value of a keyword can be."""

    VALUE = auto()
    SCHEMA = auto()
    LIST = auto()
    """A list of schemas."""
    MAP = auto()
    """A map from names to schemas."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword; ``since`` and ``until`` are the first and the last draft that know it."""

    name: str
    kind: Kind
    holds: Holds = Holds.VALUE
    since: int = 4
    until: int = 2020


def _each(names: str, kind: Kind, holds: Holds = Holds.VALUE, since: int = 4, until: int = 2020) -> list[Keyword]:
    return [Keyword(name, kind, holds, since, until) for name in names.split()]


KEYWORDS = (
    *_each("$schema $ref", Kind.CORE),
    Keyword("id", Kind.CORE, until=4),
    Keyword("$id", Kind.CORE, since=6),
    *_each("$anchor $vocabulary", Kind.CORE, since=2019),
    *_each("$recursiveRef $recursiveAnchor", Kind.CORE, since=2019, until=2019),
    *_each("$dynamicRef $dynamicAnchor", Kind.CORE, since=2020),
    # Later drafts keep the name free for the old meaning.
    Keyword("definitions", Kind.CORE, Holds.MAP),
    Keyword("$defs", Kind.CORE, Holds.MAP, since=2019),
    *_each("type enum", Kind.ASSERTION),
    Keyword("const", Kind.ASSERTION, since=6),
    *_each("multipleOf maximum exclusiveMaximum minimum exclusiveMinimum", Kind.ASSERTION),
    *_each("maxLength minLength pattern format", Kind.ASSERTION),
    *_each("maxItems minItems uniqueItems", Kind.ASSERTION),
    *_each("minContains maxContains", Kind.ASSERTION, since=2019),
    *_each("maxProperties minProperties required", Kind.ASSERTION),
    Keyword("dependentRequired", Kind.ASSERTION, since=2019),
    *_each("allOf anyOf oneOf", Kind.APPLICATOR, Holds.LIST),
    Keyword("not", Kind.APPLICATOR, Holds.SCHEMA),
    *_each("if then else", Kind.APPLICATOR, Holds.SCHEMA, since=7),
    Keyword("dependentSchemas", Kind.APPLICATOR, Holds.MAP, since=2019),
    Keyword("dependencies", Kind.APPLICATOR, Holds.MAP, until=7),
    Keyword("prefixItems", Kind.APPLICATOR, Holds.LIST, since=2020),
    Keyword("items", Kind.APPLICATOR, Holds.SCHEMA | Holds.LIST),
    Keyword("additionalItems", Kind.APPLICATOR, Holds.SCHEMA, until=2019),
    Keyword("contains", Kind.APPLICATOR, Holds.SCHEMA, since=6),
    *_each("properties patternProperties", Kind.APPLICATOR, Holds.MAP),
    Keyword("additionalProperties", Kind.APPLICATOR, Holds.SCHEMA),
    Keyword("propertyNames", Kind.APPLICATOR, Holds.SCHEMA, since=6),
    *_each("unevaluatedItems unevaluatedProperties", Kind.APPLICATOR, Holds.SCHEMA, since=2019),
    *_each("title description default", Kind.ANNOTATION),
    Keyword("examples", Kind.ANNOTATION, since=6),
    *_each("$comment readOnly writeOnly contentMediaType contentEncoding", Kind.ANNOTATION, since=7),
    Keyword("deprecated", Kind.ANNOTATION, since=2019),
    Keyword("contentSchema", Kind.ANNOTATION, Holds.SCHEMA, since=2019),
)
"""Every keyword of every draft."""

DATA = frozenset({"enum", "const", "default", "examples"})
"""Keywords whose value is made of values of events: nothing in there is a keyword."""


@functools.cache
def keywords(
    draft: int | None = None, *, kinds: tuple[Kind, ...] = tuple(Kind), holds: Holds | None = None
) -> frozenset[str]:
    """The names of the keywords of a draft (of all without one), of some kinds, that can hold one of some things."""
    return frozenset(
        keyword.name
        for keyword in KEYWORDS
        if (draft is None or keyword.since <= draft <= keyword.until)
        and keyword.kind in kinds
        and (holds is None or keyword.holds & holds)
    )


def constraints(draft: int) -> frozenset[str]:
    """The keywords of a draft that can refuse a value."""
    return keywords(draft, kinds=(Kind.ASSERTION, Kind.APPLICATOR))
