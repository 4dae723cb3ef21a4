"""Patterns as automata, against the engine of Python where both read a pattern alike."""

from __future__ import annotations

import re
from itertools import islice, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jsonschema_tools.patterns.automata import TooLarge
from jsonschema_tools.patterns.outline import outline
from jsonschema_tools.patterns.searching import machine, matches, words

_ATOMS = st.sampled_from(["a", "b", "1", "-", ".", "[ab]", "[^a]", "[a-c1]", r"\w", r"\W", r"\d", r"\x61", r"\u0062"])


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(st.sampled_from(["^", "$", r"\b"]), inner).map("".join),
        st.tuples(inner, st.sampled_from(["^", "$", r"\b"])).map("".join),
        st.tuples(st.sampled_from(["(?=", "(?!"]), inner, inner).map(lambda three: f"{three[0]}{three[1]}){three[2]}"),
    )


PATTERNS = st.recursive(_ATOMS, _compound, max_leaves=7)
TEXTS = ["".join(letters) for length in range(5) for letters in product("ab1-", repeat=length)]


@given(PATTERNS)
def test_finds_what_python_finds(pattern: str) -> None:
    compiled = re.compile(pattern)
    assert machine(pattern) is not None
    assert [text for text in TEXTS if matches(pattern, text)] == [text for text in TEXTS if compiled.search(text)]


@given(PATTERNS, PATTERNS, st.integers(0, 3))
def test_words_match_and_none_is_missed(wanted: str, unwanted: str, low: int) -> None:
    try:
        found = words(frozenset([wanted]), frozenset([unwanted]))
    except TooLarge:
        return
    some = list(islice(found(low, low + 1), 40))
    assert len(set(some)) == len(some)
    assert all(low <= len(word) <= low + 1 for word in some)
    assert all(matches(wanted, word) and not matches(unwanted, word) for word in some)
    small = [text for text in TEXTS if low <= len(text) <= low + 1]
    if any(matches(wanted, text) and not matches(unwanted, text) for text in small):
        assert some


@pytest.mark.parametrize(
    "pattern", ["(", "a)", "*", "[b-a]", r"(a)\1", "(?<=a)b", "(?i)a", "(?P<a>a)", "a++", "(?#c)a", "a{,2}", "a{3,2}", "(a{5000}){3}", r"(?=a)b\2(c)(d)", "a**", "{,3}x{,3}"]
)  # fmt: skip
def test_what_is_not_regular(pattern: str) -> None:
    assert machine(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"^\p{Lu}\p{Ll}+$", "Ärger", "ärger"),
        (r"^[\p{L}\d]+$", "é1", "-"),
        (r"^\P{L}$", "1", "é"),
        (r"^.$", "😀", "ab"),
        (r"^.$", "x", "\n"),
        (r"^a$", "a", "a\n"),
        (r"^\d$", "1", "١"),
        (r"^\w$", "a", "é"),
        (r"^\s$", "\u00a0", "a"),
        (r"^\cJ$", "\n", "J"),
        (r"^[\b]$", "\b", "b"),
        (r"^\u{1F600}$", "😀", "u"),
        (r"^\ud83d\ude00$", "😀", "d"),
        (r"^[a-]$", "-", "b"),
        (r"^[\w-]$", "-", "."),
        (r"^a{,$", "a{,", "a"),
        (r"^\0$", "\0", "0"),
        (r"^(?<n>a|b)c$", "bc", "c"),
    ],
)
def test_as_ecmascript_has_it(pattern: str, yes: str, no: str) -> None:
    assert matches(pattern, yes) is True
    assert matches(pattern, no) is False


def test_long_words() -> None:
    found = words(frozenset(["^[b-z]+$"]), frozenset())
    assert next(found(20_000, None)) == "b" * 20_000
    with pytest.raises(TooLarge):
        next(found(10**9, None))
    assert next(words(frozenset(["^(abc)*$"]), frozenset())(5, 8), None) == "abcabc"
    assert next(words(frozenset(["^(abc)*$"]), frozenset())(4, 5), None) is None
    assert list(words(frozenset(["^[ab]$"]), frozenset())(0, None)) == ["a", "b"]


@given(
    st.recursive(
        st.one_of(PATTERNS, st.sampled_from([r"\1", r"\2", "(?<=a)", "(?<!b)", "(?!(a)b)"])),
        lambda inner: st.one_of(
            inner.map("({})".format), st.tuples(inner, inner).map("".join), inner.map("(?:{})*".format)
        ),
        max_leaves=6,
    )
)
@example(r"(?:\1(?:(?!(a)b))*)*")
def test_an_outline_is_found_wherever_the_pattern_is(pattern: str) -> None:
    around = outline(pattern)
    if around is not None:
        assert all(matches(around, text) for text in TEXTS if matches(pattern, text))
