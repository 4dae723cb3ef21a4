"""Clusters for tests, and gates that send to them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jsonschema_tools.server.in_process import LocalGate, local_gate
from tests.intake.conftest import schemas  # noqa: F401
from tests.kafka.broker import ELSEWHERE, Cluster, Kafka, missing
from tests.kafka.mock_cluster import MockCluster


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real Kafka: that at ``JST_TEST_KAFKA``, or one of our own. Topics begin with its ``run``."""
    if address := os.environ.get(ELSEWHERE):
        yield Cluster(address)
        return
    if reason := missing():
        pytest.skip(reason)
    with Kafka(tmp_path_factory.mktemp("broker")) as found:
        yield found


@pytest.fixture
def cluster() -> Iterator[MockCluster]:
    """A mock cluster of one broker."""
    with MockCluster() as found:
        yield found


@pytest.fixture
def gates(schemas: Path, cluster: MockCluster) -> Iterator[Callable[..., LocalGate]]:  # noqa: F811
    """Starts gates that send to the mock cluster; ``kafka`` are more options."""
    with ExitStack() as stack:

        def started(
            streams: Path | None = None, kafka: dict[str, object] | None = None, **settings: object
        ) -> LocalGate:
            options = {"bootstrap.servers": cluster.address, **(kafka or {})}
            return stack.enter_context(local_gate(schemas, streams, kafka=options, **settings))

        yield started
