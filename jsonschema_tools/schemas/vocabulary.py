"""The keywords of JSON Schema, draft by draft: the one table of them.

Sources: the metaschemas of draft-04, 06 and 07, and of the vocabularies of 2019-09 and 2020-12.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum, Flag, IntEnum, auto


class Draft(IntEnum):
    """A draft of JSON Schema: a number, so that older and newer ones can be told apart."""

    DRAFT_04 = 4
    DRAFT_06 = 6
    DRAFT_07 = 7
    DRAFT_2019_09 = 2019
    DRAFT_2020_12 = 2020

    @property
    def uri(self) -> str:
        """The URI of the metaschema."""
        return _URIS[self]

    @property
    def title(self) -> str:
        """What people call it: ``draft-07``, ``2020-12``."""
        return self.name.removeprefix("DRAFT_").replace("_", "-") if self > _LAST_NUMBERED else f"draft-0{self:d}"

    @property
    def identifier(self) -> str:
        """The keyword that names a schema."""
        return "id" if self is Draft.DRAFT_04 else "$id"

    @property
    def ref_stands_alone(self) -> bool:
        """Whether keywords beside a ``$ref`` say nothing (before 2019-09, section 8.2.4.1)."""
        return self <= _LAST_NUMBERED


_LAST_NUMBERED = Draft.DRAFT_07

_URIS = {
    Draft.DRAFT_04: "http://json-schema.org/draft-04/schema#",
    Draft.DRAFT_06: "http://json-schema.org/draft-06/schema#",
    Draft.DRAFT_07: "http://json-schema.org/draft-07/schema#",
    Draft.DRAFT_2019_09: "https://json-schema.org/draft/2019-09/schema",
    Draft.DRAFT_2020_12: "https://json-schema.org/draft/2020-12/schema",
}


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


class Reach(Enum):
    """Which values the schemas in a keyword are about (2020-12, section 10.2 and 10.3)."""

    IN_PLACE = auto()
    """The same value."""
    CHILD = auto()
    """Its properties, their names, or its items."""


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
    since: int = Draft.DRAFT_04
    until: int = Draft.DRAFT_2020_12
    reach: Reach | None = None


def _each(names: str, kind: Kind, holds: Holds = Holds.VALUE, since: int = 4, until: int = 2020) -> list[Keyword]:
    return [Keyword(name, kind, holds, since, until) for name in names.split()]


def _in_place(names: str, holds: Holds, since: int = 4, until: int = 2020) -> list[Keyword]:
    return [Keyword(name, Kind.APPLICATOR, holds, since, until, Reach.IN_PLACE) for name in names.split()]


def _child(names: str, holds: Holds, since: int = 4, until: int = 2020) -> list[Keyword]:
    return [Keyword(name, Kind.APPLICATOR, holds, since, until, Reach.CHILD) for name in names.split()]


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
    *_in_place("allOf anyOf oneOf", Holds.LIST),
    *_in_place("not", Holds.SCHEMA),
    *_in_place("if then else", Holds.SCHEMA, since=7),
    *_in_place("dependentSchemas", Holds.MAP, since=2019),
    *_in_place("dependencies", Holds.MAP, until=7),
    *_child("prefixItems", Holds.LIST, since=2020),
    *_child("items", Holds.SCHEMA | Holds.LIST),
    *_child("additionalItems", Holds.SCHEMA, until=2019),
    *_child("contains", Holds.SCHEMA, since=6),
    *_child("properties patternProperties", Holds.MAP),
    *_child("additionalProperties", Holds.SCHEMA),
    *_child("propertyNames", Holds.SCHEMA, since=6),
    *_child("unevaluatedItems unevaluatedProperties", Holds.SCHEMA, since=2019),
    *_each("title description default", Kind.ANNOTATION),
    Keyword("examples", Kind.ANNOTATION, since=6),
    *_each("$comment readOnly writeOnly contentMediaType contentEncoding", Kind.ANNOTATION, since=7),
    Keyword("deprecated", Kind.ANNOTATION, since=2019),
    Keyword("contentSchema", Kind.ANNOTATION, Holds.SCHEMA, since=2019),
)
"""Every keyword of every draft."""

DATA = frozenset({"enum", "const", "default", "examples"})
"""Keywords whose value is made of values of events: nothing in there is a keyword."""


CONTENT = frozenset({"contentMediaType", "contentEncoding", "contentSchema"})
"""Keywords about what a text contains: annotations, which validators may assert in draft-07 (section 8)."""

ANCHORS = ("$anchor", "$dynamicAnchor", "$recursiveAnchor")
"""Keywords that give a schema a name, beside that of its document (`Draft.identifier`)."""

REFERENCES = ("$ref", "$recursiveRef", "$dynamicRef")
"""Keywords whose value is the URI of a schema."""

TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
"""The types that ``type`` can name."""


@functools.cache
def keywords(
    draft: int | None = None,
    *,
    kinds: tuple[Kind, ...] = tuple(Kind),
    holds: Holds | None = None,
    reach: Reach | None = None,
) -> frozenset[str]:
    """The names of the keywords of a draft (of all without one), of some kinds, that can hold one of some things, and
    are about some values."""
    return frozenset(
        keyword.name
        for keyword in KEYWORDS
        if (draft is None or keyword.since <= draft <= keyword.until)
        and keyword.kind in kinds
        and (holds is None or keyword.holds & holds)
        and (reach is None or keyword.reach is reach)
    )


def constraints(draft: int) -> frozenset[str]:
    """The keywords of a draft that can refuse a value."""
    return keywords(draft, kinds=(Kind.ASSERTION, Kind.APPLICATOR))


_ABOUT = {
    "string": "maxLength minLength pattern format contentMediaType contentEncoding contentSchema",
    "number": "multipleOf maximum exclusiveMaximum minimum exclusiveMinimum",
    "array": "items prefixItems additionalItems unevaluatedItems contains maxItems minItems uniqueItems minContains"
    " maxContains",
    "object": "properties patternProperties additionalProperties unevaluatedProperties propertyNames required"
    " maxProperties minProperties dependencies dependentRequired dependentSchemas",
}


@functools.cache
def types_of(keyword: str) -> frozenset[str]:
    """The types that a keyword is about; none where it is about values of any type."""
    found = {kind for kind, names in _ABOUT.items() if keyword in names.split()}
    return frozenset(found | ({"integer"} if "number" in found else set()))


def type_of(value: object) -> str:
    """The type of a value as JSON Schema names it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"
