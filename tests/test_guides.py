"""The guides do what they show: every command of theirs is run, and what it prints is what the page says.

``python -m tests.test_guides`` writes the outputs anew; read the difference before it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import ROOT, comparable, outputs, rewritten

PAGES = ("tutorial", "branches", "adopting", "events-to-sql")


def text_of(page: str) -> str:
    return (ROOT / "docs" / f"{page}.md").read_text("utf-8")


@pytest.mark.sampled(4)
@pytest.mark.parametrize("page", PAGES)
def test_every_command_does_what_is_shown(page: str, tmp_path: Path) -> None:
    text = text_of(page)
    here = tmp_path / page
    here.mkdir()
    for step, exit_code, output in outputs(text, here):
        assert not re.search(r"Traceback|\bNone\b", output), output
        if step.shown is None:
            assert exit_code == 0, (step.commands, output)
        else:
            assert comparable(output) == comparable(text[step.shown]), step.commands


def main() -> None:
    """Write the outputs of all pages anew."""
    from tempfile import TemporaryDirectory

    for page in PAGES:
        with TemporaryDirectory() as folder:
            (here := Path(folder) / page).mkdir()
            path = ROOT / "docs" / f"{page}.md"
            path.write_text(rewritten(path.read_text("utf-8"), here), "utf-8")


if __name__ == "__main__":
    main()
