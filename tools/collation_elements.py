"""What characters are made of, while the weights of `collation_data.py` are put in order."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

from jsonschema_tools.documents.collation import implicit_weight

ORDER = Path(__file__).with_name("collation_order.js")

Weight = tuple[int, ...]
"""A weight of the file, and the places of the characters that were put behind it."""
Element = tuple[Weight, Weight, Weight]
Table = dict[str, list[Element]]

PRIMARY, SECONDARY, TERTIARY = 3, 2, 1
"""How strong a difference is: the number of levels of `Intl.Collator` that see it."""

NONE: Weight = (0,)
COMMON: Weight = (0x20,)
SMALL: Weight = (0x02,)
FOLDED: Weight = (0x04,)
"""The third weight of the parts of a compatibility character."""

PLACES: dict[str, int] = {}
"""The Han ideographs in the order of Node.js."""

COMPATIBLE = {
    "\u20a7": "Pts",
    "\u0c5c": "\u0c36\u0c4d\u0c30\u0c40",
    "\u0cdc": "\u0cb6\u0ccd\u0cb0\u0cc0",
    "\U00016ff2": "\u513f",
    "\U00016ff3": "\u5152",
}
"""What sorts like its compatibility decomposition. These do, although they have none; the others are added."""

BEYOND = 0xFB00
"""Weights from here on are computed from the code point, and not in need of an order."""

HIGHEST = 0xFFFD
"""The two weights of the characters that sort behind all others."""

UNASSIGNED = implicit_weight("\uffff", {}) - 0xFFFF
LAST = UNASSIGNED + (1 << 21)


def implicit(character: str) -> int:
    return implicit_weight(character, PLACES)


def elements_of(table: Table, text: str) -> list[Element]:
    """The collation elements of a text; marks that are out of reach of a contraction are not looked for."""
    rest = unicodedata.normalize("NFD", text)
    elements: list[Element] = []
    while rest:
        length = max((length for length in (1, 2, 3) if rest[:length] in table), default=0)
        elements += table[rest[:length]] if length else [((implicit(rest[0]),), COMMON, SMALL)]
        rest = rest[length or 1 :]
    return elements


def difference(left: list[Element], right: list[Element]) -> int:
    """How strong the difference is; negative when the second is smaller than the first."""
    for level, strength in enumerate((PRIMARY, SECONDARY, TERTIARY)):
        weights, others = (
            [element[level] for element in elements if element[level] != NONE] for elements in (left, right)
        )
        if weights != others:
            return strength if weights < others else -strength
    return 0


def neighbour(elements: list[Element], strength: int, side: int) -> list[Element]:
    """New elements that differ by the strength from the given ones: greater (side 1) or smaller (side -1).

    They are also greater than all that were put on that side of these before.
    """
    primary, secondary, tertiary = elements[0] if strength == PRIMARY else elements[-1]
    if strength == PRIMARY:
        return [(beside(0, primary, side), COMMON, SMALL)]
    if strength == SECONDARY:
        return [*elements[:-1], (primary, beside(1, secondary, side), SMALL)]
    return [*elements[:-1], (primary, secondary, beside(2, tertiary, side))]


def beside(level: int, weight: Weight, side: int) -> Weight:
    lower = weight[0] if side > 0 else weight[0] - 1
    _places[level, lower] += 1
    return (lower, _places[level, lower])


_places: Counter[tuple[int, int]] = Counter()


def is_normalized(characters: str) -> bool:
    return unicodedata.normalize("NFD", characters) == characters


def ask_node(operation: str, strings: list[str]) -> list[Any]:
    question = json.dumps({"operation": operation, "strings": strings})
    answer = subprocess.run(["node", str(ORDER)], input=question, capture_output=True, text=True, check=True)
    result: list[Any] = json.loads(answer.stdout)
    return result
