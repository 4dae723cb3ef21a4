"""What differs between the drafts: which keywords there are, and what some of them mean."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.errors import UsageError

_DRAFT_04 = frozenset(
    [
        "$ref",
        "additionalItems",
        "additionalProperties",
        "allOf",
        "anyOf",
        "dependencies",
        "enum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "not",
        "oneOf",
        "pattern",
        "patternProperties",
        "properties",
        "required",
        "type",
        "uniqueItems",
    ]
)
_DRAFT_06 = _DRAFT_04 | {"const", "contains", "exclusiveMaximum", "exclusiveMinimum", "propertyNames"}
_DRAFT_07 = _DRAFT_06 | {"if"}
_DRAFT_2019 = (_DRAFT_07 - {"dependencies"}) | {
    "$recursiveRef",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
}
_DRAFT_2020 = (_DRAFT_2019 - {"$recursiveRef", "additionalItems"}) | {"$dynamicRef", "prefixItems"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A draft; ``uri`` is that of its metaschema."""

    name: str
    uri: str
    keywords: frozenset[str]

    @property
    def ref_stands_alone(self) -> bool:
        """Keywords beside a ``$ref`` say nothing (before 2019-09)."""
        return "unevaluatedItems" not in self.keywords

    @property
    def exclusive_is_flag(self) -> bool:
        return self.name == "draft-04"

    @property
    def whole_is_written(self) -> bool:
        """``1.0`` is no integer (draft-04, 3.5: "a JSON number without a fraction or exponent part")."""
        return self.name == "draft-04"

    @property
    def has_prefix_items(self) -> bool:
        return "prefixItems" in self.keywords

    @property
    def counts_contained(self) -> bool:
        """``minContains`` and ``maxContains`` are known."""
        return not self.ref_stands_alone


DIALECTS = tuple(
    Dialect(*each)
    for each in (
        ("draft-04", "http://json-schema.org/draft-04/schema#", _DRAFT_04),
        ("draft-06", "http://json-schema.org/draft-06/schema#", _DRAFT_06),
        ("draft-07", "http://json-schema.org/draft-07/schema#", _DRAFT_07),
        ("2019-09", "https://json-schema.org/draft/2019-09/schema", _DRAFT_2019),
        ("2020-12", "https://json-schema.org/draft/2020-12/schema", _DRAFT_2020),
    )
)


def dialect_of(uri: str) -> Dialect:
    """The draft with this name (``draft-07``, ``7``, ``2020-12``, ...) or metaschema. Raises `UsageError`."""
    wanted = uri.partition("://")[2].removesuffix("#") or uri
    for dialect in DIALECTS:
        number = dialect.name.removeprefix("draft-").removeprefix("0")
        names = {dialect.name, number, f"draft{number}", f"draft-{number}", f"draft{dialect.name}"}
        if wanted in {*names, dialect.uri.partition("://")[2].removesuffix("#")}:
            return dialect
    number = wanted.removeprefix("draft").removeprefix("-").removeprefix("0")
    old = f": draft-0{number} is not supported" if number in ("0", "1", "2", "3") else ""
    raise UsageError(
        f"{uri!r} is no draft of JSON Schema that can be compared{old}",
        remedy=f"Use one of {', '.join(d.name for d in DIALECTS)}.",
    )
