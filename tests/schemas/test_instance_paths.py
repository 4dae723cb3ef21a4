"""Steps of jsonschema-rs lead to the value that they are about, whatever the names."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from jsonschema_tools.schemas.instance_paths import instance_pointer

NAMES = st.sampled_from(["", "0", "01", "1", "-1", "+1", " 1", "a", "a/b", "~", "1e3", "\u0661", "9" * 30])


@given(st.lists(st.one_of(NAMES, st.none()), max_size=5))
def test_one_way(names: list[str | None]) -> None:
    """``None`` stands for the second item of a list."""
    event: Any = 5
    schema: dict[str, Any] = {"type": "string"}
    expected = ""
    for name in reversed(names):
        event = [None, event] if name is None else {name: event}
        schema = {"items": [True, schema]} if name is None else {"properties": {name: schema}}
        token = "1" if name is None else name.replace("~", "~0").replace("/", "~1")
        expected = f"/{token}{expected}"
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    (error,) = validator_for(schema).iter_errors(event)
    assert instance_pointer(error, event) == expected


@pytest.mark.parametrize("steps", [["a", "b"], [3], ["a", 0]])
def test_steps_that_lead_nowhere_stay_as_they_are(steps: list[str | int]) -> None:
    assert instance_pointer(SimpleNamespace(instance_path=steps), {"a": 1}) == "".join(f"/{step}" for step in steps)
