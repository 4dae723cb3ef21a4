"""Regular expressions as ECMA-262 has them: a table with the answers of Node.js, for every engine there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jsonschema_rs import Draft7Validator

from jsonschema_tools.patterns import backtracking
from jsonschema_tools.patterns.automata import automaton_of, found_in
from jsonschema_tools.patterns.building import NotRegular
from jsonschema_tools.patterns.reading import parse, read
from jsonschema_tools.patterns.rust import in_rust, is_found_by_rust
from jsonschema_tools.patterns.searching import is_legacy_pattern, is_pattern, legacy_matches, matches, why_undecided
from jsonschema_tools.patterns.syntax import NotAPattern, Pattern
from tests.patterns.cases import CASES, TEXTS, Case

UNICODE_TEXTS = [text for text in TEXTS if not any("\ud800" <= letter <= "\udfff" for letter in text)]
COUNTS_FOR_OTHERS = "a{,2}"


def by_name(case: Case) -> str:
    return ascii(case.pattern)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_what_is_a_pattern(case: Case) -> None:
    assert is_legacy_pattern(case.pattern) == (case.found_without_u is not None)
    assert is_pattern(case.pattern) == (case.flags is not None and case.pattern != COUNTS_FOR_OTHERS)
    if is_pattern(case.pattern):
        assert read(case.pattern).unicode == (case.flags == "u")
    else:
        assert "is no regular expression of ECMA-262: " in why_undecided(case.pattern)


@pytest.mark.parametrize("case", [case for case in CASES if is_pattern(case.pattern)], ids=by_name)
def test_where_it_is_found(case: Case) -> None:
    assert [text for text in TEXTS if matches(case.pattern, text)] == case.found
    if case.found_without_u is not None:
        assert [text for text in TEXTS if legacy_matches(case.pattern, text)] == case.found_without_u
    written = in_rust(case.pattern)
    if written is not None:
        validator = Draft7Validator({"pattern": written})
        found = set(case.found or ())
        assert [text for text in UNICODE_TEXTS if validator.is_valid(text)] == [
            text for text in UNICODE_TEXTS if text in found
        ]


@pytest.mark.parametrize("case", [case for case in CASES if case.flags is not None], ids=by_name)
@pytest.mark.parametrize("unicode", [True, False])
def test_every_engine_says_the_same(case: Case, unicode: bool) -> None:
    found = case.found_without_u if not unicode else case.found if case.flags == "u" else None
    if found is None:
        with pytest.raises(NotAPattern):
            parse(case.pattern, unicode=unicode)
        return
    for search in engines(parse(case.pattern, unicode=unicode)):
        assert [text for text in TEXTS if search(text)] == found


def engines(pattern: Pattern) -> list[Callable[[str], bool | None]]:
    """Each engine that can search for the pattern."""
    able: list[Callable[[str], bool | None]] = [lambda text: backtracking.search(pattern, text)]
    try:
        machine = automaton_of(pattern)
    except NotRegular:
        pass
    else:
        able.append(lambda text: found_in(machine, text))
    fast = is_found_by_rust(pattern)
    if fast is not None:
        able.append(lambda text: fast(text) if text in UNICODE_TEXTS else backtracking.search(pattern, text))
    return able


def test_the_table_has_something_for_each_engine() -> None:
    patterns = [read(case.pattern) for case in CASES if is_pattern(case.pattern)]
    counts = [sum(len(engines(pattern)) == count for pattern in patterns) for count in (1, 2, 3)]
    assert min(counts) >= 15, counts
    assert sum(in_rust(pattern.source) is None for pattern in patterns) >= 20
