"""Templates that never end, or grow without end, are refused within bounds."""

from __future__ import annotations

import pytest

from tests.conftest import Scratch

pytestmark = pytest.mark.search

TEMPLATES = {
    "loops in loops": "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "output without end": "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    "a text repeated": "{{ 'a' * 10**10 }}",
    "a list repeated": "{{ [1] * 10**10 }}",
    "a text doubled": '{% set ns = namespace(x="aaaaaaaaaa") %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}',
    "a text filled": "{{ 'a'|center(10**10) }}",
    "a number": "{{ 10**10**9 }}",
    "a macro that calls itself": "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
    "a template that includes itself": "{% include 't.j2' %}",
    "a range": "{% for a in range(10**12) %}{% endfor %}",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_is_refused(scratch: Scratch, name: str) -> None:
    scratch.write("t.j2", TEMPLATES[name])
    before = scratch.snapshot()
    done = scratch.jst("new", "a/b", "--template", "t.j2")
    assert done.exit_code == 2, done.output
    assert "t.j2" in done.stderr
    assert "remedy: " in done.stderr
    assert len(done.stderr) < 2000
    assert scratch.snapshot() == before


def test_nothing_of_the_working_directory_is_imported(scratch: Scratch) -> None:
    scratch.write("json.py", "raise SystemExit('imported')")
    scratch.write("jsonschema_tools/__init__.py", "raise SystemExit('imported')")
    scratch.write(
        "t.j2",
        "title: {{ title }}\n$id: /{{ title }}/{{ version }}\n$schema: https://json-schema.org/draft-07/schema#\n",
    )
    done = scratch.jst("new", "a/b", "--template", "t.j2")
    assert done.exit_code == 0, done.output
