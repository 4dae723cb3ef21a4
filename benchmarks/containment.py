"""How long it takes to decide containment between all versions of each schema of a repository, in both directions.

    python benchmarks/containment.py REPOSITORY

REPOSITORY is a folder with schemas in it. Prints answers, totals and medians, without and with a witness.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from jsonschema_tools.containment.proof import contained
from jsonschema_tools.documents.reading import parse

VERSION = re.compile(r"\d+\.\d+\.\d+\.yaml")


def version_pairs(folder: Path) -> list[tuple[Any, Any]]:
    """Every two released versions of a title."""
    pairs = []
    for title in sorted({path.parent for path in folder.rglob("*.yaml") if VERSION.fullmatch(path.name)}):
        paths = sorted(path for path in title.glob("*.yaml") if VERSION.fullmatch(path.name))
        pairs += list(combinations([parse(path.read_bytes(), source=str(path)) for path in paths], 2))
    return pairs


def main() -> None:
    """Measure and print."""
    pairs = version_pairs(Path(sys.argv[1]))
    contained({"type": "integer"}, {"type": "string"})  # the validators are loaded once
    for witness in (False, True):
        answers: Counter[str] = Counter()
        times = []
        for old, new in pairs:
            for sub, sup in ((old, new), (new, old)):
                start = time.perf_counter()
                answers[contained(sub, sup, witness=witness).answer] += 1
                times.append(time.perf_counter() - start)
        kind = "with a witness" if witness else "without"
        counts = ", ".join(f"{count} {answer}" for answer, count in sorted(answers.items()))
        median, greatest = statistics.median(times) * 1e3, max(times) * 1e3
        print(f"{len(pairs)} pairs, both directions, {kind}: {counts};", end=" ")
        print(f"{sum(times):.2f} s, median {median:.1f} ms, greatest {greatest:.0f} ms")


if __name__ == "__main__":
    main()
