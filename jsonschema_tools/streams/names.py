"""The name of a stream, or a regular expression for the names of many."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.patterns.advice import wrong_with
from jsonschema_tools.patterns.reading import parse, read
from jsonschema_tools.patterns.searching import search
from jsonschema_tools.patterns.syntax import NotAPattern, Pattern

_WRITTEN = re.compile(r"/(.+)/([^/]*)", re.DOTALL)
_FLAGS = frozenset("iu")


@dataclass(frozen=True, slots=True)
class NamePattern:
    """A regular expression between slashes, ``/^shop\\.job\\./``, and the flags ``i`` and ``u`` of ECMA-262."""

    written: str
    pattern: Pattern

    def matches(self, name: str) -> bool:
        """Whether it is found in a name. False where that takes too long to tell."""
        return bool(search(self.pattern, name))


def is_regex(key: str) -> bool:
    """Whether a key of the streams stands for a regular expression and not for a name."""
    return key.startswith("/")


def name_pattern(key: str) -> NamePattern:
    """The regular expression of a key that begins with a slash. Raises `ConfigurationError`."""
    parts = _WRITTEN.fullmatch(key)
    if parts is None:
        raise ConfigurationError(
            f"the regular expression {key!r} has no end",
            remedy="Close it with a slash: /^shop\\.job\\..+$/; the name of a stream begins with no slash.",
        )
    source, flags = parts[1], parts[2]
    for flag in sorted(set(flags) - _FLAGS):
        raise ConfigurationError(
            f"the regular expression {key!r} has the flag {flag!r}",
            remedy="Leave it out: there are i, which ignores case, and u. Write a slash in the expression as \\/.",
        )
    if wrong := wrong_with(source, ignore_case="i" in flags):
        reason, remedy = wrong
        raise ConfigurationError(f"{key!r} is no regular expression: {reason}", remedy=remedy)
    try:
        return NamePattern(key, _read(source, flags))
    except NotAPattern as error:
        message = f"{key!r} is no regular expression with the flag u: {error}"
        raise ConfigurationError(message, remedy="Leave the flag out.") from None


def _read(source: str, flags: str) -> Pattern:
    ignore_case = "i" in flags
    return parse(source, unicode=True, ignore_case=ignore_case) if "u" in flags else read(source, ignore_case)
