"""Whether a property name matches a key of ``patternProperties``, as JavaScript's regular expressions have it.

The pattern is rewritten for Python's ``re``, where the two differ: ``$`` is the very end, ``\\d`` ``\\w`` ``\\b`` are
ASCII, ``\\s`` is Unicode, a reference to a group that took no part is empty, braces that count nothing are literal.
Source: ECMA-262, 22.2 and Annex B.1.2.
"""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Iterator

from jsonschema_tools.nodejs.examples.values import refuse, utf16_units

_SPACE = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_COMPLEMENTS = {
    "D": r"\x00-/:-\uffff",
    "W": r"\x00-/:-@\[-\^`{-\uffff",
    "S": r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
    r"\u3001-\ufefe\uff00-\uffff",
}
_DASH = r"\u002d"
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_OCTAL = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_TOKEN = re.compile(
    r"(?P<code>\\(?:u(?P<u>[0-9a-fA-F]{4})|x(?P<x>[0-9a-fA-F]{2})|c(?P<c>[a-zA-Z])|(?P<t>[tnvfr])"
    r"|(?P<octal>0[0-7]{0,2})))"
    r"|\\(?P<class>[dDwWsS])|\\(?P<bound>[bB])|\\k<(?P<named>\w+)>|\\(?P<number>[1-9][0-9]*)|\\(?P<literal>[\s\S])"
    r"|(?P<group>\((?:\?(?:[:=!]|<[=!]|<(?P<name>[A-Za-z_$][\w$]*)>))?)|(?P<bad>\(\?)|(?P<end>\$)|(?P<dot>\.)"
    r"|(?P<nothing>\[\])|(?P<anything>\[\^\])|(?P<set>\[\^?)|(?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)"
    r"|(?P<verbatim>[\^|)])|(?P<other>[\s\S])"
)


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern is found anywhere in the name. Raises `SchemaError` for a pattern that is none."""
    return _compiled(pattern).search(utf16_units(name)) is not None


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(_translated(utf16_units(pattern)), re.ASCII)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        refuse(f"the key `{pattern}` of `patternProperties` is not a regular expression: {error}")


def _translated(pattern: str) -> str:
    groups = [match["name"] for match in _tokens(pattern) if match["group"] == "(" or match["name"]]
    named = [name for name in groups if name]
    if len(set(named)) < len(named):
        raise re.error("two groups have one name", pattern)
    output: list[str] = []
    opened = 0
    enclosing: list[str] = []
    fixed = False
    for match in _tokens(pattern):
        if match["quantifier"] and fixed:
            raise re.error("nothing to repeat", pattern, match.start())
        closed = enclosing.pop() if match[0] == ")" and enclosing else ""
        assertion = match["bound"] or match["end"] or match[0] == "^" or closed in ("(?<=", "(?<!")
        fixed = bool(match["quantifier"] or assertion)
        opened += match["group"] == "(" or match["name"] is not None
        if match["group"]:
            enclosing.append(match["group"])
        output.append(_translation(match, groups, opened))
    return "".join(output)


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    """The tokens outside of sets, and each set as its opening bracket."""
    position = 0
    while match := _TOKEN.match(pattern, position):
        yield match
        position = _set(pattern, match.end())[1] if match["set"] else match.end()


def _translation(match: re.Match[str], groups: list[str | None], opened: int) -> str:
    """A token for ``re``. ``groups`` are the names of all groups, of which ``opened`` begin before the token."""
    always = {"end": r"\Z", "dot": r"[^\n\r\u2028\u2029]", "nothing": "(?!)", "anything": r"[\s\S]"}
    kind = next((name for name in always if match[name]), None)
    if kind:
        return always[kind]
    if match["bad"] or match["other"] == "\\":
        raise re.error("invalid group or escape", match.string, match.start())
    if match["set"]:
        return match["set"] + _set(match.string, match.end())[0]
    if match["name"]:
        return "("
    if match["named"]:
        return _reference_by_name(match["named"], groups, opened)
    if match["class"]:
        return f"[{_class(match['class'])}]"
    if match["number"]:
        number = int(match["number"][:4])
        return _reference(number, opened) if number <= len(groups) else _legacy_octal(match["number"])
    if match["bound"]:
        return r"\b" if match["bound"] == "b" else r"(?!\b)"
    return _character(match) or match[0]


def _reference(number: int, opened: int) -> str:
    """What a group captured; nothing while it has not."""
    return f"(?:(?({number})\\{number}))" if number <= opened else "(?:)"


def _reference_by_name(name: str, groups: list[str | None], opened: int) -> str:
    if not any(groups):
        return "".join(f"\\u{ord(unit):04x}" for unit in f"k<{name}>")
    if name not in groups:
        raise re.error(f"unknown group name {name!r}")
    return _reference(groups.index(name) + 1, opened)


def _legacy_octal(digits: str) -> str:
    """A number that is no group's: an octal code point, or else the digits themselves."""
    octal = _OCTAL.match(digits)
    code = chr(int(octal[0], 8)) if octal else ""
    units = code + digits[octal.end() if octal else 0 :]
    return "".join(f"\\u{ord(unit):04x}" for unit in units)


def _character(match: re.Match[str]) -> str:
    """The code point that a token stands for, in a form without any meaning to ``re``."""
    if match["code"]:
        hexadecimal = match["u"] or match["x"]
        if hexadecimal:
            code = int(hexadecimal, 16)
        elif match["c"]:
            code = ord(match["c"]) % 32
        else:
            code = _CONTROLS[match["t"]] if match["t"] else int(match["octal"], 8)
        return f"\\u{code:04x}"
    literal = match["literal"] or match["other"]
    return f"\\u{ord(literal):04x}" if literal else ""


def _set(pattern: str, position: int) -> tuple[str, int]:
    """The rest of a set up to its bracket, and where that ends."""
    members: list[str] = []
    while match := _TOKEN.match(pattern, position):
        first = match[0][0]
        position = match.end() if first == "\\" else match.start() + 1
        if first == "]":
            return f"{_ranges(members)}]", position
        if match["class"]:
            members.append(_class(match["class"]))
        elif match["number"]:
            members += re.findall(r"\\u[0-9a-f]{4}", _legacy_octal(match["number"]))
        elif match["bound"] == "b":
            members.append(r"\u0008")
        elif first == "\\":
            members.append(_character(match) or f"\\u{ord(match[0][1]):04x}")
        else:
            members.append(first if first == "-" else f"\\u{ord(first):04x}")
    raise re.error("unterminated character class", pattern, len(pattern))


def _ranges(members: list[str]) -> str:
    """The members of a set, where a dash between two characters makes a range and any other dash is one itself."""
    output: list[str] = []
    at = 0
    while at < len(members):
        between = members[at + 1 : at + 2] == ["-"] and at + 2 < len(members)
        ends = [_DASH if member == "-" else member for member in members[at : at + 3]]
        if between:
            ends[1] = "-" if ends[0].startswith("\\u") and ends[2].startswith("\\u") else _DASH
        output += ends if between else ends[:1]
        at += 3 if between else 1
    return "".join(output)


def _class(letter: str) -> str:
    return _CLASSES.get(letter) or _COMPLEMENTS[letter]
