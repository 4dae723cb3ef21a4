"""Rendering a template in a process of its own, with limits of time and memory.

``python -m`` of this module reads a request as JSON and prints the answer as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema_tools.errors import Position, TemplateError

SECONDS = 3
"""So much processor time a template may take."""

MEMORY = 1 << 30
"""So many bytes of memory."""

_ENDLESS = "Correct the template: its loops, or what it repeats, are too large."


def render_apart(template: Path, values: Mapping[str, Any], within: Path | None) -> str:
    """The text of a template; see `templates.render`. Raises `TemplateError` also where it takes too much."""
    request = {"template": str(template), "values": dict(values), "within": None if within is None else str(within)}
    # -P: the working directory may be a stranger's, and is no place to import from.
    command = [sys.executable, "-P", "-m", __name__]
    try:
        done = subprocess.run(
            command, input=json.dumps(request).encode(), capture_output=True, check=False, timeout=20 * SECONDS
        )
    except subprocess.TimeoutExpired:
        raise _too_much(template, f"more than {SECONDS} seconds") from None
    if done.returncode < 0:
        raise _too_much(template, f"more than {SECONDS} seconds, or more memory than there is")
    if done.returncode > 0:
        raise TemplateError(
            f"the template cannot be rendered: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}",
            source=str(template),
            remedy=_ENDLESS,
        )
    answer = json.loads(done.stdout)
    if "text" in answer:
        text: str = answer["text"]
        return text
    position = answer.pop("position")
    raise TemplateError(**answer, position=Position(*position) if position else None)


def _too_much(template: Path, what: str) -> TemplateError:
    return TemplateError(f"the template takes {what}", source=str(template), remedy=_ENDLESS)


def _limit() -> None:
    try:
        import resource
    except ImportError:
        # Such a platform has only the time-out of whoever started this.
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer() -> dict[str, Any]:
    from jsonschema_tools.repository.templates import render_here

    request = json.load(sys.stdin)
    template, within = Path(request["template"]), request["within"]
    _limit()
    try:
        return {"text": render_here(template, request["values"], within=None if within is None else Path(within))}
    except MemoryError:
        error = _too_much(template, "more memory than it may have")
    except TemplateError as raised:
        error = raised
    position = error.position
    return {
        "message": error.message,
        "source": error.source,
        "remedy": error.remedy,
        "position": None if position is None else [position.line, position.column],
    }


if __name__ == "__main__":
    json.dump(_answer(), sys.stdout)
