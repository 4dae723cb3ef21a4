"""Pages whose commands are run: the blocks of `console`, each with the output that is shown under it.

A comment ``<!-- not run: why -->`` above a block leaves it out; a comment ``<!-- run: commands -->`` has commands that readers do
not see, for what they have already. What a page shows is all that the terminal shows, standard
output and errors as they come.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"^(?P<skipped><!-- not run: .*? -->\n)?```(?P<kind>console|text)\n(?P<text>.*?)^```\n|^<!-- run:\n(?P<hidden>.*?)^-->\n",
    re.DOTALL | re.MULTILINE,
)
CHANGING = [(r"\d+(?= passed,)|\d+(?= skipped\b)", "N"), (r"\b[0-9a-f]{10}\b", "COMMIT")]
"""What is no fault where it differs: every new rule makes more checks, and every run other commits."""


@dataclass(frozen=True)
class Step:
    """Commands of a page, and the place in its text of the output that it shows, if it shows any."""

    commands: str
    shown: slice | None


def steps(text: str) -> list[Step]:
    """What the text of a page tells to do, in order."""
    found: list[Step] = []
    for block in BLOCK.finditer(text):
        before = text[: block.start()].rstrip()
        if block["hidden"]:
            found.append(Step(block["hidden"], None))
        elif block["kind"] == "console" and not block["skipped"]:
            found.append(Step(block["text"], None))
        elif block["kind"] == "text" and found and before.endswith(f"{found[-1].commands}```"):
            found[-1] = Step(found[-1].commands, slice(*block.span("text")))
    return found


def comparable(output: str) -> str:
    """An output without what may differ from run to run."""
    for pattern, replacement in CHANGING:
        output = re.sub(pattern, replacement, output)
    return output


def outputs(text: str, folder: Path) -> Iterator[tuple[Step, int, str]]:
    """Do what a page tells, beginning in a folder: each step with its exit code and all that it printed.

    As a reader's terminal does: a step begins in the folder, and with the functions, with which the one before it ended.
    """
    who = ("AUTHOR", "COMMITTER")
    names = {f"GIT_{one}_NAME": "someone" for one in who} | {f"GIT_{one}_EMAIL": "someone@example.org" for one in who}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, **names, "PATH": path, "GIT_CONFIG_GLOBAL": os.devnull}
    where, functions = (folder.parent / f"{folder.name}.{name}" for name in ("where", "functions"))
    functions.write_text("")
    for step in steps(text):
        script = f"trap 'pwd > {where}; declare -f > {functions}' EXIT\nsource {functions}\n{step.commands}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        yield step, done.returncode, done.stdout.replace(f"{Path(sys.executable).parent}/", "")
        folder = Path(where.read_text().strip())


def rewritten(text: str, folder: Path) -> str:
    """The text of a page with the outputs as they are now, where they differ."""
    new, end = [], 0
    for step, _, output in outputs(text, folder):
        if step.shown is not None and comparable(output) != comparable(text[step.shown]):
            new += [text[end : step.shown.start], output]
            end = step.shown.stop
    return "".join([*new, text[end:]])
