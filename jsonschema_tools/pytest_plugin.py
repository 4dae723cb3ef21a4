"""The pytest plugin: each check of a schema repository is a test.

``pytest --jst=DIR``, or ``jst = DIR`` in pytest's configuration, collects every check as an item whose id is the name
of the check, ``user/create/1.0.0.yaml::schema-is-valid``. A test file says the same in one line::

    from jsonschema_tools.pytest_plugin import all_tests

    test_schemas = all_tests()

A failed check shows its findings, a check that cannot judge is skipped with its reason, and what is only a warning
becomes a `SchemaWarning` among pytest's own. pytest loads this module wherever the package is installed: what is heavy
is imported only once there is something to check.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jsonschema_tools.pytest_events import jst_gate, jst_intake, jst_store

if TYPE_CHECKING:
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.rules.model import Check, Result
from jsonschema_tools.pytest_selection import declared_folder, repository_folder, wanted

__all__ = ["SchemaWarning", "all_tests", "jst_gate", "jst_intake", "jst_store"]

_CHECKS = pytest.StashKey[list["Check"]]()


class SchemaWarning(UserWarning):
    """What a check of severity warning finds. ``-W error::jsonschema_tools.pytest_plugin.SchemaWarning`` fails it."""


def all_tests(
    repository: Path | str | None = None, *, strict: bool = False, **selection: Any
) -> Callable[[Check, pytest.Config], None]:
    """A test function that is run for every check of a repository: ``test_schemas = all_tests()`` in a test file.

    ``repository`` is a folder, relative to that of the test file; by default the nearest one above it that has a
    configuration file. With ``strict``, warnings fail. The other arguments are those of `jsonschema_tools.plan`, such
    as ``profile="recommended"``; options of the command line (``--jst-profile`` and so on) beat them.
    """

    @pytest.mark.jst(repository=repository, **selection)
    def test(schema_check: Check, pytestconfig: pytest.Config) -> None:
        _judge(schema_check, strict=strict or pytestconfig.getoption("jst_strict"))

    return test


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, and the setting ``jst``."""
    group = parser.getgroup("jst", "schema repository (jst)")
    group.addoption("--jst", metavar="DIR", help="Check this schema repository: each check is a test.")
    group.addoption("--jst-profile", metavar="NAME", help="Set of rules to start from: upstream, recommended.")
    group.addoption(
        "--jst-select", metavar="RULE[,RULE...]", action="append", default=[],
        help="Only these rules: ids, families (structure, robustness, compatibility) or patterns (structure-*).",
    )  # fmt: skip
    group.addoption("--jst-against", metavar="REF", help="Only titles touched since the branch left this commit.")
    group.addoption("--jst-strict", action="store_true", help="Warnings of the checks fail too.")
    parser.addini("jst", "schema repository that is checked when pytest is given no tests; relative to rootdir")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker of all checks known: ``-m jst``, ``-m "not jst"``."""
    config.addinivalue_line("markers", "jst: checks of a schema repository")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Which repository is checked."""
    folder = repository_folder(config)
    return f"jst: {_shown(str(folder))}" if folder else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Plan the checks, once, and take the arguments that name some of them from pytest, which looks for files."""
    config = session.config
    folder = repository_folder(config)
    if folder is None:
        return
    from jsonschema_tools.errors import SchemaToolsError

    try:
        session.stash[_CHECKS] = wanted(config, _plan(folder, config))
    except SchemaToolsError as error:
        raise pytest.UsageError(_message(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Put the repository beside what pytest itself finds."""
    report = yield
    if isinstance(collector, pytest.Session) and (checks := collector.stash.get(_CHECKS, None)):
        report.result.append(SchemaRepository.from_parent(collector, name="schemas", nodeid="schemas", checks=checks))
    return report


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the function that `all_tests` made for each check."""
    marker = metafunc.definition.get_closest_marker("jst")
    if marker is None or "schema_check" not in metafunc.fixturenames:
        return
    from jsonschema_tools.errors import SchemaToolsError

    declared = dict(marker.kwargs)
    try:
        folder = declared_folder(declared.pop("repository"), metafunc.definition.path)
        checks = _plan(folder, metafunc.config, **declared)
    except SchemaToolsError as error:
        raise pytest.Collector.CollectError(_message(error)) from None
    metafunc.parametrize("schema_check", [pytest.param(check, id=check.name) for check in checks])


class SchemaRepository(pytest.Collector):
    """The checks of a repository, all those of a file together."""

    def __init__(self, *, checks: list[Check], **of_node: Any) -> None:
        super().__init__(**of_node)
        self.checks = checks

    def collect(self) -> Iterator[SchemaCheck]:
        """One item for each check."""
        for check in sorted(self.checks, key=lambda check: check.name.partition("::")[0]):
            yield SchemaCheck.from_parent(self, name=check.name, nodeid=check.name, check=check)


class SchemaCheck(pytest.Item):
    """A check as a test."""

    def __init__(self, *, check: Check, **of_node: Any) -> None:
        super().__init__(path=check.subject.path, **of_node)
        self.check = check
        self.add_marker("jst")

    def runtest(self) -> None:
        """Run the check."""
        _judge(self.check, strict=self.config.getoption("jst_strict"))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file of the check, and the headline of its failure."""
        place, _, rule = self.name.partition("::")
        return self.path, 0, f"{rule} in {place}"


def _judge(check: Check, *, strict: bool) -> None:
    """Run a check as a test that passes, fails with its findings, warns of them, or is skipped with its reason."""
    __tracebackhide__ = True
    from jsonschema_tools.reports.check.findings import folded
    from jsonschema_tools.reports.check.text import block
    from jsonschema_tools.rules.engine import run
    from jsonschema_tools.rules.model import Report

    result = run(check)
    if result.reason is not None:
        raise pytest.skip.Exception(result.reason, _use_item_location=True)
    if not result.findings or (result.is_warning and not strict and _warned(result)):
        return
    lines = [line for found in folded(Report((result,))) for line in block(found, _shown)]
    pytest.fail("\n".join(lines), pytrace=False)


def _warned(result: Result) -> bool:
    """Whether all findings could be told as warnings: the user may have turned those into errors."""
    from jsonschema_tools.reports.check.findings import folded
    from jsonschema_tools.reports.check.text import block
    from jsonschema_tools.rules.model import Report

    try:
        for found in folded(Report((result,))):
            finding = found.finding
            lines = [f"{result.check.rule.id} {_shown(finding.message)}", *block(found, _shown)[1:]]
            warnings.warn_explicit("\n".join(lines), SchemaWarning, _shown(str(finding.file)), finding.line or 1)
    except SchemaWarning:
        return False
    return True


def _plan(folder: Path, config: pytest.Config, **declared: Any) -> list[Check]:
    """The checks of a repository; options of the command line beat what a test file declares."""
    from jsonschema_tools.use_cases.check import plan

    given = {
        "profile": config.getoption("jst_profile"),
        "select": [name.strip() for names in config.getoption("jst_select") for name in names.split(",")],
        "against": config.getoption("jst_against"),
    }
    return plan(folder, **{**declared, **{name: value for name, value in given.items() if value}})


def _message(error: SchemaToolsError) -> str:
    return _shown(f"{error}\nremedy: {error.remedy}" if error.remedy else str(error))


def _shown(text: str) -> str:
    """A text in which paths are as the user would write them."""
    return text.replace(f"{Path.cwd()}{os.sep}", "")
