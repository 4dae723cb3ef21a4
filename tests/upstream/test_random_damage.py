"""Checks against upstream's repository tests after random damage: fixed seeds here, as many as one likes by hand.

    python -m tests.upstream.test_random_damage FIRST_SEED ROUNDS [REPOSITORY]

prints every round in which a verdict differs, with what was done.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.rules.model import Report
from tests.upstream.oracle import installed
from tests.upstream.random_damage import damage, damage_to_schemas
from tests.upstream.test_checks import EXAMPLE, differences, ours, worst
from tests.upstream.verdicts import Cases, Key

ROUNDS = 60
AT_ONCE = 8
"""Mutations of schemas in one round; those of files and settings come fewer."""


def wrong_after_damage(cases: Cases, seed: int, source: Path, root: Path) -> tuple[list[str], Any]:
    """What was done to a copy of the repository, and what is wrong with our verdicts then."""
    random = Random(seed)
    shutil.copytree(source, root, symlinks=True)
    done = damage_to_schemas(random, root, AT_ONCE) if seed % 2 else damage(random, root)
    cases.ask(root)
    try:
        mine, report, _ = ours(root)
    except SchemaToolsError as refusal:
        return done, f"refused: {refusal}" if cases.answer() is not None else None
    verdicts = cases.answer()
    if verdicts is None:
        return done, None if report.failed else "upstream could not run, we found nothing"
    found = differences(worst(list(verdicts.items())), mine)
    return done, {key: verdict for key, verdict in found.items() if not better(key, verdict, report)}


def better(key: Key, verdict: tuple[str, str | None], report: Report) -> bool:
    """Whether our verdict is another one on purpose: see docs/decisions.md."""
    if verdict != ("passed", "failed"):
        return False
    messages = [
        finding.message
        for result in report.results
        if (result.check.rule.id, result.check.subject.title) == key[:2]
        for finding in result.findings
    ]
    inherited = any("constructor" in message for message in messages)
    refused = any(message.startswith("the schema is not valid") for message in messages)
    refused |= any("is not known to be" in message for message in messages)
    return inherited or (key[0] == "structure-current-matches-materialized" and refused)


@pytest.mark.search
def test_same_verdicts_after_random_damage(tmp_path: Path) -> None:
    if reason := installed():
        pytest.skip(reason)
    cases = Cases()
    rounds = [wrong_after_damage(cases, seed, EXAMPLE, tmp_path / str(seed)) for seed in range(ROUNDS)]
    cases.close()
    assert [(done, wrong) for done, wrong in rounds if wrong] == []


def main() -> None:
    """Search with the seeds of the command line."""
    first, count = int(sys.argv[1]), int(sys.argv[2])
    source = Path(sys.argv[3]) if len(sys.argv) > 3 else EXAMPLE
    cases, found = Cases(), 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            done, wrong = wrong_after_damage(cases, seed, source, Path(folder) / "repository")
        if wrong:
            found += 1
            print(seed, wrong, *done, sep="\n    ", flush=True)
    print(f"{found} of {count} rounds differ")
    cases.close()


if __name__ == "__main__":
    main()
