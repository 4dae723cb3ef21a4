"""A cluster of Flink with a SQL gateway: what `jst flink run` hands to sql-client.sh and to a gateway."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.conftest import Scratch
from tests.intake.processes import eventually
from tests.kafka.broker import free_port
from tests.processing.engines import NO_GATEWAY, gateway_jar, missing_flink, pyflink
from tests.processing.repositories import counting, ordered
from tests.processing.test_flink import WINDOWS

pytestmark = pytest.mark.flink


@dataclass
class Cluster:
    """A Flink that is there: its folder, and the URL of its gateway."""

    home: Path
    gateway: str
    client: str


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """PyFlink brings all of a cluster but the jar of the gateway."""
    if reason := missing_flink() or (NO_GATEWAY if gateway_jar() is None else None):
        pytest.skip(reason)
    code = "import pyflink, os; print(os.path.dirname(pyflink.__file__))"
    there = Path(
        subprocess.run([str(pyflink()), "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    )
    home = tmp_path_factory.mktemp("flink") / "home"
    for name in ("bin", "conf", "opt"):
        shutil.copytree(there / name, home / name)
    (home / "lib").mkdir()
    for each in (there / "lib").iterdir():
        (home / "lib" / each.name).symlink_to(each)
    jar = gateway_jar()
    assert jar is not None
    shutil.copy(jar, home / "opt")
    rest, port = free_port(), free_port()
    settings = (
        (home / "conf" / "config.yaml").read_text("utf-8").replace("numberOfTaskSlots: 1", "numberOfTaskSlots: 4")
    )
    (home / "conf" / "config.yaml").write_text(f"{settings}\nrest.port: {rest}\n")
    environment = {
        **os.environ,
        "FLINK_HOME": str(home),
        "FLINK_PID_DIR": str(home),
        "FLINK_LOG_DIR": str(home / "log"),
    }
    (home / "log").mkdir()

    def call(script: str, *arguments: str) -> None:
        command = [str(home / "bin" / script), *arguments]
        subprocess.run(command, check=True, capture_output=True, env=environment)

    options = ("-Dsql-gateway.endpoint.rest.address=localhost", f"-Dsql-gateway.endpoint.rest.port={port}")
    call("start-cluster.sh")
    try:
        call("sql-gateway.sh", "start", *options)
        url = f"http://localhost:{port}"
        eventually(lambda: answers(f"{url}/v2/info") and answers(f"http://localhost:{rest}/overview"), seconds=90)
        yield Cluster(home, url, str(home / "bin" / "sql-client.sh"))
    finally:
        call("sql-gateway.sh", "stop")
        call("stop-cluster.sh")


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5):
            return True
    except (URLError, OSError):
        return False


@pytest.fixture
def events(tmp_path: Path) -> Path:
    texts = (json.dumps(event) for event in ordered(600, every=timedelta(seconds=3)))
    (tmp_path / "shop.order.placed.jsonl").write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return tmp_path


def test_a_gateway_gives_the_rows(cluster: Cluster, counted: Scratch, events: Path) -> None:
    arguments = ("flink", "run", "--files", str(events), "-f", "-", "--gateway", cluster.gateway)
    result = counted.jst(*arguments, stdin=WINDOWS.encode())
    assert result.exit_code == 0, result.output
    rows = [line.split("  ") for line in result.stdout.splitlines()]
    assert {kind for kind, *_ in rows} == {"+I"}
    found = {start.replace("T", " ").removesuffix("Z")[:19]: (int(orders), int(ids)) for _, start, orders, ids in rows}
    assert found == {start[:19]: both for start, both in counting(ordered(600, every=timedelta(seconds=3))).items()}


def test_what_a_gateway_refuses(cluster: Cluster, counted: Scratch, events: Path) -> None:
    arguments = ("flink", "run", "--files", str(events), "-f", "-", "--gateway", cluster.gateway)
    result = counted.jst(*arguments, stdin=b"SELECT FOO(dt) FROM shop_order_placed")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the gateway refuses: No match found for function signature FOO" in result.stderr
    planned = counted.jst(*arguments, "--check", stdin=WINDOWS.encode())
    assert (planned.exit_code, "Optimized" in planned.stdout) == (0, True), planned.output


def test_the_client_writes_a_stream(
    cluster: Cluster, counted: Scratch, events: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    arguments = ("flink", "run", "--files", str(events), "-f", "-", "--sql-client", cluster.client)
    result = counted.jst(*arguments, "--sink", "shop.order.counted", stdin=WINDOWS.encode())
    assert result.exit_code == 0, result.output
    folder = events / "shop.order.counted"

    def written() -> list[str]:
        files = list(folder.glob("part-*")) if folder.is_dir() else []
        return [line for path in files for line in path.read_text("utf-8").splitlines()]

    # The client hands the job in, and ends.
    expected = counting(ordered(600, every=timedelta(seconds=3)))
    eventually(lambda: len(written()) == len(expected), seconds=90)
    assert counted.jst("validate", *map(str, folder.glob("part-*"))).exit_code == 0


def test_what_the_client_refuses(cluster: Cluster, counted: Scratch, events: Path) -> None:
    """It ends with 0 all the same; we do not."""
    arguments = ("flink", "run", "--files", str(events), "-f", "-", "--sql-client", cluster.client)
    result = counted.jst(*arguments, stdin=b"SELECT FOO(dt) FROM shop_order_placed")
    assert result.exit_code == 1


@pytest.mark.parametrize("url", ["localhost:1", "ftp://a", "http://localhost:1"])
def test_no_gateway(counted: Scratch, events: Path, url: str) -> None:
    arguments = ("flink", "run", "--files", str(events), "-f", "-", "--gateway", url)
    result = counted.jst(*arguments, stdin=WINDOWS.encode())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "remedy" in result.stderr
