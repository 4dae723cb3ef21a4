from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.upstream.oracle import HERE, Oracle, installed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.upstream)


@pytest.fixture(scope="session")
def oracle() -> Iterator[Oracle]:
    reason = installed()
    if reason is not None:
        pytest.skip(reason)
    process = Oracle()
    yield process
    process.close()
