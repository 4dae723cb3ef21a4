"""One broken subject never ends a run: the others are worked on, and what broke is told. Numbers beyond a double."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from jsonschema_tools.compatibility.policies import settings_of
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events import validation
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.release.materialization import accidents_told
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.rules.engine import plan, run_all
from jsonschema_tools.rules.model import Check, Context, Problem, Status
from jsonschema_tools.rules.registry import RULES
from jsonschema_tools.rules.selection import ActiveRule
from jsonschema_tools.use_cases import check as checking
from jsonschema_tools.use_cases import compare as comparing
from jsonschema_tools.use_cases import materialize as api
from tests.conftest import Scratch

_SCHEMA = """\
$schema: https://json-schema.org/draft-07/schema#
$id: /{title}/{version}
title: {title}
description: d
type: object
properties:
  n: {{type: number, description: d, {keywords}}}
"""


def _write(scratch: Scratch, title: str, version: str, keywords: str) -> None:
    text = _SCHEMA.format(title=title, version=version, keywords=keywords)
    scratch.write(f"{title}/current.yaml", text)


@pytest.fixture
def scratch(tmp_path: Any) -> Scratch:
    scratch = Scratch(tmp_path)
    scratch.git("init", "--quiet", "--initial-branch", "main")
    scratch.write(
        ".jsonschema-tools.yaml", "schemaBasePath: .\nreleaseBranches: [main]\nenforcedNumericBounds: false\n"
    )
    return scratch


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("maximum: 1e400", "maximum: 1e401"),
        ("maximum: 1e400", "maximum: 5"),
        ("minimum: -1e400", "minimum: -1e401"),
        ("exclusiveMaximum: 1e400", "exclusiveMaximum: 1e399"),
        ("exclusiveMinimum: 1.10000000000000000001", "exclusiveMinimum: 1.1"),
        ("maximum: 1.10000000000000000001", "maximum: 1.10000000000000000002"),
        ("multipleOf: 1e400", "multipleOf: 1e399"),
        ("enum: [1e400, 1.10000000000000000001]", "enum: [1e400]"),
        ("const: 1e400", "const: 1e401"),
        ("default: 1e400", "default: 1.10000000000000000001"),
        ("examples: [1e400, 1.10000000000000000001], multipleOf: 3", "examples: [1e401], multipleOf: 3"),
    ],
)
def test_numbers_beyond_a_double(scratch: Scratch, old: str, new: str) -> None:
    _write(scratch, "a", "1.0.0", old)
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    _write(scratch, "a", "1.0.0", new)
    refused = scratch.jst("materialize")
    assert refused.exit_code == 1
    assert "is released" in refused.stderr
    _write(scratch, "a", "1.1.0", new)
    assert scratch.jst("materialize").exit_code == 0
    event = b'{"$schema": "/a/1.0.0", "n": 1e402}\n{"$schema": "/a/1.0.0", "n": 1.10000000000000000001}\n'
    for arguments in (
        ["check"],
        ["check", "--profile", "recommended"],
        ["compat", "a"],
        ["compat", "a", "--policy", "full"],
        ["changelog"],
        ["bump", "--dry-run"],
        ["diff"],
        ["ls"],
        ["validate", "-"],
    ):
        result = scratch.jst(*arguments, stdin=event if "validate" in arguments else None)
        assert result.exit_code in (0, 1), (arguments, result.output, result.stderr)
        assert "broke" not in result.output + result.stderr, arguments


@pytest.mark.parametrize(
    "schema",
    [
        "maximum: 1.10000000000000000001",
        "enum: [1e400, 1.10000000000000000001]",
        "maximum: 1e400, examples: [1e401]",
        "multipleOf: 1e400, maximum: 9007199254740993",
    ],
)
def test_long_numbers_are_valid_in_schemas(scratch: Scratch, schema: str) -> None:
    _write(scratch, "a", "1.0.0", schema)
    config = load_config(scratch.root)
    api.carry_out(api.plan_all(config), config)
    report = checking.check(config, select=["schema-is-valid", "schema-examples-are-valid"])
    assert [finding for result in report.results for finding in result.findings] == []


def _breaking(_subject: Any, _context: Context) -> Iterator[Problem]:
    yield Problem("found before")
    raise OverflowError("int too large to convert to float")


def test_an_accident_in_a_rule_is_a_finding_of_the_rule(scratch: Scratch) -> None:
    for title in ("a", "b"):
        _write(scratch, title, "1.0.0", "minimum: 1")
    config = load_config(scratch.root)
    api.carry_out(api.plan_all(config), config)
    context = checking.plan(config)[0].context
    rule = next(rule for rule in RULES if rule.id == "schema-is-valid")
    broken = replace(rule, id="breaks", check=_breaking)
    lost = replace(rule, id="loses-its-subjects", subjects=lambda _collection, _context: iter([1 // 0]))
    active = [ActiveRule(one, one.severity or rule.severity, {}) for one in (broken, lost, rule)]  # type: ignore[arg-type]
    checks: list[Check] = plan(active, context)
    results = run_all(checks).results
    told = [(r.check.rule.id, r.status, f.message.partition(" (")[0], f.remedy) for r in results for f in r.findings]
    remedy = "This is a fault of jsonschema-tools: please report it with this schema."
    message = "the rule 'breaks' broke: OverflowError: int too large to convert to float"
    broken_files = [result for result in results if result.check.rule is broken]
    assert told == [
        *[("breaks", Status.FAILED, message, remedy)] * len(broken_files),
        (
            "loses-its-subjects",
            Status.FAILED,
            "the rule 'loses-its-subjects' broke: ZeroDivisionError: integer division or modulo by zero",
            remedy,
        ),
    ]
    assert {result.check.subject.title for result in broken_files} == {"a", "b"}
    passed = [result for result in results if result.check.rule is rule]
    assert passed
    assert all(result.status is Status.PASSED for result in passed)


class PanicException(BaseException):
    """What Rust code raises that gave up."""


@pytest.mark.parametrize("error", [OverflowError("x"), MemoryError(), RecursionError(), PanicException("x")])
def test_an_accident_refuses_one_event(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> object:
        raise error

    monkeypatch.setattr(validation, "explain", broken)
    validator = validation.EventValidator(SchemaValidators(lambda _uri: {"type": "string"}), target=Target("/1.0.0"))
    wrong, right = validator.verdict_on_text(b"1"), validator.verdict_on_text(b'"a"')
    assert not wrong.valid
    assert "judging the event broke" in wrong.errors[0].message
    assert right.valid


@pytest.mark.parametrize("wish", [KeyboardInterrupt, SystemExit])
def test_a_wish_to_end_is_no_accident(wish: type[BaseException]) -> None:
    with pytest.raises(wish), accidents_told("reading this"):
        raise wish


def test_an_accident_is_told_as_an_error() -> None:
    with (
        pytest.raises(SchemaToolsError, match="reading this broke: KeyError: 'x'") as caught,
        accidents_told("reading this"),
    ):
        raise KeyError("x")
    assert caught.value.remedy
    with pytest.raises(SchemaToolsError, match="nests too deeply"), accidents_told("reading this"):
        raise RecursionError


def test_a_title_that_cannot_be_compared_keeps_no_other_out_of_the_changelog(scratch: Scratch) -> None:
    for title in ("a", "b"):
        _write(scratch, title, "1.0.0", "minimum: 1")
    config = load_config(scratch.root)
    api.carry_out(api.plan_all(config), config)
    scratch.write("a/1.1.0.yaml", "a: [")
    found, errors = comparing.histories([], config, settings_of(config))
    assert [history.title for history in found] == ["b"]
    assert len(errors) == 1
    result = scratch.jst("changelog")
    assert "# b" in result.stdout
    assert "a/1.1.0.yaml" in result.stderr
    assert result.exit_code == 2
