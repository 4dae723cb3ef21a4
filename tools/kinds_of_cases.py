"""Write into the cases of tests/cases/compatibility which kinds of change each holds; then read what has changed.

python tools/kinds_of_cases.py && git diff tests/cases/compatibility
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jsonschema_tools.compatibility.changes import diff
from jsonschema_tools.documents.reading import parse

FOLDER = Path(__file__).parents[1] / "tests" / "cases" / "compatibility"


def with_kinds(text: str, source: str) -> str:
    """The text of a file of cases, each on a line of its own or a block, with ``kinds`` at the end of each."""
    lines = text.split("\n")
    starts = [index for index, line in enumerate(lines) if line.startswith("- ")]
    cases = parse(text, source=source)
    assert len(starts) == len(cases)
    out = lines[: starts[0]]
    for case, start, end in zip(cases, starts, [*starts[1:], len(lines)], strict=True):
        block = [line for line in lines[start:end] if not line.startswith("  kinds: ")]
        out += _marked(block, case) if "old" in case else block
    return "\n".join(out)


def _marked(block: list[str], case: dict[str, Any]) -> list[str]:
    draft = str(case["draft"]) if "draft" in case else None
    kinds = f"kinds: [{', '.join(sorted({change.kind for change in diff(case['old'], case['new'], draft)}))}]"
    if block[0].startswith("- {") and block[0].endswith("}"):
        line = re.sub(r", kinds: \[[^\]]*\]\}$", "}", block[0])
        return [f"{line[:-1]}, {kinds}}}", *block[1:]]
    last = max(index for index, line in enumerate(block) if line.startswith("  ") and line.strip())
    return [*block[: last + 1], f"  {kinds}", *block[last + 1 :]]


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.yaml")):
        path.write_text(with_kinds(path.read_text("utf-8"), str(path)), "utf-8")
