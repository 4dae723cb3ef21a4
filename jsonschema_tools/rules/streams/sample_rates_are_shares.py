"""The rate of `sample` is a share: from 0 to 1.

Why: a client that reads 50 as a share sends every event.
Example: `sample: {rate: 50, unit: session}`.
Instead: `sample: {rate: 0.5, unit: session}`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.values import describe
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.stream_file import WrittenStream
from jsonschema_tools.rules.stream_subjects import every_stream


def check(stream: WrittenStream, _context: Context) -> Iterator[Problem]:
    sample = stream.settings.get("sample")
    rate = sample.get("rate") if isinstance(sample, dict) else None
    if isinstance(rate, (int, float)) and not isinstance(rate, bool) and not 0 <= rate <= 1:
        share = f" {describe(rate)} per cent are {rate / 100:g}." if 1 < rate <= 100 else ""
        message = f"the sample rate of the stream {stream.name!r} is {describe(rate)}"
        yield Problem(message, stream.at("sample", "rate"), f"Write a share from 0 to 1.{share}")


RULE = Rule(
    "stream-sample-rates-are-shares",
    Family.STREAMS,
    "sample rates are from 0 to 1",
    every_stream,
    check,
    profile=Profile.RECOMMENDED,
)
