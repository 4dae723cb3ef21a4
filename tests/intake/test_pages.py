"""The pages about the gate: what they tell to run is run, and what they quote is what there is."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

from jsonschema_tools.server.in_process import local_gate
from tests.intake.conftest import JSON, ask, order
from tests.intake.processes import serving
from tests.needs import example_repository

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^>]*) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks(page: str) -> list[dict[str, str]]:
    return [found.groupdict() for found in BLOCK.finditer((DOCS / page).read_text("utf-8"))]


def quoted(page: str, name: str) -> str:
    return next(block["text"] for block in blocks(page) if block["mark"] == f"file: {name}")


@pytest.mark.search
def test_the_tutorial(tmp_path: Path) -> None:
    """Each block of commands is run, and prints what stands in the block of text behind it."""
    shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)
    folder, told = tmp_path, ""
    with Later() as later:
        for block in blocks("platform.md"):
            text = block["text"].replace("http://localhost:8192", later.url)
            if block["mark"] == "background":
                later.start(folder, text.split()[2:])
            elif block["kind"] == "console":
                told = _run(text, folder)
                folder = tmp_path / "platform"
            else:
                assert told.rstrip("\n") == block["text"].rstrip("\n")


class Later:
    """A gate that is started in the middle."""

    url = "http://localhost:8192"

    def __enter__(self) -> Self:
        self._gate: Any = None
        return self

    def start(self, folder: Path, options: list[str]) -> None:
        self._gate = serving(Path(), *options, cwd=folder)
        self.url = self._gate.__enter__().url

    def __exit__(self, *_error: object) -> None:
        if self._gate is not None:
            self._gate.__exit__(None, None, None)


def _run(commands: str, folder: Path) -> str:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(
        ["bash", "-e", "-c", commands], cwd=folder, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("cart", ['"c-42"', "42"])
def test_the_first_event_of_serving(cart: str) -> None:
    page = (DOCS / "serving.md").read_text("utf-8")
    found = re.search(r"-d '(\{.*?\})'\n", page, re.DOTALL)
    assert found is not None
    body = found[1].replace('"c-42"', cart)
    answers = [json.loads(block["text"]) for block in blocks("serving.md") if block["kind"] == "text"]
    with local_gate(example_repository()) as gate:
        reply = ask(gate.url, "POST", "/v1/events", body.encode(), JSON)
    assert reply.json == answers[cart == "42"]


def test_the_package_of_serving_is_the_one_that_is_tested() -> None:
    package = ROOT / "tests/packages/third_party_sink"
    assert quoted("serving.md", "event_shelf/__init__.py") == (package / "event_shelf/__init__.py").read_text()
    assert quoted("serving.md", "pyproject.toml") in (package / "pyproject.toml").read_text()


def test_the_tokens_of_serving(schemas: Path, tmp_path: Path) -> None:
    text = next(block["text"] for block in blocks("serving.md") if "sha256:" in block["text"])
    (tmp_path / "tokens.yaml").write_text(text)
    with local_gate(schemas, tokens=str(tmp_path / "tokens.yaml")) as gate:
        body = json.dumps(order()).encode()
        assert ask(gate.url, "POST", "/v1/events", body, JSON | {"authorization": "Bearer secret"}).status == 201
        assert ask(gate.url, "POST", "/v1/events", body, JSON).status == 401


def test_the_settings_of_serving_are_settings(tmp_path: Path) -> None:
    from jsonschema_tools.repository.configuration import load_config

    text = next(block["text"] for block in blocks("serving.md") if "serve:" in block["text"])
    (tmp_path / ".jsonschema-tools.yaml").write_text(text)
    assert load_config(tmp_path).serve.limits.body == 1_000_000


class Flaky:
    """A sink that fails for its first writes."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def write(self, records: Any) -> list[str | None]:
        self.left -= 1
        return ["not now" if self.left >= 0 and number % 2 == 0 else None for number, _ in enumerate(records)]


def test_the_program_for_producers(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = next(block["text"] for block in blocks("producers.md") if block["mark"] == "tested")
    assert len(code.splitlines()) < 45
    names: dict[str, Any] = {}
    exec(code, names)
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    good = [order(id=str(number)) for number in range(6)]
    from jsonschema_tools.repository.configuration import load_config
    from jsonschema_tools.server.in_process import LocalGate

    with LocalGate(load_config(schemas), Flaky(2)) as gate:
        refused = names["send"]([*good, order(count=0)], f"{gate.url}/v1/events")
    assert [event["count"] for event, _errors in refused] == [0]
    assert sorted(event["id"] for event in gate.accepted) == sorted(event["id"] for event in good)
    assert waits
    assert all(wait > 0 for wait in waits)
    with pytest.raises(OSError, match="events are not taken"), LocalGate(load_config(schemas), Flaky(99)) as gate:
        names["send"](good[:1], f"{gate.url}/v1/events")


def test_the_alert_rules_name_metrics_that_there_are(schemas: Path) -> None:
    rules = yaml.safe_load(quoted("operations.md", "alerts.yaml"))["groups"][0]["rules"]
    with local_gate(schemas) as gate:
        ask(gate.url, "POST", "/v1/events", json.dumps([order(), order(count=0)]).encode(), JSON)
        metrics = ask(gate.url, "GET", "/metrics").body.decode()
    named = {name for rule in rules for name in re.findall(r"\b(?:jst|eventgate|express|last)_\w+", rule["expr"])}
    assert named
    assert all(re.search(rf"^{name}\b", metrics, re.MULTILINE) for name in named), named
    table = re.findall(r"`((?:jst|eventgate|express|last)_\w+)", (DOCS / "operations.md").read_text("utf-8"))
    assert all(name in metrics for name in table)


def test_the_unit_can_be_read() -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(quoted("operations.md", "jst-serve.service"))
    assert unit["Service"]["ExecStart"].split()[1] == "serve"
