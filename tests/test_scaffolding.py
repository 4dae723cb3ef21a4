"""`jst init` and `jst new`: what they write passes at once, nothing is overwritten, templates say what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools import load_config
from jsonschema_tools.repository.configuration import settings_schema
from jsonschema_tools.use_cases.scaffold import CI, SITE_ON_GITHUB
from tests.conftest import Scratch

ALWAYS = {
    ".jsonschema-tools.yaml",
    ".jsonschema-tools.schema.json",
    ".pre-commit-config.yaml",
    "jsonschema/.gitkeep",
    "tests/test_schemas.py",
}
REQUIREMENT = "jsonschema-tools @ git+https://example.org/jst.git@0123456789abcdef0123456789abcdef01234567"
STRICT = ["check", "--profile", "recommended", "--strict", "--allow-empty"]


@pytest.fixture
def empty(tmp_path: Path) -> Scratch:
    """A Git repository with nothing in it."""
    scratch = Scratch(tmp_path / "empty")
    scratch.root.mkdir()
    scratch.git("init", "--quiet")
    return scratch


@pytest.fixture
def fresh(empty: Scratch) -> Scratch:
    """A repository that was just initialized."""
    assert empty.jst("init").exit_code == 0
    return empty


@pytest.mark.parametrize("ci", [None, *CI])
def test_a_new_repository_passes(empty: Scratch, ci: str | None) -> None:
    done = empty.jst("init", *(["--ci", ci, "--requirement", REQUIREMENT] if ci else []))
    assert done.exit_code == 0
    assert set(empty.snapshot()) == ALWAYS | ({CI[ci][0]} if ci else set())
    for name in set(empty.snapshot()) - {"tests/test_schemas.py", "jsonschema/.gitkeep"}:
        assert yaml.safe_load(empty.read(name))
    assert empty.jst(*STRICT).exit_code == 0


@pytest.mark.parametrize("ci", CI)
def test_a_site_is_published_too(empty: Scratch, ci: str) -> None:
    words = ["init", "--ci", ci, "--requirement", REQUIREMENT]
    assert f"--ci {ci} --site" in empty.jst(*words).stderr
    done = empty.jst(*words, "--site")
    page = (Path(__file__).parents[1] / "docs/site.md").read_text("utf-8")
    if ci == "github":
        assert done.stdout == f"write {SITE_ON_GITHUB[0]}\n"
        written = empty.read(SITE_ON_GITHUB[0])
        assert f"```yaml\n{written}```" in page
        steps = yaml.safe_load(written)["jobs"]["site"]["steps"]
        assert "'markdown-it-py" in next(step["run"] for step in steps if "pip" in step.get("run", ""))
    else:
        # The one file of GitLab is there: what it lacks is shown.
        assert "pages:" in done.stderr
        (empty.root / CI[ci][0]).unlink()
        empty.jst(*words, "--site")
        written = empty.read(CI[ci][0])
        assert list(yaml.safe_load(written)) == ["schemas", "pages"]
        assert f"```yaml\n{written[written.index('pages:') :]}```" in page


def test_a_site_needs_a_ci(empty: Scratch) -> None:
    done = empty.jst("init", "--site")
    assert (done.exit_code, "--ci" in done.stderr, empty.snapshot()) == (2, True, {})


def test_the_configuration_names_its_schema_for_editors(fresh: Scratch) -> None:
    modeline = fresh.read(".jsonschema-tools.yaml").splitlines()[0]
    name = modeline.removeprefix("# yaml-language-server: $schema=")
    assert json.loads(fresh.read(name)) == settings_schema()
    assert load_config(fresh.root).profile == "recommended"


def test_nothing_is_overwritten(fresh: Scratch) -> None:
    for name in ALWAYS:
        fresh.write(name, "# mine\n")
    before = fresh.snapshot()
    done = fresh.jst("init")
    assert (done.exit_code, fresh.snapshot(), done.stdout) == (0, before, "")
    said = [line for line in done.stderr.splitlines() if line.endswith(" is there already, and kept")]
    kept = {line.removesuffix(" is there already, and kept") for line in said}
    assert kept == ALWAYS - {".jsonschema-tools.schema.json", "jsonschema/.gitkeep"}


def test_a_repository_of_the_nodejs_tool_keeps_its_configuration(empty: Scratch) -> None:
    text = "schemaBasePath: ./schemas/\ncontentTypes: [yaml]\n"
    empty.write(".jsonschema-tools.yaml", text)
    empty.write(
        "schemas/a/current.yaml", "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\n"
    )
    done = empty.jst("init", "--ci", "github", "--requirement", REQUIREMENT)
    assert done.exit_code == 0
    assert ".jsonschema-tools.yaml is there already, and kept" in done.stderr
    names = {"schemas/a/current.yaml", CI["github"][0]}
    assert set(empty.snapshot()) == names | ALWAYS - {".jsonschema-tools.schema.json", "jsonschema/.gitkeep"}
    assert empty.read(".jsonschema-tools.yaml") == text


def test_more_rules_are_advised_where_there_are_not_all(fresh: Scratch) -> None:
    fresh.jst("new", "a")
    assert "--write-baseline" not in fresh.jst("init").stderr
    fresh.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    assert "--write-baseline" in fresh.jst("init").stderr


def test_what_belongs_to_the_git_repository_goes_to_its_root(empty: Scratch) -> None:
    assert empty.jst("init", "all my/schemas", "--ci", "github", "--requirement", REQUIREMENT).exit_code == 0
    root = {".pre-commit-config.yaml", CI["github"][0]}
    assert set(empty.snapshot()) == root | {f"all my/schemas/{name}" for name in ALWAYS - root}
    hooks = yaml.safe_load(empty.read(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert [hook["entry"].endswith(" 'all my/schemas'") for hook in hooks] == [True, True]
    assert (
        "jst check 'all my/schemas' $"
        in yaml.safe_load(empty.read(CI["github"][0]))["jobs"]["check"]["steps"][-1]["run"]
    )


def test_a_second_schema_repository_is_told_what_does_not_check_it(empty: Scratch) -> None:
    files = [".pre-commit-config.yaml", CI["github"][0]]
    assert "does not check" not in empty.jst("init", "one", "--ci", "github", "--requirement", REQUIREMENT).stderr
    before = [empty.read(name) for name in files]
    for _ in range(2):
        done = empty.jst("init", "two", "--ci", "github", "--requirement", REQUIREMENT)
        assert [empty.read(name) for name in files] == before
        for name, first in zip(files, before, strict=True):
            _, _, said = done.stderr.partition(f"{name} does not do all of that for this folder; what would:\n")
            lines = [line.removeprefix("    ") for line in said.splitlines()[: len(first.splitlines())]]
            assert "\n".join([*lines, ""]) == first.replace(" one", " two")
    for name, first in zip(files, before, strict=True):
        empty.write(name, first + first.replace(" one", " two"))
    assert "does not check" not in empty.jst("init", "two", "--ci", "github", "--requirement", REQUIREMENT).stderr


@pytest.mark.parametrize("requirement", ["a b; c", "jst @ git+https://example.org/'x'.git#egg", "jst>=1,<2"])
@pytest.mark.parametrize("ci", CI)
def test_the_requirement_is_one_word_of_the_workflow(empty: Scratch, ci: str, requirement: str) -> None:
    empty.jst("init", "--ci", ci, "--requirement", requirement)
    document = yaml.safe_load(empty.read(CI[ci][0]))
    commands = (
        document["schemas"]["script"]
        if ci == "gitlab"
        else [step.get("run", "") for step in document["jobs"]["check"]["steps"]]
    )
    command = next(command for command in commands if command.startswith("pip "))
    shell = ["bash", "-c", f'pip() {{ printf "%s\\n" "$@"; }}; {command}']
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout == f"install\n{requirement}\n"


COMMIT = "0123456789abcdef0123456789abcdef01234567"
INSTALLED = [
    # What direct_url.json says (PEP 610), and what CI is to install.
    (None, None),
    ("no JSON", None),
    ({"url": "file:///home/me/jst", "dir_info": {"editable": True}}, None),
    ({"url": "file:///home/me/jst.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}}, None),
    ({"url": "https://example.org/jst.whl", "archive_info": {}}, None),
    (
        {
            "url": "https://example.org/jst.git",
            "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"},
        },
        f"jsonschema-tools @ git+https://example.org/jst.git@{COMMIT}",
    ),
    (
        {
            "url": "ssh://git@example.org/all.git",
            "subdirectory": "jst",
            "vcs_info": {"vcs": "git", "commit_id": COMMIT},
        },
        f"jsonschema-tools @ git+ssh://git@example.org/all.git@{COMMIT}#subdirectory=jst",
    ),
    (
        {"url": "https://example.org/jst.whl", "archive_info": {"hashes": {"sha256": "ab" * 32}}},
        f"jsonschema-tools @ https://example.org/jst.whl#sha256={'ab' * 32}",
    ),
]


@pytest.mark.parametrize(("record", "expected"), INSTALLED)
def test_ci_installs_what_is_installed_here(
    empty: Scratch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, record: Any, expected: str | None
) -> None:
    folder = tmp_path / "jsonschema_tools-1.dist-info"
    folder.mkdir()
    if record is not None:
        (folder / "direct_url.json").write_text(record if isinstance(record, str) else json.dumps(record), "utf-8")
    monkeypatch.setattr(metadata, "distribution", lambda _name: PathDistribution(folder))
    done = empty.jst("init", "--ci", "github")
    if expected is None:
        assert done.exit_code == 2
        assert "--requirement" in done.stderr
        assert not (empty.root / "jsonschema").exists()
    else:
        assert f"pip install '{expected}'" in empty.read(CI["github"][0])


@pytest.mark.parametrize("name", ["tests", ".github", "jsonschema"])
def test_what_is_in_the_way_leaves_nothing_half_done(empty: Scratch, name: str) -> None:
    empty.write(name, "a file")
    before = empty.snapshot()
    done = empty.jst("init", "--ci", "github", "--requirement", REQUIREMENT)
    if name == "jsonschema":
        assert "is there already" not in done.stderr
        return
    assert (done.exit_code, empty.snapshot()) == (2, before)
    assert f"{name}: error: this stands in the way" in done.stderr


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    done = Scratch(tmp_path).jst("init", "new/repository", "--dry-run")
    assert "write new/repository/.jsonschema-tools.yaml\n" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert Scratch(tmp_path).jst("init", "new/repository").exit_code == 0
    assert (tmp_path / "new/repository/.jsonschema-tools.yaml").exists()


@pytest.mark.parametrize("title", ["shop/order/placed", "fragment/common", "true", "1", "a-b/c_d/e2"])
def test_a_new_schema_passes(fresh: Scratch, title: str) -> None:
    done = fresh.jst("new", title, "--description", "One: 'two' \"three\" # \u00e9 {{ four }}" + " and so on" * 20)
    assert done.exit_code == 0, done.stderr
    assert {f"jsonschema/{title}/{name}" for name in ("current.yaml", "1.0.0.yaml", "1.0.0.json", "latest")} <= set(
        fresh.snapshot()
    )
    done = fresh.jst(*STRICT)
    assert done.exit_code == 0, done.stdout
    assert yaml.safe_load(fresh.read(f"jsonschema/{title}/current.yaml"))["description"].startswith(
        "One: 'two' \"three\" # \u00e9 {{"
    )


def test_a_new_version_is_a_draft_until_it_is_committed(fresh: Scratch) -> None:
    fresh.jst("new", "a")
    fresh.write("jsonschema/a/current.yaml", fresh.read("jsonschema/a/current.yaml") + "  x: {type: integer}\n")
    assert fresh.jst("materialize").exit_code == 0
    fresh.commit()
    fresh.write("jsonschema/a/current.yaml", fresh.read("jsonschema/a/current.yaml") + "  y: {type: integer}\n")
    assert fresh.jst("materialize").exit_code == 1


def test_only_the_current_file(fresh: Scratch) -> None:
    assert fresh.jst("new", "a", "--no-materialize", "--schema-version", "0.1.0").exit_code == 0
    assert [name for name in fresh.snapshot() if name.startswith("jsonschema/a")] == ["jsonschema/a/current.yaml"]
    before = fresh.snapshot()
    assert "write jsonschema/b/1.0.0.yaml" in fresh.jst("new", "b", "--dry-run").stdout
    assert fresh.snapshot() == before


def test_current_files_in_json(fresh: Scratch) -> None:
    fresh.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncontentTypes: [json]\nprofile: recommended\n")
    assert fresh.jst("new", "a").exit_code == 0
    assert json.loads(fresh.read("jsonschema/a/current.json"))["$id"] == "/a/1.0.0"
    assert fresh.jst(*STRICT).exit_code == 0


TITLES = [
    "",
    "/a",
    "a/",
    "a//b",
    "../a",
    "a/..",
    ".a",
    "A",
    "a b",
    "a.b",
    "\u00e9",
    "a\n",
    "a/node_modules",
    "a_",
    "-a",
    "a/1.0.0",
]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_that_cannot_be(fresh: Scratch, title: str) -> None:
    before = fresh.snapshot()
    done = fresh.jst("new", "--", title)
    assert (done.exit_code, fresh.snapshot()) == (2, before)
    assert "is no title for a schema" in done.stderr


def test_what_is_there_stays(fresh: Scratch) -> None:
    fresh.jst("new", "a/b")
    fresh.write("jsonschema/c", "a file")
    fresh.write("jsonschema/d/1.0.0.yaml", "title: d\n")
    before = fresh.snapshot()
    for title, said in {
        "a/b": "jsonschema/a/b/current.yaml: error: the schema is there already",
        "c/d": "jsonschema/c: error: this stands in the way",
        "a/b/latest": "jsonschema/a/b/latest: error: this stands in the way",
        "d": "jsonschema/d: error: the folder has files already",
    }.items():
        done = fresh.jst("new", title)
        assert done.exit_code == 2
        assert said in done.stderr
    assert fresh.jst("new", "x", "--schema-version", "1").exit_code == 2
    assert fresh.snapshot() == before


TEMPLATE = """title: {{ title }}
$id: /{{ title }}/{{ version }}
$schema: https://json-schema.org/draft-07/schema#
description: {{ team | as_yaml }} {{ name }}
type: object
properties: {x: {type: string}}
"""


def test_a_template_of_the_call_or_of_the_configuration(fresh: Scratch) -> None:
    fresh.write("templates/current.yaml.j2", TEMPLATE)
    done = fresh.jst("new", "a/b", "--template", "templates/current.yaml.j2", "--set", "team=us = them")
    assert done.exit_code == 0, done.stderr
    assert "description: us = them b\n" in fresh.read("jsonschema/a/b/current.yaml")
    fresh.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ntemplate: templates/current.yaml.j2\n")
    assert Scratch(fresh.root / "jsonschema").jst("new", "c", "--set", "team=us").exit_code == 0
    assert "description: us c\n" in fresh.read("jsonschema/c/current.yaml")


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEMPLATE, "t.j2:4:1: error: 'team' is undefined"),
        ("a\n{% if %}", "t.j2:2:1: error: Expected an expression"),
        ("a\n\n{{ title.__class__.__mro__ }}", "t.j2:3:1: error: access to attribute '__class__'"),
        ("a\n{% include 'other.j2' %}", "t.j2: error: there is no template 'other.j2'"),
        ("a\n{% include '../../../etc/passwd' %}", "t.j2: error: there is no template"),
        ("a\n{{ 1 / 0 }}", "t.j2:2:1: error: division by zero"),
        ("a\n{% for i in range(10 ** 9) %}{% endfor %}", "t.j2:2:1: error: Range too big"),
        (b"\xff", "t.j2: error: 'utf-8' codec"),
        ("title: {{ title }}\n", "t.j2: error: the template makes no schema"),
        ("\ttitle: a", "t.j2: error: the template makes no schema"),
        ("title: b\n$id: /a/1.0.0\n", "t.j2: error: the template makes version 1.0.0 of 'b'"),
        ("title: a\n$id: /a/2.0.0\n", "t.j2: error: the template makes version 2.0.0 of 'a'"),
        ("title: a\n$id: /a/1.0.0\nallOf: [{$ref: /no/1.0.0}]\n", "jsonschema/a/current.yaml:3:16: error: "),
    ],
)
def test_a_template_that_makes_no_schema_writes_nothing(fresh: Scratch, text: str | bytes, said: str) -> None:
    fresh.write("t.j2", text)
    before = fresh.snapshot()
    done = fresh.jst("new", "a", "--template", "t.j2")
    assert done.exit_code in (1, 2)
    assert said in done.stderr
    assert fresh.snapshot() == before
    assert fresh.jst("new", "a", "--template", "none.j2").exit_code == 2
    assert fresh.jst("new", "a", "--set", "team").exit_code == 2


def test_the_test_file_runs_every_check(fresh: Scratch) -> None:
    fresh.jst("new", "a")
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(pytest_, cwd=fresh.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{fresh.jst('check').stdout.split()[0]} passed" in done.stdout
    fresh.write("jsonschema/a/current.yaml", fresh.read("jsonschema/a/current.yaml") + "  Bad: {type: integer}\n")
    done = subprocess.run(pytest_, cwd=fresh.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "current.yaml::schema-snake-case-properties" in done.stdout


def test_a_git_repository_that_is_not_in_order_is_no_hindrance(fresh: Scratch) -> None:
    (fresh.root / ".git/index").write_bytes(b"no index")
    result = fresh.jst("init", "below")
    assert result.exit_code == 0
    assert "advice" not in result.stderr
    assert (fresh.root / "below/.jsonschema-tools.yaml").is_file()
