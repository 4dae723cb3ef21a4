"""What commands print: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from jsonschema_tools.reports.escaping import log_line, one_line
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.model import Action, Plan
    from jsonschema_tools.settings import Config

_MOST_DIFFERENCES = 10
_PROGRESS_AFTER_SECONDS = 1.0
_BAR_WIDTH = 30


def shown(path: Path | str) -> str:
    """A path, or a text with paths in it, as the user would write it: relative to the working directory where it is
    below that."""
    text, here = str(path), str(Path.cwd())
    return "." if text == here else re.sub(rf"(?<![\w/.~:-]){re.escape(f'{here}{os.sep}')}", "", text)


def colored(text: str, color: str) -> str:
    """The text in a colour, which `click.echo` drops where it writes to no terminal; not with ``NO_COLOR``."""
    return text if "NO_COLOR" in os.environ else click.style(text, fg=color)


def painted(text: str, severity: str) -> str:
    """The text in the colour of a severity."""
    return colored(text, "red" if severity == "error" else "yellow")


def put(line: str) -> None:
    """A line on standard output. No name in it, of whatever characters, does more than to be read."""
    click.echo(log_line(line))


def say(message: str, *, color: str | None = None) -> None:
    """A line on standard error, as `put`."""
    line = log_line(message)
    click.echo(colored(line, color) if color else line, err=True)


def print_error(error: SchemaToolsError) -> None:
    """``path:line:column: error: message``, what belongs to it, and the remedy."""
    where = f"{shown(error.location)}: " if error.location else ""
    say(f"{one_line(where)}error: {one_line(shown(error.message))}", color="red")
    if error.referrer:
        say(f"    referred to by: {one_line(shown(error.referrer))}")
    for detail in _details(error):
        say(f"    {one_line(detail)}")
    if error.remedy:
        say(f"    remedy: {one_line(shown(error.remedy))}")


def print_errors(errors: Sequence[SchemaToolsError]) -> None:
    """Each error; where a base could not say, the first one tells it for all."""
    first: dict[tuple[str, ...], int] = {}
    counts = Counter(getattr(error, "down", ()) for error in errors)
    for number, error in enumerate(errors):
        down = getattr(error, "down", ())
        if down and first.setdefault(down, number) != number:
            continue
        print_error(error)
        if down and counts[down] > 1:
            say(f"    {counted(counts[down] - 1, 'more error')} of that kind, since {', '.join(down)} could not say")


def _details(error: SchemaToolsError) -> list[str]:
    from jsonschema_tools.documents.values import describe

    sources = getattr(error, "sources", ())
    values = getattr(error, "values", ())
    if sources and len(sources) == len(values):
        return [f"{describe(value)} in {shown(source)}" for value, source in zip(values, sources, strict=True)]
    details = [*getattr(error, "differences", ()), *map(shown, [*sources, *getattr(error, "attempts", ())])]
    more = len(details) - _MOST_DIFFERENCES
    return details if more <= 0 else [*details[:_MOST_DIFFERENCES], f"... and {more} more"]


def finish(planned: Plan, config: Config, *, check: bool) -> int:
    """Carry the plan out, or print it where the run is dry; the exit code."""
    print_errors(planned.errors)
    say_what_is_not_read(planned.misnamed, config)
    if planned.errors:
        say("nothing was written", color="red")
        return max(error.exit_code for error in planned.errors)
    if planned.actions and not config.dry_run:
        from jsonschema_tools.use_cases.materialize import carry_out

        carry_out(planned, config)
    if config.log_level in ("debug", "trace"):
        for release in planned.releases:
            for part in release.merged:
                say(f"{shown(release.source)}: merges {part.uri} from {shown(part.location)}, sha256 {part.sha256}")
    for action in planned.actions:
        for line in lines(action):
            put(line)
    for path in planned.unstaged:
        say(f"{shown(path)} is not staged, so its version files are not staged either", color="yellow")
        say(f"    remedy: git add {quote(shown(path))} && jst materialize-modified --staged")
    if not planned.releases:
        say_if_empty(config)
    would = "would be " if config.dry_run else ""
    if planned.actions:
        say(f"{counted(len(planned.releases), 'schema')}, {counted(len(planned.actions), 'action')} {would}done")
    else:
        say(f"{counted(len(planned.releases), 'schema')}, nothing to do")
    return 1 if check and planned.actions else 0


def say_what_is_not_read(misnamed: Sequence[Path], config: Config) -> None:
    """Files that are named nearly as current files."""
    for path in misnamed:
        say(f"{shown(path)} is not read: did you mean {config.current_file_name}?", color="yellow")


def say_if_empty(config: Config) -> bool:
    """Whether there are no schemas. If so, it is said where they were looked for: perhaps another folder was meant."""
    from jsonschema_tools.repository.discovery import discover

    if discover(config).directories:
        return False
    known = shown(config.path) if config.path else "no .jsonschema-tools.yaml was found"
    say(f"there are no schemas in {config.schema_base_path} (configuration: {known})", color="yellow")
    say(
        "    remedy: Name the folder of a schema repository, or begin one: `jst init`, `jst new TITLE`."
        f" Schemas are in files named {config.current_file_name}."
    )
    return True


def lines(action: Action) -> list[str]:
    """What an action does, a line for each path."""
    from jsonschema_tools.model import GitAdd, Remove, Symlink, WriteFile

    match action:
        case WriteFile(path):
            return [f"write {shown(path)}"]
        case Symlink(path, target):
            return [f"link {shown(path)} -> {target}"]
        case Remove(path):
            return [f"remove {shown(path)}"]
        case GitAdd(paths):
            return [f"git add {quote(shown(path))}" for path in paths]


def progress() -> Callable[[int, int], None]:
    """A bar on standard error, shown only on a terminal and once the work takes more than a second."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _done, _total: None
    start = time.monotonic()

    def draw(done: int, total: int) -> None:
        if time.monotonic() - start < _PROGRESS_AFTER_SECONDS:
            return
        filled = _BAR_WIDTH * done // total
        bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
        end = "\r\x1b[K" if done == total else ""
        click.echo(f"\r[{bar}] {done}/{total}{end}", err=True, nl=False)

    return draw
