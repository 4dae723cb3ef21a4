"""The streams that the options of a command name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jsonschema_tools.cli.options import configured
from jsonschema_tools.cli.output import print_error, say

if TYPE_CHECKING:
    from jsonschema_tools.lookup.streams import Streams


def opened_streams(options: dict[str, Any]) -> Streams:
    """The streams; where a server does not answer, the last good copy, which is said."""
    from jsonschema_tools.use_cases.streams import open_streams

    config = configured(options)
    streams = open_streams(config, offline=options["offline"])
    if streams.failure is not None:
        if not options["offline"]:
            print_error(streams.failure)
        say(f"the last good copy counts: it is {_in_words(streams.age)} old", color="yellow")
    return streams


_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def _in_words(seconds: float) -> str:
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{int(seconds // size)} {unit}"
