"""What events are validated by: the settings of the configuration, and a validator that programs keep."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from jsonschema_tools import EventSettings, EventValidator, SchemaStore, Target, load_config
from jsonschema_tools.errors import ConfigurationError
from tests.conftest import Scratch

SCHEMA = """title: a
$id: /a/1.0.0
$schema: https://json-schema.org/draft-07/schema#
type: object
properties: {n: {type: integer, default: 5}, d: {type: string, format: date, maxLength: 10}}
required: [n]
"""


@pytest.fixture
def repository(scratch: Scratch) -> Scratch:
    scratch.write(".jsonschema-tools.yaml", "events: {schemaUriFields: [meta.schema], fillDefaults: true}\n")
    scratch.write("a/1.0.0.yaml", SCHEMA)
    return scratch


def test_the_configuration_says_where_events_name_their_schema(repository: Scratch) -> None:
    repository.write("events.jsonl", json.dumps({"meta": {"schema": "/a/1.0.0"}}))
    assert repository.jst("validate", "events.jsonl").exit_code == 0
    assert repository.jst("validate", "events.jsonl", "--schema-uri-field", "$schema").exit_code == 1
    assert load_config(repository.root).events == EventSettings(("meta.schema",), fill_defaults=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("{schemaUriField: [a]}", "schemaUriFields"),
        ("{schemaUriFields: []}", "events"),
        ("{allowInsecure: true}", "allowInsecure"),
        ("[]", "events"),
    ],
)
def test_wrong_settings_are_refused(scratch: Scratch, settings: str, message: str) -> None:
    scratch.write(".jsonschema-tools.yaml", f"events: {settings}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_config(scratch.root)
    assert message in f"{caught.value} {caught.value.remedy}"


def test_a_validator_is_kept_and_shared(repository: Scratch) -> None:
    validator = EventValidator(SchemaStore(str(repository.root)), EventSettings(("s",)))
    events = [{"s": "/a/1.0.0", "n": 1}, {"s": "/a/1.0.0"}, {"s": "/b/1.0.0"}, {}]
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(validator.verdict, events * 50))
    assert [verdict.valid for verdict in verdicts] == [True, False, False, False] * 50
    assert [verdict.errors[0].kind for verdict in verdicts[1:4]] == ["required", "schema-not-found", "no-schema-uri"]


def test_a_target_is_the_callers_choice(repository: Scratch) -> None:
    validator = EventValidator(SchemaStore(str(repository.root)), target=Target(schema="/a/1.0.0"))
    assert validator.verdict({"n": 1}).valid
    assert validator.verdict_on_text(b'{"n": "x"}').errors[0].pointer == "/n"
