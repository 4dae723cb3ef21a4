"""`jst check --fix`: what has one safe cure is cured, once and for all, and nothing that is released changes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from jsonschema_tools import check
from tests.conftest import Scratch
from tests.test_mistakes import MISTAKES, base, make  # noqa: F401 (a fixture)
from tests.test_wmf_primary import repository  # noqa: F401 (a fixture)

ORDER = "jsonschema/shop/order/current.yaml"


def current(path: str) -> bool:
    return path.endswith("/current.yaml")


def comments(scratch: Scratch) -> dict[str, list[str]]:
    return {path: re.findall(r"(?:^|\s)#.*", scratch.read(path)) for path in scratch.snapshot() if current(path)}


def test_what_is_cured_and_how(base: Path, tmp_path: Path) -> None:  # noqa: F811
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    text = (
        scratch.read(ORDER)
        .replace("draft-07", "draft-7")
        .replace(
            "        type: integer\n        description:", "        type: integer  # a number\n        descripton:"
        )
        .replace("    required:", "      id: {type: string, format: uuid, description: An id.}\n    requird:")
    )
    scratch.write(ORDER, text)
    before = scratch.snapshot()
    shown = scratch.jst("check", "--fix", "--dry-run")
    assert (shown.exit_code, scratch.snapshot()) == (0, before)
    assert "4 findings would be cured, 1 version would be raised, 1 file would be changed" in shown.stderr
    result = scratch.jst("check", "--fix")
    assert "raised, 1 file changed" in result.stderr
    fixed = scratch.read(ORDER)
    removed = [line[1:] for line in shown.stdout.splitlines() if line.startswith("-") and line[:3] != "---"]
    added = [line[1:] for line in shown.stdout.splitlines() if line.startswith("+") and line[:3] != "+++"]
    assert set(removed) == {line for line in text.splitlines() if line not in fixed.splitlines()}
    assert added == [
        "$id: /shop/order/1.1.0",
        "$schema: https://json-schema.org/draft-07/schema#",
        "        description: Identifier of the order.",
        "      id: {type: string, format: uuid, maxLength: 36, description: An id.}",
        "    required: [order_id]",
    ]
    assert fixed.count("# a number") == 1
    changed = {path for path, content in scratch.snapshot().items() if before[path] != content}
    assert changed == {ORDER}
    assert scratch.jst("check", "--fix").stderr.startswith("0 findings cured, 0 files changed")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("case", MISTAKES["cases"], ids=lambda case: case["name"])
def test_no_mistake_is_made_worse(base: Path, tmp_path: Path, case: dict[str, object]) -> None:  # noqa: F811
    scratch = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    make(scratch, case)
    before = scratch.snapshot()
    curable = {each.message for result in check(scratch.root).results for each in result.findings if each.fix}
    result = scratch.jst("check", "--fix")
    assert result.exit_code in (0, 1)
    after = scratch.snapshot()
    assert {path for path in after if before.get(path) != after[path]} <= {path for path in after if current(path)}
    assert set(after) == set(before)
    left = {each.message for result in check(scratch.root).results for each in result.findings}
    assert not (curable & left) or "not cured" in result.stderr
    scratch.jst("check", "--fix")
    assert scratch.snapshot() == after


@pytest.mark.search
def test_a_real_repository(repository: Scratch) -> None:  # noqa: F811
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit()
    before, said = repository.snapshot(), comments(repository)
    result = repository.jst("check", "--profile", "recommended", "--fix")
    assert "findings cured" in result.stderr
    after = repository.snapshot()
    changed = {path for path in after if before.get(path) != after[path]}
    assert len(changed) > 5
    assert all(map(current, changed))
    assert comments(repository) == said
    diff = [line for line in repository.git("diff", "--unified=0").splitlines() if re.match("[-+][^-+]", line)]
    assert all(re.match(r"[-+]\s*(- )?(\$ref|\$id|maxLength|format)\b", line) for line in diff), diff
    repository.jst("check", "--profile", "recommended", "--fix")
    assert repository.snapshot() == after
