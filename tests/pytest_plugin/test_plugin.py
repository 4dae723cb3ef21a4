"""The pytest plugin, run by a pytest of its own over scratch copies of the example repository."""

from __future__ import annotations

import shutil
from collections import Counter
from xml.etree import ElementTree

import pytest

import jsonschema_tools
from jsonschema_tools.reports.check.findings import folded
from jsonschema_tools.reports.check.text import block
from jsonschema_tools.rules.model import Report
from tests.conftest import Scratch
from tests.needs import example_repository
from tests.test_wmf_primary import repository  # noqa: F401  (a fixture)

pytest_plugins = "pytester"

EXAMPLE = example_repository()
CART = "shop/cart/changed/current.yaml"
OWN_TEST = "def test_own():\n    pass\n"
OURS = "jsonschema_tools/pytest_plugin.py"


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load all that checking loads: pytester forgets modules that are loaded while a test runs."""
    shop = Scratch(tmp_path_factory.mktemp("loaded") / "shop")
    shutil.copytree(EXAMPLE, shop.root, symlinks=True)
    damage(shop)
    assert jsonschema_tools.check(shop.root).failed


@pytest.fixture(autouse=True)
def _quick(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Leave out of the pytest under test what takes long to load, and let all of them share what they compile."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "compiled"))


@pytest.fixture
def shop(pytester: pytest.Pytester) -> Scratch:
    """A copy of the example repository, in the working directory of pytest."""
    shutil.copytree(EXAMPLE, pytester.path, symlinks=True, dirs_exist_ok=True)
    return Scratch(pytester.path)


def damage(shop: Scratch) -> None:
    name = f"jsonschema/{CART}"
    shop.write(name, shop.read(name).replace("cart_id", "cartId"))


def configure(shop: Scratch, text: str) -> None:
    shop.write(".jsonschema-tools.yaml", shop.read(".jsonschema-tools.yaml") + text)


def findings(shop: Scratch, **selection: str) -> list[str]:
    """The lines that tell the errors of the repository, as the library has them."""
    report = jsonschema_tools.check(shop.root, **selection)  # type: ignore[arg-type]
    here = f"{shop.root}/"
    return [
        line
        for result in report.results
        for found in folded(Report((result,)))
        for line in block(found, lambda text: text.replace(here, ""))
    ]


def ids(result: pytest.RunResult) -> list[str]:
    """The ids that ``--collect-only -q`` prints."""
    return [line for line in result.outlines if "::" in line]


def names(shop: Scratch) -> list[str]:
    return [check.name for check in jsonschema_tools.plan(shop.root)]


def test_every_check_is_a_test_beside_those_of_the_user(shop: Scratch, pytester: pytest.Pytester) -> None:
    shop.write("tests/test_own.py", OWN_TEST)
    result = pytester.runpytest_subprocess("--jst=.", "-rs", "--junitxml=junit.xml")
    counts = jsonschema_tools.check(shop.root).summary
    result.assert_outcomes(passed=counts.passed + 1, skipped=counts.skipped)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([
        f"collected {counts.passed + counts.skipped + 1} items",
        "SKIPPED [[]1[]] jsonschema/legacy/newsletter_click/1.0.0.yaml:1: skipSchemaTestCases: /legacy/newsletter_click/.[*]",
    ])  # fmt: skip
    cases = [
        (case.get("classname"), case.get("name")) for case in ElementTree.parse("junit.xml").getroot().iter("testcase")
    ]
    assert ("shop.cart.changed.1.1.0.yaml", "schema-is-valid") in cases
    assert len(cases) == counts.passed + counts.skipped + 1


def test_alone_and_from_elsewhere(shop: Scratch, pytester: pytest.Pytester) -> None:
    (shop.root / "elsewhere").mkdir()
    pytester.chdir()
    result = pytester.runpytest_subprocess("--rootdir=elsewhere", "--jst=.", "--collect-only", "-q", "-m", "jst")
    assert Counter(ids(result)) == Counter(names(shop))
    assert result.ret == pytest.ExitCode.OK


def test_failures_are_findings(shop: Scratch, pytester: pytest.Pytester) -> None:
    damage(shop)
    report = jsonschema_tools.check(shop.root)
    assert report.failed
    result = pytester.runpytest_subprocess("--jst=.")
    counts = report.summary
    result.assert_outcomes(passed=counts.passed, skipped=counts.skipped, failed=counts.failed)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert set(findings(shop)) <= set(result.outlines)
    for text in ("Traceback", OURS, "site-packages"):
        result.stdout.no_fnmatch_line(f"*{text}*")
    result.stdout.fnmatch_lines_random([
        f"_* schema-snake-case-properties in {CART} _*",
        f"FAILED {CART}::schema-snake-case-properties - *",
    ])  # fmt: skip

    again = pytester.runpytest_subprocess("--jst=.", "--lf", "--collect-only", "-q")
    assert sorted(ids(again)) == sorted(
        result.check.name for result in report.results if result.status is jsonschema_tools.Status.FAILED
    )


def test_ids_files_and_folders_are_arguments(shop: Scratch, pytester: pytest.Pytester) -> None:
    shop.write("tests/test_own.py", OWN_TEST)
    arguments = [
        "shop/cart/changed/1.1.0.yaml::schema-is-valid",
        "jsonschema/shop/cart/changed/1.0.0.yaml::schema-is-secure",
        "shop/order/placed/1.0.0.json",
        "jsonschema/fragment",
        "tests/test_own.py",
    ]
    result = pytester.runpytest_subprocess("--jst=.", "--collect-only", "-q", *arguments)
    expected = [
        name
        for name in names(shop)
        if name in (arguments[0], arguments[1].removeprefix("jsonschema/"))
        or name.startswith(("shop/order/placed/1.0.0.json::", "fragment/"))
    ]
    assert len(expected) > 20
    assert sorted(ids(result)) == sorted([*expected, "tests/test_own.py::test_own"])


def test_ids_as_pytest_shows_them_below_its_rootdir(shop: Scratch, pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\njst = .\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.root / "jsonschema")
        result = pytester.runpytest_subprocess("-v", f"../{CART}::schema-is-secure", "--rootdir=..")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"../{CART}::schema-is-secure PASSED*"])


def test_a_setting_is_for_runs_of_everything(shop: Scratch, pytester: pytest.Pytester) -> None:
    shop.write("tests/test_own.py", OWN_TEST)
    pytester.makeini("[pytest]\njst = .\n")
    everything = ids(pytester.runpytest_subprocess("--collect-only", "-q"))
    assert sorted(everything) == sorted([*names(shop), "tests/test_own.py::test_own"])
    assert ids(pytester.runpytest_subprocess("--collect-only", "-q", "tests")) == ["tests/test_own.py::test_own"]
    name = f"{CART}::schema-is-secure"
    assert ids(pytester.runpytest_subprocess("--collect-only", "-q", name)) == [name]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (["--jst=nowhere"], "", "ERROR: there is no folder '*nowhere'"),
        (["--jst=.", "--jst-profile=recomended"], "", "remedy: Did you mean 'recommended'?"),
        (["--jst=."], "contentTypos: [yaml]\n", "ERROR: .jsonschema-tools.yaml:10:15: unknown key 'contentTypos'"),
        (["--jst=.", f"{CART}::schema-is-secur"], "", f"ERROR: file or directory not found: {CART}::schema-is-secur"),
    ],
)
def test_wrong_usage(
    arguments: list[str], settings: str, message: str, shop: Scratch, pytester: pytest.Pytester
) -> None:
    configure(shop, settings)
    result = pytester.runpytest_subprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_only_what_a_branch_touched(shop: Scratch, pytester: pytest.Pytester) -> None:
    shop.git("init", "--quiet")
    shop.commit()
    damage(shop)
    result = pytester.runpytest_subprocess("--jst=.", "--jst-against=HEAD", "--collect-only", "-q")
    expected = [check.name for check in jsonschema_tools.plan(shop.root, against="HEAD")]
    assert sorted(ids(result)) == sorted(expected)
    assert any(name.startswith(CART) for name in expected)
    assert not any(name.startswith("fragment") for name in expected)


RUNS = [
    ([], "warning", pytest.ExitCode.OK),
    (["--jst-strict"], "error", pytest.ExitCode.TESTS_FAILED),
    (["-Werror::jsonschema_tools.pytest_plugin.SchemaWarning"], "error", pytest.ExitCode.TESTS_FAILED),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("options", "kind", "code"), RUNS)
def test_warnings(options: list[str], kind: str, code: int, shop: Scratch, pytester: pytest.Pytester) -> None:
    damage(shop)
    configure(shop, "rules: {schema-snake-case-properties: warning}\n")
    lines = findings(shop, select="schema-snake-case-properties")
    assert lines
    result = pytester.runpytest_subprocess("--jst=.", "--jst-select=schema-snake-case-properties", *options)
    assert result.ret == code
    result.stdout.no_fnmatch_line("*Traceback*")
    if kind == "error":
        assert set(lines) <= set(result.outlines)
    else:
        place, _, message = lines[0].partition(": warning ")
        path_and_line = place.rpartition(":")[0]
        result.stdout.fnmatch_lines(
            [f"{CART}::schema-snake-case-properties", f"  {path_and_line}: SchemaWarning: {message}"]
        )


@pytest.mark.search
def test_distributed(shop: Scratch, pytester: pytest.Pytester) -> None:
    damage(shop)
    counts = jsonschema_tools.check(shop.root, select=["structure"]).summary
    assert counts.failed
    result = pytester.runpytest_subprocess("--jst=.", "--jst-select=structure", "-n2")
    result.assert_outcomes(passed=counts.passed, skipped=counts.skipped, failed=counts.failed)
    assert set(findings(shop, select="structure")) <= set(result.outlines)


def test_one_line_in_a_test_file(shop: Scratch, pytester: pytest.Pytester) -> None:
    damage(shop)
    shop.write(
        "tests/test_schemas.py",
        "from jsonschema_tools.pytest_plugin import all_tests\n"
        "test_schemas = all_tests()\n"
        "test_valid = all_tests('..', select='schema-is-valid', strict=True)\n",
    )
    counts = jsonschema_tools.check(shop.root).summary
    valid = jsonschema_tools.check(shop.root, select="schema-is-valid").summary
    assert counts.failed
    result = pytester.runpytest_subprocess("-rA")
    result.assert_outcomes(
        passed=counts.passed + valid.passed, skipped=counts.skipped, failed=counts.failed + valid.failed
    )
    assert set(findings(shop)) <= set(result.outlines)
    for text in ("Traceback", "traceback", f"{OURS}*: Failed"):
        result.stdout.no_fnmatch_line(f"*{text}*")
    for name in (
        "test_schemas[.jsonschema-tools.yaml::skips-match]",
        "test_valid[shop/order/placed/1.0.0.yaml::schema-is-valid]",
    ):
        assert f"PASSED tests/test_schemas.py::{name}" in result.outlines


def test_one_line_where_there_is_no_repository(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="from jsonschema_tools.pytest_plugin import all_tests\ntest_schemas = all_tests()\n",
    )
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["there is no .jsonschema-tools.yaml beside test_it.py or above it"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_is_light_where_nothing_is_to_be_checked(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        "    print('loaded:', *sorted(name for name in sys.modules if name.partition('.')[0] in"
        " ('jsonschema_tools', 'jsonschema', 'jsonschema_rs', 'yaml', 'yaml_rs', 'semver', 'deepdiff', 'click')))\n"
    )
    pytester.makepyfile(OWN_TEST)
    result = pytester.runpytest_subprocess("-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "*loaded: jsonschema_tools jsonschema_tools.pytest_events jsonschema_tools.pytest_plugin"
            " jsonschema_tools.pytest_selection"
        ]
    )


@pytest.mark.search
def test_a_real_repository(repository: Scratch, pytester: pytest.Pytester) -> None:  # noqa: F811
    counts = jsonschema_tools.check(repository.root).summary
    result = pytester.runpytest_subprocess(f"--jst={repository.root}", "-q")
    result.assert_outcomes(passed=counts.passed, skipped=counts.skipped, failed=counts.failed)
    assert counts.passed > 1500


def test_each_event_of_schema_tests_is_a_test(shop: Scratch, pytester: pytest.Pytester) -> None:
    name = "shop/order/placed/tests/orders.yaml"
    event = "{$schema: /shop/order/placed/1.2.0}"
    shop.write(f"jsonschema/{name}", f"valid: [{event}]\ninvalid:\n  - {{event: {event}, keyword: required}}\n")
    result = pytester.runpytest_subprocess("--jst=.", f"jsonschema/{name}", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines_random([
        f"{name}::schema-tests-pass[[]valid-0] FAILED*",
        f"{name}::schema-tests-pass[[]invalid-0] PASSED*",
        f"jsonschema/{name}:1:9: error schema-tests-pass valid event 0 is refused by *",
    ])  # fmt: skip
    result = pytester.runpytest_subprocess("--jst=.", f"{name}::schema-tests-pass[invalid-0]")
    result.assert_outcomes(passed=1)
