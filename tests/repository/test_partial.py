"""A run about some titles says of them what a run about everything says, though it reads only what it needs."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.repository import partial
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.loading import load
from jsonschema_tools.rules.model import Report
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.check import check, check_staged
from tests.conftest import Scratch
from tests.test_wmf_primary import repository  # noqa: F401 (a fixture)

CURRENT = """\
title: {title}
$id: /{title}/{version}
$schema: https://json-schema.org/draft-07/schema#
type: object
{rest}"""
ODD = {
    "a/order": "properties: {id: {$ref: '/fragment/common/1.0.0#/properties/id'}}\n",
    "a/order/line": "properties: {camelCase: {type: string}}\n",
    "a/old": "deprecated: true\nx-deprecated: {successor: /a/order}\n",
    "a/older": "deprecated: true\nx-deprecated: {successor: /a/oldest}\n",
    "a/oldest": "deprecated: true\nx-deprecated: {successor: /a/older}\n",
    "a/lost": "deprecated: true\nx-deprecated: {successor: /a/nowhere}\n",
    "b/user": "allOf: [{$ref: /a/old/1.0.0}, {$ref: /fragment/common/latest}]\n",
    "b/astray": "allOf: [{$ref: /fragment/common/3.0.0}]\n",
    "b/here": "allOf: [{$ref: /b/there/1.0.0}]\n",
    "b/there": "allOf: [{$ref: /b/here/1.0.0}]\n",
    "b/tested": "properties: {id: {type: integer}}\n",
    "b/left": "properties: {id: {type: integer}}\n",
}
"""What is odd about a title is in what it refers to, and in the folders of `odd`."""

SELECTIONS: list[dict[str, Any]] = [{}, {"profile": "recommended"}]


def told(report: Report) -> list[tuple[object, ...]]:
    """All that a report says, without what it was found with."""
    return [
        (
            result.check.rule.id,
            result.check.severity,
            *(
                getattr(result.check.subject, name)
                for name in ("title", "schema_version", "path", "schema_id", "detail")
            ),
            result.status,
            result.findings,
            result.reason,
            result.consequence_of,
            result.consequences,
        )
        for result in report.results
    ]


def outcome(run: Any, *arguments: Any, **names: Any) -> object:
    try:
        return told(run(*arguments, **names))
    except SchemaToolsError as error:
        return str(error), error.remedy, error.source


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Has a run read everything."""

    def run(*arguments: Any, **names: Any) -> object:
        with monkeypatch.context() as patched:
            patched.setattr(partial, "_MOST_FOLDERS", -1)
            return outcome(*arguments, **names)

    return run


def put(scratch: Scratch, title: str, rest: str, version: str = "1.0.0", folder: str | None = None) -> None:
    text = CURRENT.format(title=title, version=version, rest=rest)
    scratch.write(f"jsonschema/{folder or title}/current.yaml", text)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """A repository in which everything is wrong that concerns several folders, on a branch that has more of it."""
    scratch = Scratch(tmp_path_factory.mktemp("odd"))
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nignoreSchemas: [/b/left/]\n")
    scratch.git("init", "--quiet", "--initial-branch", "main")
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        put(scratch, "fragment/common", "properties: {id: {type: string}}\n", version)
        scratch.jst("materialize")
    for title, rest in ODD.items():
        put(scratch, title, rest)
    done = scratch.jst(
        "materialize", *(f"jsonschema/{title}" for title in ("a/order", "a/old", "a/order/line", "b/tested"))
    )
    assert done.exit_code == 0, done.output
    scratch.write("jsonschema/b/tested/tests/some.yaml", "valid: [{id: 1}, {id: x}]\n")
    scratch.write("jsonschema/b/nothing/tests/some.yaml", "valid: [{id: 1}]\n")
    scratch.write("jsonschema/c/broken/current.yaml", "\ttitle: [\n")
    scratch.write("jsonschema/c/broken/1.0.0.yaml", CURRENT.format(title="c/broken", version="1.0.0", rest=""))
    scratch.write("jsonschema/c/Curent.yaml", "title: c\n")
    put(scratch, "c/elsewhere", "", folder="c/here")
    scratch.commit()
    scratch.git("checkout", "--quiet", "-b", "work")
    put(scratch, "a/order", "properties: {id: {type: integer}}\n", "1.1.0")
    (scratch.root / "jsonschema/a/old/1.0.0.yaml").unlink()
    scratch.commit()
    put(scratch, "b/tested", "properties: {id: {type: string}, more: {type: string}}\n")
    scratch.git("add", "--all")
    put(scratch, "a/order/line", "not: [valid\n")
    return scratch


def of_titles(config: Config, titles: Sequence[str], **names: Any) -> None:
    everything = told(check(config, **names))
    for title in titles:
        assert outcome(check, config, titles=title, **names) == [each for each in everything if each[2] == title]


def test_a_title_by_itself(odd: Scratch) -> None:
    of_titles(load_config(odd.root), ["a/order", "b/user", "a/older"], profile="recommended")


@pytest.mark.search
@pytest.mark.parametrize("names", SELECTIONS)
def test_each_title_by_itself(odd: Scratch, whole: Any, names: dict[str, Any]) -> None:
    config = load_config(odd.root)
    titles = [title.name for title in load(config).titles]
    assert {*ODD, "fragment/common", "c/elsewhere"} - {"b/left", "a/order/line"} <= {*titles}
    of_titles(config, titles, **names)
    for word in ("a", "c/broken", "/a/order/1.0.0", "a/order@1.0.0", "a/nowhere", "b/nothing", "c", "/"):
        assert outcome(check, config, titles=word, **names) == whole(check, config, titles=word, **names), word
    paths = [path for path in odd.root.rglob("*") if ".git" not in path.parts]
    for path in [*paths[:: len(paths) // 20], odd.root / "gone.yaml"]:
        selection = {**names, "titles": str(path), "skip_other_files": True}
        assert outcome(check, config, **selection) == whole(check, config, **selection), path


@pytest.mark.parametrize("names", [{}, {"against": "main", "titles": "jsonschema/a"}])
def test_what_is_touched(odd: Scratch, whole: Any, monkeypatch: pytest.MonkeyPatch, names: dict[str, Any]) -> None:
    monkeypatch.chdir(odd.root)
    config = load_config(odd.root)
    assert outcome(check_staged, config, **names) == whole(check_staged, config, **names)
    assert outcome(check, config, **names) == whole(check, config, **names)


def test_copies_are_seen_from_where_they_are(odd: Scratch, whole: Any) -> None:
    put(odd, "a/order", "", folder="a/copy")
    folder = odd.root / "jsonschema/a/copy"
    config = load_config(odd.root)
    found = outcome(check, config, titles=str(folder))
    assert found == whole(check, config, titles=str(folder))
    shutil.rmtree(folder)
    assert any(each[0] == "structure-one-directory" for each in found if each[7]), found


def test_only_what_is_needed_is_read(odd: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    real = partial.load

    def counted(*arguments: Any, only: Any = None, **names: Any) -> Any:
        read.extend([Path("everything")] if only is None else only)
        return real(*arguments, only=only, **names)

    monkeypatch.setattr(partial, "load", counted)
    base = odd.root / "jsonschema"
    check(load_config(odd.root), titles="b/tested", profile="recommended")
    assert {*read} <= {base / "b/tested", base / "b/tested/tests"}
    read.clear()
    check_staged(load_config(odd.root), select="refs-are-current")
    assert {tuple(path.parts[-3:]) for path in read} == {("jsonschema", "b", "tested")}


@pytest.mark.search
@pytest.mark.parametrize("names", SELECTIONS)
def test_wmf_primary(repository: Scratch, whole: Any, names: dict[str, Any]) -> None:  # noqa: F811
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit()
    config = load_config(repository.root)
    titles = [title.name for title in load(config).titles]
    assert len(titles) > 50
    of_titles(config, titles, **names)
    repository.git("checkout", "--quiet", "-b", "work")
    rng = random.Random(19)
    files = [path for path in repository.root.rglob("*.yaml") if path.is_file() and path.parent != repository.root]
    for path in rng.sample(files, 4):
        before = path.read_text("utf-8")
        for change in (
            before.replace("type: string", "type: integer", 1),
            before.replace("title: ", "title: x", 1),
            before.replace("$ref: /", "$ref: /x", 1),
            None,
        ):
            path.unlink()
            if change is not None:
                path.write_text(change, "utf-8")
            repository.git("add", "--all")
            assert outcome(check_staged, config, **names) == whole(check_staged, config, **names), path
            selection = {**names, "against": "main"}
            assert outcome(check, config, **selection) == whole(check, config, **selection), path
            path.write_text(before, "utf-8")
