"""What a user does first: serve a repository, send an event, send a wrong one."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.intake.conftest import JSON, ask, order


def test_from_the_command_to_a_line_in_a_file(schemas: Path, tmp_path: Path) -> None:
    start = time.monotonic()
    command = [sys.executable, "-m", "jsonschema_tools", "serve", str(schemas), "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = []
        while not (found := re.search(r"listening on (http://\S+)", line := server.stderr.readline())):
            said.append(line)
        url = found[1]
        good = ask(url, "POST", "/v1/events", json.dumps(order()).encode(), JSON)
        took = time.monotonic() - start
        assert (good.status, good.json) == (201, {"accepted": 1})
        wrong = ask(url, "POST", "/v1/events", json.dumps(order(count=0)).encode(), JSON)
        assert wrong.status == 400
        (event,) = wrong.json["events"]
        (error,) = event["errors"]
        assert (error["pointer"], error["keyword"]) == ("/count", "minimum")
        assert error["message"] == "0 is less than the minimum of 1"
        assert error["schema_uri"] == "/shop/order/1.0.0#/properties/count/minimum"
        assert error["remedy"]
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
    assert "no stream configuration" in "".join(said)
    assert (tmp_path / "events.jsonl").read_bytes() == json.dumps(order()).encode() + b"\n"
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        assert took < 5
