"""What the table of formats claims, held against the validators."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from jsonschema import Draft202012Validator

from jsonschema_tools.containment.formats import FORMATS, conforms
from jsonschema_tools.patterns.searching import matches, words

LENGTHS = [0, 20, 60, 100, 140, 200, 500]


def sure(name: str) -> list[str]:
    """Texts that the table takes for conforming."""
    found = words(frozenset([FORMATS[name].inner]), frozenset())
    return [*FORMATS[name].samples, *(text for length in LENGTHS for text in islice(found(length, None), 20))]


@pytest.mark.parametrize("name", FORMATS)
def test_inner_texts_conform(name: str) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    for text in sure(name):
        assert conforms(name, text) is True, text
        assert name not in checker.checkers or checker.conforms(text, name)


@pytest.mark.parametrize("name", FORMATS)
def test_outer_pattern_matches_all_that_conforms(name: str) -> None:
    random, known = Random(name), sure(name)
    conforming = 0
    for _ in range(1500):
        text = mutated(random, random.choice(known)[:60])
        if conforms(name, text):
            conforming += 1
            assert matches(FORMATS[name].outer, text), text
            assert all(conforms(implied, text) is not False for implied in FORMATS[name].implies), text
    assert conforming > 10


def mutated(random: Random, text: str) -> str:
    letters = list(text)
    for _ in range(random.choice([1, 1, 2, 3])):
        at = random.randrange(len(letters) + 1)
        letters[at : at + random.choice([0, 1])] = random.choice(["", *'aZ0 9-:./@%{}[]#?~_\n+é\\"T'])
    return "".join(letters)
