"""jst compat, bump, changelog, and the rules of `jst check`, in a repository with a history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import UsageError
from jsonschema_tools.repository.versioning import with_version
from tests.compatibility.test_containment import crowded
from tests.conftest import Scratch

HEAD = "title: a\n$id: /a/{version}  # the version\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n"
ONE = "  x: {type: string}\n  pay: {enum: [card, cash]}\n"
TWO = f"{ONE}  y: {{type: string}}\n"
BROKEN = "  x: {type: boolean}\n  pay: {enum: [card, cash]}\n"
RECOMMENDED = "profile: recommended\n"


def put(scratch: Scratch, version: str, body: str, *, release: bool = True, settings: str = "") -> None:
    scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\n{settings}")
    scratch.write("jsonschema/a/current.yaml", HEAD.format(version=version) + body)
    if release:
        assert scratch.jst("materialize").exit_code == 0
        scratch.commit()


@pytest.fixture
def history(scratch: Scratch) -> Scratch:
    put(scratch, "1.0.0", ONE)
    put(scratch, "1.1.0", TWO)
    put(scratch, "1.2.0", BROKEN)
    return scratch


def compat(scratch: Scratch, *arguments: str, stdin: bytes | None = None) -> Any:
    result = scratch.jst("compat", *arguments, "--format", "json", stdin=stdin)
    assert result.exit_code in (0, 1), result.output
    found = json.loads(result.stdout)
    assert result.exit_code == int(not found["compatible"])
    return found


FILE = "jsonschema/a/1.0.0.yaml"


@pytest.mark.parametrize(
    "old",
    [FILE, "a@1.0.0", "/a/1.0.0", "git:HEAD:jsonschema/a/1.0.0.json", "git:HEAD~2:jsonschema/a/current.yaml", "-"],
)
def test_schemas_by_every_name(history: Scratch, old: str) -> None:
    stdin = history.read(FILE).encode() if old == "-" else None
    found = compat(history, old, "a@1.1.0", stdin=stdin)
    assert (found["old"], found["policy"], found["compatible"], found["bump"]) == (old, "wikimedia", True, "minor")
    kinds = [change["kind"] for change in found["changes"]]
    assert kinds == ["property-added"]
    assert found["backward"]["witness"]["event"] == {"y": None}
    assert found["forward"] == {"answer": "yes", "reason": found["forward"]["reason"], "witness": None}


@pytest.mark.parametrize(
    ("options", "compatible"),
    [
        ([], False),
        (["--policy", "none"], True),
        (["--policy", "full", "--content-model", "declared"], False),
        (["--policy", "backward"], False),
    ],
)
def test_policies(history: Scratch, options: list[str], compatible: bool) -> None:
    assert compat(history, "a@1.1.0", "a@1.2.0", *options)["compatible"] is compatible


def test_text_shows_the_event(history: Scratch) -> None:
    result = history.jst("compat", "a@1.0.0", "a@1.2.0", "--policy", "full")
    assert result.exit_code == 1
    assert "/properties/x/type: the type changed from 'string' to 'boolean'  [type-changed " in result.stdout
    assert "policy full, strict content: broken" in result.stdout
    assert "    refused: " in result.stdout
    markdown = history.jst("compat", "a@1.0.0", "a@1.2.0", "--policy", "full", "--format", "markdown").stdout
    assert "| **breaks** | /properties/x/type: the type changed" in markdown


def test_a_long_event_is_not_dumped(history: Scratch) -> None:
    names = [f"a_property_with_a_long_name_{number}" for number in range(40)]
    properties = {name: {"type": "string"} for name in names}
    old = {
        "type": "object",
        "properties": {**properties, "x/y": {"type": "object", "properties": {"z": {"type": "null"}}}},
        "required": [*names, "x/y"],
    }
    new = json.loads(json.dumps(old))
    new["properties"]["x/y"]["properties"]["z"] = {"type": "integer"}
    history.write("old.json", json.dumps(old))
    history.write("new.json", json.dumps(new))
    arguments = ("old.json", "new.json", "--policy", "backward")
    text = history.jst("compat", *arguments).stdout
    assert '    event: {"x/y": {"z": null}, …}' in text
    assert '    refused: /x~1y/z: null is not of type "integer"' in text
    assert max(map(len, text.splitlines())) < 400
    witness = compat(history, *arguments)["backward"]["witness"]
    assert len(witness["event"]) == 41
    assert witness["pointers"] == ["/x~1y/z"]


def test_the_draft_can_be_named(history: Scratch) -> None:
    history.write("old.json", '{"$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a", "minLength": 1}')
    history.write("new.json", '{"$defs": {"a": {"type": "string"}}, "$ref": "#/$defs/a"}')
    assert compat(history, "old.json", "new.json", "--draft", "7")["changes"] == []
    changes = compat(history, "old.json", "new.json", "--draft", "2020-12")["changes"]
    assert [change["kind"] for change in changes] == ["min-length-removed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.yaml", FILE], "the schema cannot be read"),
        (["a@9.0.0", FILE], "was not found under any base URI"),
        (["git:nowhere:x.yaml", FILE], "nowhere"),
        (["git:x.yaml", FILE], "does not name a file of a commit"),
        (["git:HEAD:nothing.yaml", FILE], "the commit 'HEAD' has no file 'nothing.yaml'\n    remedy: `git ls-tree"),
        (["git:HEAD~2:jsonschema/a/1.1.0.yaml", FILE], "Did you mean 'git:HEAD~2:jsonschema/a/1.0.0.yaml'?"),
        (["list.yaml", FILE], "a list is not a schema"),
        (["nobody"], "there is no schema with the title 'nobody'"),
        ([FILE, FILE, "--draft", "3"], "draft-03 is not supported"),
        ([FILE, FILE, "--draft", "nine"], "'nine' is no draft"),
        (["third.json", FILE], "draft-03 is not supported"),
        ([FILE], f"one schema is missing: there is only '{FILE}'"),
        (["a@1.0.0"], "one schema is missing"),
        (["-"], "one schema is missing"),
        (["new.json"], "one schema is missing"),
    ],
)
def test_what_cannot_be_compared(history: Scratch, arguments: list[str], words: str) -> None:
    history.write("list.yaml", "[1]")
    history.write("third.json", '{"$schema": "http://json-schema.org/draft-03/schema#"}')
    result = history.jst("compat", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "remedy" in result.stderr


def test_the_history_of_a_title(history: Scratch) -> None:
    result = history.jst("compat", "a")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "version  after  bump   due    backward  forward  changes  breaks",
        "1.1.0    1.0.0  minor  minor  no        yes      1        0",
        "1.2.0    1.1.0  minor  major  no        no       2        2",
    ]
    rows = json.loads(history.jst("compat", "a", "--format", "json").stdout)
    assert [row["new"] for row in rows] == ["1.1.0", "1.2.0"]
    assert "| 1.2.0 | 1.1.0 |" in history.jst("compat", "a", "--format", "markdown").stdout


def test_the_changelog(history: Scratch) -> None:
    assert history.jst("changelog").stdout.splitlines() == [
        "# a",
        "",
        "## 1.2.0",
        "",
        "Breaks:",
        "",
        "- /properties/y: the property 'y' was removed",
        "- /properties/x/type: the type changed from 'string' to 'boolean'",
        "",
        "## 1.1.0",
        "",
        "Added:",
        "",
        "- /properties/y: the property 'y' was added",
        "",
        "## 1.0.0",
        "",
        "First version.",
    ]


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (ONE, "1.0.0"),
        (ONE + "description: more\n", "1.0.1"),
        (TWO, "1.1.0"),
        (BROKEN, "2.0.0"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_bump_sets_the_version_that_is_due(scratch: Scratch, body: str, version: str, ends: str) -> None:
    put(scratch, "1.0.0", ONE)
    text = (HEAD.format(version="1.0.0") + body).replace("\n", ends)
    scratch.write("jsonschema/a/current.yaml", text)
    assert scratch.jst("bump", "--dry-run").exit_code == 0
    assert scratch.root.joinpath("jsonschema/a/current.yaml").read_bytes() == text.encode()
    assert scratch.jst("bump").exit_code == 0
    expected = text.replace("/a/1.0.0", f"/a/{version}")
    assert scratch.root.joinpath("jsonschema/a/current.yaml").read_bytes() == expected.encode()
    assert "stays" in scratch.jst("bump", "a").stdout
    assert scratch.jst("materialize").exit_code == 0


def test_a_null_that_was_there_before_is_no_change(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE + "default: null\n")
    assert "1.0.0 stays (nothing changed)" in scratch.jst("bump", "a").stdout
    put(scratch, "1.0.1", ONE + "default: null\ndescription: more\n")
    assert compat(scratch, "a@1.0.0", "a@1.0.1")["breaks"] == []
    assert "Breaks" not in scratch.jst("changelog").stdout
    assert [message for _, _, message in findings(scratch, COMPATIBILITY)] == ["/default: null became null since 1.0.0"]


@pytest.mark.parametrize(("part", "version"), [("major", "2.0.0"), ("minor", "1.1.0"), ("patch", "1.0.1")])
@pytest.mark.parametrize("name", ["a", "jsonschema/a", "jsonschema/a/current.yaml"])
def test_bump_takes_a_part(scratch: Scratch, part: str, version: str, name: str) -> None:
    put(scratch, "1.0.0", ONE)
    result = scratch.jst("bump", name, "--part", part)
    assert result.stdout == f"jsonschema/a/current.yaml: 1.0.0 -> {version} (a {part} version, as asked for)\n"


def test_bump_of_what_is_not_released_or_not_there(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE, release=False)
    assert "nothing is released yet" in scratch.jst("bump", "a").stdout
    scratch.jst("materialize")
    assert "nothing is released yet" in scratch.jst("bump", "a").stdout, "a draft that no commit has is no release"
    result = scratch.jst("bump", "b")
    assert result.exit_code == 2
    assert "there is no current file with the path or title 'b'" in result.stderr


def test_a_version_that_is_far_enough_ahead_stays(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE)
    put(scratch, "2.0.0", TWO, release=False)
    assert scratch.jst("bump", "a").stdout.startswith("jsonschema/a/current.yaml: 2.0.0 stays")


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("$id: '/a/1.0.0'\n", "$id: '/a/1.2.0'\n"),
        ('{"title": "1.0.0", "$id": "/a/1.0.0" }', '{"title": "1.0.0", "$id": "/a/1.2.0" }'),
        ("é: 1\n$id: /é/1.0.0 # 1.0.0\n", "é: 1\n$id: /é/1.2.0 # 1.0.0\n"),
        ("$id: /a/1\n", "$id: /a/1.2.0\n"),
        ("$id: /1.0.0/v1.0.0\n", "$id: /1.0.0/v1.2.0\n"),
        ("$id: >-\n  /a/1.0.0\n", None),
        ('$id: "/a/1\\x2e0.0"\n', None),
        ("x: &id /a/1.0.0\n$id: *id\n", None),
    ],
)
def test_the_version_in_a_text(text: str, edited: str | None) -> None:
    if edited is None:
        with pytest.raises(UsageError, match="not written out") as error:
            with_version(text.encode(), Path("a.yaml"), "1.0.0", "1.2.0")
        assert error.value.remedy == "Set it to 1.2.0 yourself."
    else:
        assert with_version(text.encode(), Path("a.yaml"), "1.0.0", "1.2.0").decode() == edited


def findings(scratch: Scratch, *rules: str) -> list[tuple[str, str, str]]:
    result = scratch.jst("check", "--select", ",".join(rules), "--format", "json")
    report = json.loads(result.stdout)
    return [
        (found["rule"], found["schemaVersion"] or "", finding["message"])
        for found in report["results"]
        for finding in found["findings"]
    ]


COMPATIBILITY = "schema-version-compatibility"


def test_a_field_removed_and_added_again_under_another_type(scratch: Scratch) -> None:
    put(scratch, "1.0.0", TWO)
    put(scratch, "1.1.0", ONE)
    put(scratch, "1.2.0", f"{ONE}  y: {{type: integer}}\n", settings=RECOMMENDED)
    found = findings(scratch, COMPATIBILITY)
    assert [(version, message) for _, version, message in found] == [
        ("1.1.0", "/properties/y: the property 'y' was removed since 1.0.0 (forward)"),
        ("1.2.0", "/properties/y/type: the type changed from 'string' to 'integer' since 1.0.0 (backward, forward)"),
    ]


def test_every_door_sees_what_earlier_versions_said(scratch: Scratch) -> None:
    """A field is removed and added again under another type: towards the version before, that is a new field."""
    settings = "compatibility: backward-transitive\ncontentModel: declared\nprofile: recommended\n"
    put(scratch, "1.0.0", TWO, settings=settings)
    put(scratch, "1.1.0", ONE, settings=settings)
    again = f"{ONE}  y: {{type: integer}}\n"
    put(scratch, "1.1.0", again, release=False, settings=settings)
    since = "the type changed from 'string' to 'integer' since 1.0.0"
    bump = scratch.jst("bump", "a").stdout
    assert "1.1.0 -> 2.0.0 (major: /properties/y/type: " in bump
    assert since in bump
    assert findings(scratch, COMPATIBILITY, "version-bump") == [], "what bump advises is right"

    put(scratch, "1.2.0", again, release=False, settings=settings)
    found = findings(scratch, COMPATIBILITY, "version-bump")
    assert [(rule, since in message) for rule, _, message in found] == [(COMPATIBILITY, True)]
    assert "1.2.0 -> 2.0.0" in scratch.jst("bump", "a", "--dry-run").stdout
    history = scratch.jst("compat", "a")
    assert history.exit_code == 1
    assert history.stdout.splitlines()[2].split() == ["1.2.0", "1.1.0", "minor", "major", "yes", "yes", "1", "1"]
    row = json.loads(scratch.jst("compat", "a", "--format", "json").stdout)[1]
    assert [item["message"] for item in row["breaks"]] == [since]
    assert f"Breaks:\n\n- /properties/y/type: {since}\n" in scratch.jst("changelog").stdout

    fingerprint = row["breaks"][0]["changes"][0]
    entry = f"allow: [{{title: a, versions: [1.2.0], fingerprint: '{fingerprint}', reason: nobody reads it}}]\n"
    put(scratch, "1.2.0", again, release=False, settings=settings + entry)
    assert findings(scratch, COMPATIBILITY, "version-bump", "allowances-match") == []
    assert "1.2.0 stays" in scratch.jst("bump", "a").stdout


def test_a_break_is_told_once_whatever_earlier_versions_it_breaks(scratch: Scratch) -> None:
    for number, body in enumerate([ONE, TWO, f"{TWO}  z: {{type: string}}\n"]):
        put(scratch, f"1.{number}.0", body, settings=RECOMMENDED)
    put(scratch, "1.3.0", f"{BROKEN}  y: {{type: string}}\n  z: {{type: string}}\n", settings=RECOMMENDED)
    found = [message for _, version, message in findings(scratch, COMPATIBILITY) if version == "1.3.0"]
    words = "/properties/x/type: the type changed from 'string' to 'boolean' since 1.2.0"
    assert found == [f"{words} (backward, forward)"]
    put(scratch, "1.4.0", f"{BROKEN}  z: {{type: string}}\n", settings=RECOMMENDED)
    found = [message for _, version, message in findings(scratch, COMPATIBILITY) if version == "1.4.0"]
    assert found == ["/properties/y: the property 'y' was removed since 1.3.0 (forward)"]


def test_below_one_a_minor_version_is_what_a_break_needs(scratch: Scratch) -> None:
    put(scratch, "0.1.0", ONE, settings=RECOMMENDED)
    put(scratch, "0.1.0", BROKEN, release=False, settings=RECOMMENDED)
    assert "0.1.0 -> 0.2.0" in scratch.jst("bump").stdout
    assert findings(scratch, COMPATIBILITY, "version-bump") == []
    put(scratch, "0.1.1", BROKEN, release=False, settings=RECOMMENDED)
    assert len(findings(scratch, COMPATIBILITY)) == 1
    assert "release it as 0.2.0" in scratch.jst("check").stdout


def test_findings_carry_their_evidence(history: Scratch) -> None:
    history.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncompatibility: backward\n")
    report = json.loads(history.jst("check", "--select", COMPATIBILITY, "--format", "json").stdout)
    finding = report["results"][1]["findings"][0]
    details = finding["details"]
    assert len(details.pop("fingerprint")) == 16
    assert isinstance(details.pop("event")["x"], str)
    assert details.pop("refused") == '/x: "a" is not of type "boolean"'
    assert finding["details"] == {
        "change": "type-changed",
        "direction": "backward",
        "compatible": "no",
        "bump": "major",
    }
    assert finding["file"] == "jsonschema/a/current.yaml"


def test_the_current_file_is_judged_before_it_is_released(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE)
    put(scratch, "1.0.1", BROKEN, release=False, settings=RECOMMENDED)
    found = findings(scratch, COMPATIBILITY, "version-bump")
    # That the version is too small is a consequence.
    assert {rule for rule, _, _ in found} == {COMPATIBILITY}
    alone = findings(scratch, "version-bump")
    assert "1.0.1 is a patch version after 1.0.0, but what changed needs a major one" in alone[0][2]
    lines = [line for line in scratch.jst("check", "--select", COMPATIBILITY).stdout.splitlines() if "error" in line]
    assert lines[0].startswith("jsonschema/a/current.yaml:6:13: error schema-version-compatibility /properties/x/type")


def test_bumps_that_are_too_small(scratch: Scratch) -> None:
    found = []
    for version, body in [("0.1.0", ONE), ("0.1.1", BROKEN), ("1.0.0", ONE), ("1.0.1", TWO), ("1.1.0", TWO)]:
        put(scratch, version, body)
        found.append([rule for rule, _, _ in findings(scratch, "version-bump")])
    assert found == [[], [], [], ["version-bump"], []], "versions below 1.0.0 are free, and the past is past"


def test_versions_that_skip_or_go_back(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE)
    put(scratch, "1.2.0", ONE)
    put(scratch, "1.1.0", ONE, release=False)
    found = [message for _, _, message in findings(scratch, "version-sequence")]
    assert found == [
        "the current version, 1.1.0, is behind 1.2.0, the greatest there is",
        "1.2.0 does not follow 1.0.0: next is one of 1.0.1, 1.1.0, 2.0.0",
    ]


def test_a_grown_enum_is_a_warning(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE)
    put(scratch, "1.1.0", ONE.replace("cash", "cash, voucher"), settings=RECOMMENDED)
    assert findings(scratch, COMPATIBILITY, "version-bump") == []
    assert [message for _, _, message in findings(scratch, "enums-growing")] == [
        "/properties/pay/enum: the enum gained 'voucher' since 1.0.0: readers may not know it"
    ]
    assert scratch.jst("check", "--select", "enums-growing").exit_code == 0
    assert "warning: /properties/pay/enum" in scratch.jst("compat", "a@1.0.0", "a@1.1.0").stdout


def test_a_higher_max_length_is_a_warning_and_other_looser_bounds_are_not(scratch: Scratch) -> None:
    body = "  s: {type: string, maxLength: 40}\n  n: {type: integer, maximum: 5}\n"
    put(scratch, "1.0.0", body)
    put(scratch, "1.1.0", body.replace("40", "80"), settings=RECOMMENDED)
    assert findings(scratch, COMPATIBILITY, "version-bump") == []
    assert [message for _, _, message in findings(scratch, "lengths-growing")] == [
        "/properties/s/maxLength: maxLength was raised from 40 to 80 since 1.0.0: readers may have no room for it"
    ]
    assert scratch.jst("check", "--select", "lengths-growing").exit_code == 0
    scratch.write("old.json", '{"maxLength": 1, "maximum": 1, "maxItems": 1, "maxProperties": 1}')
    scratch.write("new.json", '{"maxLength": 2, "maximum": 2, "maxItems": 2, "maxProperties": 2}')
    found = compat(scratch, "old.json", "new.json")
    assert [item["pointer"] for item in found["warnings"]] == ["/maxLength"]
    assert [item["pointer"] for item in found["breaks"]] == ["/maximum", "/maxProperties", "/maxItems"]


def allow(scratch: Scratch, **entry: str) -> None:
    entries = {"title": "a", "versions": "[1.2.0]", "reason": "nobody reads it", **entry}
    lines = "\n    ".join(f"{name}: {value}" for name, value in entries.items())
    text = f"schemaBasePath: jsonschema\ncompatibility: backward\nallow:\n  - {lines}\n"
    scratch.write(".jsonschema-tools.yaml", text)


def test_an_intended_break_is_allowed_with_its_reason(history: Scratch) -> None:
    allow(history, pointer="/properties/x/type", kind="type-changed")
    report = json.loads(
        history.jst("check", "--select", f"{COMPATIBILITY},allowances-match", "--format", "json").stdout
    )
    assert report["summary"] == {"passed": 1, "failed": 1, "skipped": 1, "warnings": 0}
    reason = next(result["reason"] for result in report["results"] if result["status"] == "skipped")
    assert reason == ("/properties/x/type: the type changed from 'string' to 'boolean' is allowed: nobody reads it")


HARD = "  x: {type: string, pattern: '^(%s)\\1$'}\n"


@pytest.mark.search
def test_what_cannot_be_decided_can_be_allowed_and_is_no_bump(scratch: Scratch) -> None:
    put(scratch, "1.0.0", HARD % "a+|b")
    put(scratch, "1.0.1", HARD % "a+", settings="compatibility: forward\n")
    (message,) = [message for _, _, message in findings(scratch, COMPATIBILITY)]
    assert (
        "`pattern` at /properties/x/pattern cannot be decided: the regular expression has a back-reference" in message
    )
    found = compat(scratch, "a@1.0.0", "a@1.0.1")["breaks"]
    assert [item["pointer"] for item in found] == ["/properties/x/pattern"]
    assert f"[undecided {found[0]['changes'][0]}]" in scratch.jst("compat", "a@1.0.0", "a@1.0.1").stdout
    assert "cannot be decided" in scratch.jst("changelog").stdout
    by_place = "pointer: /properties/x/pattern\n    kind: undecided"
    for entry in (f"fingerprint: {found[0]['changes'][0]}", by_place):
        lines = f"allow:\n  - title: a\n    versions: [1.0.1]\n    reason: looked at it\n    {entry}\n"
        scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\ncompatibility: forward\n{lines}")
        assert findings(scratch, COMPATIBILITY, "allowances-match") == []


def test_the_number_of_steps_is_a_setting(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE)
    scratch.write("old.json", json.dumps(crowded(6, 5)))
    scratch.write("new.json", '{"type": "null"}')
    assert compat(scratch, "old.json", "new.json", "--policy", "backward")["compatible"]
    few = compat(scratch, "old.json", "new.json", "--policy", "backward", "--steps", "100")
    assert "gave up after 100 steps at /properties/x/" in few["breaks"][0]["message"]
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncompatibilitySteps: 100\n")
    assert not compat(scratch, "old.json", "new.json", "--policy", "backward")["compatible"]
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncompatibilitySteps: 0\n")
    assert "compatibilitySteps" in scratch.jst("compat", "old.json", "new.json").stderr


def test_allowances_that_match_nothing_or_are_over(history: Scratch) -> None:
    allow(history, fingerprint="'0000000000000000'")
    assert [message for _, _, message in findings(history, "allowances-match")] == [
        "the entry allows nothing in a 1.2.0"
    ]
    allow(history, pointer="/properties/x/type", kind="type-changed", expires="2020-02-29")
    assert [message for _, _, message in findings(history, "allowances-match")] == ["the entry expired on 2020-02-29"]
    assert len(findings(history, COMPATIBILITY)) == 2


@pytest.mark.parametrize(("policy", "status"), [("wikimedia", "failed"), ("full", "skipped")])
def test_what_is_no_schema_is_not_judged(scratch: Scratch, policy: str, status: str) -> None:
    put(scratch, "1.0.0", ONE)
    put(scratch, "1.1.0", TWO, settings=f"compatibility: {policy}\n")
    path = "jsonschema/a/1.1.0.yaml"
    scratch.write(path, scratch.read(path).replace("type: string", "type: 5"))
    report = json.loads(scratch.jst("check", "--select", COMPATIBILITY, "--format", "json").stdout)
    assert [result["status"] for result in report["results"]] == [status]
    assert scratch.jst("compat", path, FILE).exit_code == 2


def test_a_history_with_a_version_left_out_would_not_be_true(history: Scratch) -> None:
    history.write("jsonschema/b/current.yaml", "a: [")
    assert history.jst("changelog", "a").exit_code == 0
    history.write("jsonschema/a/1.1.0.yaml", "a: [")
    result = history.jst("changelog", "a")
    assert result.exit_code == 2
    assert "jsonschema/a/1.1.0.yaml" in result.stderr


def test_a_title_that_is_not_released_has_a_history_too(scratch: Scratch) -> None:
    put(scratch, "1.0.0", ONE, release=False)
    assert scratch.jst("changelog").stdout == "# a\n\n## 1.0.0 (draft)\n\nFirst version.\n"
    assert scratch.jst("compat", "a").exit_code == 0


def test_schemas_outside_of_git_and_schemas_that_are_booleans(history: Scratch, tmp_path: Path) -> None:
    history.write("false.json", "false")
    assert "forbidden" in [change["kind"] for change in compat(history, FILE, "false.json")["changes"]]
    result = history.jst("compat", f"git:HEAD:{tmp_path}/x.yaml", FILE)
    assert result.exit_code == 2
    assert "is not in a Git repository" in result.stderr


def test_schemas_that_nest_deep(history: Scratch) -> None:
    for name, leaf in (("old.json", '"string"'), ("new.json", '"integer"')):
        history.write(name, '{"items": ' * 120 + f'{{"type": {leaf}}}' + "}" * 120)
    result = history.jst("compat", "old.json", "new.json", "--policy", "full")
    assert result.exit_code == 1
    assert "the type changed from 'string' to 'integer'" in result.stdout


def test_bump_in_another_field(scratch: Scratch) -> None:
    settings = "schemaVersionField: info.version\n"
    put(scratch, "1.0.0", f"{ONE}info: {{version: /1.0.0}}\n", settings=settings)
    put(scratch, "1.0.0", f"{TWO}info: {{version: /1.0.0}}\n", settings=settings, release=False)
    assert scratch.jst("bump").exit_code == 0
    assert "info: {version: /1.1.0}" in scratch.read("jsonschema/a/current.yaml")


def test_bump_knows_what_is_allowed(scratch: Scratch) -> None:
    put(scratch, "1.1.0", ONE)
    put(scratch, "1.1.0", BROKEN, release=False)
    allow(scratch, pointer="/properties/x/type", kind="type-changed")
    assert scratch.jst("bump").stdout.startswith("jsonschema/a/current.yaml: 1.1.0 -> 1.2.0 (minor: ")
    assert "1.2.0 stays" in scratch.jst("bump", "a").stdout
    allow(scratch, pointer="/properties/x/type", kind="type-changed", versions="[1.3.0]")
    assert scratch.jst("bump").stdout.startswith("jsonschema/a/current.yaml: 1.2.0 -> 2.0.0 (major: ")


REMOVED = "events without it are valid as before, but readers of the old version no longer get what it declares"


def test_a_break_without_an_event_says_why(history: Scratch) -> None:
    put(history, "1.3.0", BROKEN + "  z: {type: string}\n", settings=RECOMMENDED)
    put(history, "1.4.0", BROKEN, settings=RECOMMENDED)
    done = history.jst("compat", "a@1.3.0", "a@1.4.0")
    assert (done.exit_code, "backward: yes" in done.stdout, "forward: yes" in done.stdout) == (1, True, True)
    assert f"  /properties/z: the property 'z' was removed (forward)\n    why: {REMOVED}\n" in done.stdout
    done = history.jst("compat", "a@1.3.0", "a@1.4.0", "--format", "markdown")
    assert f"`/properties/z`: the property 'z' was removed: {REMOVED}.\n" in done.stdout
    done = history.jst("check", "--select", "schema-version-compatibility", "a")
    assert f"    why: {REMOVED}\n" in done.stdout
    assert "why" not in history.jst("compat", "a@1.3.0", "a@1.4.0", "--policy", "wikimedia").stdout
