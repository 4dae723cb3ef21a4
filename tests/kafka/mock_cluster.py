"""A mock cluster of Kafka: the one that librdkafka has for its own tests, out of the package of confluent-kafka.

Run as a program it makes a cluster and does what lines on standard input say: ``NAME ARGUMENT...``, a function of
``rd_kafka_mock_*`` and its numbers and texts. `MockCluster` is such a process.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import Self

NOT_ENOUGH_REPLICAS = 19
OUT_OF_ORDER = 45
TOPIC_AUTHORIZATION_FAILED = 29
TOO_LARGE = 10
PRODUCE = 0


class MockCluster:
    """A cluster of ``brokers`` at ``address``."""

    def __init__(self, brokers: int = 1) -> None:
        self.brokers = brokers
        command = [sys.executable, str(Path(__file__)), str(brokers)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self._said()
        self.tell("group_initial_rebalance_delay_ms", 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def tell(self, *words: str | int) -> None:
        """Have a function called."""
        assert self._process.stdin is not None
        print(*words, file=self._process.stdin, flush=True)
        assert self._said() == "0", words

    def down(self) -> None:
        for broker in range(1, self.brokers + 1):
            self.tell("broker_set_down", broker)

    def up(self) -> None:
        for broker in range(1, self.brokers + 1):
            self.tell("broker_set_up", broker)

    def fail(self, *codes: int, request: int = PRODUCE) -> None:
        """Answer the next requests of a kind with errors."""
        self.tell("push_request_errors_array", request, *codes)

    def fail_topic(self, topic: str, code: int) -> None:
        self.tell("topic_set_error", topic, code)

    def create(self, topic: str, partitions: int = 1) -> None:
        self.tell("topic_create", topic, partitions, self.brokers)

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _library() -> ctypes.CDLL:
    import confluent_kafka

    package = Path(confluent_kafka.__file__).parent
    [found] = package.with_name("confluent_kafka.libs").glob("librdkafka*")
    return ctypes.CDLL(str(found))


def _serve(brokers: int) -> None:
    library, message = _library(), ctypes.create_string_buffer(200)
    pointer = ctypes.c_void_p
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = pointer
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    client = library.rd_kafka_new(0, pointer(library.rd_kafka_conf_new()), message, len(message))
    cluster = pointer(library.rd_kafka_mock_cluster_new(pointer(client), brokers))
    print(library.rd_kafka_mock_cluster_bootstraps(cluster).decode(), flush=True)
    for line in sys.stdin:
        name, *words = line.split()
        values = [int(word) if word.lstrip("-").isdigit() else word.encode() for word in words]
        if name == "push_request_errors_array":
            kind, *codes = values
            errors = (ctypes.c_int * len(codes))(*codes)
            values = [ctypes.c_int16(kind), ctypes.c_size_t(len(codes)), errors]
        result = getattr(library, f"rd_kafka_mock_{name}")(cluster, *values)
        print(0 if name.endswith(("array", "set_error", "delay_ms")) else result, flush=True)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
