"""The modelling guide: what it advises passes every recommended rule, and what it advises against is found by the rule named.

A block is the ``properties`` of a schema, or more of it where it has that keyword; with a comment ``file:`` above, a file. The
paragraph above says what is to be: ``Not this`` or ``Nor this`` names the rules that find something, ``version 1.1.0`` makes it the
next version of the first block of the section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from jsonschema_tools import check
from tests.conftest import Scratch

PAGE = (Path(__file__).parents[1] / "docs" / "modelling.md").read_text("utf-8")
BLOCK = re.compile(r"^```yaml\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"<!-- file: (\S+) -->\s*$")
CURRENT = "shop/thing/current.yaml"


@dataclass(frozen=True)
class Example:
    """A block of the page, with the files there are to be before it, and the rules that are to find something."""

    name: str
    before: dict[str, str]
    files: dict[str, str]
    rules: frozenset[str]


def schema(text: str, version: str) -> str:
    """A whole current file with what a block shows."""
    shown: dict[str, Any] = yaml.safe_load(text)
    head = {"title": "shop/thing", "description": "A thing.", "$id": f"/shop/thing/{version}"}
    head |= {"$schema": "https://json-schema.org/draft-07/schema#", "type": "object"}
    return yaml.safe_dump(head | (shown if "properties" in shown else {"properties": shown}), sort_keys=False)


def examples() -> list[Example]:
    found = []
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading, end = section.partition("\n")[0], 0
        first: str | None = None
        files: dict[str, str] = {}
        for number, block in enumerate(BLOCK.finditer(section), 1):
            said = section[end : block.start()].strip()
            end = block.end()
            paragraph = FILE.sub("", said).strip().split("\n\n")[-1]
            is_bad = re.search(r"\bN(ot|or) this\b", paragraph) is not None
            rules = frozenset(re.findall(r"rules\.md#([\w-]+)", paragraph))
            assert not is_bad or rules, paragraph
            file = FILE.search(said)
            is_next = "ersion 1.1.0" in paragraph
            before = dict(files)
            if file is not None:
                made = {file[1]: block[1]}
            else:
                made = {CURRENT: schema(block[1], "1.1.0" if is_next else "1.0.0")}
                before |= {CURRENT: first} if is_next and first is not None else {}
                first = first or made[CURRENT]
            found.append(Example(f"{heading} {number}", before, made, rules))
            files |= made if file is not None and not is_bad else {}
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_advice_holds(scratch: Scratch, example: Example) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nprofile: recommended\n")
    for files in (example.before, example.files):
        for name, text in files.items():
            scratch.write(f"jsonschema/{name}", text)
        done = scratch.jst("materialize")
        assert done.exit_code == 0 or example.rules, done.stderr
    report = check(scratch.root)
    found = {result.check.rule.id: finding.message for result in report.results for finding in result.findings}
    assert set(found) == example.rules, found


def test_every_section_has_examples() -> None:
    assert len(examples()) > 35
    assert len([example for example in examples() if example.rules]) > 15
