"""How to produce and to consume the events of a title: texts to copy."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jsonschema_tools.documents.values import Document
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.tables import render
from jsonschema_tools.tables.titles import tables_of


def statements(title: str, versions: Sequence[tuple[str, Document]], place: str) -> dict[str, str]:
    """Texts by what they are for. A title whose events are no rows has no table."""
    number, document = versions[-1]
    event = _event(document, f"/{place}/{number}")
    found = {
        "Send one with curl": (
            "curl http://localhost:8192/v1/events \\\n"
            "  -H 'Content-Type: application/json' \\\n"
            f"  -d {_shell(json.dumps(event, ensure_ascii=False))}"
        ),
        "Validate one in Python": (
            "from jsonschema_tools import SchemaStore, validate\n\n"
            'store = SchemaStore(["jsonschema"])\n'
            f"verdict = validate({_python(event)}, store)"
        ),
    }
    tables, _ = tables_of(title, versions)
    if tables:
        found["Table in DuckDB"] = render(tables[-1], "duckdb")
    return found


def _event(document: Document, uri: str) -> dict[str, object]:
    """An event to begin with: an example of the schema, or its required fields with values of their types."""
    said = document if isinstance(document, dict) else {}
    examples = said.get("examples")
    if isinstance(examples, list) and examples and isinstance(examples[0], dict):
        return {**examples[0], "$schema": uri}
    return {"$schema": uri, **{name: value for name, value in _members(said, 0).items() if name != "$schema"}}


def _members(schema: Document, depth: int) -> dict[str, object]:
    said = schema if isinstance(schema, dict) else {}
    properties, required = said.get("properties"), said.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list) or depth > 10:
        return {}
    return {str(name): _value(properties.get(name), depth + 1) for name in required}


def _value(schema: Document, depth: int) -> object:
    said = schema if isinstance(schema, dict) else {}
    for word in ("const", "default"):
        if word in said:
            return said[word]
    for word in ("examples", "enum"):
        values = said.get(word)
        if isinstance(values, list) and values:
            return values[0]
    kinds = said.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if kind == "object":
        return _members(said, depth)
    if kind == "string":
        return _FORMATS.get(str(said.get("format")), "text")
    least = said.get("minimum")
    numbers = {"integer": least if isinstance(least, int) else 0, "number": least if isinstance(least, int) else 0}
    return {**numbers, "boolean": False, "array": [], "null": None}.get(str(kind))


_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "uuid": "5e1dd101-641c-11e8-ab6c-b083fecf1287",
    "uri": "https://example.org/",
    "uri-reference": "/",
    "email": "somebody@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _python(value: object) -> str:
    text = json_text(value)
    return text if not any(word in text for word in ("true", "false", "null")) else repr(value)
