"""Random patterns and texts: the automaton, the search by trying, what is written for Rust, and `regress` agree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator
from regress import Regex

from jsonschema_tools.patterns.reading import read
from jsonschema_tools.patterns.rust import in_rust
from jsonschema_tools.patterns.searching import is_pattern
from tests.patterns.test_ecmascript import engines

_ATOMS = st.sampled_from(
    [
        r"a",
        r"b",
        r"1",
        r"-",
        r".",
        r"/",
        r"é",
        r"😀",
        r"[ab]",
        r"[^a]",
        r"[a-]",
        r"[😀-😎]",
        r"[^]",
        r"[]",
        r"\w",
        r"\W",
        r"\d",
        r"\S",
        r"\-",
        r"[\w-.]",
        r"\.",
        r"\p{L}",
        r"\1",
        r"\2",
        r"^",
        r"$",
        r"}",
        r"\n",
        r"\cJ",
    ]
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "*?", "??", "{0}"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(st.sampled_from(["?=", "?!", "?<=", "?<!"]), inner).map(lambda pair: f"({pair[0]}{pair[1]})"),
        st.tuples(st.sampled_from([r"\b", r"\B"]), inner).map("".join),
    )


PATTERNS = st.recursive(_ATOMS, _compound, max_leaves=8)
TEXTS = st.text(st.sampled_from("ab1-/.é😀\n"), max_size=7)


@given(PATTERNS, st.lists(TEXTS, min_size=5, max_size=20))
def test_engines_agree(source: str, texts: list[str]) -> None:
    if not is_pattern(source):
        return
    pattern = read(source)
    answers = [[search(text) for text in texts] for search in engines(pattern)]
    written = in_rust(source)
    if written is not None:
        validator = Draft7Validator({"pattern": written})
        answers.append([validator.is_valid(text) for text in texts])
    if pattern.unicode:
        # Without the flag `u`, `regress` reads code points.
        answers.append([Regex(source, "u").find(text) is not None for text in texts])
    assert all(answer == answers[0] for answer in answers), (source, texts, answers)
