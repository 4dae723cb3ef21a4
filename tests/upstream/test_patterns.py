"""The table of regular expressions, and random ones, against the engine of Node.js."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from random import Random

import pytest

from jsonschema_tools.patterns.reading import parse, read
from jsonschema_tools.patterns.searching import is_legacy_pattern, is_pattern, search
from jsonschema_tools.patterns.syntax import NotAPattern
from tests.patterns.cases import CASES, TEXTS

_SCRIPT = """
const [patterns, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const read = (pattern, flags) => { try { return new RegExp(pattern, flags); } catch { return null; } };
const found = (expression) => expression && texts.map((text) => expression.test(text));
console.log(JSON.stringify(patterns.map((pattern) => [found(read(pattern, 'u')), found(read(pattern, ''))])));
"""


def asked(patterns: list[str], texts: list[str]) -> list[tuple[list[bool] | None, list[bool] | None]]:
    """For each pattern whether it is found in each text, with the flag ``u`` and without; ``None``: it is none."""
    if shutil.which("node") is None:
        pytest.skip("Node.js is not installed")
    done = subprocess.run(
        ["node", "-e", _SCRIPT], input=json.dumps([patterns, texts]), capture_output=True, text=True, check=True
    )
    return [(with_u, without) for with_u, without in json.loads(done.stdout)]


def test_the_table_is_what_node_says() -> None:
    for case, (with_u, without) in zip(CASES, asked([case.pattern for case in CASES], TEXTS), strict=True):
        flags = "u" if with_u is not None else "" if without is not None else None
        assert case.flags == flags, case.pattern
        for recorded, answer in ((case.found, without if with_u is None else with_u), (case.found_without_u, without)):
            found = None if answer is None else [text for text, yes in zip(TEXTS, answer, strict=True) if yes]
            assert recorded == found, case.pattern


_ATOMS = [
    *[
        r"a",
        r"b",
        r"1",
        r"-",
        r".",
        r"[ab]",
        r"[^a]",
        r"\w",
        r"\W",
        r"\d",
        r"\s",
        r"\S",
        r"[^]",
        r"[]",
        r"😀",
        r"[😀a]",
        r"\ud83d",
        r"\ude00",
        r"\-",
        r"é",
        r"\1",
        r"\2",
        r"\k<n>",
        r"^",
        r"$",
        r"\b",
        r"\B",
        r"{",
        r"}",
        r"]",
        r"\u{61}",
    ],
    *[r"\p{L}", r"\cJ", r"[\w-.]", r"[^\-b]", r"\0", r"\8", r"\x4", r"{2}", r"*"],
    "\n",
]


def random_pattern(random: Random, depth: int) -> str:
    kind = random.random()
    if depth == 0 or kind < 0.3:
        return random.choice(_ATOMS)
    inside = random_pattern(random, depth - 1)
    if kind < 0.55:
        return inside + random_pattern(random, depth - 1)
    if kind < 0.65:
        return f"(?:{inside}|{random_pattern(random, depth - 1)})"
    if kind < 0.78:
        return f"({inside})" if kind < 0.75 else f"(?<n>{inside})"
    if kind < 0.9:
        return f"(?:{inside}){random.choice(['*', '+', '?', '{2}', '{1,2}', '{0,2}', '{2,}', '*?', '+?', '??', '{0}'])}"
    return f"({random.choice(['?=', '?!', '?<=', '?<!'])}{inside})"


@pytest.mark.search
@pytest.mark.parametrize("seed", range(3))
def test_random_patterns(seed: int) -> None:
    random = Random(seed)
    patterns = [random_pattern(random, 5) for _ in range(800)]
    letters = ["a", "b", "1", "-", "\n", "😀", "é", " ", "\ud83d", "\ude00"]
    texts = ["".join(random.choices(letters, k=random.randrange(7))) for _ in range(50)]
    texts = [text for text in texts if ("\ud83d", "\ude00") not in itertools.pairwise(text)]
    for pattern, (with_u, without) in zip(patterns, asked(patterns, texts), strict=True):
        assert is_legacy_pattern(pattern) == (without is not None), pattern
        assert is_pattern(pattern) == (with_u is not None or without is not None), pattern
        for unicode, answers in ((True, with_u), (False, without)):
            if answers is None:
                with pytest.raises(NotAPattern):
                    parse(pattern, unicode=unicode)
            elif not (unicode and "(?" in pattern):
                found = [search(parse(pattern, unicode=unicode), text) for text in texts]
                assert found == answers, pattern
            else:
                # V8 also looks around within a surrogate pair, which ECMA-262 (22.2.7.2, step 9) never does.
                plain = [at for at, text in enumerate(texts) if text.isascii()]
                assert [search(read(pattern), texts[at]) for at in plain] == [answers[at] for at in plain], pattern
