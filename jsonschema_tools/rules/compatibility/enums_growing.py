"""Readers are warned of values that an enum gains.

Why: a program that knows every value of an `enum` meets one that it does not know. It can live with that, once told.
Example: `enum: [card, cash]` became `[card, cash, voucher]` in 1.3.0.
Instead: tell the readers before the first event has the value; let programs reckon with values that they do not know.
Only the newest version of a title is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import (
    Collection,
    Context,
    Family,
    Problem,
    Profile,
    Rule,
    Severity,
    Subject,
    VersionPair,
)
from jsonschema_tools.compatibility.policies import Direction
from jsonschema_tools.rules.compatibility.judged import evidence, judgement, judging, located, newest, same_major

_REMEDY = "Tell the readers, then ignore this: the versions are released already, or will be."


def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    if judging(context).enums_may_grow and Direction.FORWARD in judging(context).policy.directions:
        for subject in newest(collection, context):
            if same_major(subject.value):
                yield subject


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    yield from located(_grown(pair, context), pair.new, context)


def _grown(pair: VersionPair, context: Context) -> Iterator[Problem]:
    for item in judgement(pair.old, pair.new, context).breaks:
        if item.is_grown_enum:
            details = {name: value for name, value in evidence(item).items() if name != "bump"}
            message = f"{item.message} since {pair.old.version}: readers may not know it"
            yield Problem(message, item.pointer, _REMEDY, details=details)


RULE = Rule(
    "enums-growing",
    Family.COMPATIBILITY,
    "no enum gains a value that readers do not know",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
