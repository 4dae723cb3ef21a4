"""A list that replaces one of the defaults means the same to EventStreamConfig, which merges lists by index.

Why: here a list of a stream counts as it is written. Of `topic_prefixes: [x.]` over the defaults `[a., b.]`
EventStreamConfig makes `[x., b.]`, so that whoever reads the file with it has another topic.
Example: `topic_prefixes: [x.]` where the defaults have two prefixes.
Instead: a list as long as that of the defaults; or `topics`, which the defaults do not have.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.pointers import split
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.stream_file import StreamFile
from jsonschema_tools.rules.stream_subjects import stream_file
from jsonschema_tools.streams.merging import merged_otherwise


def check(file: StreamFile, _context: Context) -> Iterator[Problem]:
    if file.written is None:
        return
    for stream in file.streams:
        for pointer in merged_otherwise(file.written.defaults, dict(stream.own)):
            path = ".".join(split(pointer))
            yield Problem(
                f"{path} of the stream {stream.name!r} replaces the list of the defaults; EventStreamConfig would merge"
                " the two by index",
                f"{stream.pointer}{pointer}",
                "Write as many members as the defaults have, if the file is read by EventStreamConfig too.",
            )


RULE = Rule(
    "stream-lists-replace-defaults",
    Family.STREAMS,
    "lists mean the same where they are merged by index",
    stream_file,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
