"""The round trip in docs/validating-events.md is what happens."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Scratch
from tests.needs import example_repository
from tests.test_readme import shell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/validating-events.md").read_text("utf-8")
ROUND_TRIP = PAGE.partition("## From an edit to a verdict")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", ROUND_TRIP, re.DOTALL | re.MULTILINE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server does not come up")


def test_the_round_trip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)
    scratch = Scratch(tmp_path)
    scratch.git("init", "--quiet")
    scratch.commit()
    port = free_port()
    server: subprocess.Popen[bytes] | None = None
    shown, folder = 0, tmp_path
    try:
        for number, (language, text) in enumerate(BLOCKS):
            own = text.replace("8000", str(port))
            if "http.server" in text:
                command = own.replace("python3", sys.executable).split()
                server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                wait_for(port)
            elif language == "console":
                done = shell(folder, own)
                folder = Path((folder.parent / "where").read_text().strip())
                assert done.stdout == BLOCKS[number + 1][1], done.stderr
                shown += 1
            elif language == "python":
                done = subprocess.run(
                    [sys.executable, "-c", own], cwd=folder, capture_output=True, text=True, check=True
                )
                assert " required " in done.stdout
    finally:
        if server is not None:
            server.terminate()
            server.wait()
    assert (shown, server is not None) == (2, True)


def test_every_obstacle_is_explained() -> None:
    from jsonschema_tools import Obstacle

    assert re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE) == [str(obstacle) for obstacle in Obstacle]
