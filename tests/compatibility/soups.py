"""Random schemas of all drafts from few names and values, so that they meet; edits of schemas; events for them."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

DRAFTS = ["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"]
URIS = {
    "draft-04": "http://json-schema.org/draft-04/schema#",
    "draft-06": "http://json-schema.org/draft-06/schema#",
    "draft-07": "http://json-schema.org/draft-07/schema#",
    "2019-09": "https://json-schema.org/draft/2019-09/schema",
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
}
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
NAMES = ["a", "b", "ab", "required", "x1"]
PATTERNS = ["^a", "b$", "^[a-z]+$", "^[0-9]{1,3}$", "^(?!a)", "a|1", "^.{2,4}$", "\\d", "^x\\w*$", "^$"]
FORMATS = ["date", "email", "ipv4", "uuid", "date-time", "uri"]
SCALARS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2,
    -1,
    3,
    0.5,
    1.5,
    2.0,
    10,
    "",
    "a",
    "b",
    "ab",
    "abc",
    "1",
    "12",
    "2024-01-31",
]
VALUES: list[Any] = [*SCALARS, [], [1], ["a"], [1, 1], [1, 2, 3], {}, {"a": 1}, {"b": "a"}, {"a": 1, "b": 2}]

Schema = Any


class Soup:
    """Draws schemas of one draft; ``definitions`` collects what references lead to."""

    def __init__(self, random: Random, draft: str) -> None:
        self.random, self.draft = random, draft
        self.since = DRAFTS.index(draft)
        self.inside = 0
        """Only inside of a property or an item may a reference stand: no schema shall refer to itself in place."""
        self.definitions = "$defs" if self.since >= 3 else "definitions"

    def document(self) -> Schema:
        schema = self.schema(3)
        if isinstance(schema, dict):
            if self.random.random() < 0.3:
                schema[self.definitions] = {"d": self.schema(2), "e": self.schema(2)}
            schema["$schema"] = URIS[self.draft]
        return repaired(schema, self.definitions)

    def schema(self, depth: int) -> Schema:
        draw = self.random.random()
        if self.since >= 1 and draw < 0.06:
            return draw < 0.045
        if draw < 0.13 and self.inside:
            return {"$ref": self.random.choice([f"#/{self.definitions}/d", f"#/{self.definitions}/e", "#"])}
        schema: dict[str, Any] = {}
        if self.random.random() < 0.55:
            schema["type"] = self.types()
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 2, 3])):
            self.add(self.random.choice(self.kinds(depth)), schema, depth - 1)
        return schema

    def add(self, kind: str, schema: dict[str, Any], depth: int) -> None:
        descends = kind in ("properties", "items", "names", "unevaluated")
        self.inside += descends
        getattr(self, kind)(schema, depth)
        self.inside -= descends

    def kinds(self, depth: int) -> list[str]:
        kinds = ["numbers", "numbers", "strings", "strings", "values", "sizes"]
        if depth > 0:
            kinds += ["properties", "properties", "items", "items", "combined", "combined", "dependencies"]
            kinds += ["names"] if self.since >= 1 else []
            kinds += ["conditional"] if self.since >= 2 else []
            kinds += ["unevaluated"] if self.since >= 3 else []
        return kinds

    def types(self) -> Any:
        if self.random.random() < 0.6:
            return self.random.choice(TYPES)
        return self.random.sample(TYPES, self.random.randint(1, 4))

    def numbers(self, schema: dict[str, Any], _depth: int) -> None:
        keyword = self.random.choice(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])
        number = self.random.choice([-1, 0, 1, 2, 3, 1.5, 0.5])
        if keyword == "multipleOf":
            schema[keyword] = self.random.choice([1, 2, 3, 0.5, 1.5])
        elif self.since == 0 and keyword.startswith("exclusive"):
            plain = "minimum" if keyword.endswith("Minimum") else "maximum"
            schema.setdefault(plain, number)
            schema[keyword] = self.random.random() < 0.8
        else:
            schema[keyword] = number

    def strings(self, schema: dict[str, Any], _depth: int) -> None:
        keyword = self.random.choice(["minLength", "maxLength", "pattern", "pattern", "format"])
        choices = {"pattern": PATTERNS, "format": FORMATS}.get(keyword, [0, 1, 2, 3, 4])
        schema[keyword] = self.random.choice(choices)

    def values(self, schema: dict[str, Any], _depth: int) -> None:
        if self.since >= 1 and self.random.random() < 0.4:
            schema["const"] = self.random.choice(VALUES)
        else:
            schema["enum"] = self.random.sample(VALUES, self.random.randint(1, 5))

    def sizes(self, schema: dict[str, Any], _depth: int) -> None:
        keyword = self.random.choice(["minItems", "maxItems", "minProperties", "maxProperties", "uniqueItems"])
        schema[keyword] = self.random.choice([0, 1, 2, 3]) if keyword != "uniqueItems" else self.random.random() < 0.8

    def some_names(self) -> list[str]:
        return self.random.sample(NAMES, self.random.randint(1, 3))

    def properties(self, schema: dict[str, Any], depth: int) -> None:
        for keyword in self.random.sample(["properties", "required", "additionalProperties", "patternProperties"], 2):
            match keyword:
                case "properties":
                    schema[keyword] = {name: self.schema(depth) for name in self.some_names()}
                case "required":
                    schema[keyword] = self.some_names()
                case "patternProperties":
                    some = self.random.sample(PATTERNS, self.random.randint(1, 2))
                    schema[keyword] = {pattern: self.schema(depth) for pattern in some}
                case _:
                    schema[keyword] = False if self.random.random() < 0.5 else self.schema(depth)

    def items(self, schema: dict[str, Any], depth: int) -> None:
        several = [self.schema(depth) for _ in range(self.random.randint(1, 3))]
        draw = self.random.random()
        if draw < 0.4:
            schema["items"] = self.schema(depth)
        elif draw < 0.75:
            tuple_keyword, rest_keyword = ("prefixItems", "items") if self.since == 4 else ("items", "additionalItems")
            schema[tuple_keyword] = several
            if self.random.random() < 0.5:
                schema[rest_keyword] = False if self.since >= 1 and self.random.random() < 0.4 else self.schema(depth)
        elif self.since >= 1:
            schema["contains"] = self.schema(depth)
            if self.since >= 3 and self.random.random() < 0.5:
                schema[self.random.choice(["minContains", "maxContains"])] = self.random.choice([0, 1, 2])

    def combined(self, schema: dict[str, Any], depth: int) -> None:
        keyword = self.random.choice(["allOf", "anyOf", "oneOf", "not"])
        branches = [self.schema(depth) for _ in range(self.random.randint(1, 3))]
        schema[keyword] = branches[0] if keyword == "not" else branches

    def conditional(self, schema: dict[str, Any], depth: int) -> None:
        schema["if"] = self.schema(depth)
        for keyword in self.random.sample(["then", "else"], self.random.randint(1, 2)):
            schema[keyword] = self.schema(depth)

    def names(self, schema: dict[str, Any], depth: int) -> None:
        schema["propertyNames"] = self.schema(min(depth, 1))

    def dependencies(self, schema: dict[str, Any], depth: int) -> None:
        name = self.random.choice(NAMES)
        as_names = self.random.random() < 0.5
        value = self.some_names() if as_names else self.schema(depth)
        keyword = "dependencies" if self.since < 3 else "dependentRequired" if as_names else "dependentSchemas"
        schema[keyword] = {name: value}

    def unevaluated(self, schema: dict[str, Any], depth: int) -> None:
        keyword = self.random.choice(["unevaluatedProperties", "unevaluatedItems"])
        schema[keyword] = False if self.random.random() < 0.6 else self.schema(depth)


def repaired(schema: Schema, definitions: str) -> Schema:
    """Without references to definitions that are not there."""
    if isinstance(schema, dict) and definitions not in schema and f"#/{definitions}/" in repr(schema):
        schema[definitions] = {"d": {"type": "integer"}, "e": {"type": ["string", "null"]}}
    return schema


def edited(random: Random, schema: Schema, soup: Soup) -> Schema:
    """The schema with a few random edits."""
    schema = copy.deepcopy(schema)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        places = [place for place in _schemas(schema) if isinstance(place, dict)]
        if places:
            _edit(random, random.choice(places), soup)
    return repaired(schema, soup.definitions)


def _edit(random: Random, place: dict[str, Any], soup: Soup) -> None:
    keys = [key for key in place if key not in ("$schema", "$id", "definitions", "$defs")]
    draw = random.random()
    if draw < 0.3 and keys:
        del place[random.choice(keys)]
    elif draw < 0.5 and keys:
        key = random.choice(keys)
        value = place[key]
        if isinstance(value, bool):
            place[key] = not value
        elif isinstance(value, int):
            place[key] = max(0, value + random.choice([-1, 1])) if key != "multipleOf" else value + 1
        elif isinstance(value, list) and len(value) > 1:
            place[key] = random.sample(value, len(value) - random.choice([0, 1]))
        elif key == "type" and isinstance(value, str):
            place[key] = [value, "null"]
    elif "$ref" not in place:
        soup.add(random.choice(soup.kinds(1)), place, 1)


_ONE = {"additionalProperties", "additionalItems", "items", "contains", "not", "if", "then", "else", "propertyNames"}
_MANY = {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas"}


def _schemas(schema: Schema) -> list[Any]:
    found = [schema]
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in _ONE and isinstance(value, dict):
                found += _schemas(value)
            elif key in _MANY and isinstance(value, dict):
                found += [inner for one in value.values() for inner in _schemas(one)]
            elif key in ("allOf", "anyOf", "oneOf", "items", "prefixItems") and isinstance(value, list):
                found += [inner for one in value for inner in _schemas(one)]
    return found


def events(random: Random, schemas: list[Schema], count: int) -> list[Any]:
    """Values made of what the schemas mention."""
    names, scalars = set(NAMES), list(SCALARS)
    pending = list(schemas)
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            names |= {key for key in value if not key.startswith("$")} if random.random() < 0.5 else set()
            for key in ("required", "enum", "examples"):
                if isinstance(value.get(key), list):
                    scalars += value[key]
            names |= (
                {one for one in value.get("required", ()) if isinstance(one, str)}
                if isinstance(value.get("required"), list)
                else set()
            )
            names |= set(value["properties"]) if isinstance(value.get("properties"), dict) else set()
            if "const" in value:
                scalars.append(value["const"])
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            scalars += [value, value + 1, value - 1, value / 2 + 0.25]
        elif isinstance(value, str) and len(value) < 30:
            scalars.append(value)
    pool = sorted(names)

    def value(depth: int) -> Any:
        draw = random.random()
        if depth == 0 or draw < 0.35:
            return random.choice(scalars) if draw < 0.3 or depth == 0 else random.choice(VALUES)
        if draw < 0.75:
            some = random.sample(pool, min(len(pool), random.choice([0, 1, 1, 2, 2, 3, 5])))
            return {name: value(depth - 1) for name in some}
        return [value(depth - 1) for _ in range(random.choice([0, 1, 1, 2, 2, 3]))]

    return [value(random.choice([0, 1, 2, 3])) for _ in range(count)]
