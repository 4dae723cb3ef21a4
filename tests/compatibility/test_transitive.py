"""What a version breaks of all older ones: told as if every pair were judged, though most of them are not."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jsonschema_tools.compatibility.assessment import assess
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.kept import Comparisons
from jsonschema_tools.compatibility.policies import CompatibilitySettings, ContentModel, policy_named
from jsonschema_tools.compatibility.transitive import Judgements
from jsonschema_tools.repository.result_cache import ResultCache

Schema = Any

DRAFT = "https://json-schema.org/draft-07/schema#"
NAMES = ["a", "b", "c", "d"]
LEAVES: list[Schema] = [
    {"type": "string"},
    {"type": "string", "maxLength": 3},
    {"type": "string", "maxLength": 5},
    {"type": "integer", "minimum": 0},
    {"type": "string", "enum": ["x", "y"]},
    {"type": "string", "enum": ["x", "y", "z"]},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {"type": "string"}},
    {"type": "object"},
    {"anyOf": [{"type": "string"}, {"type": "integer"}]},
    {"type": "string", "pattern": "^(?=a)b"},
    {"allOf": [{"properties": {"a": {"type": "string"}}}]},
    {},
    False,
]
SETTINGS = [
    CompatibilitySettings(policy_named(policy), model, may_grow=model is ContentModel.DECLARED)
    for policy in ("full-transitive", "backward-transitive", "forward-transitive")
    for model in ContentModel
]


def _object(random: Random, depth: int) -> Schema:
    properties = {name: _value(random, depth - 1) for name in random.sample(NAMES, random.randint(1, 3))}
    schema = {"type": "object", "properties": properties}
    if random.random() < 0.3:
        schema["required"] = random.sample(NAMES, 1)
    return schema


def _value(random: Random, depth: int) -> Schema:
    return copy.deepcopy(_object(random, depth) if depth and random.random() < 0.4 else random.choice(LEAVES))


def _edited(random: Random, schema: Schema) -> Schema:
    schema = copy.deepcopy(schema)
    here = schema
    while random.random() < 0.4:
        inner = [v for v in here["properties"].values() if isinstance(v, dict) and v.get("properties")]
        if not inner:
            break
        here = random.choice(inner)
    name, edit = random.choice(NAMES), random.random()
    if edit < 0.35:
        here["properties"].setdefault(name, _value(random, 2))
    elif edit < 0.55:
        here["properties"][name] = _value(random, 1)
    elif edit < 0.65 and len(here["properties"]) > 1:
        here["properties"].pop(name, None)
    elif edit < 0.75:
        here["required"] = random.sample(NAMES, random.randint(0, 2))
    elif edit < 0.8:
        here["additionalProperties"] = random.choice([True, False])
    elif edit < 0.85:
        here[random.choice(["minProperties", "description", "anyOf", "definitions"])] = 1
        here.update({"anyOf": [{"required": ["a"]}, {"type": "object"}]} if here.pop("anyOf", None) else {})
        here.update({"definitions": {"d": {"$ref": "#"}}} if here.pop("definitions", None) else {})
    else:
        here["description"] = f"{random.random()}"
    return schema


def _line(random: Random, length: int) -> list[Schema]:
    versions = [{"$schema": DRAFT, **_object(random, 2)}]
    while len(versions) < length:
        versions.append(_edited(random, versions[-1]))
    return [{**version, "$id": f"/t/1.{number}.0"} for number, version in enumerate(versions)]


def _identity(item: Break) -> object:
    places = (change.new_pointer if change.new_pointer is not None else change.old_pointer for change in item.changes)
    return item.direction, item.answer, frozenset(places)


class _Judge:
    """Judges pairs, each once, and counts them."""

    def __init__(self, settings: CompatibilitySettings) -> None:
        self.settings = settings
        self.found: dict[tuple[int, int], tuple[Break, ...]] = {}

    def __call__(self, old: Schema, new: Schema) -> Iterable[Break]:
        pair = id(old), id(new)
        if pair not in self.found:
            self.found[pair] = assess(old, new, self.settings).breaks
        return self.found[pair]

    def brute(self, versions: Sequence[Schema]) -> list[list[Break]]:
        """The breaks of the last version told of each older one, the nearest first, by judging all pairs."""
        *earlier, last = versions
        told: set[object] = set()
        rows = []
        for old in reversed(earlier):
            known = set() if old is earlier[-1] else {_identity(item) for item in self(old, earlier[-1])}
            rows.append([item for item in self(old, last) if _identity(item) not in known | told])
            told |= {_identity(item) for item in self(old, last)}
        return rows


def _compared(seed: int, settings: CompatibilitySettings, length: int) -> None:
    versions = _line(Random(seed), length)
    judge = _Judge(settings)
    judgements = Judgements(settings, judge, lambda version: version)
    for new in range(1, length):
        found = [judgements.broken_since(versions[old : new + 1]) for old in reversed(range(new))]
        assert found == judge.brute(versions[: new + 1]), (seed, new, versions)
    alone = Judgements(settings, _Judge(settings), lambda version: version)
    older = judge.brute(versions)[1:]
    assert [(item.pointer, item.direction) for item in alone.since_older(versions, lambda version: version["$id"])] == [
        (item.pointer, item.direction) for row in older for item in row
    ], seed


def _kept(seed: int, settings: CompatibilitySettings, length: int, file: Path) -> None:
    """Runs, each of which knows what those before it knew: of fewer versions, and of lines that went another way."""
    versions, random = _line(Random(seed), length), Random(seed)
    for run in range(4):
        line = versions[: random.randint(2, length)] if run else versions[:-1]
        if random.random() < 0.3:
            line = [version for version in line if version is line[-1] or random.random() < 0.7] or line
        # Another run has other objects, which say the same.
        line = copy.deepcopy(line)
        judge, cache = _Judge(settings), ResultCache(file, b"program")
        judgements = Judgements(settings, judge, lambda version: version, Comparisons(cache, settings))
        for new in range(1, len(line)):
            found = [judgements.broken_since(line[old : new + 1]) for old in reversed(range(new))]
            assert found == judge.brute(line[: new + 1]), (seed, run, new, line)
        cache.close()


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.policy.name}-{s.content_model}")
def test_what_earlier_runs_know_is_told_alike(settings: CompatibilitySettings, tmp_path: Path) -> None:
    _kept(1, settings, 4, tmp_path / "results")


@pytest.mark.search
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.policy.name}-{s.content_model}")
def test_what_earlier_runs_know_of_many_lines_is_told_alike(settings: CompatibilitySettings, tmp_path: Path) -> None:
    for seed in range(20):
        _kept(seed, settings, 6, tmp_path / "results")


def test_versions_that_are_known_are_not_judged(tmp_path: Path) -> None:
    settings = SETTINGS[1]
    versions = _line(Random(3), 4)
    judged = []
    for _ in range(2):
        judge, cache = _Judge(settings), ResultCache(tmp_path / "results", b"program")
        judgements = Judgements(settings, judge, lambda version: version, Comparisons(cache, settings))
        judgements.since_older(versions, lambda version: version["$id"])
        judged.append(len(judge.found))
        cache.close()
    assert judged[0] > 0
    assert judged[1] == 0


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.policy.name}-{s.content_model}")
def test_the_same_is_told_as_if_all_pairs_were_judged(settings: CompatibilitySettings) -> None:
    for seed in range(2):
        _compared(seed, settings, 4)


@pytest.mark.search
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s.policy.name}-{s.content_model}")
def test_the_same_is_told_of_many_lines(settings: CompatibilitySettings) -> None:
    for seed in range(40):
        _compared(seed, settings, 7)


def _added(number: int, *, strict: bool) -> Schema:
    names = range(1 if strict else number + 1)
    grown = {"s": {"type": "string", "maxLength": 9, "description": f"{number}"}}
    if not strict:
        grown["e"] = {"type": "string", "enum": [f"{value}" for value in range(1 + number // 3)]}
    properties = {**grown, **{f"p{name}": {"type": "integer"} for name in names}}
    return {"$schema": DRAFT, "$id": f"/t/1.{number}.0", "type": "object", "properties": properties}


@pytest.mark.parametrize("model", ContentModel)
def test_versions_that_add_and_grow_are_judged_once_each(model: ContentModel) -> None:
    settings = CompatibilitySettings(policy_named("full-transitive"), model)
    versions = [_added(number, strict=model is ContentModel.STRICT) for number in range(12)]
    judge = _Judge(settings)
    judgements = Judgements(settings, judge, lambda version: version)
    for new in range(1, len(versions)):
        for old in reversed(range(new)):
            told = judgements.broken_since(versions[old : new + 1])
            grew = model is ContentModel.DECLARED and new % 3 == 0 and old == new - 1
            assert [item.growth for item in told] == ["enum-extended"] * grew
    assert len(judge.found) == len(versions) - 1
