"""pytest: is what my program sends a valid event? ``jst_store``, ``assert_valid_event`` and ``jst_intake``.

The fixture is there wherever the package is installed, as part of its pytest plugin::

    from jsonschema_tools.pytest_events import assert_valid_event

    def test_order(jst_store):
        assert_valid_event(make_order(), jst_store)
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jsonschema_tools.documents.values import Document
    from jsonschema_tools.events.model import Verdict
    from jsonschema_tools.lookup.store import SchemaStore
    from jsonschema_tools.server.in_process import LocalGate
    from jsonschema_tools.settings import EventSettings

_DEFAULT_STORES: dict[Path, tuple[SchemaStore, EventSettings]] = {}


@pytest.fixture(scope="session")
def jst_store(pytestconfig: pytest.Config) -> SchemaStore:
    """The look-up of schemas, as the ``.jsonschema-tools.yaml`` of pytest's root folder configures it; where that has
    none, the working directory's or its nearest parent's counts.

    Override it in a ``conftest.py`` to look elsewhere: ``return SchemaStore(["https://schemas.example.org"])``.
    """
    return _store(pytestconfig.rootpath)


@pytest.fixture(scope="session")
def jst_gate(pytestconfig: pytest.Config) -> Iterator[LocalGate]:
    """The gate of `jst_intake`, once for all tests. Override it to serve another folder: ``local_gate(...)``."""
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.repository.configuration import find_config, load_config
    from jsonschema_tools.server.in_process import LocalGate

    found = find_config(pytestconfig.rootpath)
    try:
        gate = LocalGate(load_config(config_paths=[found] if found else []))
    except SchemaToolsError as error:
        pytest.fail(f"jst_intake: {error}", pytrace=False)
    with gate:
        yield gate


@pytest.fixture
def jst_intake(jst_gate: LocalGate) -> LocalGate:
    """A real gate that takes events at ``jst_intake.url + "/v1/events"``, as the configuration of pytest's root folder
    says. ``accepted`` are the events that it accepted in this test, ``refused`` those that it did not, each with its
    ``errors``. Needs the extra ``server``."""
    jst_gate.clear()
    return jst_gate


def assert_valid_event(
    event: Document | bytes,
    store: SchemaStore | None = None,
    *,
    schema: str | None = None,
    settings: EventSettings | None = None,
) -> Verdict:
    """Fail the test unless the event is valid by the schema that it names, or by the one at the URI ``schema``.

    The failure tells what is wrong, where, and by which schema. Without a store the one that is configured for the
    working directory counts, and its settings. Returns the verdict.
    """
    __tracebackhide__ = True
    from jsonschema_tools.reports.events.text import reasons
    from jsonschema_tools.settings import EventSettings
    from jsonschema_tools.use_cases.validate import validate

    if store is None:
        store, configured = _opened(Path.cwd())
        settings = settings or configured
    verdict = validate(event, store, schema=schema, settings=settings or EventSettings())
    if not verdict.valid:
        by = f" by {verdict.schema_uri}" if verdict.schema_uri else ""
        pytest.fail("\n".join([f"the event is not valid{by}:", *reasons(verdict)]), pytrace=False)
    return verdict


def _store(folder: Path) -> SchemaStore:
    return _opened(folder)[0]


def _opened(folder: Path) -> tuple[SchemaStore, EventSettings]:
    """The store and the settings of a folder: made once, so that each schema is read and compiled once in a run."""
    if folder not in _DEFAULT_STORES:
        from jsonschema_tools.lookup.opening import open_store
        from jsonschema_tools.repository.configuration import find_config, load_config

        found = find_config(folder)
        config = load_config(config_paths=[found] if found else [])
        _DEFAULT_STORES[folder] = open_store(config), config.events
    return _DEFAULT_STORES[folder]
