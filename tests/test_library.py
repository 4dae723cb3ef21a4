"""The library's doors to checking: what their keywords mean."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools import Report, Status, UsageError
from tests.conftest import Scratch
from tests.needs import example_repository

EXAMPLE = example_repository()


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    return Scratch(Path(shutil.copytree(EXAMPLE, tmp_path / "shop", symlinks=True)))


def rules(report: Report) -> set[str]:
    return {result.check.rule.id for result in report.results}


def test_a_folder_is_enough() -> None:
    report = jsonschema_tools.check(EXAMPLE)
    assert not report.failed
    assert report.summary.passed > 200
    assert jsonschema_tools.check(str(EXAMPLE)).summary == report.summary
    assert jsonschema_tools.check(jsonschema_tools.load_config(EXAMPLE)).summary == report.summary


def test_checks_can_be_run_one_by_one() -> None:
    results = [jsonschema_tools.run(check) for check in jsonschema_tools.plan(EXAMPLE)]
    assert Report(tuple(results)).summary == jsonschema_tools.check(EXAMPLE).summary


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ({"select": "schema-is-valid"}, {"select": ["schema-is-valid"]}),
        ({"ignore": "structure"}, {"ignore": ("structure",)}),
        (
            {"select": "schema-is-valid", "extend_select": "structure-title"},
            {"select": {"schema-is-valid", "structure-title"}},
        ),
        ({"titles": "shop/cart/changed"}, {"titles": iter(["shop/cart/changed"])}),
        ({"titles": EXAMPLE / "jsonschema/shop"}, {"titles": ["shop/cart/changed", "shop/order/placed"]}),
    ],
)
def test_one_name_stands_for_a_list_of_it(one: dict[str, object], several: dict[str, object]) -> None:
    checked: Callable[..., Report] = jsonschema_tools.check
    names = [result.check.name for result in checked(EXAMPLE, **one).results]
    assert names == [result.check.name for result in checked(EXAMPLE, **several).results]
    assert 0 < len(names) < len(jsonschema_tools.plan(EXAMPLE))


def test_what_a_branch_touched(shop: Scratch) -> None:
    shop.git("init", "--quiet")
    shop.commit()
    current = "jsonschema/shop/cart/changed/current.yaml"
    shop.write(current, shop.read(current).replace("cart_id", "cartId"))
    report = jsonschema_tools.check(shop.root, against="HEAD", ignore="structure-current-matches-materialized")
    assert report.failed
    assert {result.check.subject.title for result in report.results} == {"shop/cart/changed"}
    assert "released-versions-are-kept" in rules(report)
    failed = [result for result in report.results if result.status is Status.FAILED]
    assert {finding.file for result in failed for finding in result.findings} == {shop.root / current}


@pytest.mark.parametrize(
    ("selection", "remedy"),
    [
        ({"profile": "recomended"}, "Did you mean 'recommended'?"),
        ({"select": "schema-is-vald"}, "Did you mean 'schema-is-valid'?"),
        ({"titles": "shop/cart/change"}, "Did you mean 'shop/cart/changed'?"),
    ],
)
def test_names_that_are_not_there(selection: dict[str, str], remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        jsonschema_tools.check(EXAMPLE, **selection)  # type: ignore[arg-type]
    assert caught.value.remedy == remedy
