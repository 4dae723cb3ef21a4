"""CODEOWNERS: who is asked about a file. GitHub's rules, and the sections of GitLab.

Source: docs.github.com, "About code owners"; docs.gitlab.com, "Code Owners syntax and error handling".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.files import read_file

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where the file may be, below the top of a repository; the first that is there counts."""

_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>(?:\s+[^#]*)?)(?:#.*)?$")
_WORD = re.compile(r"(?:\\.|[^\s\\]|\\$)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: the pattern as a regular expression of paths, and its owners, which may be none."""

    pattern: re.Pattern[str]
    owners: tuple[str, ...]


@dataclass(slots=True)
class Section:
    """Entries that are read apart from those of other sections; ``owners`` count where an entry has none."""

    owners: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)


def sections(text: str) -> list[Section]:
    """The sections of a CODEOWNERS file; entries before the first one are a section, too."""
    found = [Section()]
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if header := _SECTION.match(line):
            found.append(Section(_owners(header["owners"])))
            continue
        pattern, *rest = _WORD.findall(line)
        owners = _owners(" ".join(rest))
        found[-1].entries.append(Entry(_regex(re.sub(r"\\(.)", r"\1", pattern)), owners or found[-1].owners))
    return found


def read_owners(top: Path) -> list[Section]:
    """The sections of the file of a repository; none where there is no such file, or none that can be read."""
    for place in PLACES:
        try:
            return sections(read_file(top / place, within=top).decode("utf-8", "replace"))
        except (OSError, SchemaToolsError):
            continue
    return []


def owners_of(path: str, known: Sequence[Section]) -> tuple[str, ...]:
    """The owners of a path, relative to the top of the repository: in each section the last entry that matches."""
    owners: list[str] = []
    for section in known:
        matching = [entry for entry in section.entries if entry.pattern.fullmatch(path)]
        owners += matching[-1].owners if matching else ()
    return tuple(dict.fromkeys(owners))


def _owners(text: str) -> tuple[str, ...]:
    words = text.split()
    end = next((index for index, word in enumerate(words) if word.startswith("#")), len(words))
    return tuple(words[:end])


def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern as gitignore has them: ``*`` within a name, ``**`` over folders; with a slash, from the top on."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    parts = [re.escape(part) for part in re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", body)]
    kinds = {
        re.escape("**/"): "(?:[^/]+/)*",
        re.escape("/**"): "/.*",
        re.escape("**"): ".*",
        re.escape("*"): "[^/]*",
        re.escape("?"): "[^/]",
    }
    text = "".join(kinds.get(part, part) for part in parts)
    start = "" if anchored else "(?:.*/)?"
    # A folder stands for all in it; `docs/*` for the files in it alone, as GitHub has it.
    below = "/.*" if pattern.endswith("/") else "" if pattern.endswith("/*") else "(?:/.*)?"
    return re.compile(f"{start}{text}{below}", re.DOTALL)
