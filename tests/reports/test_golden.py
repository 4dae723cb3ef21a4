"""What the formats look like, whole. `python -m tests.reports.test_golden` writes the files after a change that is meant;
the difference in Git is then what to read."""

from __future__ import annotations

import pytest

from jsonschema_tools import __version__
from jsonschema_tools.reports.check import FORMATS, render
from jsonschema_tools.rules.documentation import parts
from jsonschema_tools.rules.model import Report, Rule
from jsonschema_tools.rules.registry import RULES
from tests.reports.samples import CASES, cases

GOLDEN = CASES / "golden"


def rendered(report: Report, format_: str) -> str:
    return render(report, format_).replace(f'"version": "{__version__}"', '"version": "0"')


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", cases())
def test_rendering(name: str, format_: str) -> None:
    assert rendered(cases()[name], format_) == (GOLDEN / f"{name}.{format_}").read_bytes().decode()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_comes_apart(rule: Rule) -> None:
    told = parts(rule.documentation).items()
    assert [name for name, _ in told] == ["What", "Why", "Example", "Instead"]
    assert all(text and "Instead:" not in text for _, text in told)


def main() -> None:
    for name, report in cases().items():
        for format_ in FORMATS:
            (GOLDEN / f"{name}.{format_}").write_bytes(rendered(report, format_).encode())


if __name__ == "__main__":
    main()
