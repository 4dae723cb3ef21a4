"""The dashboard for Grafana and the alert rules for Kafka name metrics that a gate has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools.server.in_process import LocalGate
from tests.intake.conftest import ask, order, post
from tests.intake.test_pages import quoted

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana" / "jst-serve.json"
METRIC = re.compile(r"\b(?:jst|eventgate|express|last|kafka)_\w+")
OF_OTHERS = {"kafka_consumergroup_lag"}


@pytest.fixture
def metrics(gates: Callable[..., LocalGate]) -> str:
    gate = gates()
    post(gate, [order(), order(count=0)])
    return ask(gate.url, "GET", "/metrics").body.decode()


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def there(named: set[str], metrics: str) -> bool:
    return all(re.search(rf"^{name}\b", metrics, re.MULTILINE) for name in named - OF_OTHERS)


def test_the_dashboard_names_metrics_that_there_are(metrics: str) -> None:
    named = {name for panel in panels() for target in panel["targets"] for name in METRIC.findall(target["expr"])}
    assert len(named) > 15
    assert there(named, metrics), named


def test_no_panel_lies_on_another() -> None:
    assert len({panel["id"] for panel in panels()}) == len(panels())
    for one, other in combinations([panel["gridPos"] for panel in panels()], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


def test_the_rules_and_the_page_name_metrics_that_there_are(metrics: str) -> None:
    [group] = yaml.safe_load(quoted("kafka.md", "alerts.yaml"))["groups"]
    named = {name for rule in group["rules"] for name in METRIC.findall(rule["expr"])}
    page = (DASHBOARD.parents[1] / "kafka.md").read_text("utf-8")
    table = set(re.findall(r"`(jst_kafka_\w+)`", page))
    assert len(table) > 8
    assert there(named | table, metrics), named | table
