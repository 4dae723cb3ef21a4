"""Patterns that are slow elsewhere: the work is bounded by counting it, and what is not decided says so."""

from __future__ import annotations

import pytest

from jsonschema_tools.containment.model import Answer
from jsonschema_tools.containment.proof import contained
from jsonschema_tools.patterns import automata, backtracking
from jsonschema_tools.patterns.automata import automaton_of, found_in
from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.searching import TooLarge, Undecided, is_found, legacy_matches, machine, matches, words
from jsonschema_tools.rules.robustness import examples_valid
from tests.rules.test_rules import context, schema_file

LINEAR = [
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "(.*)*(.*)*b",
    "^(?=(a+)+$)(?!(a|aa)+b)",
    r"^(\w{1,1000}){1,5}$",
    "^(?:(?=.*a)(?=.*c)|(?=.*d)|.)*$",
    "(a|b)*a(a|b){15}c",
]
ENDLESS = [r"^(a+)+\1$", r"(?<=(a+)+)b", r"(?=(a+)+)(b)\2\1", "^(?:a{1,1000}){1,1000}$", "^(?:(?:a?){1000}){1000}$"]


@pytest.mark.parametrize("pattern", LINEAR)
def test_what_is_regular_is_decided(pattern: str) -> None:
    for text in ("a" * 20_000 + "!", "ab" * 10_000):
        assert matches(pattern, text) is not None
        assert legacy_matches(pattern, text) == matches(pattern, text)


@pytest.mark.parametrize("pattern", ENDLESS)
def test_what_takes_too_long_is_undecided(pattern: str) -> None:
    text = "a" * 20_000 + "!"
    assert matches(pattern, text) is None
    with pytest.raises(Undecided) as raised:
        is_found(pattern, text)
    assert f"matches {pattern!r}: the pattern takes more than {backtracking.MAX_STEPS} steps" in raised.value.message
    assert raised.value.remedy


@pytest.mark.parametrize("pattern", [pattern for pattern in LINEAR if "{" not in pattern])
def test_an_automaton_works_in_linear_time(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def least(length: int) -> int:
        """How little work suffices for a text of this length, within a factor of two."""
        limit = length
        while True:
            monkeypatch.setattr(automata, "MAX_WORK", limit)
            regular = automaton_of.__wrapped__(read(pattern))
            if found_in(regular, "".join(map(chr, range(0x4E00, 0x4E00 + length)))) is not None:
                return limit
            limit *= 2

    assert least(4000) <= 8 * least(1000)


def test_the_memory_of_an_automaton_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MAX_WORK", 3000)
    regular = automaton_of.__wrapped__(read("(a|b)*a(a|b){12}(?!c)"))
    for number in range(300):
        found_in(regular, format(number * 7919, "b").replace("0", "a").replace("1", "b"))
        assert regular.held < 3000 + 3000


def test_the_answer_does_not_depend_on_what_was_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automata, "MAX_WORK", 2000)
    regular = automaton_of.__wrapped__(read(r"^(\w{1,40}){1,5}$"))
    texts = ["a" * length for length in (10, 50, 100, 250, 100, 50, 10)]
    answers = [found_in(regular, text) for text in texts]
    assert None in answers
    assert True in answers
    assert answers == answers[::-1]


def test_lookaheads_that_add_up_are_given_up() -> None:
    pattern = "^(?:" + "|".join(f"(?=.*{letter})" for letter in "abcdefghijklmnopqrstuvwxyz") + "|.)*$"
    regular = machine(pattern)
    assert regular is not None
    assert found_in(regular, "!") is None
    with pytest.raises(TooLarge):
        words(frozenset([pattern]), frozenset())


def test_a_proof_does_not_hang() -> None:
    texts = {"type": "string", "examples": ["a" * 5000 + "!"]}
    for pattern in (*LINEAR, *ENDLESS):
        contained({"properties": {"a": texts}}, {"properties": {"a": {"type": "string", "pattern": pattern}}})


@pytest.mark.parametrize("pattern", ["a{,2}", "a++", "(?#c)a", "(?P<n>a)", "a(", "(" * 5000 + ")" * 5000])
def test_a_proof_does_not_judge_what_is_no_pattern(pattern: str) -> None:
    for schema in ({"pattern": pattern}, {"patternProperties": {pattern: False}}):
        value = "aa" if "pattern" in schema else {"aa": 1}
        assert contained({"const": value}, schema).answer is Answer.UNKNOWN
    assert contained({"pattern": pattern}, {"pattern": pattern}).answer is Answer.YES


def test_examples_that_take_too_long_are_a_finding() -> None:
    text = "a" * 20_000 + "!"
    for schema, value in (({"pattern": r"^(a+)+\1$"}, text), ({"patternProperties": {r"^(a+)+\1$": {}}}, {text: 1})):
        (found,) = examples_valid.check(schema_file({**schema, "examples": [value]}), context())
        assert "it cannot be decided whether 'aaa" in found.message
        assert found.pointer == "/examples/0"
        assert found.remedy is not None
        assert found.remedy.startswith("Make the pattern simpler")
