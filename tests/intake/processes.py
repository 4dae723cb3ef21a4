"""Gates as processes of their own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


def eventually(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is so, on a busy machine too."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Process:
    """A gate at ``url``; ``said`` is what it says on standard error."""

    process: subprocess.Popen[bytes]
    url: str = ""
    said: list[str] = field(default_factory=list)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def serving(folder: Path, *options: str, cwd: Path | None = None) -> Iterator[Process]:
    """A gate that serves a folder on a free port."""
    command = [sys.executable, "-m", "jsonschema_tools", "serve", str(folder), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=cwd or folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    found = Process(process)
    ready = threading.Event()

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            found.said.append(line.decode().rstrip())
            if match := re.search(r"listening on (http://\S+)", found.said[-1]):
                found.url = match[1]
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    ready.wait(60)
    try:
        yield found
    finally:
        process.kill()
        process.wait()
        reader.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
