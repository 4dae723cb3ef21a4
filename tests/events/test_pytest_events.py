"""The fixture and the assertion in a pytest run of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jsonschema_tools.pytest_events import assert_valid_event
from tests.conftest import Scratch
from tests.events.schemas import write_schemas

TESTS = """\
import pytest
from jsonschema_tools.pytest_events import assert_valid_event

def test_good(jst_store):
    verdict = assert_valid_event({"$schema": "/shop/order/1.0.0", "id": "a", "price": 1}, jst_store)
    assert verdict.valid

def test_default_store():
    assert_valid_event({"id": "a", "price": 1}, schema="/shop/order/latest")

def test_bad(jst_store):
    assert_valid_event({"$schema": "/shop/order/1.0.0", "id": 5, "price": 1}, jst_store)

def test_text_without_schema():
    assert_valid_event(b'{"id": 5}')
"""


@pytest.mark.sampled(2)
@pytest.mark.parametrize("own_store", [False, True])
def test_in_a_run_of_its_own(scratch: Scratch, own_store: bool) -> None:
    write_schemas(scratch.root / "jsonschema/a")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema/a\n")
    scratch.write("tests/test_events.py", TESTS)
    if own_store:
        scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema/a\nschemaBaseUris: [/none, jsonschema/a]\n")
        scratch.write(
            "tests/conftest.py",
            "import pytest\nfrom jsonschema_tools import SchemaStore\n@pytest.fixture\ndef jst_store():\n"
            "    return SchemaStore(['jsonschema/a'])\n",
        )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "tests",
    ]
    done = subprocess.run(command, cwd=scratch.root, env=environment, capture_output=True, text=True, check=False)
    assert "2 failed, 2 passed" in done.stdout
    assert "the event is not valid by /shop/order/1.0.0:" in done.stdout
    assert '    /id: 5 is not of type "string" (type)' in done.stdout
    assert "the event is not valid:\n    the event names no schema" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_failure_is_the_report(schemas: Path) -> None:
    from jsonschema_tools import SchemaStore

    store = SchemaStore([str(schemas)])
    with pytest.raises(pytest.fail.Exception) as caught:
        assert_valid_event({"$schema": "/shop/order/1.0.0", "price": "x", "id": "a"}, store)
    assert str(caught.value) == (
        'the event is not valid by /shop/order/1.0.0:\n    /price: "x" is not of type "number" (type)'
    )
