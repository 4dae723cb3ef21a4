"""What was refused, kept: as lines of a file, and as events of a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.intake.model import AcceptedEvent, Outcome
from jsonschema_tools.reports.events.json import render_refusal
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.turns import in_parts
from jsonschema_tools.sinks.files import FileSink

_SOURCE = "/v1/events"
_MOST_WAITING = 10_000


class RefusedFile:
    """Writes refused events to a file, as `jst validate --errors` does, behind the answers."""

    def __init__(self, path: Path, gate: Gate) -> None:
        self.sink = FileSink(path, fsync="interval")
        self._gate = gate
        self._waiting = 0

    def __call__(self, _accepted: Sequence[AcceptedEvent], outcomes: Sequence[Outcome]) -> None:
        """Take note of what was not accepted. Where more waits than one should hold, it is only counted."""
        if not outcomes:
            return
        if self._waiting + len(outcomes) > _MOST_WAITING:
            self._gate.counts.refused_not_kept += len(outcomes)
            return
        self._waiting += len(outcomes)
        self._gate.in_background(self._write(outcomes))

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        for _, some in in_parts(outcomes):
            records = [AcceptedEvent("", "", None, "", None, _line(outcome)) for outcome in some]
            failures = await self.sink.write(records)
            self._waiting -= len(some)
            self._gate.counts.refused_not_kept += sum(failure is not None for failure in failures)


def _line(outcome: Outcome) -> bytes:
    verdict = Verdict(outcome.schema_uri, outcome.errors, outcome.stream)
    return render_refusal(Refusal(_SOURCE, outcome.index + 1, outcome.raw, verdict)).rstrip(b"\n")


class ErrorEvents:
    """Sends an event of a schema of errors for each refused event, through the same gate."""

    def __init__(self, gate: Gate, stream: str, schema: str) -> None:
        self._gate, self._stream, self._schema = gate, stream, schema

    def __call__(self, _accepted: Sequence[AcceptedEvent], outcomes: Sequence[Outcome]) -> None:
        """Make the events; one that is itself refused is only counted."""
        wanted = [outcome for outcome in outcomes if outcome.stream != self._stream]
        if wanted:
            self._gate.in_background(self._send(wanted))

    async def _send(self, outcomes: Sequence[Outcome]) -> None:
        for _, some in in_parts(outcomes):
            await self._send_some(some)
            await asyncio.sleep(0)

    async def _send_some(self, outcomes: Sequence[Outcome]) -> None:
        gate = self._gate
        judged = await gate.judged([json.dumps(self._event(outcome)).encode() for outcome in outcomes], _NO_REQUEST)
        failed = (await gate.write(judged, promised=True))[0] if judged.accepted else []
        gate.counts.refused_not_kept += len(judged.outcomes) + len(failed)
        if not failed:
            gate.tell(judged.accepted, ())

    def _event(self, outcome: Outcome) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = {
            "$schema": self._schema,
            "meta": {"stream": self._stream, "dt": now, "id": self._gate.new_id()},
            "dt": now,
            "emitter_id": "jst",
            "error_type": outcome.errors[0].kind,
            "message": "; ".join(f"{error.pointer or 'the event'}: {error.message}" for error in outcome.errors),
            "raw_event": outcome.raw.decode("utf-8", "replace"),
            "errored_stream_name": outcome.stream,
            "errored_schema_uri": outcome.schema_uri,
        }
        return {name: value for name, value in event.items() if value is not None}


_NO_REQUEST: dict[str, Any] = {"headers": []}
