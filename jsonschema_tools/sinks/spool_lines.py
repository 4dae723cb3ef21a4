"""An event that waits on disk, as a line: what is known of it as JSON, a tab, its text."""

from __future__ import annotations

import json

from jsonschema_tools.intake.model import AcceptedEvent
from jsonschema_tools.sinks.files import line


def spooled(record: AcceptedEvent) -> bytes:
    """The line of an event."""
    known = {
        "topic": record.topic,
        "stream": record.stream,
        "schema_uri": record.schema_uri,
        "dt": record.dt,
        "key": record.key.decode("latin-1") if record.key is not None else None,
        "headers": [[name, value.decode("latin-1")] for name, value in record.headers],
    }
    return json.dumps(known).encode() + b"\t" + line(record.body)


def restored(text: bytes) -> AcceptedEvent:
    """The event of a line, without its end. Raises `ValueError` for what is none."""
    known, tab, body = text.partition(b"\t")
    if not tab:
        raise ValueError
    try:
        found = json.loads(known)
        key = found["key"]
        return AcceptedEvent(
            stream=found["stream"],
            schema_uri=found["schema_uri"],
            key=key.encode("latin-1") if key is not None else None,
            topic=found["topic"],
            dt=found["dt"],
            body=body,
            headers=tuple((name, value.encode("latin-1")) for name, value in found["headers"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError from error
