from __future__ import annotations

from pathlib import Path

import pytest

from jsonschema_tools import SchemaStore
from tests.events.schemas import write_schemas


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A folder of schemas."""
    return write_schemas(tmp_path / "schemas")


@pytest.fixture
def store(schemas: Path) -> SchemaStore:
    return SchemaStore([str(schemas)])
