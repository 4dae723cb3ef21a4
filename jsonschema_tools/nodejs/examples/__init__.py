"""An example for a schema that has none: always the same one, with every optional property.

The values are those that upstream generates (json-schema-faker with a random source that always answers 0.15);
`default` and `const` are taken as they are.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import Document, equal
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.traversal import Traversal
from jsonschema_tools.nodejs.examples.values import REMEDY, refuse, workspace


def with_example(schema: Document, schema_uri: object) -> Document:
    """The schema with ``examples``: its own unless they are empty, else the generated one.

    Scalars other than text count as empty, as upstream has it. The schema given is not changed; the one returned
    shares its parts. Raises `SchemaError` where no example can be made.
    """
    if not isinstance(schema, dict):
        raise SchemaError("no example can be generated: the schema is not an object", remedy=REMEDY, pointer="")
    examples = schema.get("examples")
    if isinstance(examples, (str, list, dict)) and examples:
        return schema
    return {**schema, "examples": [generate_example(schema, schema_uri)]}


def generate_example(schema: Document, schema_uri: object) -> Document:
    """A value that fits the schema as far as upstream's generator understands it.

    ``schema_uri`` becomes the value of the example's own ``$schema``, if it has one. Raises `SchemaError` with the
    JSON Pointer of the part for which no value can be made.
    """
    if not isinstance(schema, dict):
        raise SchemaError("no example can be generated: the schema is not an object", remedy=REMEDY, pointer="")
    copies: dict[int, tuple[Any, Any]] = {}
    try:
        document = workspace(schema, copies)
        example = _without_gaps(Traversal(document).example(workspace(document, {})), set())
    except RecursionError:
        reason = "no example can be generated: the schema is nested too deeply"
        raise SchemaError(reason, remedy=REMEDY, pointer="") from None
    except SchemaError as error:
        raise error.replaced(pointer=error.pointer or "") from None
    if isinstance(example, dict) and "$schema" in example:
        example["$schema"] = schema_uri
    return _as_shared(example, {id(copy): original for copy, original in copies.values()}, set())


def _without_gaps(value: Any, done: set[int]) -> Any:
    """The value without absent parts; its lists and mappings stay the objects they are."""
    if value is UNDEFINED or callable(value):
        refuse("there is a part that no value satisfies")
    if isinstance(value, (dict, list)) and id(value) not in done:
        done.add(id(value))
        if isinstance(value, dict):
            for key in [key for key, item in value.items() if item is UNDEFINED]:
                del value[key]
        for item in list(value.values()) if isinstance(value, dict) else value:
            _without_gaps(item, done)
    return value


def _as_shared(value: Any, originals: dict[int, Any], done: set[int]) -> Any:
    """The value, in which a copy of a part of the schema that a ``$ref`` brought in is that very part.

    Upstream's YAML has an anchor and an alias for them, if both are written.
    """
    if not isinstance(value, (dict, list)) or id(value) in done:
        return value
    if id(value) in originals and equal(value, originals[id(value)]):
        return originals[id(value)]
    done.add(id(value))
    for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
        value[key] = _as_shared(item, originals, done)
    return value
