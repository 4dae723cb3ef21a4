"""How long it takes to compare versions of real schemas.

    python benchmarks/compatibility.py REPOSITORY

Every version is compared with the one before it, without and with witness; then judged as the profile `recommended`
does. Prints the median of a pair, the slowest, and the time for all pairs of the repository, in the same process.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from jsonschema_tools.compatibility.assessment import assess  # noqa: E402
from jsonschema_tools.compatibility.changes import diff  # noqa: E402
from jsonschema_tools.compatibility.comparison import compare  # noqa: E402
from jsonschema_tools.compatibility.policies import compatibility_settings  # noqa: E402
from jsonschema_tools.repository.configuration import load_config  # noqa: E402
from jsonschema_tools.repository.loading import load  # noqa: E402

RUNS = 5


def main() -> None:
    """Measure each job and print one line for it, then how much was decided."""
    config = load_config(Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "example-repo"))
    titles = [title.released(config.content_types[0]) for title in load(config).titles]
    pairs = [(old.document, new.document) for files in titles for old, new in pairwise(files)]
    recommended = compatibility_settings("recommended", None, None)
    print(f"{len(pairs)} pairs of versions, medians of {RUNS} runs")
    measure("diff", pairs, diff)
    measure("compare without witness", pairs, lambda old, new: compare(old, new, witness=False))
    measure("compare with witness", pairs, compare)
    measure("assess as recommended", pairs, lambda old, new: assess(old, new, recommended))
    found = [compare(old, new) for old, new in pairs]
    for direction in ("backward", "forward"):
        answers = Counter(str(getattr(comparison, direction).answer) for comparison in found)
        print(f"{direction}: {dict(answers)}")


def measure(name: str, pairs: list[tuple[Any, Any]], job: Callable[[Any, Any], Any]) -> None:
    """Run the job over all pairs, several times, and print how long it took."""
    seconds: list[list[float]] = [[] for _ in pairs]
    for _ in range(RUNS):
        for index, (old, new) in enumerate(pairs):
            start = time.perf_counter()
            job(old, new)
            seconds[index].append(time.perf_counter() - start)
    each = [statistics.median(times) * 1000 for times in seconds]
    print(f"{name:26} pair {statistics.median(each):6.2f} ms   slowest {max(each):7.2f} ms   all {sum(each):8.1f} ms")


if __name__ == "__main__":
    main()
