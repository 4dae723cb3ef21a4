"""Scratch schema repositories: written to disk, kept in a real Git repository."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from tests.repository.schema_server import SchemaServer

# A shell that runs the tests in the background has interrupts ignored, here and in what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def examples(number: int) -> int:
    """As many of them, times the number ``JST_EXAMPLES``."""
    return int(number * float(os.environ.get("JST_EXAMPLES", "1")))


# What takes long is a busy machine; speed is measured in benchmarks/.
settings.register_profile(
    "jst",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=examples(50),
)
settings.load_profile("jst")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test that is ``sampled(n)``, every n-th case is of the core, and the others are of ``search``."""
    seen = Counter[str]()
    for item in items:
        mark = item.get_closest_marker("sampled")
        if mark is not None:
            test = item.nodeid.partition("[")[0]
            if seen[test] % mark.args[0]:
                item.add_marker(pytest.mark.search)
            seen[test] += 1


@cache
def accepted_skips() -> re.Pattern[str]:
    """The reasons of skips that CI accepts."""
    entries = yaml.safe_load(Path(__file__).with_name("skips.yaml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{entry['reason']})" for entry in entries))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI (``JST_CI``), a test that is skipped for a reason that nobody has written down has failed."""
    report: Any = yield
    if os.environ.get("JST_CI") and report.skipped and not hasattr(report, "wasxfail") and call.excinfo is not None:
        reason = str(call.excinfo.value)
        if not accepted_skips().search(reason):
            report.outcome = "failed"
            report.longrepr = f"skipped, and tests/skips.yaml does not say why that may be: {reason}"
    return report


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of tests are asked without a proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def serve() -> Iterator[Callable[..., SchemaServer]]:
    """Starts a server of documents; as many as the test wants."""
    with ExitStack() as stack:
        yield lambda documents=None: stack.enter_context(SchemaServer(documents))


@dataclass(frozen=True)
class Scratch:
    """A folder with a schema repository, and ways to act on it as a user does."""

    root: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=someone", "-c", "user.email=someone@example.org", *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")

    def jst(self, *arguments: str, stdin: bytes | None = None) -> Result:
        """Run the command line in this folder, in this process; errors become messages and exit codes as in `main`."""
        from jsonschema_tools.cli import cli
        from jsonschema_tools.cli.output import print_error
        from jsonschema_tools.errors import SchemaToolsError

        here = Path.cwd()
        os.chdir(self.root)
        try:
            result = CliRunner().invoke(cli, list(arguments), input=stdin)
            if isinstance(result.exception, SchemaToolsError):
                error = result.exception
                result = CliRunner().invoke(_reporter(lambda: print_error(error), error.exit_code), [])
            elif result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
        finally:
            os.chdir(here)
        return result

    def snapshot(self) -> dict[str, str]:
        """Every file and link below the folder, Git's own left out."""
        return {
            str(path.relative_to(self.root)): f"-> {path.readlink()}" if path.is_symlink() else path.read_bytes().hex()
            for path in sorted(self.root.rglob("*"))
            if ".git" not in path.relative_to(self.root).parts and (path.is_symlink() or path.is_file())
        }


def _reporter(report: Callable[[], None], exit_code: int) -> Any:
    import click

    @click.command()
    @click.pass_context
    def command(context: click.Context) -> None:
        report()
        context.exit(exit_code)

    return command


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    # Tests change the program under its own feet; those of what is kept switch it on.
    monkeypatch.setenv("JST_CACHE", "off")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """An empty Git repository with a configuration file."""
    repository = Scratch(tmp_path / "repository")
    repository.root.mkdir()
    repository.git("init", "--quiet")
    repository.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    (repository.root / "jsonschema").mkdir()
    return repository
