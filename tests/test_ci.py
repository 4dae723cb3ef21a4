"""The action, and the workflows of the documentation: their structure, and their shell steps as a runner starts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.reports.check import FORMATS
from jsonschema_tools.use_cases.scaffold import CI
from tests.conftest import Scratch
from tests.test_scaffolding import REQUIREMENT

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
DOCUMENTED = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
HOSTILE = "x\"; touch broken; '$(touch broken)` touch broken`"
SCHEMA = "title: a\n$id: /a/{version}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n"

has_formats = pytest.mark.skipif(
    not {"github", "markdown", "gitlab"} <= set(FORMATS), reason="formats of CI are missing"
)


def step(name: str) -> dict[str, Any]:
    return next(step for step in ACTION["runs"]["steps"] if step["name"] == name)


def bash(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start a step as GitHub does with `shell: bash`."""
    file = folder.parent / "step.sh"
    file.write_text(script, "utf-8")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def inputs(**given: str) -> dict[str, str]:
    """The environment of the step that checks, with the defaults of the action where nothing is given."""
    found = {}
    for name, value in step("Check")["env"].items():
        source, key = re.fullmatch(r"\$\{\{ (inputs|github\.event)\.(\w+) \}\}", value).groups()  # type: ignore[union-attr]
        found[name] = given.get(key, ACTION["inputs"][key]["default"] if source == "inputs" else "")
    return found


def test_nothing_from_outside_is_read_as_code() -> None:
    for run in ACTION["runs"]["steps"]:
        assert "${{" not in run["run"]
        assert run["shell"] == "bash"
        declared = set(run["env"]) | {"RUNNER_TEMP", "GITHUB_STEP_SUMMARY", "GITHUB_BASE_REF", "arguments", "against"}
        used = set(re.findall(r"\$\{?(\w+)", run["run"]))
        assert used <= declared
    assert set(re.findall(r"inputs\.(\w+)", str(ACTION))) == set(ACTION["inputs"])


@pytest.mark.parametrize(
    ("environment", "passed"),
    [
        ({}, ["--", "."]),
        ({"GITHUB_BASE_REF": "main"}, ["--against=origin/main", "--", "."]),
        ({"GITHUB_BASE_REF": "main", "JST_AGAINST": "v1"}, ["--against=v1", "--", "."]),
        ({"JST_PROFILE": "recommended", "JST_STRICT": "true"}, ["--profile=recommended", "--strict", "--", "."]),
        ({"GITHUB_BASE_REF": HOSTILE, "JST_REPOSITORY": HOSTILE}, [f"--against=origin/{HOSTILE}", "--", HOSTILE]),
        ({"JST_AGAINST": "--force * $HOME", "JST_REPOSITORY": "-x"}, ["--against=--force * $HOME", "--", "-x"]),
    ],
)
def test_what_the_action_calls(tmp_path: Path, environment: dict[str, str], passed: list[str]) -> None:
    program = Scratch(tmp_path).write("jst/bin/jst", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    done = bash(
        step("Check")["run"],
        workspace,
        {
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_STEP_SUMMARY": "a summary",
            "GITHUB_BASE_REF": "",
            **inputs(),
            **environment,
        },
    )
    always = ["check", "--format", "github", "--format", "markdown", "--output", "a summary"]
    assert done.stdout.splitlines() == [*always, *passed], done.stderr
    assert list(workspace.iterdir()) == []


def run_steps(
    source: str, tmp_path: Path, there: Scratch, environment: dict[str, str]
) -> Iterator[subprocess.CompletedProcess[str]]:
    """Run the step that reviews and the one that checks, of the action or of a workflow."""
    programs = tmp_path / "jst" / "bin"
    programs.mkdir(parents=True)
    (programs / "jst").symlink_to(Path(sys.executable).parent / "jst")
    environment = {
        "RUNNER_TEMP": str(tmp_path),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        **inputs(),
        **environment,
    }
    scripts = [step(name)["run"] for name in ("Review", "Check")]
    if source != "action":
        there.jst("init", "--ci", source, "--requirement", REQUIREMENT)
        workflow = yaml.safe_load(there.read(CI[source][0]))
        steps = workflow["jobs"]["check"]["steps"] if source == "github" else []
        scripts = [each["run"] for each in steps[-2:]] or workflow["schemas"]["script"][-2:]
        if steps and not environment["GITHUB_BASE_REF"]:
            scripts[0] = "true"  # the step is for pull requests
    for script, summary in zip(scripts, ("review", "summary"), strict=True):
        yield bash(script, there.root, environment | {"GITHUB_STEP_SUMMARY": str(tmp_path / summary)})


@pytest.mark.sampled(3)
@has_formats
@pytest.mark.parametrize("source", ["action", *CI])
@pytest.mark.parametrize("before", ["known", "unknown"])
def test_a_push_is_judged_as_a_whole(tmp_path: Path, pull_request: Scratch, source: str, before: str) -> None:
    """Two commits with two contents of one draft, pushed together: only what was there before them is released."""
    pull_request.git("checkout", "--quiet", "-B", "main", "origin/main")
    start = pull_request.git("rev-parse", "HEAD").strip()
    pull_request.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nprofile: recommended\n")
    for name in ("y", "z"):
        properties = f"  x: {{type: string}}\n  {name}: {{type: string}}\n"
        pull_request.write("jsonschema/a/current.yaml", SCHEMA.format(version="1.1.0") + properties)
        assert pull_request.jst("materialize").exit_code == 0
        pull_request.commit()
    pull_request.git("push", "--quiet", str(tmp_path / "origin"), "HEAD:refs/heads/pushed")
    pull_request.git("update-ref", "refs/remotes/origin/main", "HEAD")
    commit = start if before == "known" else "0" * 40
    given = dict.fromkeys(("JST_BEFORE", "BEFORE", "CI_COMMIT_BEFORE_SHA"), commit)
    given |= {"GITHUB_BASE_REF": "", "CI_MERGE_REQUEST_DIFF_BASE_SHA": ""}
    reviewed, done = run_steps(source, tmp_path, pull_request, given)
    assert (reviewed.returncode, reviewed.stdout, reviewed.stderr) == (0, "", "")
    report = done.stdout + (pull_request.read("gl-code-quality-report.json") if source == "gitlab" else "")
    assert ("released-versions-are-immutable" in report) == (before == "unknown"), done.stderr


@pytest.fixture
def pull_request(tmp_path: Path) -> Scratch:
    """A checkout of a pull request that breaks compatibility, as actions/checkout makes it: HEAD is a merge commit."""
    origin = Scratch(tmp_path / "origin")
    origin.root.mkdir()
    origin.git("init", "--quiet", "--initial-branch=main")
    origin.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    current = "jsonschema/a/current.yaml"
    origin.write(current, SCHEMA.format(version="1.0.0") + "  x: {type: string}\n")
    origin.jst("materialize")
    origin.commit()
    origin.git("checkout", "--quiet", "-b", "change")
    origin.write(current, SCHEMA.format(version="1.1.0") + "  y: {type: string}\n")
    origin.jst("materialize")
    origin.commit()
    origin.git("checkout", "--quiet", "main")
    checkout = Scratch(tmp_path / "checkout")
    origin.git("clone", "--quiet", str(origin.root), str(checkout.root))
    checkout.git("checkout", "--quiet", "--detach", "origin/main")
    checkout.git("merge", "--quiet", "--no-ff", "-m", "merge", "origin/change")
    return checkout


@pytest.mark.sampled(3)
@has_formats
@pytest.mark.parametrize("source", ["action", *CI])
def test_a_pull_request_is_annotated(tmp_path: Path, pull_request: Scratch, source: str) -> None:
    environment = {
        "GITHUB_BASE_REF": "main",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": pull_request.git("rev-parse", "origin/main").strip(),
    }
    reviewed, done = run_steps(source, tmp_path, pull_request, environment)
    assert (reviewed.returncode, reviewed.stdout, reviewed.stderr) == (0, "", "")
    assert done.returncode == 1, done.stderr
    page = pull_request.root / "schema-review.md" if source == "gitlab" else tmp_path / "review"
    assert "1.0.0 → 1.1.0 (minor), major is due" in page.read_text("utf-8")
    if source == "gitlab":
        assert '"jsonschema/a/current.yaml"' in pull_request.read("gl-code-quality-report.json")
    else:
        assert re.search(r"^::error .*file=jsonschema/a/current.yaml,line=5", done.stdout, re.MULTILINE)
        assert "schema-version-compatibility" in (tmp_path / "summary").read_text("utf-8")


@pytest.mark.search
def test_the_action_installs(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    environment = {"RUNNER_TEMP": str(tmp_path), "JST_PYTHON": sys.executable, "JST_SOURCE": str(ROOT)}
    done = bash(step("Install jst")["run"], workspace, environment)
    assert done.returncode == 0, done.stderr
    version = subprocess.run([tmp_path / "jst/bin/jst", "new", "--help"], capture_output=True, text=True, check=True)
    assert "--template" in version.stdout


@pytest.mark.parametrize("ci", CI)
def test_the_documentation_shows_what_init_writes(scratch: Scratch, ci: str) -> None:
    scratch.jst("init", "--ci", ci, "--requirement", REQUIREMENT)
    assert scratch.read(CI[ci][0]) in DOCUMENTED


def test_the_documentation_names_the_hooks_there_are() -> None:
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (shown,) = [document for text in DOCUMENTED if "repos" in (document := yaml.safe_load(text))]
    # jst-check-all refuses every commit where something old is found: nobody gets it by copying.
    assert {hook["id"] for hook in shown["repos"][0]["hooks"]} == hooks - {"jst-check-all"}
    rows = re.findall(r"^\| `(jst-[a-z-]+)` \|", (ROOT / "docs/ci.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(hooks)
