"""A file of streams is what its JSON Schema says: `jst streams schema` prints it.

Why: a setting that is misspelt is read by nobody, and nobody says so.
Example: `schema_titel: shop/order`, or `topics: orders` instead of a list.
Instead: `schema_title: shop/order`, `topics: [orders]`; a setting of your own begins with `x-`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_faults import faults
from jsonschema_tools.rules.stream_file import StreamFile
from jsonschema_tools.rules.stream_subjects import stream_file
from jsonschema_tools.streams.reading import written_streams


def check(file: StreamFile, _context: Context) -> Iterator[Problem]:
    if file.written is None:
        written_streams(file.document)  # It raises what is wrong.
    yield from faults(file.document, file.schema)


RULE = Rule(
    "streams-are-well-formed",
    Family.STREAMS,
    "the file has streams, with settings that there are",
    stream_file,
    check,
    profile=Profile.RECOMMENDED,
)
