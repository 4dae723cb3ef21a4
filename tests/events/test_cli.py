"""`jst validate` and `jst resolve` as a user runs them."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from jsonschema_tools.sources import files as event_files
from jsonschema_tools.sources import workers as event_workers
from tests.conftest import Scratch

CURRENT = """\
title: shop/order
$id: /shop/order/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
required: [id]
properties:
  $schema: {{type: string}}
  id: {{type: string}}
  count: {{type: integer, minimum: {minimum}}}
"""
GOOD = '{"$schema": "/shop/order/1.0.0", "id": "a", "count": 1}'
BAD = '{"$schema": "/shop/order/1.0.0", "id": 5, "count": 12345678901234567890123}'


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    """A repository in which /shop/order is released as 1.0.0 and, stricter, as 1.1.0."""
    for version, minimum in (("1.0.0", 0), ("1.1.0", 1)):
        scratch.write("jsonschema/shop/order/current.yaml", CURRENT.format(version=version, minimum=minimum))
        assert scratch.jst("materialize").exit_code == 0
        scratch.commit()
    return scratch


def test_all_is_well(shop: Scratch) -> None:
    shop.write("events.jsonl", f"{GOOD}\n\n{GOOD}\n")
    result = shop.jst("validate", "events.jsonl")
    assert result.exit_code == 0
    assert result.stdout == "/shop/order/1.0.0  2 valid, 0 refused\n2 events, 2 valid, 0 refused\n"


def test_refused_events_are_told(shop: Scratch) -> None:
    shop.write("events.jsonl", f"{GOOD}\n{BAD}\n\nno json\n")
    result = shop.jst("validate", "events.jsonl", "--errors", "errors.jsonl")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "events.jsonl:2: refused by /shop/order/1.0.0",
        '    /id: 5 is not of type "string" (type)',
        "    /count: 12345678901234567890123 is greater than the maximum of 9007199254740991 (maximum)",
        "events.jsonl:4: refused",
        "    expecting value, at column 1 (not-json)",
        "(no schema)        0 valid, 1 refused (not-json 1)",
        "/shop/order/1.0.0  1 valid, 1 refused (maximum 1, type 1)",
        "3 events, 1 valid, 2 refused",
    ]
    written = shop.read("errors.jsonl").splitlines()
    assert f'"event": {BAD}}}' in written[0]
    first, second = map(json.loads, written)
    assert (first["source"], first["line"], first["schema"]) == ("events.jsonl", 2, "/shop/order/1.0.0")
    assert {(error["kind"], error["pointer"]) for error in first["errors"]} == {("type", "/id"), ("maximum", "/count")}
    assert second["text"] == "no json"
    assert (second["line"], second["schema"], second["errors"][0]["kind"]) == (4, None, "not-json")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", f"[{GOOD},\n {BAD}]"),
        ("a.json", f"{GOOD}\n{BAD}"),
        ("a.yaml", f"{GOOD}\n---\n{BAD}\n"),
        ("a.yaml", f"- {GOOD}\n- {BAD}\n"),
        ("a.jsonl.gz", gzip.compress(f"{GOOD}\n{BAD}\n".encode(), mtime=0)),
        ("a.json", f"{GOOD}\n{BAD}".replace(",", ",\n").encode()),
    ],
)
def test_forms_of_input(shop: Scratch, name: str, content: str | bytes) -> None:
    shop.write(name, content)
    result = shop.jst("validate", name, "--format", "json", "--errors", "errors.jsonl")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["summary"] == {"events": 2, "valid": 1, "refused": 1}
    assert report["refused"][0]["line"] in (2, 3, 4)
    lines = shop.read("errors.jsonl").splitlines()
    assert [json.loads(line)["event"] for line in lines] == [json.loads(BAD)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{GOOD}\n---\na: 1\na: 2\n---\n{GOOD}\n", [(4, "not-json", "---\na: 1\na: 2\n")]),
        (f"- {GOOD}\n-\n  a: .nan\n- a\n", [(3, "not-json", None), (4, "no-schema-uri", None)]),
        ("- 1\n- &a [*a]\n", [(2, "not-json", None)]),
        ("a: 1\n---\n2021-01-01\n", [(1, "no-schema-uri", None), (3, "no-schema-uri", None)]),
        ("...\n", []),
    ],
)
def test_odd_yaml(shop: Scratch, content: str, expected: list[tuple[int, str, str | None]]) -> None:
    shop.write("a.yaml", content)
    result = shop.jst("validate", "a.yaml", "--errors", "errors.jsonl")
    assert result.exit_code == int(bool(expected))
    refused = [json.loads(line) for line in shop.read("errors.jsonl").splitlines()]
    assert [(each["line"], each["errors"][0]["kind"]) for each in refused] == [each[:2] for each in expected]
    for each, (_, _, text) in zip(refused, expected, strict=True):
        assert text is None or each["text"] == text


def test_standard_input(shop: Scratch) -> None:
    for arguments in ([], ["-"]):
        result = shop.jst("validate", *arguments, stdin=f"{GOOD}\n{BAD}\n".encode())
        assert result.exit_code == 1
        assert result.stdout.startswith("-:2: refused by /shop/order/1.0.0\n")


def test_what_cannot_be_read_is_said_and_the_rest_is_read(shop: Scratch) -> None:
    shop.write("events.jsonl", GOOD)
    shop.write("broken.gz", b"\x1f\x8b\x08")
    result = shop.jst("validate", "none.jsonl", "broken.gz", "events.jsonl")
    assert result.exit_code == 2
    assert "none.jsonl: error: the events cannot be read: no such file or directory" in result.stderr
    assert "broken.gz: error: the events cannot be read" in result.stderr
    assert "1 event, 1 valid, 0 refused" in result.stdout


def test_another_version(shop: Scratch) -> None:
    shop.write("events.jsonl", '{"$schema": "/shop/order/1.0.0", "id": "a", "count": 0}\n')
    assert shop.jst("validate", "events.jsonl").exit_code == 0
    for option in (["--against-latest"], ["--as-of", "1.1.0"]):
        assert shop.jst("validate", "events.jsonl", *option).exit_code == 1
    assert shop.jst("validate", "events.jsonl", "--as-of", "1.0.0").exit_code == 0
    result = shop.jst("validate", "events.jsonl", "--as-of", "1.2.0")
    assert "/shop/order/1.2.0  0 valid, 1 refused (schema-not-found 1)" in result.stdout


def test_a_change_is_tried_before_it_is_released(shop: Scratch) -> None:
    """Yesterday's events under tomorrow's schema, which nothing has been written of yet."""
    shop.write("events.jsonl", '{"$schema": "/shop/order/1.0.0", "id": "a", "count": 5}\n')
    shop.write("jsonschema/shop/order/current.yaml", CURRENT.format(version="1.2.0", minimum=6))
    before = shop.snapshot()
    for option in (["--against-latest"], ["--as-of", "1.2.0"]):
        result = shop.jst("validate", "events.jsonl", *option)
        assert result.exit_code == 1
        assert "/count: 5 is less than the minimum of 6" in result.stdout
    assert shop.snapshot() == before
    shop.write("jsonschema/shop/order/current.yaml", CURRENT.format(version="1.1.0", minimum=6))
    result = shop.jst("validate", "events.jsonl", "--against-latest")
    assert "version 1.1.0 is released already" in result.output


def test_a_schema_for_events_that_name_none(shop: Scratch) -> None:
    shop.write("events.jsonl", '{"id": "a", "count": 0}\n')
    assert shop.jst("validate", "events.jsonl").exit_code == 1
    assert shop.jst("validate", "events.jsonl", "--schema", "shop/order@1.0.0").exit_code == 0
    for title in ("shop/order", "/shop/order@latest", "shop/order@1.1.0"):
        assert shop.jst("validate", "events.jsonl", "--schema", title).exit_code == 1


def test_fields_and_defaults(shop: Scratch) -> None:
    shop.write("events.jsonl", '{"meta": {"schema": "/shop/order/1.0.0"}, "id": 1, "topic": "t"}\n')
    arguments = ["--schema-uri-field", "$schema", "--schema-uri-field", "meta.schema", "--stream-field", "topic"]
    report = json.loads(shop.jst("validate", "events.jsonl", *arguments, "--format", "json").stdout)
    assert report["refused"][0]["stream"] == "t"
    assert report["refused"][0]["schema"] == "/shop/order/1.0.0"


@pytest.mark.parametrize(
    "arguments",
    [["--schema", "a@1.0.0", "--as-of", "1.0.0"], ["--as-of", "1.0.0", "--against-latest"], ["--jobs", "0"],
     ["--format", "xml"], ["--errors", "events.jsonl"], ["--errors", "./jsonschema/../events.jsonl"]],
)  # fmt: skip
def test_wrong_usage(shop: Scratch, arguments: list[str]) -> None:
    shop.write("events.jsonl", GOOD)
    assert shop.jst("validate", "events.jsonl", *arguments).exit_code == 2
    assert shop.read("events.jsonl") == GOOD


def test_reports_for_machines(shop: Scratch) -> None:
    shop.write("a,b.jsonl", f'{GOOD}\n{BAD}\n{{"$schema": "\\u0001%"}}\n')
    github = shop.jst("validate", "a,b.jsonl", "--format", "github").stdout
    assert github.splitlines()[0].startswith(
        "::error file=a%2Cb.jsonl,line=2,title=refused by /shop/order/1.0.0::/id: 5 is not of type"
    )
    assert "%0A/count: " in github
    assert github.splitlines()[-1] == "::notice::3 events, 1 valid, 2 refused"
    suite = ElementTree.fromstring(shop.jst("validate", "a,b.jsonl", "--format", "junit").stdout)
    assert suite.attrib == {"name": "jst validate", "tests": "2", "failures": "2"}
    assert [case.attrib["name"] for case in suite] == ["\ufffd%", "/shop/order/1.0.0"]
    failure = suite.find("testcase[@name='/shop/order/1.0.0']/failure")
    assert failure is not None
    assert failure.attrib["message"] == "1 of 2 events refused"
    assert "a,b.jsonl:2: /id: 5" in (failure.text or "")


def test_only_the_first_are_shown(shop: Scratch) -> None:
    shop.write("events.jsonl", f"{BAD}\n" * 150)
    result = shop.jst("validate", "events.jsonl", "--errors", "errors.jsonl")
    assert "... and 50 more refused: --errors FILE writes all of them" in result.stdout
    assert len(shop.read("errors.jsonl").splitlines()) == 150
    report = json.loads(shop.jst("validate", "events.jsonl", "--format", "json").stdout)
    assert (len(report["refused"]), report["notShown"]) == (100, 50)


def run(shop: Scratch, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "jsonschema_tools", *arguments]
    return subprocess.run(command, cwd=shop.root, env=environment, capture_output=True, text=True, check=False)


def test_workers_say_what_one_process_says(shop: Scratch) -> None:
    """Enough blocks for two workers, some events refused, and their lines right to the end."""
    lines = [GOOD.replace('"a"', json.dumps("x" * 2000))] * 9000
    lines[0] = lines[5000] = lines[8999] = BAD
    shop.write("events.jsonl", "\n".join(lines))
    one, two = (run(shop, "validate", "events.jsonl", "--jobs", jobs) for jobs in "12")
    assert one.stdout == two.stdout
    assert (one.returncode, two.returncode) == (1, 1)
    assert [line.split(":")[1] for line in two.stdout.splitlines() if ": refused by" in line] == ["1", "5001", "9000"]
    assert two.stdout.endswith("9000 events, 8997 valid, 3 refused\n")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="tells processes apart by /proc")
def test_workers_do_not_outlive_a_killed_parent(shop: Scratch) -> None:
    command = [sys.executable, "-m", "jsonschema_tools", "validate", "-", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, cwd=shop.root, env=environment, stdin=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        parent.stdin.write(f"{GOOD}\n".encode() * 100_000)
        parent.stdin.flush()
        children = wait_until(lambda: found if len(found := children_of(parent.pid)) >= 2 else None)
        parent.kill()
    assert wait_until(lambda: not any(is_running(child) for child in children))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="tells processes apart by /proc")
def test_a_worker_that_is_killed_is_an_error_not_a_verdict(shop: Scratch) -> None:
    command = [sys.executable, "-m", "jsonschema_tools", "validate", "-", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=shop.root, env=environment, **pipes) as parent:  # type: ignore[call-overload]
        parent.stdin.write(f"{GOOD}\n".encode() * 100_000)
        parent.stdin.flush()
        workers = wait_until(lambda: found if len(found := children_of(parent.pid)) >= 2 else None)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        _, errors = parent.communicate(f"{GOOD}\n".encode() * 100_000)
    assert parent.returncode == 2
    assert b"a worker process was ended from outside" in errors
    assert b"Traceback" not in errors


def wait_until(condition: Callable[[], Any]) -> Any:
    for _ in range(600):
        if found := condition():
            return found
        time.sleep(0.05)
    return condition()


def children_of(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.search
def test_a_file_of_nothing_but_errors(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """More errors than one result holds: they come in pieces, whoever finds them."""
    monkeypatch.setattr(event_workers, "_BLOCKS_BEFORE_WORKERS", 0)
    monkeypatch.setattr(event_files, "SPAN_SIZE", 48_000)
    shop.write("events.jsonl", "{}\n" * 17_000)
    result = shop.jst("validate", "events.jsonl", "--jobs", "2", "--errors", "errors.jsonl")
    assert "17000 events, 0 valid, 17000 refused" in result.stdout
    lines = shop.read("errors.jsonl").splitlines()
    assert [json.loads(line)["line"] for line in lines[::1000]] == list(range(1, 17_001, 1000))
    assert json.loads(lines[-1])["line"] == 17_000


class TestResolve:
    """`jst resolve`."""

    def test_document_and_location(self, shop: Scratch) -> None:
        result = shop.jst("resolve", "/shop/order/1.0.0")
        assert result.stdout == shop.read("jsonschema/shop/order/1.0.0.yaml")
        assert result.exit_code == 0
        located = shop.jst("resolve", "/shop/order/latest", "--location")
        assert located.stdout == "jsonschema/shop/order/1.1.0.yaml\n"
        as_json = shop.jst("resolve", "/shop/order/1.0.0", "-c", "json")
        assert as_json.stdout == shop.read("jsonschema/shop/order/1.0.0.json")

    def test_a_commit(self, shop: Scratch) -> None:
        base = f"git+file://{shop.root}/jsonschema@HEAD~1"
        located = shop.jst("resolve", "/shop/order/latest", "-u", base, "--location")
        assert located.stdout == f"{base}:shop/order/1.0.0.yaml\n"

    def test_trace(self, shop: Scratch) -> None:
        result = shop.jst("resolve", "/shop/order/1.0.0", "--location", "--trace", "-u", "/none,jsonschema")
        folder = shop.root / "jsonschema"
        assert result.stderr.splitlines() == [
            *(f"/none/shop/order/1.0.0{end}: no such file or directory" for end in ("", ".yaml", ".json")),
            f"{folder}/shop/order/1.0.0.yaml: found",
        ]
        assert result.stdout == "jsonschema/shop/order/1.0.0.yaml\n"

    @pytest.mark.parametrize("trace", [[], ["--trace"]])
    def test_nothing_there(self, shop: Scratch, trace: list[str]) -> None:
        result = shop.jst("resolve", "/shop/order/9.0.0", *trace)
        assert result.exit_code == 1
        assert "was not found under any base URI" in result.output
        assert shop.jst("resolve", "file:///etc/passwd", *trace).exit_code == 1


class TestPipes:
    """Events that come one after the other, and an end that comes early."""

    @pytest.fixture
    def running(self, shop: Scratch) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "jsonschema_tools", "validate", "-", "--errors", "errors.jsonl", "--jobs", "2"]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, cwd=shop.root, env=environment, **pipes) as process:  # type: ignore[call-overload]
            yield process
            process.kill()

    def test_what_came_is_judged_while_nothing_comes(self, running: Any, shop: Scratch) -> None:
        for number in range(1, 4):
            running.stdin.write(f"{GOOD}\n{BAD}\n".encode())
            running.stdin.flush()
            assert running.stdout.readline() == f"-:{2 * number}: refused by /shop/order/1.0.0\n".encode()
            assert len(running.stdout.readline() + running.stdout.readline()) > 50
            assert len(shop.read("errors.jsonl").splitlines()) == number
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate()
        assert running.returncode == 130
        assert output.endswith(b"6 events, 3 valid, 3 refused\n")
        assert errors == b""

    def test_half_a_line_waits_for_the_other_half(self, running: Any) -> None:
        for part in (BAD[:20], BAD[20:] + "\n"):
            running.stdin.write(part.encode())
            running.stdin.flush()
            time.sleep(0.5)
        assert running.stdout.readline() == b"-:1: refused by /shop/order/1.0.0\n"
        output, _ = running.communicate(f"{GOOD}".encode())
        assert output.endswith(b"2 events, 1 valid, 1 refused\n")
        assert running.returncode == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_stands_before_a_damage_is_judged(shop: Scratch, monkeypatch: pytest.MonkeyPatch, jobs: str) -> None:
    monkeypatch.setattr(event_workers, "_BLOCKS_BEFORE_WORKERS", 0)
    lines = [f'{GOOD[:-1]}, "x": {number}}}\n'.encode() for number in range(2000)]
    whole = gzip.compress(b"".join(lines))
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    for content, says in (
        (whole[: len(whole) // 2], "ends too early, at byte"),
        (bytes(damaged), "is damaged at byte"),
    ):
        shop.write("events.jsonl.gz", content)
        result = shop.jst("validate", "events.jsonl.gz", "--jobs", jobs)
        assert result.exit_code == 2
        assert says in result.output
        counts = result.stdout.splitlines()[-1].split()
        assert 500 < int(counts[2]) < 1900
        # A part of a line is no event, and another file is judged all the same.
        assert "too early" not in says or counts[4] == "0"
        shop.write("more.jsonl", f"{GOOD}\n")
        result = shop.jst("validate", "events.jsonl.gz", "more.jsonl", "--jobs", jobs)
        assert f"{int(counts[0]) + 1} events, {int(counts[2]) + 1} valid" in result.stdout
