"""Checks against upstream's repository tests on a real repository, damaged: every rule broken in several ways.

Damage that leaves the other titles alone is done to many titles at once, so that few runs are enough.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.writing import serialize
from tests.conftest import Scratch
from tests.test_wmf_primary import repository  # noqa: F401  (a fixture)
from tests.upstream.oracle import installed
from tests.upstream.test_checks import differences, ours, worst
from tests.upstream.verdicts import Cases, upstream_verdicts

Change = Callable[[Any], object]
"""Changes a document in place."""

S, I = {"type": "string"}, {"type": "integer", "minimum": 0, "maximum": 9}  # noqa: E741
META = ("properties", "meta", "properties")
VALID, SECURE, SNAKE = "schema-is-valid", "schema-is-secure", "schema-snake-case-properties"
TYPES, REQUIRED = "schema-deterministic-types", "schema-required-properties-exist"
NAMED, EXAMPLES = "schema-examples-$schema-matches-schema-$id", "schema-examples-are-valid"
BOUNDS, COMPATIBLE = "schema-enforced-numeric-bounds", "schema-version-compatibility"


def at(document: Any, *steps: Any) -> Any:
    for step in steps:
        document = document[step]
    return document


def put(*steps: Any, value: Any) -> Change:
    return lambda document: at(document, *steps[:-1]).__setitem__(steps[-1], value)


def drop(*steps: Any) -> Change:
    return lambda document: at(document, *steps[:-1]).__delitem__(steps[-1])


def new(schema: Any, *, below: tuple[str, ...] = ("properties",), name: str = "added") -> Change:
    """One more property."""
    return put(*below, name, value=schema)


EVENTS: list[tuple[str, str, Change]] = [
    (VALID, "no such type", new({"type": "strin", "properties": {}})),
    (VALID, "a number as a type, nested", put(*META, "id", "type", value=5)),
    (VALID, "required is a text", put("required", value="dt")),
    (VALID, "required twice", put("required", value=["meta", "meta"])),
    (VALID, "a negative maxLength, nested", put(*META, "stream", "maxLength", value=-1)),
    (VALID, "a pattern that is none", new({"type": "string", "maxLength": 3, "pattern": "("})),
    (VALID, "a pattern that is none, in patternProperties", new({"type": "object", "additionalProperties": S, "propertyNames": {"maxLength": 3}, "patternProperties": {"[": S}})),
    (VALID, "an empty enum", new({"type": "string", "enum": []})),
    (VALID, "an enum with duplicates", new({"type": "string", "enum": ["a", "a"]})),
    (VALID, "a minimum that is a text, in items", new({"type": "array", "items": {"type": "integer", "minimum": "1", "maximum": 2}})),
    (VALID, "an empty anyOf", put("anyOf", value=[])),
    (VALID, "a description that is a list", put(*META, "id", "description", value=["a"])),
    (VALID, "a $schema that is no URI", put("$schema", value="draft 07")),
    (VALID, "dependencies on a number", put("dependencies", value={"meta": 5})),
    (SECURE, "pattern without maxLength", new({"type": "string", "pattern": "a+"})),
    (SECURE, "format without maxLength in items", new({"type": "array", "items": {"type": "string", "format": "uri"}})),
    (SECURE, "pattern without maxLength in a map", new({"type": "object", "additionalProperties": {"type": "string", "pattern": "a"}})),
    (SECURE, "patternProperties without propertyNames", new({"type": "object", "additionalProperties": S, "patternProperties": {"a": S}}, below=META)),
    (SECURE, "patternProperties with propertyNames, no limit", new({"type": "object", "additionalProperties": S, "patternProperties": {"a": S}, "propertyNames": {}})),
    (SECURE, "uniqueItems over objects", new({"type": "array", "uniqueItems": True, "items": {"type": "object", "additionalProperties": S}})),
    (SECURE, "uniqueItems over lists", new({"type": "array", "uniqueItems": True, "items": {"type": "array", "items": S}})),
    (SECURE, "format without maxLength in anyOf", put("anyOf", value=[{}, {"properties": {"meta": {"format": "uri"}}}])),
    (SECURE, "pattern without maxLength in definitions", put("definitions", value={"a": {"not": {"pattern": "a"}}})),
    (SNAKE, "camelCase", new(S, name="addedName")),
    (SNAKE, "camelCase, nested", new(S, below=META, name="addedName")),
    (SNAKE, "a dash", new(S, name="added-name")),
    (SNAKE, "a digit first", new(S, name="1st")),
    (SNAKE, "an underscore first", new(S, name="_added")),
    (SNAKE, "null in the place of a schema", new(None)),
    (SNAKE, "camelCase in allOf", put("allOf", value=[{"properties": {"aB": S}}])),
    (TYPES, "a list of types", new({"type": ["string", "null"]})),
    (TYPES, "a list of types in a map", new({"type": "object", "additionalProperties": {"type": ["string"]}})),
    (TYPES, "an array without items", new({"type": "array"}, below=META)),
    (TYPES, "an array of anything", new({"type": "array", "items": {}})),
    (TYPES, "an array with a list of items", new({"type": "array", "items": [S]})),
    (TYPES, "an array of arrays of anything", new({"type": "array", "items": {"type": "array", "items": {"maxLength": 3}}})),
    (TYPES, "an object without properties", new({"type": "object"})),
    (TYPES, "a closed object without properties", new({"type": "object", "additionalProperties": False})),
    (TYPES, "null in an enum", new({"type": "string", "enum": ["a", None]})),
    (TYPES, "a property without type", new({"maxLength": 3}, below=META)),
    (TYPES, "oneOf of two types", new({"type": "string", "oneOf": [S, I]})),
    (TYPES, "oneOf of objects without required", new({"type": "object", "oneOf": [{"type": "object", "properties": {}}]})),
    (TYPES, "oneOf of objects that require others", new({"type": "object", "oneOf": [{"type": "object", "properties": {"a": S}, "required": r} for r in (["a"], [])]})),
    (REQUIRED, "a required property that is not there", put("required", value=["meta", "nothing"])),
    (REQUIRED, "a required property that is not there, nested", put("properties", "meta", "required", value=["nothing"])),
    (REQUIRED, "a required property that is false", put(*META, "stream", value=False)),
    (REQUIRED, "required without properties", new({"type": "object", "additionalProperties": S, "required": []})),
    (NAMED, "an example of another schema", put("examples", 0, "$schema", value="/x/1.0.0")),
    (NAMED, "an example without $schema", drop("examples", 0, "$schema")),
    (NAMED, "an example that is null", put("examples", value=[None])),
    (NAMED, "an example of another version", put("examples", 0, "$schema", value="/test/event/0.0.1")),
    (EXAMPLES, "an example with a wrong type", put("examples", 0, "meta", value="text")),
    (EXAMPLES, "an example with a wrong type, nested", put("examples", 0, "meta", "stream", value=5)),
    (EXAMPLES, "an example without what is required", drop("examples", 0, "meta", "stream")),
    (EXAMPLES, "an example with a bad date", put("examples", 0, "meta", "dt", value="2020-13-40")),
    (EXAMPLES, "an example with too many properties", put("properties", "meta", value={"maxProperties": 1})),
    (EXAMPLES, "a second example that is a text", lambda document: document["examples"].append("text")),
    (EXAMPLES, "an unknown format", new({"type": "string", "format": "isbn", "maxLength": 13})),
    (EXAMPLES, "draft-04", put("$schema", value="http://json-schema.org/draft-04/schema#")),
    (EXAMPLES, "a $ref that leads nowhere", new({"type": "string", "allOf": [{"$ref": "#/definitions/nothing"}]})),
    (BOUNDS, "no bounds", new({"type": "integer"})),
    (BOUNDS, "no maximum in items", new({"type": "array", "items": {"type": "number", "minimum": 0}})),
    (BOUNDS, "a minimum that is too low, nested", new({"type": "integer", "minimum": -(2**53), "maximum": 1}, below=META)),
    (BOUNDS, "a maximum that is too high", new({"type": "integer", "minimum": 0, "maximum": 2**63})),
    (BOUNDS, "no bounds in patternProperties", new({"type": "object", "additionalProperties": S, "propertyNames": {"maxLength": 3}, "patternProperties": {"^a": {"type": "number"}}})),
    (BOUNDS, "no bounds in definitions", put("definitions", value={"a": {"oneOf": [{"type": "integer"}]}})),
    ("structure-id-matches-path", "a $id of another title", put("$id", value="/other/1.0.0")),
    ("structure-current-matches-materialized", "a description", put("description", value="other")),
    ("structure-current-matches-materialized", "a description, nested", put(*META, "id", "description", value="other")),
    ("structure-current-matches-materialized", "a key more", put("$comment", value="a")),
]  # fmt: skip
"""The rule that must fail, what is done, and how the newest version of some title is changed."""

PAIRS = [
    ("test/event", "0.0.2", "0.0.3"), ("user/blocks-change", "1.0.0", "1.1.0"), ("revision/create", "1.0.0", "1.1.0"),
    ("page/change", "1.0.0", "1.1.0"), ("prediction_classification_change", "1.0.0", "1.1.0"),
    ("revision/create", "1.1.0", "1.2.0"), ("mediawiki/state/change/page", "1.0.0", "1.1.0"),
]  # fmt: skip
COMPATIBILITY: list[tuple[str, Change | None, Change | None]] = [
    ("a property removed", None, drop("properties", "meta")),
    ("a nested property removed", new(S, below=META), None),
    ("a type changed, nested", new({"type": "object", "properties": {"a": S}}), new({"type": "object", "properties": {"a": I}})),
    ("required added", put("required", value=["meta"]), put("required", value=["meta", "$schema"])),
    ("required removed", put("required", value=["meta"]), drop("required")),
    ("a value of an enum removed", new({"enum": ["a", "b"]}), new({"enum": ["b"]})),
    ("an enum removed", new({"enum": ["a"]}), new({})),
    ("a minimum changed", new(I), new({**I, "minimum": 1})),
    ("a closed object opened", put("additionalProperties", value=False), put("additionalProperties", value=True)),
    ("a list became shorter", new({"default": [1, 2]}), new({"default": [1]})),
    ("a map became an object", new({"additionalProperties": S}), new({"properties": {"a": S}})),
    ("a null that stays", new({"default": None}), new({"default": None})),
    ("a property named enum", new({"properties": {"enum": S}}), new({"properties": {"enum": S}})),
    ("a pattern removed from a map", new({"patternProperties": {"^a": S, "^b": S}}), new({"patternProperties": {"^a": S}})),
]  # fmt: skip
"""What is done to a version and to the one after it."""

FILES: list[tuple[str, str, Callable[[Path], object]]] = [
    ("structure-latest-links", "latest removed", lambda f: (f / "latest").unlink()),
    ("structure-latest-links", "latest.yaml removed", lambda f: (f / "latest.yaml").unlink()),
    ("structure-latest-links", "latest dangles", lambda f: link(f / "latest", "9.9.9.yaml")),
    ("structure-latest-links", "latest.yaml is a copy", lambda f: copy(newest(f), f / "latest.yaml")),
    ("structure-latest-links", "latest leads to the current file", lambda f: link(f / "latest", "current.yaml")),
    ("structure-extensionless-link", "the link removed", lambda f: newest(f).with_suffix("").unlink()),
    ("structure-extensionless-link", "the link leads through ./", lambda f: link(newest(f).with_suffix(""), f"./{newest(f).name}")),
    ("structure-extensionless-link", "the link is a copy", lambda f: copy(newest(f), newest(f).with_suffix(""))),
    ("structure-no-extensionless-current", "a link current", lambda f: link(f / "current", "current.yaml")),
    ("structure-no-extensionless-current", "a folder current", lambda f: (f / "current").mkdir()),
    ("structure-current-is-greatest", "the current version is not released", lambda f: renumber(f / "current.yaml", "9.0.0")),
    ("structure-current-is-greatest", "the current version is an old one", lambda f: renumber(f / "current.yaml", "0.0.0")),
    ("structure-current-is-greatest", "a version after the current one", lambda f: renumber(copy(newest(f), f / "9.0.0.yaml"), "9.0.0")),
    ("structure-id-matches-path", "a $id without version", lambda f: edit(newest(f), lambda d: put("$id", value=d["$id"] + "0")(d))),
    ("structure-current-matches-materialized", "the current file refers to nothing", lambda f: edit(f / "current.yaml", put("allOf", value=[{"$ref": "/nothing/1.0.0"}]))),
    ("structure-current-matches-materialized", "the current file contradicts itself", lambda f: edit(f / "current.yaml", put("allOf", value=[S, {"type": "array"}]))),
    ("structure-current-matches-materialized", "a property in the current file", lambda f: edit(f / "current.yaml", put("minProperties", value=3))),
]  # fmt: skip
"""The rule that must fail, what is done, and how the folder of some title is changed."""


def newest(folder: Path) -> Path:
    released = [path for path in folder.glob("[0-9]*.yaml") if not path.is_symlink()]
    return max(released, key=lambda path: [int(number) for number in path.stem.split(".")])


def edit(path: Path, change: Change) -> None:
    document = parse(path.read_bytes(), source=str(path))
    change(document)
    path.write_text(serialize(document, "yaml"), "utf-8")


def link(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def copy(source: Path, target: Path) -> Path:
    content = source.read_bytes()
    target.unlink(missing_ok=True)
    target.write_bytes(content)
    return target


def renumber(path: Path, version: str) -> None:
    edit(path, lambda document: put("$id", value=f"{document['$id'].rpartition('/')[0]}/{version}")(document))


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    if reason := installed():
        pytest.skip(reason)
    process = Cases()
    yield process
    process.close()


def events(root: Path) -> list[Path]:
    """Folders of titles that are no fragments, and for which no check is skipped."""
    skipped = ("fragment", "retry", "continue", "job", "properties-change", "webrequest", "recentchange", "client/error", "page/change")  # fmt: skip
    folders = sorted(path.parent for path in root.rglob("current.yaml"))
    return [folder for folder in folders if not any(word in str(folder.relative_to(root)) for word in skipped)]


def done(root: Path) -> Iterator[tuple[int, str, str, str, Callable[[Path], object]]]:
    """The damage: number of the run, rule that must fail, title, what is done, and how."""
    jsonschema = root / "jsonschema"
    titles = [str(folder.relative_to(jsonschema)) for folder in events(root)]
    for index, (rule, name, change) in enumerate(EVENTS):
        title = titles[index % len(titles)]
        yield (
            index // len(titles),
            rule,
            title,
            name,
            lambda r, t=title, c=change: edit(newest(r / "jsonschema" / t), c),
        )
    for index, (rule, name, act) in enumerate(FILES):
        # Not in the runs of the others: one kind of damage to a title.
        title = titles[index % len(titles)]
        yield 3 + index // len(titles), rule, title, name, lambda r, t=title, a=act: a(r / "jsonschema" / t)
    for index, (name, old, after) in enumerate(COMPATIBILITY):
        end, first, second = PAIRS[index % len(PAIRS)]
        title = next(
            str(path.parent.relative_to(jsonschema))
            for path in jsonschema.rglob(f"{first}.yaml")
            if str(path.parent).endswith(f"/{end}")
        )

        def act_on_both(r: Path, t: str = title, changes: Any = ((first, old), (second, after))) -> None:
            for version, change in changes:
                if change is not None:
                    edit(r / "jsonschema" / t / f"{version}.yaml", change)

        yield 3 + index // len(PAIRS), COMPATIBLE, title, name, act_on_both


@pytest.mark.search
def test_same_verdicts_after_damage(repository: Scratch, cases: Cases, tmp_path: Path) -> None:  # noqa: F811
    damage = list(done(repository.root))
    assert len(damage) > 90
    for run in sorted({number for number, *_ in damage}):
        root = tmp_path / f"run-{run}"
        shutil.copytree(repository.root, root, symlinks=True)
        mine_to_do = [entry for entry in damage if entry[0] == run]
        for _, _, _, _, act in mine_to_do:
            act(root)
        cases.ask(root)
        mine, _, _ = ours(root)
        verdicts = cases.answer()
        assert verdicts is not None
        theirs = worst(list(verdicts.items()))
        failed = {(rule, title) for (rule, title, _, _), status in theirs.items() if status == "failed"}
        without_effect = [(rule, title, name) for _, rule, title, name, _ in mine_to_do if (rule, title) not in failed]
        assert without_effect == []
        assert differences(theirs, mine) == {}
        assert set(mine) == set(theirs)


ALONE: dict[str, Callable[[Path], object]] = {
    "no current file": lambda r: (r / "jsonschema/maps/tile_change/current.yaml").unlink(),
    "no released version": lambda r: [
        path.unlink() for path in (r / "jsonschema/maps/tile_change").iterdir() if path.name != "current.yaml"
    ],
    "a folder renamed": lambda r: (r / "jsonschema/maps/tile_change").rename(r / "jsonschema/maps/tile_changed"),
    "a title of another folder": lambda r: edit(
        r / "jsonschema/maps/tile_change/1.0.0.yaml", put("title", value="maps/other")
    ),
    "two folders of one title": lambda r: shutil.copytree(r / "jsonschema/maps/tile_change", r / "jsonschema/maps/x"),
    "no $id": lambda r: edit(r / "jsonschema/maps/tile_change/1.0.0.yaml", drop("$id")),
    "no title": lambda r: edit(r / "jsonschema/maps/tile_change/1.0.0.yaml", drop("title")),
    "no YAML": lambda r: (r / "jsonschema/maps/tile_change/1.0.0.yaml").write_text("a: [", "utf-8"),
    "an empty file": lambda r: (r / "jsonschema/maps/tile_change/1.0.0.yaml").write_text("", "utf-8"),
    "a dangling version": lambda r: link(r / "jsonschema/maps/tile_change/1.1.0.yaml", "nothing.yaml"),
    "a linked version": lambda r: link(r / "jsonschema/maps/tile_change/1.1.0.yaml", "1.0.0.yaml"),
    "a prerelease": lambda r: copy(
        r / "jsonschema/maps/tile_change/1.0.0.yaml", r / "jsonschema/maps/tile_change/1.0.0-rc.1.yaml"
    ),
    "a fragment without its link": lambda r: (r / "jsonschema/fragment/common/1.1.0").unlink(),
    "a fragment changed": lambda r: edit(
        r / "jsonschema/fragment/common/2.0.0.yaml", put("properties", "meta", "properties", "id", "maxLength", value=3)
    ),
    "JSON too": lambda r: edit(r / ".jsonschema-tools.yaml", put("contentTypes", value=["yaml", "json"])),
    "no skips": lambda r: edit(r / ".jsonschema-tools.yaml", drop("skipSchemaTestCases")),
    "skips by all kinds of patterns": lambda r: edit(
        r / ".jsonschema-tools.yaml",
        put(
            "skipSchemaTestCases",
            value={"": [NAMED], "^/maps/(?!tile_)": [VALID, SECURE], "\\/1\\.[01]\\.0$": [COMPATIBLE], "1.0.0": [TYPES], "^fragment": [BOUNDS], "common|http": [SNAKE]},
        ),
    ),
    "schemas to ignore": lambda r: edit(
        r / ".jsonschema-tools.yaml", put("ignoreSchemas", value=["^/maps/.*", "/change-prop/", "recentchange/1"])
    ),
    "no bounds": lambda r: edit(r / ".jsonschema-tools.yaml", put("enforcedNumericBounds", value=False)),
    "narrow bounds": lambda r: edit(r / ".jsonschema-tools.yaml", put("enforcedNumericBounds", value=[0, 2**31])),
    "no extensionless links": lambda r: edit(r / ".jsonschema-tools.yaml", put("shouldSymlinkExtensionless", value=False)),
    "no latest links": lambda r: edit(r / ".jsonschema-tools.yaml", put("shouldSymlinkLatest", value=False)),
    "no examples to add": lambda r: edit(r / ".jsonschema-tools.yaml", put("shouldGenerateExample", value=False)),
    "not dereferenced": lambda r: edit(r / ".jsonschema-tools.yaml", put("shouldDereference", value=False)),
}  # fmt: skip
"""Damage to a part of the repository that leaves no room for other damage."""

SMALL = ("fragment/common", "fragment/http", "maps/tiles_change", "maps/tile_change", "change-prop/retry", "mediawiki/recentchange")  # fmt: skip


@pytest.mark.search
def test_same_verdicts_after_damage_of_the_whole(repository: Scratch, cases: Cases, tmp_path: Path) -> None:  # noqa: F811
    small = tmp_path / "small"
    small.mkdir()
    shutil.copy(repository.root / ".jsonschema-tools.yaml", small)
    for title in SMALL:
        shutil.copytree(repository.root / "jsonschema" / title, small / "jsonschema" / title, symlinks=True)
    undamaged = cases.verdicts(small)
    assert undamaged is not None
    wrong: dict[str, Any] = {}
    for name, act in ALONE.items():
        root = tmp_path / name
        shutil.copytree(small, root, symlinks=True)
        act(root)
        cases.ask(root)
        mine, report, _ = ours(root)
        verdicts = cases.answer()
        if verdicts is None:
            if not report.failed:
                wrong[name] = "upstream could not run, we found nothing"
        elif found := differences(worst(list(verdicts.items())), mine):
            wrong[name] = found
        elif verdicts == undamaged:
            wrong[name] = "no effect"
    assert wrong == {}


@pytest.mark.search
def test_the_cases_are_those_of_mocha(repository: Scratch, cases: Cases) -> None:  # noqa: F811
    for _, _, _, _, act in [entry for entry in done(repository.root) if entry[0] == 0]:
        act(repository.root)
    assert cases.verdicts(repository.root) == upstream_verdicts(repository.root)
