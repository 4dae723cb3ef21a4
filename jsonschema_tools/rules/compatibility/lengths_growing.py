"""Readers are warned of texts that may be longer than before.

Why: a column or a form that was made for the old `maxLength` cuts a longer text, or refuses it. Its owner can widen it,
once told.
Example: `maxLength: 40` became `80` in 1.3.0.
Instead: tell the readers before the first longer text is sent. Only the newest version of a title is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.compatibility.assessed import grown, may_grow
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.repository import VersionPair


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    return grown(pair, context, "max-length-raised", "readers may have no room for it")


RULE = Rule(
    "lengths-growing",
    Family.COMPATIBILITY,
    "no text becomes longer than readers know",
    may_grow,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
