"""The real Node.js tool as an oracle: one long-lived process, one question and one answer a line."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@functools.cache
def installed() -> str | None:
    """``None`` when the Node.js tool is there (installing it on first use), else why it is not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node.js and npm are not installed"
    with (HERE / "package.json").open("rb") as lock:
        # Several processes may run tests at once: one installs, the others wait.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / "@wikimedia" / "jsonschema-tools").is_dir():
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                return f"npm ci failed: {done.stderr.strip()[-300:]}"
    return None


class Oracle:
    """``ask(op, **request)`` returns the answer of ``oracle.js``; an answer with ``error`` is upstream's refusal."""

    def __init__(self, cwd: Path | None = None) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "oracle.js")],
            cwd=cwd,
            env={**os.environ, "TZ": "UTC"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def ask(self, op: str, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **request}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the Node.js tool died on {op} {request!r}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=30)


def encode(value: Any) -> Any:
    """Our plain data in the form in which ``oracle.js`` sends upstream's."""
    from jsonschema_tools.documents.numbers import number_text
    from jsonschema_tools.documents.values import Timestamp, own_keys

    if isinstance(value, Timestamp):
        return ["date", str(value)]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        negative_zero = value == 0 and isinstance(value, float) and str(value) == "-0.0"
        return ["number", "-0" if negative_zero else number_text(value)]
    if isinstance(value, list):
        return ["list", [encode(item) for item in value]]
    return ["map", [[key, encode(value[key])] for key in own_keys(value)]]
