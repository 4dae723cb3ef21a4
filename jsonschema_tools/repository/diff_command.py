"""The user's own command for showing differences, started without a shell."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from jsonschema_tools.errors import UsageError

_TROUBLE = 2
"""From this exit code on, diff has failed: 1 says that the files differ."""


def run(command: str, old: Path, new: Path) -> bytes:
    """What the command prints for two files. Raises `UsageError`."""
    remedy = "Correct --diff-command, JST_DIFF_COMMAND or diffCommand in your own settings, whichever it is from."
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"the diff command {command!r} cannot be read: {error}", remedy=remedy) from error
    try:
        done = subprocess.run([*words, str(old), str(new)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except (OSError, IndexError) as error:
        raise UsageError(f"the diff command {command!r} cannot be started: {error}", remedy=remedy) from error
    if done.returncode >= _TROUBLE or done.returncode < 0:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise UsageError(f"the diff command {command!r} failed: {said or done.returncode}", remedy=remedy)
    return done.stdout
