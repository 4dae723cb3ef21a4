"""Hypothesis strategies for schemas as people write them, and as they would not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from jsonschema_tools.documents.numbers import parse_decimal

NAMES = [
    "id",
    "name",
    "dt",
    "meta",
    "tags",
    "on",
    "off",
    "Größe",
    "名前",
    "e_",
    "e_",
    "a-b",
    "a_b",
    "A",
    "a",
    "10",
    "9",
    "$schema",
]

PATTERNS = ["^a+$", "^[0-9a-z]{2,5}$", "b|c", "^\\d{3}$", "x?y*z", "^(foo|bar)-[A-Z]{2}$"]

TEXTS = st.one_of(
    st.sampled_from(
        ["", "x", "yes", "null", "12", "1e3", "0x1F", "~", "- a", "a: b", "# no", "'", '"', "it's", " lead", "trail ",
         "two\nlines", "two\nlines\n", "\nfirst", "a\n\n\nb\n\n", "tab\there", "2021-01-01", "é à ü", "日本語", "😀 ok", "-", "?",
         "a" * 90, "word " * 30, ("word " * 20 + "\n") * 3, "  two\n indents", "{x}", "[x]", "&a", "*a", "!t", "|", ">", "%", "@", "`",
         "http://example.org/a?b=c#d", "=", "<<", "0", "-0", ".5", "1_000", "1:20", "a\u00a0b", "\u2028", "\x07", "\ufeff", "true"]
    ),
    st.text(max_size=12),
    st.lists(st.text(alphabet="abc \n:#'\"-", max_size=12), max_size=9).map(" ".join),
)  # fmt: skip

NUMBERS = st.one_of(
    st.integers(-20, 20),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.sampled_from([0.5, -0.5, 1.5, 0.1, 1e21, 1e-7, 1.25e-9, 3.14, 100.0, 1e15, -2.5e22]),
    st.floats(-(2.0**50), 2.0**50, width=32),
).map(lambda number: parse_decimal(repr(number)))

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=6,
)

TYPES = ["string", "integer", "number", "object", "array", "boolean", "null"]
_SIZE = st.integers(0, 4)

_KEYWORDS: dict[str, st.SearchStrategy[Any]] = {
    "type": st.one_of(st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True)),
    "title": TEXTS,
    "description": TEXTS,
    "default": JSON,
    "examples": st.lists(JSON, max_size=2),
    "enum": st.lists(JSON, min_size=1, max_size=4),
    "const": st.sampled_from([1, "a", None, {"a": 1}]),
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "exclusiveMinimum": st.integers(-5, 5),
    "exclusiveMaximum": st.integers(-5, 5),
    "multipleOf": st.sampled_from([1, 2, 3, 4, 0.5, 0.25]),
    "minLength": _SIZE,
    "maxLength": _SIZE,
    "minItems": _SIZE,
    "maxItems": _SIZE,
    "minProperties": _SIZE,
    "maxProperties": _SIZE,
    "uniqueItems": st.booleans(),
    "pattern": st.sampled_from(PATTERNS),
    "format": st.sampled_from(["date-time", "uri", "email"]),
    "required": st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
    "$comment": st.just("note"),
    "x-own": JSON,
}


def schemas(references: list[str] | None = None, depth: int = 3) -> st.SearchStrategy[Any]:
    """Schemas of draft-07 up to ``depth`` levels of subschemas, with ``$ref``s to the given references."""
    leaf = st.fixed_dictionaries({}, optional=_some(_KEYWORDS)).map(lambda schema: dict(list(schema.items())[:4]))
    options: list[st.SearchStrategy[Any]] = [leaf, leaf]
    if references:
        reference = st.sampled_from(references)
        options.append(reference.map(lambda target: {"$ref": target}))
        options.append(st.builds(lambda target, extra: {"$ref": target, **extra}, reference, leaf))
    if depth:
        options += [_nested(references, depth), _nested(references, depth)]
    return st.one_of(options)


@st.composite
def _nested(draw: st.DrawFn, references: list[str] | None, depth: int) -> Any:
    inner = schemas(references, depth - 1)
    either = st.one_of(inner, inner, inner, st.booleans())
    named = st.dictionaries(st.sampled_from(NAMES), either, max_size=3)
    groups: dict[str, st.SearchStrategy[Any]] = {
        "properties": named,
        "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), either, max_size=2),
        "additionalProperties": either,
        "items": st.one_of(either, either, st.lists(either, min_size=1, max_size=3)),
        "additionalItems": either,
        "contains": either,
        "propertyNames": either,
        "not": either,
        "allOf": st.lists(inner, min_size=1, max_size=3),
        "anyOf": st.lists(either, min_size=1, max_size=3),
        "oneOf": st.lists(either, min_size=1, max_size=3),
        "definitions": named,
        "dependencies": st.dictionaries(
            st.sampled_from(NAMES),
            st.one_of(inner, st.lists(st.sampled_from(NAMES), max_size=2, unique=True)),
            max_size=2,
        ),
        "if": inner,
        "then": inner,
    }
    chosen = draw(
        st.lists(st.sampled_from([*groups, "allOf", "allOf", "properties", "properties"]), min_size=1, max_size=3)
    )
    schema = {name: draw(groups[name]) for name in chosen}
    for name in draw(st.lists(st.sampled_from(list(_KEYWORDS)), max_size=2)):
        schema[name] = draw(_KEYWORDS[name])
    return schema


def _some(keywords: dict[str, st.SearchStrategy[Any]]) -> dict[str, st.SearchStrategy[Any]]:
    return keywords


@st.composite
def repositories(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A current schema and the documents it may refer to, by URI; without cycles and dangling references."""
    fragments: dict[str, Any] = {}
    known: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        uri = f"/fragment/{number}/1.0.0"
        inside, document = _with_definitions(draw, [*known])
        fragments[uri] = {"title": f"fragment/{number}", "$id": uri, **document}
        known += [uri, f"{uri}#", *(f"{uri}{pointer}" for pointer in inside)]
    _, document = _with_definitions(draw, known)
    root = {"title": "root", "$id": "/root/1.0.0", "$schema": "https://json-schema.org/draft-07/schema#", **document}
    if draw(st.booleans()):
        root["examples"] = [{"$schema": {"$ref": "#/$id"}, "value": draw(JSON)}]
    return root, fragments


def _with_definitions(draw: st.DrawFn, known: list[str]) -> tuple[list[str], dict[str, Any]]:
    definitions: dict[str, Any] = {}
    pointers: list[str] = []
    for name in draw(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3, unique=True)):
        definitions[name] = draw(schemas([*known, *pointers], depth=1))
        pointers.append(f"#/definitions/{name}")
    schema = draw(schemas([*known, *pointers], depth=3))
    document = schema if isinstance(schema, dict) else {}
    if document.get("$ref", "").startswith("#"):
        # Upstream makes a schema that refers to itself of this: see docs/decisions.md.
        document = {key: value for key, value in document.items() if key != "$ref"}
    if definitions:
        document = {**document, "definitions": definitions}
    return pointers, document
