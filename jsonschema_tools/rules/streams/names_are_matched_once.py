"""No stream that has settings of its own is matched by a regular expression as well.

Why: the name counts and the regular expression does not, so that a change of the latter leaves out one of its streams;
and topics of the regular expression still catch it.
Example: `shop.job.mail` beside `/^shop\\.job\\..+$/`.
Instead: a regular expression that leaves it out, or another name; where it is meant, `rules:` makes it a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import StreamFile
from jsonschema_tools.rules.stream_subjects import stream_file
from jsonschema_tools.streams.names import NamePattern, name_pattern


def check(file: StreamFile, _context: Context) -> Iterator[Problem]:
    patterns: list[NamePattern] = []
    for stream in file.streams:
        if stream.is_regex:
            with suppress(ConfigurationError):  # another rule tells of it
                patterns.append(name_pattern(stream.name))
    for stream in file.streams:
        found = next((each for each in patterns if not stream.is_regex and each.matches(stream.name)), None)
        if found is not None:
            message = f"the stream {stream.name!r} is matched by {found.written!r} as well"
            yield Problem(message, stream.pointer, f"Let {found.written} leave it out, or rename it.")


RULE = Rule(
    "stream-names-are-matched-once",
    Family.STREAMS,
    "no name is matched by a regular expression as well",
    stream_file,
    check,
    profile=Profile.RECOMMENDED,
)
