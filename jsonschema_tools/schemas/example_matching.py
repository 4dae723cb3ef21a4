"""Whether a property name matches a key of ``patternProperties``, as JavaScript's regular expressions have it.

The pattern is rewritten for Python's ``re``, where the two differ: ``$`` is the very end, ``\\d`` ``\\w`` ``\\b`` are
ASCII, ``\\s`` is Unicode, a reference to a group that took no part is empty, braces that count nothing are literal.
Source: ECMA-262, 22.2 and Annex B.1.2.
"""

from __future__ import annotations

import functools
import re
import warnings

from jsonschema_tools.schemas.example_values import refuse, utf16_units

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
    output: list[str] = []
    groups, position, quantified = 0, 0, False
    while match := _TOKEN.match(pattern, position):
        position = match.end()
        if match["quantifier"] and quantified:
            raise re.error("nothing to repeat", pattern, match.start())
        quantified = match["quantifier"] is not None
        groups += match["group"] == "(" or match["name"] is not None
        if match["set"]:
            text, position = _set(pattern, position)
            output.append(match["set"] + text)
        else:
            output.append(_token(match, groups))
    return "".join(output)


def _token(match: re.Match[str], groups: int) -> str:
    fixed = {"end": r"\Z", "dot": r"[^\n\r\u2028\u2029]", "nothing": "(?!)", "anything": r"[\s\S]"}
    kind = next((name for name in fixed if match[name]), None)
    if kind:
        return fixed[kind]
    if match["bad"] or match["other"] == "\\":
        raise re.error("invalid group or escape", match.string, match.start())
    if match["name"]:
        return f"(?P<{match['name'].replace('$', '_')}>"
    if match["named"]:
        return f"(?P={match['named']})"
    if match["class"]:
        return f"[{_class(match['class'])}]"
    if match["number"]:
        number = int(match["number"][:4])
        return f"(?:(?({number})\\{number}))" if number <= groups else ""
    return _character(match) or match[0]


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
