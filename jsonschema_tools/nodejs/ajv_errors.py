"""The errors that AJV 6.15 has for a value, with ``allErrors``: the same objects in the same order.

Each keyword is looked at where AJV's compiled code does it: by groups of keywords about numbers, texts, lists and
objects, then those about any value. Only keywords of drafts 4 to 7 count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import at
from jsonschema_tools.documents.values import Document, own_keys
from jsonschema_tools.nodejs.ajv_assertions import ASSERTIONS, is_of_type, pattern_found, said_type
from jsonschema_tools.nodejs.ajv_paths import fragment, index_path, key_path, property_path

AjvError = dict[str, Any]
"""``keyword``, ``dataPath``, ``schemaPath``, ``params`` and ``message``."""

_GROUPS: tuple[tuple[str | None, tuple[str, ...]], ...] = (
    ("number", ("maximum", "minimum", "multipleOf", "format")),
    ("string", ("maxLength", "minLength", "pattern", "format")),
    ("array", ("maxItems", "minItems", "items", "contains", "uniqueItems")),
    (
        "object",
        ("maxProperties", "minProperties", "required", "dependencies", "propertyNames", "properties"),
    ),
    (None, ("$ref", "const", "enum", "not", "anyOf", "oneOf", "allOf", "if")),
)
_IMPLIED = {
    "maximum": ("maximum", "exclusiveMaximum"),
    "minimum": ("minimum", "exclusiveMinimum"),
    "properties": ("properties", "additionalProperties", "patternProperties"),
}
_RULES = frozenset({"type", "$comment"}.union(*(_IMPLIED.get(k, (k,)) for _, group in _GROUPS for k in group)))
_GROUP_OF = dict(_GROUPS)
_DEEPEST = 900


def errors_of(schema: Document, value: Document) -> list[AjvError]:
    """Everything that AJV has against a value. ``$ref``s lead inside of the schema only."""
    return list(_Walk(schema).errors(schema, value, "", "#"))


def errors_text(errors: list[AjvError]) -> str:
    """The errors in one text: each path in quotes, and its message."""
    return ", ".join(f"'{error['dataPath']}' {error['message']}" for error in errors)


class _Walk:
    def __init__(self, root: Document) -> None:
        self._root = root
        self._depth = 0

    def errors(self, schema: Any, value: Any, data: str, path: str) -> Iterator[AjvError]:
        if schema is False:
            yield _error("false schema", data, f"{path}/false schema", {}, "boolean schema is false")
        if not isinstance(schema, dict) or self._depth > _DEEPEST:
            return
        self._depth += 1
        kind = _single(schema.get("type"))
        if kind is not None and _is_checked_first(schema, kind) and not is_of_type(value, kind):
            yield _wrong_type(kind, data, path)
        for about, group in _GROUPS if not schema.get("$ref") else ((None, ("$ref",)),):
            used = [keyword for keyword in group if _is_used(schema, keyword)]
            if not used:
                continue
            if about is None or is_of_type(value, about):
                for keyword in used:
                    yield from self._keyword(keyword, schema, value, data, path)
            elif kind == about:
                yield _wrong_type(kind, data, path)
        self._depth -= 1

    def _keyword(self, keyword: str, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        assertion = ASSERTIONS.get(keyword)
        if assertion is not None:
            for name, params, message in assertion(schema, value):
                yield _error(name, data, f"{path}/{name}", params, message)
            return
        yield from getattr(self, f"_{keyword.replace('$', '')}")(schema, value, data, path)

    def _items(self, schema: dict[str, Any], value: list[Any], data: str, path: str) -> Iterator[AjvError]:
        items, more = schema["items"], schema.get("additionalItems")
        if not isinstance(items, list):
            for index, item in enumerate(value):
                yield from self.errors(items, item, index_path(data, index), f"{path}/items")
            return
        if more is False and len(value) > len(items):
            message = f"should NOT have more than {len(items)} items"
            yield _error("additionalItems", data, f"{path}/additionalItems", {"limit": len(items)}, message)
        for index, (part, item) in enumerate(zip(items, value, strict=False)):
            yield from self.errors(part, item, index_path(data, index), f"{path}/items/{index}")
        if isinstance(more, dict):
            for index in range(len(items), len(value)):
                yield from self.errors(more, value[index], index_path(data, index), f"{path}/additionalItems")

    def _contains(self, schema: dict[str, Any], value: list[Any], data: str, path: str) -> Iterator[AjvError]:
        part, found = schema["contains"], list[AjvError]()
        for index, item in enumerate(value):
            errors = list(self.errors(part, item, index_path(data, index), f"{path}/contains"))
            if not errors:
                return
            found += errors
        yield from found
        yield _error("contains", data, f"{path}/contains", {}, "should contain a valid item")

    def _dependencies(self, schema: dict[str, Any], value: dict[str, Any], data: str, path: str) -> Iterator[AjvError]:
        needs = schema["dependencies"]
        for name in own_keys(needs):
            names = needs[name]
            if isinstance(names, list) and name in value:
                for missing in (other for other in names if other not in value):
                    yield _dependency(name, missing, names, data, path)
        for name in own_keys(needs):
            if not isinstance(needs[name], list) and name in value:
                yield from self.errors(needs[name], value, data, f"{path}/dependencies/{fragment(name)}")

    def _propertyNames(self, schema: dict[str, Any], value: dict[str, Any], data: str, path: str) -> Iterator[AjvError]:
        for name in own_keys(value):
            errors = list(self.errors(schema["propertyNames"], name, data, f"{path}/propertyNames"))
            yield from ({**error, "propertyName": name} for error in errors)
            if errors:
                message = f"property name '{name}' is invalid"
                yield _error("propertyNames", data, f"{path}/propertyNames", {"propertyName": name}, message)

    def _required(self, schema: dict[str, Any], value: dict[str, Any], data: str, path: str) -> Iterator[AjvError]:
        known = schema.get("properties")
        for name in schema["required"]:
            # A property that has rules is looked at with them. AJV tells of one that must not be there twice.
            part = known.get(name) if isinstance(known, dict) else None
            if name not in value and not (isinstance(part, dict) and _has_rules(part)):
                yield _missing(name, data, path)

    def _properties(self, schema: dict[str, Any], value: dict[str, Any], data: str, path: str) -> Iterator[AjvError]:
        known = schema.get("properties") or {}
        patterns = schema.get("patternProperties") or {}
        yield from self._additional(schema, value, data, path)
        required = schema.get("required", ())
        for name in own_keys(known):
            part = known[name]
            if not _has_rules(part):
                continue
            if name in value:
                place = f"{path}/properties/{fragment(name)}"
                yield from self.errors(part, value[name], property_path(data, name), place)
            elif name in required and not (isinstance(part, dict) and "default" in part):
                yield _missing(name, data, path)
        for pattern in own_keys(patterns):
            place = f"{path}/patternProperties/{fragment(pattern)}"
            for name in own_keys(value):
                if _has_rules(patterns[pattern]) and pattern_found(pattern, name):
                    yield from self.errors(patterns[pattern], value[name], key_path(data, name), place)

    def _additional(self, schema: dict[str, Any], value: dict[str, Any], data: str, path: str) -> Iterator[AjvError]:
        more, known = schema.get("additionalProperties"), schema.get("properties") or {}
        if more is not False and not (isinstance(more, dict) and more):
            return
        patterns = schema.get("patternProperties") or {}
        place = f"{path}/additionalProperties"
        for name in own_keys(value):
            if name in known or any(pattern_found(pattern, name) for pattern in patterns):
                continue
            if more is False:
                message = "should NOT have additional properties"
                yield _error("additionalProperties", data, place, {"additionalProperty": name}, message)
            else:
                yield from self.errors(more, value[name], key_path(data, name), place)

    def _ref(self, schema: dict[str, Any], value: Any, data: str, _path: str) -> Iterator[AjvError]:
        reference = schema["$ref"]
        found = self._found(reference)
        # A schema that refers to no other is made a part of the one that refers to it.
        place = "#" if reference in ("#", "#/") or _refers(found) else reference
        yield from self.errors(found, value, data, place)

    def _found(self, reference: str) -> Any:
        from urllib.parse import unquote

        address, _, pointer = reference.partition("#")
        own = self._root.get("$id", self._root.get("id")) if isinstance(self._root, dict) else None
        if address and address != (own or "").removesuffix("#"):
            return True
        try:
            return at(self._root, "" if pointer == "/" else unquote(pointer))
        except LookupError:
            return True

    def _not(self, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        if not any(True for _ in self.errors(schema["not"], value, data, path)):
            yield _error("not", data, f"{path}/not", {}, "should NOT be valid")

    def _anyOf(self, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        if not all(_has_rules(part) for part in schema["anyOf"]):
            return
        found: list[AjvError] = []
        for index, part in enumerate(schema["anyOf"]):
            errors = list(self.errors(part, value, data, f"{path}/anyOf/{index}"))
            if not errors:
                return
            found += errors
        yield from found
        yield _error("anyOf", data, f"{path}/anyOf", {}, "should match some schema in anyOf")

    def _oneOf(self, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        found: list[AjvError] = []
        passing: list[int] = []
        for index, part in enumerate(schema["oneOf"]):
            errors = list(self.errors(part, value, data, f"{path}/oneOf/{index}"))
            found += errors
            if not errors:
                passing.append(index)
            if len(passing) > 1:
                break
        if len(passing) != 1:
            yield from found
            params = {"passingSchemas": passing or None}
            yield _error("oneOf", data, f"{path}/oneOf", params, "should match exactly one schema in oneOf")

    def _allOf(self, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        for index, part in enumerate(schema["allOf"]):
            yield from self.errors(part, value, data, f"{path}/allOf/{index}")

    def _if(self, schema: dict[str, Any], value: Any, data: str, path: str) -> Iterator[AjvError]:
        if not any(_has_rules(schema.get(branch)) for branch in ("then", "else")):
            return
        holds = not any(True for _ in self.errors(schema["if"], value, data, path))
        branch = "then" if holds else "else"
        errors = list(self.errors(schema.get(branch, True), value, data, f"{path}/{branch}"))
        yield from errors
        if errors:
            message = f'should match "{branch}" schema'
            yield _error("if", data, f"{path}/if", {"failingKeyword": branch}, message)


def _error(keyword: str, data: str, schema: str, params: dict[str, Any], message: str) -> AjvError:
    return {"keyword": keyword, "dataPath": data, "schemaPath": schema, "params": params, "message": message}


def _wrong_type(kind: Any, data: str, path: str) -> AjvError:
    said = said_type(kind)
    return _error("type", data, f"{path}/type", {"type": said}, f"should be {said}")


def _missing(name: str, data: str, path: str) -> AjvError:
    message = f"should have required property '{name}'"
    return _error("required", data, f"{path}/required", {"missingProperty": name}, message)


def _dependency(name: str, missing: str, names: list[str], data: str, path: str) -> AjvError:
    said = ", ".join(names)
    params = {"property": name, "missingProperty": missing, "depsCount": len(names), "deps": said}
    message = f"should have {'property' if len(names) == 1 else 'properties'} {said} when property {name} is present"
    return _error("dependencies", data, f"{path}/dependencies", params, message)


def _single(kind: Any) -> Any:
    return kind[0] if isinstance(kind, list) and len(kind) == 1 else kind


def _is_checked_first(schema: dict[str, Any], kind: Any) -> bool:
    """Whether AJV looks at ``type`` before all else: unless keywords about that type follow."""
    group = _GROUP_OF.get(kind) if isinstance(kind, str) else None
    return group is None or not any(_is_used(schema, keyword) for keyword in group)


def _is_used(schema: dict[str, Any], keyword: str) -> bool:
    return any(name in schema for name in _IMPLIED.get(keyword, (keyword,)))


def _has_rules(schema: Any) -> bool:
    """Whether AJV compiles anything of a schema."""
    return not _RULES.isdisjoint(schema) if isinstance(schema, dict) else schema is False


def _refers(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "$ref" in schema or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))
