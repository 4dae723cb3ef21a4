"""Make a text digestible for libyaml without moving a character, and undo that in the scalars it reads.

js-yaml takes characters that libyaml refuses (control characters in comments and quotes, ``\\ud83d`` escapes) or
takes for line breaks (U+0085, U+2028, U+2029). Each of them is replaced by a private-use character that does not
occur in the text, one for one, so that lines and columns stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FOREIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"(\\(?:u|U0000))([dD][89a-fA-F][0-9a-fA-F]{2})")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ALLOWED_PLAIN = frozenset("\x85\u2028\u2029\ufeff\t:?")
_DIGITS = re.compile(r"(?=([ef][0-9a-f]{3}))", re.IGNORECASE)
"""The digits of a private-use character, also where they begin within others."""
_ESCAPE_OF_STAND_IN = re.compile(r"(?:(?<=\\u)|(?<=\\U0000))[ef][0-9a-f]{3}")
_PRIVATE_USE = range(0xE000, 0xF900)


class ForbiddenCharacter(ValueError):
    """A control character where only printable ones may be; ``character`` is it."""

    def __init__(self, character: str) -> None:
        super().__init__(f"U+{ord(character):04X}")
        self.character = character


@dataclass(frozen=True, slots=True)
class Disguise:
    """The text in which foreign characters are replaced, and what stands for what.

    ``folded`` are the places of each ``>`` that is a ``|`` in this text.
    """

    text: str
    characters: dict[str, str]
    escapes: dict[str, str]
    folded: frozenset[int] = frozenset()

    def restore(self, value: str, style: str | None) -> str:
        """A scalar as it would have been read from the original text. Raises `ForbiddenCharacter`."""
        for stand_in in self.characters.keys() & set(value):
            character = self.characters[stand_in]
            if character not in _ALLOWED_PLAIN and not (style in {"'", '"'} and "\x7f" <= character <= "\uffff"):
                raise ForbiddenCharacter(character)
            value = value.replace(stand_in, character)
        if self.escapes:
            value = _ESCAPE_OF_STAND_IN.sub(lambda match: self.escapes.get(chr(int(match[0], 16)), match[0]), value)
            for stand_in in self.escapes.keys() & set(value):
                value = value.replace(stand_in, chr(int(self.escapes[stand_in], 16)))
        return join_surrogates(value)


def disguise(text: str) -> Disguise | None:
    """``None`` when the text can be given to libyaml as it is."""
    characters = sorted(set(_FOREIGN.findall(text)))
    escapes = sorted({match[2] for match in _SURROGATE_ESCAPE.finditer(text)}) if "\\" in text else []
    if not characters and not escapes:
        return None
    free = stand_ins(text)
    for_characters = dict(zip(characters, free, strict=False))
    for_escapes = dict(zip(escapes, free, strict=False))
    hidden = text.translate({ord(character): stand_in for character, stand_in in for_characters.items()})
    hidden = _SURROGATE_ESCAPE.sub(lambda match: match[1] + _hexadecimal(for_escapes[match[2]]), hidden)
    return Disguise(hidden, _inverse(for_characters), _inverse(for_escapes))


def join_surrogates(value: str) -> str:
    """The string with every surrogate pair as the one character it stands for; a lone surrogate stays."""
    if value.isascii():
        return value
    return _SURROGATE_PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), value)


def stand_ins(text: str) -> Iterator[str]:
    """Private-use characters that the text has not, neither as they are nor as escapes."""
    taken = set(text) | {chr(int(digits, 16)) for digits in _DIGITS.findall(text)}
    return (character for character in map(chr, _PRIVATE_USE) if character not in taken)


def _hexadecimal(character: str) -> str:
    return f"{ord(character):04x}"


def _inverse(mapping: dict[str, str]) -> dict[str, str]:
    return {stand_in: original for original, stand_in in mapping.items()}
