"""What `jst diff` says of versions, in words, as unified diff, and by a command of the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Scratch

SCHEMA = "title: a\n$id: /a/{version}\ntype: object\nproperties:\n  x: {{type: {type}}}\n"
IN_WORDS = """jsonschema/a/1.1.0.yaml (draft): since 1.0.0
    /$id: '/a/1.0.0' became '/a/1.1.0'
    /properties/x/type: the type changed from 'string' to 'boolean'
"""
UNIFIED = """--- jsonschema/a/1.0.0.yaml
+++ jsonschema/a/1.1.0.yaml
@@ -1,6 +1,6 @@
 title: a
-$id: /a/1.0.0
+$id: /a/1.1.0
 type: object
 properties:
   x:
-    type: string
+    type: boolean
"""


def release(scratch: Scratch, version: str, type_: str = "string") -> None:
    scratch.write("jsonschema/a/current.yaml", SCHEMA.format(version=version, type=type_))
    assert scratch.jst("materialize").exit_code == 0


@pytest.fixture
def changed(scratch: Scratch) -> Scratch:
    """1.0.0 is committed, 1.1.0 is in the working tree only."""
    release(scratch, "1.0.0")
    scratch.commit()
    release(scratch, "1.1.0", "boolean")
    return scratch


@pytest.mark.parametrize(("arguments", "shown"), [([], IN_WORDS), (["--format", "unified"], UNIFIED)])
def test_a_version_is_compared_with_the_one_before_it(changed: Scratch, arguments: list[str], shown: str) -> None:
    done = changed.jst("diff", *arguments)
    assert (done.exit_code, done.stdout) == (0, shown)
    changed.git("add", "--all")
    assert changed.jst("diff", *arguments).stdout == shown


def test_since_when(changed: Scratch) -> None:
    changed.commit()
    released = IN_WORDS.replace("(draft)", "(released on master)")
    assert changed.jst("diff").stdout == ""
    assert changed.jst("diff", "--commit", "HEAD^").stdout == released
    changed.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ngitDiffCommit: HEAD^\n")
    assert changed.jst("diff").stdout == released
    assert changed.jst("diff", "-T", "HEAD").stdout == ""


def test_before_the_first_commit_everything_is_new(scratch: Scratch) -> None:
    release(scratch, "1.0.0")
    scratch.git("add", "jsonschema/a/1.0.0.yaml")
    release(scratch, "1.1.0", "boolean")
    assert scratch.jst("diff").stdout == f"jsonschema/a/1.0.0.yaml (draft): the first version\n{IN_WORDS}"
    first, _, second = scratch.jst("diff", "--format", "unified").stdout.partition("--- jsonschema")
    assert first.startswith("--- /dev/null\n+++ jsonschema/a/1.0.0.yaml\n@@ -0,0 +1,6 @@\n+title: a\n")
    assert f"--- jsonschema{second}" == UNIFIED


def test_the_version_before_is_that_by_semantic_version(scratch: Scratch) -> None:
    for version in ("1.2.0", "1.9.0"):
        release(scratch, version)
    scratch.commit()
    release(scratch, "1.10.0")
    assert scratch.jst("diff").stdout.startswith("jsonschema/a/1.10.0.yaml (draft): since 1.9.0\n")


def test_a_command_of_the_repository_is_not_run(
    changed: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\ndiffCommand: touch {tmp_path}/run\n")
    done = changed.jst("diff")
    assert (done.exit_code, done.stdout) == (0, IN_WORDS)
    assert "is not run" in done.stderr
    assert not (tmp_path / "run").exists()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    Scratch(tmp_path / "own").write("jsonschema-tools/config.yaml", "profile: recommended\n")
    done = changed.jst("diff")
    assert done.exit_code == 2
    assert "profile is a setting of a repository" in done.stderr


def test_the_command_is_that_of_the_call_then_of_the_user(
    changed: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = "2c2\n< $id: /a/1.0.0\n---\n> $id: /a/1.1.0\n6c6\n<     type: string\n---\n>     type: boolean\n"
    assert changed.jst("diff", "-d", "diff").stdout == shown
    monkeypatch.setenv("JST_DIFF_COMMAND", "diff")
    assert changed.jst("diff").stdout == shown
    monkeypatch.delenv("JST_DIFF_COMMAND")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    own = Scratch(tmp_path / "own")
    own.write("jsonschema-tools/config.yaml", "diffCommand: diff\n")
    assert changed.jst("diff").stdout == shown
    assert changed.jst("diff", "--format", "semantic").stdout == IN_WORDS
    paths = f"jsonschema/a/1.0.0.yaml {changed.root}/jsonschema/a/1.1.0.yaml"
    assert changed.jst("diff", "-d", "echo 'a  b' $HOME").stdout == f"a  b $HOME {changed.root}/{paths}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--commit", "nowhere"], "Git knows no commit by the name of 'nowhere'"),
        (["--commit", "--output=x"], "Git knows no commit by the name of '--output=x'"),
        (["-d", "no-such-program"], "the diff command 'no-such-program' cannot be started"),
        (["-d", "diff --nonsense"], "the diff command 'diff --nonsense' failed"),
        (["-d", "'"], "cannot be read: No closing quotation"),
        (["-d", "diff", "--format", "unified"], "exclude each other"),
    ],
)
def test_what_cannot_be_done_says_why(changed: Scratch, arguments: list[str], said: str) -> None:
    done = changed.jst("diff", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_file_that_cannot_be_read_does_not_hide_the_others(changed: Scratch) -> None:
    changed.write("jsonschema/b/1.0.0.yaml", "title: b\n")
    changed.write("jsonschema/b/1.1.0.yaml", "\tx")
    changed.write("jsonschema/c/1.0.0.yaml", "title: c\n")
    done = changed.jst("diff")
    assert done.exit_code == 2
    assert "jsonschema/b/1.1.0.yaml:1:1: error" in done.stderr
    assert "jsonschema/c/1.0.0.yaml (draft): the first version" in done.stdout


def test_texts_without_a_newline_at_the_end_say_so(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\ncontentTypes: [json]\n")
    scratch.write("jsonschema/a/1.0.0.json", '{"title": "a\u2028"}')
    scratch.write("jsonschema/a/1.1.0.json", '{"title": "b"}\n')
    scratch.git("add", "jsonschema/a/1.0.0.json")
    scratch.git("commit", "--quiet", "--message", "change")
    shown = scratch.jst("diff", "--format", "unified").stdout
    assert shown.splitlines()[2:] == [
        "@@ -1 +1 @@",
        '-{"title": "a\\u2028"}',
        "\\ No newline at end of file",
        '+{"title": "b"}',
    ]


def test_outside_of_git(tmp_path_factory: pytest.TempPathFactory) -> None:
    done = Scratch(tmp_path_factory.mktemp("plain")).jst("diff")
    assert done.exit_code == 2
    assert "is not in a Git repository" in done.stderr


def test_a_current_file_is_told_before_it_is_materialized(scratch: Scratch) -> None:
    text = "title: a\n$id: /a/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
    scratch.git("init", "--quiet", "--initial-branch", "main")
    scratch.write("jsonschema/a/current.yaml", text)
    scratch.write("jsonschema/b/current.yaml", text.replace("a/", "b/").replace("title: a", "title: b"))
    assert scratch.jst("diff").stdout.splitlines() == [
        "jsonschema/a/current.yaml (not materialized): the first version",
        "jsonschema/b/current.yaml (not materialized): the first version",
    ]
    scratch.jst("materialize")
    scratch.commit()
    assert scratch.jst("diff").stdout == ""
    edited = f"{text}properties:\n  x: {{type: string}}\n"
    scratch.write("jsonschema/a/current.yaml", edited)
    assert scratch.jst("diff").stdout.splitlines() == [
        "jsonschema/a/current.yaml (not materialized): since 1.0.0",
        "    /properties/x: the property 'x' was added",
    ]
    assert scratch.jst("diff", "b").stdout == ""
    assert "+++ jsonschema/a/current.yaml\n" in scratch.jst("diff", "--format", "unified").stdout
    assert "> properties:" in scratch.jst("diff", "--diff-command", "diff").stdout
    changelog = scratch.jst("changelog", "a").stdout
    assert "## Unreleased (a minor bump is due)\n\nAdded:\n\n- /properties/x: " in changelog
    scratch.write("jsonschema/a/current.yaml", edited.replace("1.0.0", "1.1.0"))
    assert "## 1.1.0 (draft)" in scratch.jst("changelog", "a").stdout
    assert "    /$id: '/a/1.0.0' became '/a/1.1.0'\n" in scratch.jst("diff").stdout
    scratch.write("jsonschema/a/current.yaml", f"{edited}  y: [\n")
    result = scratch.jst("diff")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "jsonschema/a/current.yaml:8:1: error:" in result.stderr
