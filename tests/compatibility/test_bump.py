"""The smallest honest bump, and versions in order."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jsonschema_tools.compatibility.allowing import allowed, without_allowed
from jsonschema_tools.compatibility.assessment import assess
from jsonschema_tools.compatibility.bump import Part, bumped, covers, due_bump, follows, part_between, same_content
from jsonschema_tools.compatibility.policies import CompatibilitySettings, compatibility_settings, policy_named
from jsonschema_tools.settings import Allowance
from tests.compatibility.test_diff import cases, draft

FULL = CompatibilitySettings(policy_named("full"))
KINDS = cases("kinds.yaml")


@pytest.mark.parametrize(
    ("new", "part"),
    [
        ({"type": "string"}, None),
        ({"type": "string", "description": "x"}, Part.PATCH),
        ({"type": ["string"]}, Part.PATCH),
        ({"type": "string", "default": ""}, Part.MINOR),
        ({"type": "string", "deprecated": True}, Part.PATCH),
        ({"type": "string", "deprecated": True, "x-deprecated": {"successor": "/a"}}, Part.PATCH),
        ({"type": "string", "deprecated": True, "default": ""}, Part.MINOR),
        ({"type": "string", "maxLength": 5}, Part.MAJOR),
        ({"type": ["string", "null"]}, Part.MAJOR),
    ],
)
def test_due(new: Any, part: Part | None) -> None:
    old = {"type": "string"}
    bump = due_bump(assess(old, new, FULL), FULL, same=same_content(old, new))
    assert bump.part == part
    assert bump.reason


@pytest.mark.parametrize(("policy", "part"), [("backward", Part.MINOR), ("forward", Part.MAJOR), ("none", Part.MINOR)])
def test_the_policy_says_what_breaks(policy: str, part: Part) -> None:
    settings = CompatibilitySettings(policy_named(policy))
    assert due_bump(assess({"type": "integer"}, {"type": "number"}, settings), settings).part == part


def test_a_grown_enum_needs_no_major_where_readers_are_warned() -> None:
    old, new = {"enum": ["a"]}, {"enum": ["a", "b"]}
    for settings, part in ((FULL, Part.MAJOR), (compatibility_settings("recommended", None, None), Part.MINOR)):
        assert due_bump(assess(old, new, settings), settings).part == part


@pytest.mark.parametrize("kind", KINDS)
def test_only_annotations_are_a_patch(kind: str) -> None:
    case = KINDS[kind]
    settings = CompatibilitySettings(policy_named("none"))
    part = due_bump(assess(case["old"], case["new"], settings, draft(case)), settings).part
    assert part == (Part.PATCH if kind.startswith("annotation") else Part.MINOR)


@pytest.mark.parametrize(
    ("version", "parts"),
    [
        ("1.2.3", ("2.0.0", "1.3.0", "1.2.4")),
        ("0.2.3", ("0.3.0", "0.3.0", "0.2.4")),
        ("1.0.0-rc1", ("2.0.0", "1.1.0", "1.0.1")),
    ],
)
def test_bumped(version: str, parts: tuple[str, ...]) -> None:
    assert tuple(bumped(version, part) for part in (Part.MAJOR, Part.MINOR, Part.PATCH)) == parts


def test_parts_between_versions() -> None:
    pairs = [("1.0.0", "1.0.1"), ("1.0.0", "1.1.0"), ("1.9.9", "2.0.0"), ("1.1.0", "1.1.0"), ("1.1.0", "1.0.9")]
    assert [part_between(*pair) for pair in pairs] == [Part.PATCH, Part.MINOR, Part.MAJOR, None, None]
    assert [follows("1.1.1", new) for new in ("1.1.2", "1.2.0", "2.0.0", "1.1.3", "1.3.0", "3.0.0", "1.2.1")] == (
        [True] * 3 + [False] * 4
    )
    assert covers(Part.MAJOR, Part.MINOR)
    assert covers(None, None)
    assert not covers(None, Part.PATCH)


def test_the_version_in_a_text_is_no_difference() -> None:
    old, new = ({"$id": id_, "examples": [{"$schema": id_}], "n": 1} for id_ in ("/a/1.0.0", "/a/1.1.0"))
    assert same_content(old, new)
    assert not same_content(old, {**new, "n": 2})
    assert not same_content({"$id": "/a/1.0.0", "n": 1}, {"n": 1})


OLD, NEW = {"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}}}
FINGERPRINT = assess(OLD, NEW, FULL).comparison.changes[0].fingerprint
ENTRY: dict[str, Any] = {"title": "a", "versions": ("1.1.0",), "reason": "nobody reads it"}
BY_POINTER = {"pointer": "/properties/a/type", "kind": "type-changed"}


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ({"fingerprint": FINGERPRINT}, True),
        (BY_POINTER, True),
        ({**BY_POINTER, "expires": "2026-12-31"}, True),
        ({**BY_POINTER, "expires": "2026-11-23"}, False),
        ({**BY_POINTER, "title": "b"}, False),
        ({**BY_POINTER, "versions": ("1.2.0",)}, False),
        ({**BY_POINTER, "kind": "type-widened"}, False),
        ({"fingerprint": "0" * 16}, False),
    ],
)
@pytest.mark.parametrize("policy", ["full", "wikimedia"])
def test_allowed_breaks(entry: dict[str, Any], covered: bool, policy: str) -> None:
    settings = CompatibilitySettings(policy_named(policy))
    assessment = assess(OLD, NEW, settings)
    entries, today = [Allowance(**{**ENTRY, **entry})], date(2026, 11, 24)
    found = [allowed(item, entries, "a", "1.1.0", today) for item in assessment.breaks]
    assert found == [entries[0] if covered else None] * len(assessment.breaks)
    left = without_allowed(assessment, entries, "a", "1.1.0", today)
    assert due_bump(left, settings).part == (Part.MINOR if covered else Part.MAJOR)
