"""A small repository of schemas for events, good and bad ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ORDER: dict[str, Any] = {
    "$id": "/shop/order/1.0.0",
    "$schema": "https://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["id", "price"],
    "properties": {
        "id": {"type": "string"},
        "price": {"type": "number", "minimum": 0.1, "maximum": 10**6},
        "count": {"type": "integer", "maximum": 2**64},
        "dt": {"type": "string", "format": "date-time", "maxLength": 128},
        "a/b": {"additionalProperties": {"items": {"type": "integer"}}},
        "payment": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"card": {"type": "string"}}}]},
        "never": False,
    },
}

SCHEMAS: dict[str, Any] = {
    "shop/order/1.0.0": ORDER,
    "shop/order/latest": ORDER,
    "shop/refers/1.0.0": {
        "properties": {"order": {"$ref": "/shop/order/1.0.0"}, "id": {"$ref": "../order/1.0.0#/properties/id"}},
        "$id": "/shop/refers/1.0.0",
    },
    "shop/insecure/1.0.0": {"properties": {"id": {"pattern": "^(a+)+$"}}},
    "shop/insecure_later/1.0.0": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"id": {"pattern": "^(a+)+$"}},
    },
    "shop/refers_insecure/1.0.0": {"properties": {"x": {"$ref": "/shop/insecure/1.0.0"}}},
    "shop/unknown_draft/1.0.0": {
        "$schema": "/none/of/them",
        "properties": {"x": {"if": True, "then": {"properties": {"if": {"type": "string"}}}}},
    },
    "shop/own_draft/1.0.0": {"$schema": "/shop/metaschema", "properties": {"x": {"type": "string"}}},
    "shop/metaschema": {
        "$id": "/shop/metaschema",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$vocabulary": {
            "https://json-schema.org/draft/2020-12/vocab/core": True,
            "https://json-schema.org/draft/2020-12/vocab/applicator": True,
        },
    },
    "shop/insecure_lists/1.0.0": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "prefixItems": [{}, {"items": {"uniqueItems": True}}],
    },
    "shop/list/1.0.0": [1],
    "shop/invalid/1.0.0": {"type": "nonsense"},
    "shop/refers_nowhere/1.0.0": {"properties": {"x": {"$ref": "/shop/nowhere/1.0.0"}}},
    "shop/refers_out/1.0.0": {"properties": {"x": {"$ref": "file:///etc/passwd"}}},
}


def write_schemas(folder: Path) -> Path:
    """Write the schemas below a folder, one that is no YAML and one that leads out of it; the folder."""
    for name, schema in SCHEMAS.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema), "utf-8")
    (folder / "shop/broken").mkdir()
    (folder / "shop/broken/1.0.0.yaml").write_text("a: [", "utf-8")
    (folder.parent / "secret.yaml").write_text("title: secret", "utf-8")
    (folder / "shop/out").symlink_to("../../secret.yaml")
    return folder
