"""The statements of a script of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PART = re.compile(
    r"""'(?:[^']|'')*' | `(?:[^`]|``)*` | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | ; | [^'`"\-/;]+ | .""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement without its semicolon, and where it begins: line and column, from 1 on."""

    text: str
    line: int
    column: int = 1


def statements(text: str) -> list[Statement]:
    """The statements of a script, each between semicolons; those of nothing but comments are left out."""
    found: list[Statement] = []
    begin = end = 0
    is_empty = True
    for part in [*_PART.findall(text), ";"]:
        if part != ";":
            is_empty = is_empty and (not part.strip() or part.startswith(("--", "/*")))
        elif not is_empty:
            found.append(_statement(text, begin, end))
        end += len(part)
        if part == ";":
            begin, is_empty = end, True
    return found


def _statement(text: str, begin: int, end: int) -> Statement:
    begin += len(text[begin:end]) - len(text[begin:end].lstrip())
    return Statement(text[begin:end].rstrip(), text.count("\n", 0, begin) + 1, begin - text.rfind("\n", 0, begin))


def script_text(settings: Iterable[str], tables: Iterable[str], query: Iterable[str] = ()) -> str:
    """A script: the statements, each with its semicolon."""
    first = "\n".join(f"{text};" for text in settings)
    groups = [first, *(f"{text};" for text in tables), *(f"{text}\n;" for text in query)]
    return "\n\n".join(filter(None, groups)) + "\n"
