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
    """A statement without its semicolon, and the line where it begins, from 1 on."""

    text: str
    line: int


def statements(text: str) -> list[Statement]:
    """The statements of a script, each between semicolons; those of nothing but comments are left out."""
    found: list[Statement] = []
    parts: list[str] = []
    line = 1
    is_empty = True
    for part in [*_PART.findall(text), ";"]:
        if part == ";":
            if not is_empty:
                found.append(_statement("".join(parts), line))
            line += "".join(parts).count("\n")
            parts, is_empty = [], True
            continue
        parts.append(part)
        is_empty = is_empty and (not part.strip() or part.startswith(("--", "/*")))
    return found


def _statement(text: str, line: int) -> Statement:
    before = text[: len(text) - len(text.lstrip())]
    return Statement(text.strip(), line + before.count("\n"))


def script_text(settings: Iterable[str], tables: Iterable[str], query: Iterable[str] = ()) -> str:
    """A script: the statements, each with its semicolon."""
    first = "\n".join(f"{text};" for text in settings)
    groups = [first, *(f"{text};" for text in tables), *(f"{text}\n;" for text in query)]
    return "\n\n".join(filter(None, groups)) + "\n"
