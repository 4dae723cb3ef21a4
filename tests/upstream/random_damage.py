"""Random damage to a schema repository. Nothing but the random source decides, and what was done is said."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Timestamp
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaToolsError

STRING, INTEGER = {"type": "string"}, {"type": "integer", "minimum": 0, "maximum": 9}
JUNK: list[Any] = [None, True, False, 0, 1, -1, 0.5, "", "text", [], {}, [None], [[]], [{}], ["a"], {"a": 1}, {"type": "string"}, Timestamp("2021-01-01T00:00:00.000Z")]  # fmt: skip
SCHEMAS: list[Any] = [
    STRING, INTEGER, True, False, {}, None, [], "a", {"type": "integer"}, {"type": "number", "minimum": -10**17, "maximum": 1},
    {"type": ["string", "null"]}, {"type": "array"}, {"type": "array", "items": STRING}, {"type": "array", "items": [STRING]},
    {"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "array", "items": {}}},
    {"type": "array", "uniqueItems": True}, {"type": "array", "uniqueItems": True, "items": {"type": "object", "additionalProperties": True}},
    {"type": "array", "uniqueItems": True, "items": [{"type": "object"}]}, {"type": "array", "uniqueItems": True, "maxItems": 3, "items": {}},
    {"type": "object"}, {"type": "object", "additionalProperties": STRING}, {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "object", "properties": {"aB": STRING}}, {"type": "object", "properties": {"a": None}}, {"type": "object", "properties": {"a": STRING}, "required": ["a"]},
    {"type": "object", "properties": {}, "required": ["b"]}, {"type": "object", "patternProperties": {"^a": STRING}},
    {"type": "object", "patternProperties": {"^a": STRING}, "propertyNames": {"maxLength": 9}}, {"type": "object", "properties": "a"}, {"type": "object", "properties": []},
    {"type": "string", "pattern": "a+"}, {"type": "string", "pattern": "a+", "maxLength": 9}, {"type": "string", "format": "uri", "maxLength": 9},
    {"type": "string", "format": "isbn", "maxLength": 9}, {"type": "string", "format": "date", "maxLength": 10}, {"type": "string", "enum": ["a", None]}, {"type": "string", "enum": ["a", "a"]},
    {"type": "string", "oneOf": [STRING, STRING]}, {"type": "string", "oneOf": [STRING, INTEGER]}, {"type": "object", "oneOf": [{"type": "object", "properties": {}, "required": []}] * 2},
    {"oneOf": []}, {"oneOf": [True, {}]}, {"oneOf": "ab"}, {"oneOf": {}}, {"oneOf": [None]}, {"allOf": []}, {"allOf": "a"}, {"allOf": [None]}, {"allOf": [{"properties": {"aB": {}}}]}, {"allOf": [STRING], "type": "string"},
    {"anyOf": [{"pattern": "a"}]}, {"not": {"format": "uri"}}, {"if": {"type": "integer"}, "then": {"pattern": "a"}}, {"dependencies": {"a": ["b"], "c": {"pattern": "x"}}},
    {"definitions": {"a": {"type": "integer", "format": "isbn"}}}, {"$ref": "#/definitions/no"}, {"$ref": "/fragment/common/1.0.0"}, {"$ref": "#"}, {"contains": {"type": "number"}}, {"propertyNames": {"pattern": "a"}},
    {"type": "string", "contentMediaType": "application/json"}, {"type": "string", "$comment": 5}, {"type": "number", "multipleOf": 0, "minimum": 0, "maximum": 1}, {"$id": "#a", "type": "string"}, {"$id": "a b", "type": "string"},
]  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "type": ["string", "integer", "number", "object", "array", "boolean", "null", "strin", "", ["string"], ["string", "null"], [], ["object", "object"]],
    "properties": [{}, {"a": STRING}, {"aB": STRING}, {"a": None}, {"a": True}, {"a": {}}, {"type": STRING}, {"required": STRING}, {"enum": STRING}, {"description": STRING}, {"items": {"type": "integer"}}, [STRING], "a"],
    "required": [[], ["a"], ["dt", "dt"], ["meta"], "dt", [5], [None], {}],
    "enum": [[], ["a"], ["a", None], ["a", "a"], [1, "1"], [{"a": 1}], "abc", {}, [1.0, True]],
    "const": [None, 1, "a", {}],
    "default": [None, 1, "a", {"a": None}, [], {"required": ["a"]}, {"required": {}}, Timestamp("2021-01-01T00:00:00.000Z"), "2021-01-01T00:00:00.000Z"],
    "items": [*SCHEMAS[:16], [{"type": "integer"}, {"pattern": "a"}], [], [None]],
    "additionalItems": SCHEMAS[:16],
    "additionalProperties": SCHEMAS,
    "patternProperties": [{"^a": STRING}, {"(": STRING}, {"^a": {"type": "integer"}}, {}, [], {"^[a-z\\-]+$": STRING}],
    "propertyNames": [{"maxLength": 5}, {}, True, {"pattern": "a"}, {"format": "uri", "maxLength": 1}, None],
    "oneOf": [[STRING, INTEGER], [STRING, STRING], [{"type": "object", "required": ["a"], "properties": {"a": STRING}}] * 2, [{"type": "object", "properties": {}}], [], "a", [True], [{"type": ["a"]}]],
    "anyOf": [[STRING], [], [{"type": "integer"}], [{"required": ["order_id"]}], {}],
    "allOf": [[STRING], [], [{"type": "integer"}], [{"properties": {"aB": STRING}}], {}, [None], [{"type": "array"}]],
    "not": [{}, {"type": "integer"}, {"pattern": "a"}, True, None, []],
    "if": [{"type": "integer"}, {"pattern": "a"}, {"properties": {"a": {"format": "isbn", "maxLength": 5}}}, True],
    "then": [{"type": "integer"}, False, {"format": "isbn", "maxLength": 5}, {"pattern": "a"}],
    "else": [{"type": "integer"}, False, {"format": "uri"}],
    "definitions": [{}, {"a": {"type": "integer"}}, {"a": {"format": "isbn", "maxLength": 4}}, {"a": {"pattern": "a"}}, {"a": {"$ref": "/no/1.0.0"}}, [], {"a": None}],
    "dependencies": [{"a": ["b"]}, {"a": {"pattern": "a"}}, {"a": {"type": "integer"}}, {"order_id": ["zzz"]}, [], {"a": None}, {"a": [5]}],
    "contains": [{"type": "integer"}, {"pattern": "a"}, True],
    "pattern": ["a", "(", "^[\\w\\-]+$", "\\p{L}", "a{", "[^]", "(?<!a)b", "(?i)a", "^.$", 5, "\\Z", "a++", "[", "(?P<a>b)", "\\d{2,1}", "(?:\\i)", "\\_"],
    "format": ["date-time", "uri", "uri-reference", "email", "ipv4", "ipv6", "date", "time", "hostname", "uuid", "regex", "json-pointer", "uri-template", "url", "isbn", "int32", "idn-email", "iri", "", 5],
    "maxLength": [0, 1, 1000, -1, 1.5, "1", None, 1.0],
    "minLength": [0, 1, 1000, -1, "1", None],
    "minimum": [0, -1, -(2**53), -(2**53 - 1), 10**17, "1", None, True, 0.5],
    "maximum": [0, 1, 2**53, 2**53 - 1, 18446744073709551615, "1", None, True, 0.5],
    "exclusiveMinimum": [0, True, "1"],
    "multipleOf": [0, -1, 2, 0.1, 0.01, "1"],
    "minItems": [0, 1, 5, -1, "1"], "maxItems": [0, 1, -1, "1", None], "uniqueItems": [True, False, "true", None, 1],
    "minProperties": [0, 50, -1], "maxProperties": [0, 1, -1],
    "title": ["", "other", None, 5], "description": ["", "other", None, 5, Timestamp("2021-01-01T00:00:00.000Z")],
    "$id": ["/a/1.0.0", "a", "", "/", None, 5, "#a", "a b", "/shop/cart/changed/1.1.0", "https://example.org/shop/cart/changed/1.1.0", "/shop/cart/changed/1.1"],
    "$schema": ["http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/schema#", "https://json-schema.org/draft/2020-12/schema", "", None, 5, "a b", "abc", "#"],
    "$ref": ["#", "#/definitions/a", "/fragment/common/1.1.0", "/no/1.0.0", "http://json-schema.org/draft-07/schema#", "a b", 5, "#/properties/dt"],
    "$comment": ["a", 5], "readOnly": [True, "a"], "writeOnly": [True, "a"], "nullable": [True], "contentMediaType": ["application/json", 5], "contentEncoding": ["base64"], "deprecated": [True, None], "unknown": [{"type": "integer"}, {"format": "isbn"}, {"pattern": "("}],
    "examples": [[], [None], [{}], ["a"], {}, "a", [5], None, [{"$schema": "/x/1.0.0"}], [Timestamp("2021-01-01T00:00:00.000Z")]],
}  # fmt: skip
TEXTS = ["yesterday", "", "2021-02-31T00:00:00Z", "2021-01-01 00:00:00Z", "2021-01-01T00:00:00", "a b", "http://a", "a@b", "1.2.3.4", "01.2.3.4", "::1", "a,b:c", "\u00a0", "😀", "/x/1.0.0", "5"]  # fmt: skip


def damage(random: Random, folder: Path) -> list[str]:
    """A few mutations of any kind: documents, files, links, settings."""
    kinds = random.choices([_schema, _files, _links, _settings], [16, 2, 2, 2], k=random.choice([1, 1, 2, 3]))
    return [kind(random, folder) for kind in kinds]


def damage_to_schemas(random: Random, folder: Path, count: int) -> list[str]:
    """Mutations of documents that leave title and ``$id``, without which upstream runs no tests at all."""
    files = [path for path in folder.rglob("*.*") if _is_schema(path)]
    done = []
    for _ in range(count):
        before = {path: path.read_bytes() for path in files}
        said = _schema(random, folder)
        if all(path.read_bytes() == old or _names(path.read_bytes()) == _names(old) for path, old in before.items()):
            done.append(said)
        else:
            for path, old in before.items():
                path.write_bytes(old)
    return done


def _names(content: bytes) -> tuple[Any, Any]:
    document = parse(content, source="")
    return (document.get("title"), document.get("$id")) if isinstance(document, dict) else (None, None)


def _is_schema(path: Path) -> bool:
    return path.suffix in (".yaml", ".json") and path.name[0] != "." and path.is_file() and not path.is_symlink()


# Documents --------------------------------------------------------------------------------------------------------


def _schema(random: Random, folder: Path) -> str:
    paths = sorted(path for path in folder.rglob("*.yaml") if _is_schema(path))
    if not paths:
        return "nothing left"
    path = random.choice(paths)
    chosen = [path]
    if path.name != "current.yaml":
        json = path.with_suffix(".json")
        if json.is_file() and random.random() < 0.9:
            chosen.append(json)
        if random.random() < 0.4:
            others = [other for other in path.parent.iterdir() if _is_schema(other)]
            chosen = sorted(p for p in others if p.name != "current.yaml" or random.random() < 0.3)
    seed, done = random.random(), []
    for file in chosen:
        try:
            document = parse(file.read_bytes(), source=str(file), content_type=file.suffix[1:])
            document = copy.deepcopy(document)
            done.append(_change(Random(seed), document))
            file.write_text(serialize(document, file.suffix[1:]), "utf-8")
        except (SchemaToolsError, OSError, RecursionError):
            done.append("left alone")
    return f"{', '.join(str(p.relative_to(folder)) for p in chosen)}: {'; '.join(dict.fromkeys(done))}"


def _change(random: Random, document: Any) -> str:
    places = list(_containers(document, ""))
    if not places:
        return "nothing to change"
    schemas = [(p, c) for p, c in places if isinstance(c, dict) and ("type" in c or "properties" in c or "$ref" in c)]
    pointer, container = random.choice(schemas if schemas and random.random() < 0.75 else places)
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    action = random.random()
    if isinstance(container, dict) and action < 0.6:
        keyword = random.choice(list(VALUES))
        container[keyword] = copy.deepcopy(random.choice(VALUES[keyword]))
        return f"{pointer}/{keyword} = {container[keyword]!r}"
    if isinstance(container, dict) and action < 0.7:
        name = random.choice(
            ["a", "aB", "a-b", "1a", "type", "required", "enum", "properties", "examples", "maxLength", "$id"]
        )
        container[name] = copy.deepcopy(random.choice(SCHEMAS))
        return f"{pointer}/{name} = {container[name]!r}"
    if not keys:
        return "nothing to change"
    key = random.choice(keys)
    if action < 0.8:
        del container[key]
        return f"{pointer}/{key} removed"
    if action < 0.9:
        container[key] = copy.deepcopy(random.choice(JUNK if random.random() < 0.6 else SCHEMAS))
    elif isinstance(container, list):
        random.choice([container.reverse, lambda: container.append(container[key]), container.pop])()
        return f"{pointer} = {container!r:.200}"
    elif isinstance(container[key], str):
        container[key] = random.choice([*TEXTS, container[key] + "x", container[key].upper()])
    else:
        container[f"{key}_x"] = container.pop(key)
        return f"{pointer}/{key} renamed"
    return f"{pointer}/{key} = {container[key]!r}"


def _containers(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        yield pointer, value
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _containers(item, f"{pointer}/{key}")


# Files and links --------------------------------------------------------------------------------------------------


def _entries(folder: Path) -> list[Path]:
    return sorted(
        p for p in folder.rglob("*") if (p.is_symlink() or p.is_file()) and p.name[0] != "." and p.parent != folder
    )


def _files(random: Random, folder: Path) -> str:
    files = [path for path in _entries(folder) if _is_schema(path)]
    if not files:
        return "nothing left"
    path = random.choice(files)
    name = random.choice(["1.0.0", "1.1.0", "1.2.0", "2.0.0", "1.0.0-rc.1", "1.0.1", "0.9.0", "1.0", "current"])
    other = random.choice(sorted({p.parent for p in files}))
    target = (
        random.choice([path.parent, path.parent, other, other / "sub", folder / "jsonschema"]) / f"{name}{path.suffix}"
    )
    if target.is_symlink():
        target.unlink()
    target.parent.mkdir(exist_ok=True)
    actions: list[tuple[str, Callable[[], object]]] = [
        ("removed", path.unlink),
        (f"moved to {target.relative_to(folder)}", lambda: path.replace(target)),
        (f"copied to {target.relative_to(folder)}", lambda: path != target and shutil.copyfile(path, target)),
        ("emptied", lambda: path.write_text("", "utf-8")),
        ("cut", lambda: path.write_bytes(path.read_bytes()[: random.randrange(200)])),
        ("of another version", lambda: path.write_text(path.read_text("utf-8").replace("1.0.0", "1.0.3"), "utf-8")),
        ("a list", lambda: path.write_text("- a\n", "utf-8")),
        ("folder renamed", lambda: path.parent.replace(path.parent.with_name("renamed"))),
        ("folder removed", lambda: shutil.rmtree(path.parent)),
    ]  # fmt: skip
    said, act = random.choice(actions)
    act()
    return f"{path.relative_to(folder)} {said}"


def _links(random: Random, folder: Path) -> str:
    path = random.choice(_entries(folder) or [folder / "none"])
    names = [
        "1.0.0",
        "1.0.0.yaml",
        "1.0.0.json",
        "1.1.0.yaml",
        "1.1.0",
        "latest.yaml",
        "latest",
        "current",
        "current.yaml",
        "2.0.0.yaml",
    ]
    name, target = random.choice(names), random.choice([*names, "./1.0.0.yaml", "../changed/1.1.0.yaml", "nothing"])
    link = path.parent / name
    if (
        not link.parent.is_dir()
        or name == target
        or (link.is_file() and not link.is_symlink() and random.random() < 0.5)
    ):
        return "nothing"
    if os.path.lexists(link):
        link.unlink()
    if random.random() < 0.3:
        return f"{link.relative_to(folder)} removed"
    if random.random() < 0.1 and (link.parent / target).is_file():
        shutil.copyfile(link.parent / target, link)
        return f"{link.relative_to(folder)} a copy of {target}"
    link.symlink_to(target)
    return f"{link.relative_to(folder)} -> {target}"


# The configuration ------------------------------------------------------------------------------------------------

SKIPPED = ["schema-is-valid", "schema-is-secure", "schema-snake-case-properties", "schema-deterministic-types", "schema-required-properties-exist", "schema-examples-$schema-matches-schema-$id", "schema-examples-are-valid", "schema-enforced-numeric-bounds", "schema-version-compatibility", "no-such-case"]  # fmt: skip
PATTERNS = ["/1.0.0", "^/shop", "shop/.*", "/1\\.1\\.0$", "^shop", ".*", "", "/legacy/*", "common|cart", "(?!.*cart)^/", "changed/1.[01]", "\\/shop\\/", "/\\d", "page/change"]  # fmt: skip
SETTINGS: dict[str, list[Any]] = {
    "contentTypes": [["yaml"], ["json", "yaml"], ["json"], ["yaml", "json"]],
    "currentName": ["current.yaml", "current", "current.json"],
    "schemaVersionField": ["$id", "version", "info.version"],
    "schemaTitleField": ["title", "name"],
    "shouldSymlinkExtensionless": [False],
    "shouldSymlinkLatest": [False],
    "shouldDereference": [False],
    "shouldGenerateExample": [True],
    "enforcedNumericBounds": [False, None, [0, 100], [-(2**31), 2**31]],
    "schemaBasePath": ["./jsonschema/", "jsonschema", ".", "jsonschema/shop"],
    "schemaBaseUris": [["jsonschema"], ["./jsonschema/"], ["nowhere", "jsonschema"], None],
    "ignoreSchemas": [[pattern] for pattern in PATTERNS] + [["^/shop/cart", "legacy"]],
}


def _settings(random: Random, folder: Path) -> str:
    path = folder / ".jsonschema-tools.yaml"
    settings = parse(path.read_bytes(), source=str(path)) or {}
    if random.random() < 0.4:
        key, pattern = "skipSchemaTestCases", random.choice(PATTERNS)
        settings[key] = {**settings.get(key, {}), pattern: random.sample(SKIPPED, random.randrange(4))}
    else:
        key = random.choice(list(SETTINGS))
        settings[key] = random.choice(SETTINGS[key])
    path.write_text(serialize(settings, "yaml"), "utf-8")
    return f"{key}: {settings[key]!r}"
