"""Links, devices, pipes and large files in a clone: nothing outside is read, and nothing without an end."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools.files import SIZE_LIMIT, enclosing, read_file, read_named, read_regular
from jsonschema_tools.lookup.http_cache import DocumentCache
from tests.conftest import Scratch

SECRET = "title: secret-of-the-reader\n$id: /secret-of-the-reader/1.0.0\nnumber: [secret-of-the-reader\n"
SCHEMA = "title: a\n$id: /a/1.0.0\n$schema: http://json-schema.org/draft-07/schema#\ntype: object\n"
CONFIGURATION = "schemaBasePath: jsonschema\n"


def fifo(path: Path, _outside: Path) -> None:
    os.mkfifo(path)


def large(path: Path, _outside: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(2**40)


def link_to(target: str) -> Callable[[Path, Path], None]:
    return lambda path, outside: path.symlink_to(target.format(outside=outside))


def through_a_folder(path: Path, outside: Path) -> None:
    """The folder that the file is in leads out."""
    for entry in path.parent.iterdir():
        entry.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(outside)
    (outside / path.name).write_text(SECRET, "utf-8")


def socket(path: Path, _outside: Path) -> None:
    import socket

    here = Path.cwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(path.name)
    os.chdir(here)


TRAPS: dict[str, Callable[[Path, Path], None]] = {
    "link out": link_to("{outside}/secret"),
    "link by dots": link_to("../../../outside/secret"),
    "link to a link": link_to("{outside}/link"),
    "link to Git's": link_to("../../.git/config"),
    "endless": link_to("/dev/zero"),
    "tty": link_to("/dev/tty"),
    "stdin": link_to("/dev/stdin"),
    "environment": link_to("/proc/self/environ"),
    "loop": link_to("loop"),
    "pipe": fifo,
    "pipe outside": link_to("{outside}/pipe"),
    "socket": socket,
    "large": large,
}


@pytest.fixture
def outside(scratch: Scratch) -> Path:
    folder = scratch.root.parent / "outside"
    folder.mkdir()
    (folder / "secret").write_text(SECRET, "utf-8")
    (folder / "link").symlink_to("secret")
    os.mkfifo(folder / "pipe")
    return folder


@pytest.fixture
def repository(scratch: Scratch) -> Scratch:
    scratch.write("jsonschema/good/current.yaml", SCHEMA.replace("/a/", "/good/").replace("title: a", "title: good"))
    (scratch.root / "jsonschema/a").mkdir()
    (scratch.root / "jsonschema/a/loop").symlink_to("loop")
    scratch.git("config", "secret.token", "secret-of-the-reader")
    return scratch


def run(scratch: Scratch, *arguments: str, seconds: float = 20) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which must end, and cannot take more than a gigabyte."""
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31));"
    code += "from jsonschema_tools.cli import main; sys.argv[0] = 'jst'; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command,
        cwd=scratch.root,
        capture_output=True,
        text=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def refused(scratch: Scratch, *arguments: str, says: str = "") -> str:
    result = scratch.jst(*arguments)
    assert result.exit_code in (1, 2), result.output
    assert "secret-of-the-reader" not in result.output
    assert says in result.output
    return result.output


COMMANDS = [
    ["check", "--select", "structure"],
    ["materialize"],
    ["dereference", "jsonschema/a/current.yaml"],
]


@pytest.mark.parametrize("trap", TRAPS)
def test_current_files(repository: Scratch, outside: Path, trap: str) -> None:
    path = repository.root / "jsonschema/a/current.yaml"
    TRAPS[trap](path, outside)
    for command in COMMANDS:
        refused(repository, *command, says="jsonschema/a/current.yaml")
    if trap == "link out":
        refused(repository, "compat", "jsonschema/a/current.yaml", "jsonschema/good/current.yaml")
        refused(repository, "bump", "jsonschema/a/current.yaml")
        assert "secret-of-the-reader" not in repository.jst("ls").output
    assert not (repository.root / "jsonschema/a/1.0.0.yaml").exists()


@pytest.mark.sampled(4)
@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("name", ["1.0.0.yaml", "latest"])
def test_version_files(repository: Scratch, outside: Path, trap: str, name: str) -> None:
    repository.write("jsonschema/a/current.yaml", SCHEMA)
    TRAPS[trap](repository.root / "jsonschema/a" / name, outside)
    for command in (["materialize", "--dry-run"], ["ls"], ["diff"], ["changelog"]):
        assert "secret-of-the-reader" not in repository.jst(*command).output
    refused(repository, "check", "--select", "structure")


@pytest.mark.parametrize("trap", TRAPS)
def test_tests_of_schemas(repository: Scratch, outside: Path, trap: str) -> None:
    (repository.root / "jsonschema/good/tests").mkdir()
    TRAPS[trap](repository.root / "jsonschema/good/tests/a.yaml", outside)
    refused(repository, "check", "--select", "schema-tests-pass", says="jsonschema/good/tests/a.yaml")
    (repository.root / "jsonschema/a/tests").symlink_to(outside)
    assert "secret-of-the-reader" not in repository.jst("check").output


def test_folders_that_lead_out(repository: Scratch, outside: Path) -> None:
    (outside / "current.yaml").write_text(SECRET, "utf-8")
    (repository.root / "jsonschema/linked").symlink_to(outside)
    refused(repository, "materialize", "jsonschema/linked/current.yaml", says="jsonschema/linked/current.yaml")
    refused(repository, "dereference", "jsonschema/linked/current.yaml", says="leads to where nothing is read")
    assert "secret" not in repository.jst("check").output


def test_a_working_directory_that_is_a_link(repository: Scratch, outside: Path) -> None:
    (outside / "here").symlink_to(repository.root)
    (repository.root / "jsonschema/a/current.yaml").symlink_to(outside / "secret")
    refused(Scratch(outside / "here"), "dereference", f"{outside}/here/jsonschema/a/current.yaml")


@pytest.mark.parametrize("target", ["../good/current.yaml", "../../jsonschema/good/current.yaml"])
def test_links_inside_stay(repository: Scratch, target: str) -> None:
    (repository.root / "jsonschema/a/current.yaml").symlink_to(target)
    assert repository.jst("dereference", "jsonschema/a/current.yaml").exit_code == 0


def test_latest_links_stay(repository: Scratch) -> None:
    repository.write("jsonschema/a/current.yaml", SCHEMA)
    assert repository.jst("materialize").exit_code == 0
    assert (repository.root / "jsonschema/a/latest.yaml").is_symlink()
    assert repository.jst("check", "--select", "structure").exit_code == 0
    assert repository.jst("materialize", "--check").exit_code == 0


@pytest.mark.parametrize(
    "trap", [name for name in TRAPS if name not in ("pipe", "socket", "endless", "tty", "pipe outside")]
)
def test_the_configuration(repository: Scratch, outside: Path, trap: str) -> None:
    path = repository.root / ".jsonschema-tools.yaml"
    path.unlink()
    # From the root, what is in a folder of it is one level nearer.
    TRAPS[trap](path, outside)
    for command in (["check"], ["new", "x"]):
        said = repository.jst(*command).output
        assert "secret-of-the-reader" not in said


@pytest.mark.parametrize("trap", TRAPS)
def test_schemas_of_rules(repository: Scratch, outside: Path, trap: str) -> None:
    (repository.root / "a/b").mkdir(parents=True)
    TRAPS[trap](repository.root / "a/b/rule.yaml", outside)
    repository.write(
        ".jsonschema-tools.yaml",
        CONFIGURATION + "schemaRules: [{id: mine, message: x, schema: a/b/rule.yaml}]\n",
    )
    refused(repository, "check", says="the schema of the rule 'mine' cannot be read")


def test_the_schema_of_a_rule_outside(repository: Scratch, outside: Path) -> None:
    repository.write(
        ".jsonschema-tools.yaml", CONFIGURATION + f"schemaRules: [{{id: mine, message: x, schema: {outside}/secret}}]\n"
    )
    refused(repository, "check", says="the schema of the rule 'mine' cannot be read")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("included", [False, True])
def test_templates(repository: Scratch, outside: Path, trap: str, included: bool) -> None:
    (repository.root / "a/b").mkdir(parents=True)
    TRAPS[trap](repository.root / "a/b/part.j2", outside)
    repository.write("a/b/main.j2", "{% include 'part.j2' %}")
    name = "main" if included else "part"
    repository.write(".jsonschema-tools.yaml", CONFIGURATION + f"template: a/b/{name}.j2\n")
    refused(repository, "new", "x/y", says="part.j2" if included else "")
    if included:
        refused(repository, "new", "x/y", "--template", "a/b/main.j2", says="part.j2")


def test_a_template_that_the_user_names(repository: Scratch, outside: Path) -> None:
    (outside / "t.j2").write_text("title: {{ title }}\n$id: /{{ title }}/{{ version }}\n", "utf-8")
    assert repository.jst("new", "x/y", "--template", f"{outside}/t.j2").exit_code == 0


@pytest.mark.parametrize("trap", TRAPS)
def test_hooks_and_ci_files(repository: Scratch, outside: Path, trap: str) -> None:
    for name in (".git/hooks/pre-commit", ".pre-commit-config.yaml"):
        path = repository.root / name
        path.parent.mkdir(exist_ok=True)
        TRAPS[trap](path, outside)
    for command in (["install-git-hook"], ["init"]):
        assert "secret-of-the-reader" not in repository.jst(*command).output


@pytest.mark.parametrize("uri", ["/.git/config", "/.git/1.0.0", "/a/link", "/%2egit/config"])
def test_what_git_keeps_is_no_schema(scratch: Scratch, uri: str) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: ./\n")
    scratch.write(".git/1.0.0", "{}")
    scratch.write("a/current.yaml", SCHEMA + f"properties: {{x: {{$ref: {uri}}}}}\n")
    (scratch.root / "a/link").symlink_to("../.git/1.0.0")
    assert scratch.jst("resolve", uri).exit_code == 1
    assert scratch.jst("materialize").exit_code == 1


def test_pipes_that_the_user_names(repository: Scratch) -> None:
    repository.write("jsonschema/a/1.0.0.yaml", SCHEMA)
    event = '{"$schema": "/a/1.0.0"}'
    lines = [
        f"{sys.executable} -m jsonschema_tools validate <(echo '{event}')",
        f"echo '{event}' | {sys.executable} -m jsonschema_tools validate /dev/stdin",
        f"mkfifo p; echo '{event}' > p & {sys.executable} -m jsonschema_tools validate {repository.root}/p",
        f"{sys.executable} -m jsonschema_tools compat <(cat jsonschema/a/1.0.0.yaml) jsonschema/a/1.0.0.yaml",
        f"cat jsonschema/a/1.0.0.yaml | {sys.executable} -m jsonschema_tools dereference /dev/stdin",
    ]
    for line in lines:
        done = subprocess.run(["bash", "-c", line], cwd=repository.root, capture_output=True, timeout=30, check=False)
        assert done.returncode == 0, (line, done.stderr)


def test_in_a_process_without_much_memory(repository: Scratch, outside: Path) -> None:
    for name, trap in {"b": "endless", "c": "pipe", "d": "large"}.items():
        folder = repository.root / "jsonschema" / name
        folder.mkdir()
        TRAPS[trap](folder / "current.yaml", outside)
        TRAPS[trap](folder / "1.0.0.yaml", outside)
    result = run(repository, "check", "--select", "structure")
    assert result.returncode == 1, result.stderr
    for name in "bcd":
        assert f"jsonschema/{name}/current.yaml" in result.stdout
    assert "Traceback" not in result.stderr


class TestOpener:
    """The one way in which files are read."""

    def test_sizes(self, tmp_path: Path) -> None:
        path = tmp_path / "x"
        path.write_bytes(b"12345")
        assert read_regular(path, 5) == read_file(path, limit=5) == read_named(path, limit=5) == b"12345"
        for read in (
            lambda: read_regular(path, 4),
            lambda: read_file(path, limit=4),
            lambda: read_named(path, limit=4),
        ):
            with pytest.raises(OSError, match="larger"):
                read()
        assert SIZE_LIMIT > 2**20

    def test_a_folder_a_file_belongs_to(self, tmp_path: Path) -> None:
        assert enclosing(tmp_path / "a/b/c") == tmp_path / "a/b"
        (tmp_path / ".git").mkdir()
        assert enclosing(tmp_path / "a/b/c") == tmp_path

    def test_copies_that_others_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        cache = DocumentCache(tmp_path)
        cache.put("http://x/", b"{}")
        assert cache.get("http://x/") == b"{}"
        (entry,) = tmp_path.iterdir()
        entry.rename(tmp_path / "other")
        entry.symlink_to("other")
        assert cache.get("http://x/") is None
        (tmp_path / "other").rename(entry)
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        assert cache.get("http://x/") is None

    def test_nobody_else_opens_files(self) -> None:
        """Calls that read a file, and what they are for. Our own data files are no one else's."""
        known = {
            "files.py": 3,
            "repository/configuration.py": 1,  # our own schema
            "sources/files.py": 1,  # named by the user
            "sources/following.py": 1,  # a file in a folder that the user names
            "git/repositories.py": 1,  # what a merge under way brings in, in the directory of Git
            "repository/locking.py": 1,  # the lock: a folder
            "installation.py": 3,  # what was written when this was installed, what else is, and the program itself
            "sources/pieces.py": 1,  # named by the user
            "sources/chunks.py": 1,  # the same, in a worker: the file that was opened before, or none
            "repository/inputs.py": 1,  # regular files in folders that the user names
            "repository/git_inputs.py": 2,  # in the directory of Git
            "nodejs/ajv_metaschema.py": 1,  # our own metaschema
            "lookup/stream_texts.py": 1,  # our own schema
            "server/openapi.py": 1,  # our own description
            "server/gate.py": 1,  # no file: a sink
            "server/running.py": 1,  # no file: a gate
            "server/tallies.py": 1,  # what its own workers count, in a folder of theirs
            "sinks/kafka.py": 1,  # no file: what keeps events
            "sinks/spool.py": 3,  # where events wait, named by the user
            "sinks/event_files.py": 2,  # where events go, named by the user
            "targets/delta.py": 2,  # the log of a table in a folder that the user names; its opener
            "targets/folder.py": 1,  # the manifest of a folder that the user names
            "targets/locking.py": 1,  # a lock beside a target
            "server/site_pages.py": 1,  # the pages that it made itself
            "site/pages.py": 1,  # our own style and program
            "use_cases/site.py": 2,  # what is there of a site, the file of streams
            "use_cases/load.py": 3,  # no file: a target, a file for refused events
            "use_cases/sql.py": 1,  # no file: a target
            "use_cases/streams.py": 1,  # no file: by the opener of files, or over HTTP
        }
        root = Path(jsonschema_tools.__file__).parent
        found: dict[str, int] = {}
        for path in root.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _reads(node):
                    name = path.relative_to(root).as_posix()
                    found[name] = found.get(name, 0) + 1
        assert found == known


def _reads(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    writes = any(isinstance(arg, ast.Constant) and arg.value in ("wb", "ab", "xb", "w") for arg in call.args)
    if name == "open":
        whose = function.value if isinstance(function, ast.Attribute) else None
        # Folders are opened to sync and lock them, and URLs by their opener.
        is_folder = (
            isinstance(whose, ast.Name)
            and whose.id == "os"
            and len(call.args) == 2
            and (isinstance(call.args[1], ast.Attribute))
        )
        is_url = isinstance(whose, ast.Attribute) and whose.attr == "_opener"
        return not (writes or is_folder or is_url)
    return name in ("read_text", "read_bytes", "fdopen") and not writes


def test_a_folder_may_be_a_link_that_comes_to_lead_elsewhere(tmp_path: Path) -> None:
    for release in ("1", "2"):
        (tmp_path / release).mkdir()
        (tmp_path / release / "a").write_text(release, "utf-8")
    current, new = tmp_path / "current", tmp_path / "new"
    current.symlink_to("1")
    assert read_file(current / "a", within=current) == b"1"
    new.symlink_to("2")
    new.replace(current)
    assert read_file(current / "a", within=current) == b"2"
    with pytest.raises(OSError, match="leads to where nothing is read"):
        read_file(tmp_path / "1" / "a", within=current)
