"""Work grows in step with the input: four times as much input is about four times as much work, never sixteen.

Work is counted in calls, which depends on no machine. What happens inside of one call of C (a search in a text, ``in`` for
a list) is measured by processor time, of inputs large enough to stand out.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.compatibility.policies import settings_of
from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.writing import to_json, to_yaml
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.nodejs.all_of import merge_all_of
from jsonschema_tools.reports.compatibility import comparison
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.rules.engine import run_all
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases import bump as bumping
from jsonschema_tools.use_cases import check as checking
from jsonschema_tools.use_cases import compare as comparing
from jsonschema_tools.use_cases import diff as version_diff
from jsonschema_tools.use_cases import materialize as api
from jsonschema_tools.use_cases.list import list_schemas
from jsonschema_tools.use_cases.validate import validate
from tests.conftest import Scratch

pytestmark = pytest.mark.search

MOST = 8
"""Four times the input may be so many times the work: 4 is linear, 16 quadratic."""
LOOKS = 5

Schema = dict[str, Any]


def calls(act: Callable[[], object]) -> int:
    """How many functions an act calls, those of C too."""
    count = 0

    def count_one(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def seconds(act: Callable[[], object]) -> float:
    """The least processor time that an act took in a few runs."""
    best = float("inf")
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            start = time.process_time()
            act()
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best


def grows(cost: Callable[[int], float], size: int) -> float:
    """How many times the cost is that of an input four times as large: the least of a few looks.

    A busy machine can make one look too high; what is quadratic is too high in all of them.
    """
    cost(max(1, size // 4))  # What is made once, and kept, is made now.
    least = float("inf")
    for _ in range(LOOKS):
        small = cost(size)
        least = min(least, cost(4 * size) / small)
        if least < MOST:
            break
    return least


# Schemas that grow: (n, whether it is the later of two versions) -> schema.


def _nested(levels: int, inner: Schema) -> Schema:
    for _ in range(levels):
        inner = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}, "b": inner}}
    return inner


def _properties(n: int, later: bool) -> Schema:
    return {"properties": {f"p_{i}": {"type": "string", "maxLength": 9} for i in range(n + later)}}


def _changed_properties(n: int, later: bool) -> Schema:
    # Each of the first 60 changes is a question of its own about the whole schema.
    return {"properties": {f"p_{i}": {"type": "string", "maxLength": 9 + (later and i < 4)} for i in range(n)}}


def _enum(n: int, later: bool) -> Schema:
    return {"properties": {"p": {"type": "string", "enum": [f"v{i}" for i in range(n + later)]}}}


def _enum_of_objects(n: int, later: bool) -> Schema:
    return {"properties": {"p": {"type": "object", "enum": [{"a": [i]} for i in range(n + later)]}}}


def _required(n: int, later: bool) -> Schema:
    return {**_properties(n, False), "required": [f"p_{i}" for i in range(n - later)]}


def _depth(n: int, later: bool) -> Schema:
    return _nested(n, {"type": "integer", "minimum": 0 - later})


def _parts(n: int, later: bool) -> Schema:
    return {"allOf": [{"properties": {f"p_{i}": {"type": "string", "maxLength": 9}}} for i in range(n + later)]}


def _parts_of_one(n: int, later: bool) -> Schema:
    return {"allOf": [{"description": f"d{i}", "properties": {"p": {"maxLength": n + later + i}}} for i in range(n)]}


def _enums_of_two_parts(n: int, later: bool) -> Schema:
    values = [f"v{i}" for i in range(n + later)]
    return {"properties": {"p": {"type": "string", "allOf": [{"enum": values}, {"enum": values[::-1]}]}}}


def _required_of_two_parts(n: int, later: bool) -> Schema:
    names = [f"p_{i}" for i in range(n)]
    return {**_properties(n, False), "allOf": [{"required": names}, {"required": [*names[::-1], "x"][: n + later]}]}


def _references(n: int, later: bool) -> Schema:
    names, text = range(n + later), {"type": "string", "maxLength": 9}
    return {"definitions": {"text": text}, "properties": {f"p_{i}": {"$ref": "#/definitions/text"} for i in names}}


def _definitions(n: int, later: bool) -> Schema:
    return {
        "definitions": {f"d{i}": {"type": "string", "maxLength": 9} for i in range(n + later)},
        "properties": {f"p_{i}": {"$ref": f"#/definitions/d{i}"} for i in range(n + later)},
    }


def _example(n: int, later: bool) -> Schema:
    return {"properties": {"p": {"type": "array", "items": {"type": "integer"}}}, "examples": [{"p": [later] * n}]}


GROWING: dict[str, tuple[Callable[[int, bool], Schema], int]] = {
    "properties": (_properties, 40),
    "properties of which some change": (_changed_properties, 20),
    "enum": (_enum, 150),
    "enum of objects": (_enum_of_objects, 60),
    "required": (_required, 40),
    "depth": (_depth, 12),
    "parts of allOf": (_parts, 40),
    "parts of allOf about one property": (_parts_of_one, 60),
    "enums of two parts of allOf": (_enums_of_two_parts, 150),
    "required of two parts of allOf": (_required_of_two_parts, 40),
    "references to one definition": (_references, 40),
    "definitions": (_definitions, 40),
    "an example": (_example, 150),
}


def _released(root: Path, grow: Callable[[int, bool], Schema], size: int, versions: int = 2) -> Config:
    """A repository with one schema in two versions, the greater one in the current file too; outside of Git."""
    folder = root / f"{size}" / "a"
    folder.mkdir(parents=True)
    (folder.parent / ".jsonschema-tools.yaml").write_text("schemaBasePath: .\n")
    config = load_config(folder.parent)
    for later in range(versions):
        head = {"$schema": "https://json-schema.org/draft-07/schema#", "$id": f"/a/1.{later}.0", "title": "a"}
        schema = {**head, "description": "d", "type": "object", **grow(size, later > 0)}
        (folder / "current.yaml").write_text(to_yaml(schema))
        api.carry_out(api.plan_all(config), config)
    return config


def _materialize(config: Config) -> None:
    # A released version is compared with what it would be, and one that differs is refused with what is due.
    api.plan_all(config, output_directory=config.root / "elsewhere")
    api.plan_all(config)


def _check(config: Config) -> None:
    for profile in ("upstream", "recommended"):
        assert run_all(checking.plan(replace(config, profile=profile))).results


def _changelog(config: Config) -> None:
    found, errors = comparing.histories([], config, settings_of(config))
    assert not errors
    assert "".join(map(comparison.changelog, found))


def _compat(config: Config) -> None:
    folder = config.root / "a"
    for policy in ("wikimedia", "full"):
        comparing.compat(folder / "1.0.0.yaml", folder / "1.1.0.yaml", config, settings_of(config, policy))


def _validate(config: Config) -> None:
    store = open_store(config)
    for event in (b'{"p": "v1", "p_1": "x", "b": {"a": "x"}}', b'{"p": 1, "p_1": 1, "b": {"b": 1}}'):
        validate(event, store, schema="/a/1.1.0")


ACTS: dict[str, Callable[[Config], object]] = {
    "materialize": _materialize,
    "check": _check,
    "compat": _compat,
    "bump": lambda config: bumping.plan_bumps([], config),
    "changelog": _changelog,
    "ls": list_schemas,
    "validate": _validate,
}


@pytest.mark.parametrize("kind", GROWING)
def test_work_on_a_schema_is_linear(tmp_path: Path, kind: str) -> None:
    grow, size = GROWING[kind]
    configs = {n: _released(tmp_path, grow, n) for n in (max(1, size // 4), size, 4 * size)}
    for name, act in ACTS.items():

        def cost(n: int, act: Callable[[Config], object] = act) -> float:
            return calls(lambda: act(configs[n]))

        assert grows(cost, size) < MOST, name


# Lists whose comparison hides in calls of C.

MERGED: dict[str, Callable[[int], Schema]] = {
    "enum": lambda n: {"allOf": [{"enum": list(range(n))}, {"enum": list(range(n, 0, -1))}]},
    "required": lambda n: {
        "allOf": [{"required": [f"a{i}" for i in range(n)]}, {"required": [f"b{i}" for i in range(n)]}]
    },
    "parts": lambda n: {"allOf": [{"properties": {f"p{i}": {"type": "string"}}, f"x-{i}": 1} for i in range(n)]},
    "alternatives": lambda n: {"allOf": [{"anyOf": [{"const": i} for i in range(n)]}, {"anyOf": [{"minimum": 0}, {}]}]},
    "the same alternatives": lambda n: {"allOf": [{"anyOf": [{"const": i} for i in range(n)[::s]]} for s in (1, -1)]},
    "dependencies": lambda n: {"allOf": [{"dependencies": {f"p{i}": ["a"], "p": [f"a{i}"]}} for i in range(n)]},
    "items by position": lambda n: {"allOf": [{"items": [{k: i} for i in range(n)]} for k in ("minimum", "maximum")]},
}


@pytest.mark.parametrize("kind", MERGED)
def test_merging_lists_is_linear(kind: str) -> None:
    def cost(n: int) -> float:
        return seconds(lambda: merge_all_of(MERGED[kind](n)))

    assert grows(cost, 800) < MOST


TEXTS: dict[str, tuple[Callable[[int], str], int]] = {
    "JSON on one line": (lambda n: json.dumps({"p": [{"x": [i], "y": "a - b : c [d]"} for i in range(n)]}), 1500),
    "JSON on one line that is broken": (lambda n: json.dumps({"p": [{"x": [i]} for i in range(n)]})[:-1], 1500),
    "minified JSON": (lambda n: json.dumps({"p": [{"x": i} for i in range(n)]}, separators=(",", ":")), 2500),
    "simple flow collections on one line": (lambda n: "p: [" + ", ".join(["{a: b}", "[c]"] * n) + "]\n", 2500),
    "lists as keys": (lambda n: "p: {" + ", ".join(f"[a{i}]: b" for i in range(n)) + "}\n", 2500),
    "words that begin with a colon": (lambda n: "p: [" + ", ".join([":a"] * n) + "]\n", 2500),
    "odd words on one line of a block text": (lambda n: "p: |\n  x" + " : 012" * n + "\n", 20_000),
    "odd lines of a block text": (lambda n: "p: |\n" + "  - 012\n" * n, 20_000),
    "block texts": (lambda n: "".join(f"p{i}: |\n  a: 012\n" for i in range(n)), 1500),
    "block texts that begin with tabs": (lambda n: "".join(f"p{i}: >\n  \tb\n  c\n" for i in range(n)), 1500),
    "tabs between words": (lambda n: "a: [b,\tc]\nd:\n- \te\nx:\n" + "  y\tz\n" * n, 4000),
    "blank lines with tabs": (lambda n: "a: b\n" + "\t\n" * n + "c:\n- \td\n", 4000),
    "blank lines before a tag": (lambda n: "\n" * n + "a: !!str b\n", 40_000),
    "comments before a tag": (lambda n: "# c\n" * n + "a: !!str b\n", 40_000),
    "escapes of surrogates": (lambda n: "".join(f'p{i}: "\\ud8{i % 256:02x}"\n' for i in range(n)), 1500),
    "anchors and aliases": (lambda n: "".join(f"p{i}: &a{i} [x]\nq{i}: *a{i}\n" for i in range(n)), 1500),
    "merge keys": (lambda n: "".join(f"p{i}: &a{i} {{x: y}}\nq{i}: {{<<: *a{i}}}\n" for i in range(n)), 600),
    "tags": (lambda n: "".join(f"p{i}: !!str {i}\n" for i in range(n)), 1500),
    "digits": (lambda n: "a: 1." + "1" * n + "x\n", 40_000),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_reading_is_linear(kind: str) -> None:
    make, size = TEXTS[kind]

    def read(text: str) -> None:
        try:
            document = parse(text, source="text")
        except SchemaToolsError:
            return
        to_yaml(document)
        to_json(document)

    def cost(n: int) -> float:
        text = make(n)
        return seconds(lambda: read(text))

    assert grows(cost, size) < MOST


@pytest.mark.parametrize("kind", ["JSON on one line", "anchors and aliases", "tabs between words", "merge keys"])
def test_finding_places_is_linear(kind: str) -> None:
    make, size = TEXTS[kind]
    runs = itertools.count()

    def cost(n: int) -> float:
        # A comment of its own: what was read for a place is kept for the next one.
        texts = (f"{text}\n# {next(runs)}\n" for text in itertools.repeat(make(n)))
        return seconds(lambda: locate(next(texts), "/q1/x", source="text"))

    assert grows(cost, size) < MOST


# What Git is asked: real repositories, and a count of the processes.


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], int]:
    """Counts the Git processes that an act starts."""
    log, folder, real = tmp_path / "log", tmp_path / "bin", shutil.which("git")
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho >> "{log}"\nexec "{real}" "$@"\n')
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def count(act: Callable[[], object]) -> int:
        log.write_text("")
        act()
        return len(log.read_text().splitlines())

    return count


def _text(title: str, version: str) -> str:
    return f"$id: /{title}/{version}\ntitle: {title}\ndescription: d\ntype: object\nproperties: {{p_{version[2]}: {{type: string}}}}\n"


def _committed(root: Path, *, titles: int = 1, versions: int = 1, commits: int = 1) -> Config:
    """A repository with released versions and, of each title, one that is about to be."""
    root.mkdir()
    scratch = Scratch(root)
    scratch.git("init", "--quiet", "--initial-branch", "main")
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: schemas\nreleaseBranches: [main]\n")
    config = load_config(root)
    names = [f"t{number}" for number in range(titles)]
    for minor in range(versions):
        for title in names:
            scratch.write(f"schemas/{title}/current.yaml", _text(title, f"1.{minor}.0"))
        api.carry_out(api.plan_all(config), config)
        scratch.commit()
    for number in range(commits):
        scratch.write("other.txt", f"{number}")
        scratch.commit()
    for title in names:
        scratch.write(f"schemas/{title}/current.yaml", _text(title, f"1.{versions}.0"))
    return config


GIT_ACTS: dict[str, Callable[[Config], object]] = {
    **{name: act for name, act in ACTS.items() if name not in ("compat", "validate")},
    "check, materialized": lambda config: (api.carry_out(api.plan_all(config), config), _check(config)),
    "diff": lambda config: list(map(version_diff.in_words, version_diff.version_diffs(config))),
}


@pytest.mark.parametrize("kind", ["titles", "versions", "commits"])
@pytest.mark.parametrize("name", GIT_ACTS)
def test_git_is_not_asked_more_often(
    tmp_path: Path, processes: Callable[[Callable[[], object]], int], kind: str, name: str
) -> None:
    asked = []
    for size in (2, 8):
        config = _committed(tmp_path / f"{size}", **{kind: size})
        asked.append(processes(lambda config=config: GIT_ACTS[name](config)))
    assert asked[0] == asked[1]


@pytest.mark.parametrize("kind", ["titles", "versions"])
def test_work_on_a_repository_is_linear(tmp_path: Path, kind: str) -> None:
    sizes = (2, 4, 16)
    configs = {size: _committed(tmp_path / f"{size}", **{kind: size}) for size in sizes}
    for name, act in GIT_ACTS.items():
        costs = [calls(lambda config=configs[size], act=act: act(config)) for size in sizes]
        assert costs[2] / costs[1] < MOST, name
