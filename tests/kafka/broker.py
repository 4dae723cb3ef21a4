"""A real Apache Kafka: one or more brokers (KRaft) on free ports, from the jars of Maven Central (`pom.xml`)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from functools import cache, cached_property
from pathlib import Path
from typing import Self
from uuid import uuid4

from tests.needs import CACHE

ELSEWHERE = "JST_TEST_KAFKA"
"""The variable of the environment that names a broker that there is: ``host:port``."""

NO_JAVA = "a real Kafka needs java and mvn"
NO_JARS = "the jars of Apache Kafka cannot be fetched from Maven Central"
_HERE = Path(__file__).parent


@cache
def jars() -> Path | None:
    """The folder with the jars of Kafka, fetched once for all processes and runs; ``None`` where they cannot be."""
    pom = _HERE / "pom.xml"
    kept = CACHE / f"kafka-{hashlib.sha256(pom.read_bytes()).hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            made = kept.with_suffix(".part")
            command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={made}"]
            done = subprocess.run(command, check=False, capture_output=True, timeout=600)
            if done.returncode:
                shutil.rmtree(made, ignore_errors=True)
                return None
            made.rename(kept)
    return kept


def missing() -> str | None:
    """Why there can be no real Kafka here."""
    if not shutil.which("java") or not shutil.which("mvn"):
        return NO_JAVA
    return NO_JARS if jars() is None else None


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Broker:
    """One process of Kafka; the first of a cluster is its controller, too."""

    def __init__(self, folder: Path, number: int, port: int, controller: int, settings: str) -> None:
        self.folder, self.port, self._number = folder, port, number
        self.address = f"127.0.0.1:{port}"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True)
        first = number == 1
        listeners = f"PLAINTEXT://127.0.0.1:{port}" + (f",CONTROLLER://127.0.0.1:{controller}" if first else "")
        lines = [
            f"process.roles={'broker,controller' if first else 'broker'}",
            f"node.id={number}",
            f"controller.quorum.bootstrap.servers=127.0.0.1:{controller}",
            f"listeners={listeners}",
            f"advertised.listeners={listeners}",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=PLAINTEXT",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            f"log.dirs={folder / 'data'}",
            "num.partitions=1",
            "offsets.topic.num.partitions=1",
            "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "share.coordinator.state.topic.replication.factor=1",
            "share.coordinator.state.topic.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            settings,
        ]
        (folder / "server.properties").write_text("\n".join(lines))

    def format(self, cluster: str) -> None:
        """Make its folder one of a cluster."""
        how = ["--standalone"] if self._number == 1 else ["--no-initial-controllers"]
        arguments = ["format", "-t", cluster, "-c", str(self.folder / "server.properties"), *how]
        java("kafka.tools.StorageTool", *arguments)

    def start(self) -> None:
        command = [*_java(), "-Xmx512m", "kafka.Kafka", str(self.folder / "server.properties")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)

    def wait(self, seconds: float = 60) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self._process is not None
                assert self._process.poll() is None, (self.folder / "log").read_text("utf-8", "replace")[-3000:]
                assert time.monotonic() < deadline, "Kafka does not start"
                time.sleep(0.2)
            else:
                return

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; after SIGSTOP no thread of it runs."""
        assert self._process is not None
        self._process.send_signal(number)
        deadline = time.monotonic() + 30
        while number is signal.SIGSTOP and not self._is_stopped():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def _is_stopped(self) -> bool:
        assert self._process is not None
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/stat")
        return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Cluster:
    """A cluster at ``address``, whoever runs it."""

    def __init__(self, address: str) -> None:
        self.address = address

    @cached_property
    def run(self) -> str:
        """What topics of this run begin with, so that none has records of another one."""
        return f"jst-test.{uuid4().hex[:8]}"

    def create(self, topic: str, *, partitions: int = 1, replicas: int = 1, **settings: str) -> None:
        """Make a topic; ``settings`` have underscores for dots."""
        from confluent_kafka.admin import AdminClient, NewTopic

        config = {name.replace("_", "."): value for name, value in settings.items()}
        new = NewTopic(topic, num_partitions=partitions, replication_factor=replicas, config=config)
        client = AdminClient({"bootstrap.servers": self.address})
        deadline = time.monotonic() + 30
        while True:
            made = client.create_topics([new])[topic]
            try:
                made.result(30)
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)  # The brokers of a cluster come one after the other.
            else:
                return

    def deny(self, topic: str) -> None:
        """Let nobody write to a topic."""
        from confluent_kafka.admin import (
            AclBinding,
            AclOperation,
            AclPermissionType,
            AdminClient,
            ResourcePatternType,
            ResourceType,
        )

        client = AdminClient({"bootstrap.servers": self.address})
        resource = ResourceType.TOPIC, topic, ResourcePatternType.LITERAL
        for denied in (
            AclBinding(*resource, "User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY),
            AclBinding(*resource, "User:*", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW),
        ):
            client.create_acls([denied])[denied].result(30)

    def leader(self, topic: str) -> int:
        """The broker that leads the first partition of a topic."""
        from confluent_kafka.admin import AdminClient

        found = AdminClient({"bootstrap.servers": self.address}).list_topics(topic, timeout=30)
        leader: int = found.topics[topic].partitions[0].leader
        return leader

    def consumed(self, topic: str, seconds: float = 5) -> list[str]:
        """What Kafka's own consumer reads of a topic, from its beginning."""
        arguments = ["--bootstrap-server", self.address, "--topic", topic, "--from-beginning"]
        limit = ["--timeout-ms", str(int(seconds * 1000))]
        said = java("org.apache.kafka.tools.consumer.ConsoleConsumer", *arguments, *limit)
        return said.splitlines()


class Kafka(Cluster):
    """A cluster of real brokers at ``address``."""

    def __init__(self, folder: Path, *, brokers: int = 1, settings: str = "") -> None:
        controller, ports = free_port(), [free_port() for _ in range(brokers)]
        self.brokers = [
            Broker(folder / str(number), number, port, controller, settings) for number, port in enumerate(ports, 1)
        ]
        super().__init__(",".join(f"127.0.0.1:{port}" for port in ports))
        cluster = java("kafka.tools.StorageTool", "random-uuid").split()[-1]
        for broker in self.brokers:
            broker.format(cluster)

    def __enter__(self) -> Self:
        for broker in self.brokers:
            broker.start()
        for broker in self.brokers:
            broker.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        for broker in self.brokers:
            broker.kill()


def java(name: str, *arguments: str) -> str:
    """What a program among the jars prints."""
    command = [*_java(), "-Xmx256m", name, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _java() -> list[str]:
    # Little compiling and one thread for rubbish: tests are short, and many run at once.
    quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
    return ["java", *quick, f"-Dlog4j2.configurationFile={_HERE / 'log4j2.xml'}", "-cp", f"{jars()}{os.sep}*"]
