"""Keys of ``patternProperties`` match names as regular expressions do in JavaScript."""

from __future__ import annotations

import pytest

from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.examples.matching import matches


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("a", "cat", True),
        ("^a$", "a", True),
        ("^a$", "a\n", False),
        (r"^\d$", "٣", False),
        (r"^\s$", "\u2003", True),
        (r"^\S$", "\u2003", False),
        (r"^[\s\d-]+$", "\ufeff1-", True),
        (r"^[^\W_]+$", "a_", False),
        (r"^[a\-z]$", "b", False),
        (r"^[\w-z]+$", "a-", True),
        (r"^[\b]$", "\b", True),
        (r"^[\.-\/]$", ".", True),
        (r"^[[&&~~||]$", "&", True),
        ("^[]", "a", False),
        ("^[^]$", "\n", True),
        (".", "\u2028", False),
        ("^.$", "😀", False),
        ("a{,2}", "a{,2}", True),
        ("^a{2}$", "aa", True),
        (r"^(a)?\1b$", "b", True),
        (r"^\1(a)$", "a", True),
        (r"^(?<x>a)\k<x>$", "aa", True),
        (r"^(?:a(?=b)b(?!c)(?<=b)(?<!a))$", "ab", True),
        (r"^\x41\u0042\cI\t\0\07$", "AB\t\t\0\x07", True),
        (r"^\-\/\e#$", "-/e#", True),
        (r"\bfoo\B", "foot", True),
        ("]", "]", True),
        (r"\B", "", True),
        (r"^\8\2$", "8\2", True),
        (r"^\k<x>$", "k<x>", True),
        (r"^[\1]$", "\1", True),
        (r"^\k<x>(?<x>a)$", "a", True),
    ],
)
def test_patterns_match_as_in_javascript(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[",
        "a**",
        "a++",
        "?",
        "(?P<a>b)",
        "(?i)a",
        "[b-a]",
        "a{2,1}",
        "\\",
        r"\b*",
        "(?<=a)+",
        "(?<x>a)(?<x>b)",
        r"(?<x>a)\k<y>",
    ],
)
def test_no_patterns(pattern: str) -> None:
    with pytest.raises(SchemaError, match="not a regular expression"):
        matches(pattern, "a")
