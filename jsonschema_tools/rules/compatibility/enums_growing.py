"""Readers are warned of values that an enum gains.

Why: a program that knows every value of an `enum` meets one that it does not know. It can live with that, once told.
Example: `enum: [card, cash]` became `[card, cash, voucher]` in 1.3.0.
Instead: tell the readers before the first event has the value; let programs reckon with values that they do not know.
Only the newest version of a title is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.compatibility.assessed import grown, may_grow
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity
from jsonschema_tools.rules.repository import VersionPair


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    return grown(pair, context, "enum-extended", "readers may not know it")


RULE = Rule(
    "enums-growing",
    Family.COMPATIBILITY,
    "no enum gains a value that readers do not know",
    may_grow,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
