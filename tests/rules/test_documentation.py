"""The page of rules is that of the rules; each of them says what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from jsonschema_tools.rules.documentation import parts
from jsonschema_tools.rules.model import Rule
from jsonschema_tools.rules.registry import RULES
from tests.conftest import Scratch

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_current(scratch: Scratch) -> None:
    """Write it with: jst rules example-repo --profile recommended --format markdown > docs/rules.md"""
    assert scratch.jst("rules", "--profile", "recommended", "--format", "markdown").stdout == PAGE.read_text("utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_all_parts(rule: Rule) -> None:
    told = parts(rule.documentation)
    assert list(told) == ["What", "Why", "Example", "Instead"]
    assert all(text.endswith((".", "`")) for text in told.values())
    assert all("description" in schema for schema in rule.options.values())


def test_parts_that_are_not_there() -> None:
    assert parts("Only this.\nIn two lines.") == {"What": "Only this. In two lines."}
    assert parts("A.\n\nInstead: b\n  c.") == {"What": "A.", "Instead": "b c."}
