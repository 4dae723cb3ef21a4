"""The alert rules on the pages, as Prometheus reads them; and our metrics, as it likes them to be."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.intake.conftest import ask, order, post
from tests.intake.test_pages import DOCS, ROOT, quoted

PROMTOOL = shutil.which("promtool")
PAGES = sorted(path.name for path in DOCS.glob("*.md") if "<!-- file: alerts.yaml -->" in path.read_text("utf-8"))
CASES = ROOT / "tests" / "cases" / "intake" / "alerts.yaml"

pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")


def promtool(*arguments: str, stdin: bytes = b"", folder: Path | None = None) -> str:
    """Run it; what it says. It must find nothing wrong."""
    command = [PROMTOOL or "", *arguments]
    done = subprocess.run(command, check=False, input=stdin, cwd=folder, capture_output=True, timeout=60)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


@pytest.mark.parametrize("page", PAGES)
def test_prometheus_takes_the_rules(page: str, tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text(quoted(page, "alerts.yaml"))
    assert "rules found" in promtool("check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml", folder=tmp_path)


def test_every_rule_rings_where_it_should_and_only_there(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text(quoted("operations.md", "alerts.yaml"))
    (tmp_path / "tests.yaml").write_text(CASES.read_text("utf-8"))
    assert "SUCCESS" in promtool("test", "rules", "tests.yaml", folder=tmp_path)


def test_prometheus_likes_the_metrics(gates: object) -> None:
    gate = gates()  # type: ignore[operator]
    post(gate, [order(), order(count=0)])
    promtool("check", "metrics", stdin=ask(gate.url, "GET", "/metrics").body)
