"""Write `jsonschema_tools/documents/collation.json.gz`, the weights by which `collation.py` orders characters.

    python tools/collation_data.py [path of allkeys_CLDR.txt]

The file ``allkeys_CLDR.txt`` is part of CLDR (`common/uca/`); Debian has it in the package ``unicode-cldr-core``. It
says what a character is made of. How these weights lie to each other is then asked of Node.js, whose ICU is what
upstream sorts with, and usually knows newer characters than the file: those are put where Node.js sorts them.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from collation_elements import (
    BEYOND,
    COMMON,
    COMPATIBLE,
    FOLDED,
    HIGHEST,
    LAST,
    NONE,
    PLACES,
    PRIMARY,
    SMALL,
    TERTIARY,
    UNASSIGNED,
    Element,
    Table,
    Weight,
    ask_node,
    difference,
    elements_of,
    implicit,
    is_normalized,
    neighbour,
)

from jsonschema_tools.documents.collation import ASCII_ORDER, FIRST_IMPLICIT, SPACING

ALL_KEYS = Path("/usr/share/unicode/cldr/common/uca/allkeys_CLDR.txt")
TARGET = Path(__file__).parent.parent / "jsonschema_tools" / "documents" / "collation.json.gz"
NOTICE = "From the root collation of CLDR, copyright Unicode, Inc., https://www.unicode.org/license.txt"


def main() -> None:
    ideographs = ask_node("ideographs", [])
    PLACES.update((character, place) for place, character in enumerate(ideographs))
    table = read_all_keys(Path(sys.argv[1]) if len(sys.argv) > 1 else ALL_KEYS)
    order_primaries(table)
    place_the_others(table)
    data = {"notice": NOTICE, **stored_elements(table), "ideographs": runs_of_neighbours(ideographs)}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


def read_all_keys(path: Path) -> Table:
    table: Table = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"([0-9A-F ]+?)\s*;\s*(\S+)", line)
        if match:
            elements = re.findall(r"\[[.*](\w+)\.(\w+)\.(\w+)\]", match[2])
            characters = "".join(chr(int(code, 16)) for code in match[1].split())
            table[characters] = without_implicit_pairs(
                [((int(first, 16),), (int(second, 16),), (int(third, 16),)) for first, second, third in elements]
            )
    return table


def without_implicit_pairs(elements: list[Element]) -> list[Element]:
    """Elements in which what stands for an ideograph has one first weight, as `collation.py` computes it."""
    merged: list[Element] = []
    for primary, secondary, tertiary in elements:
        if primary != NONE and secondary == NONE:
            (lead,), lead_secondary, lead_tertiary = merged.pop()
            code = (lead - lead_base(lead) << 15) | (primary[0] & 0x7FFF)
            merged.append(((implicit(chr(code)),), lead_secondary, lead_tertiary))
        elif primary[0] >= HIGHEST:
            merged.append(((LAST + primary[0],), secondary, tertiary))
        else:
            merged.append((primary, secondary, tertiary))
    return merged


def lead_base(lead: int) -> int:
    """What the first half of an implicit weight begins at (UTS #10, section 10.1.3)."""
    return max(base for base in (0xFB40, 0xFB80, 0xFBC0) if base <= lead)


def order_primaries(table: Table) -> None:
    """Replace every first weight by its place in the order of Node.js, as far as one character or sequence shows it."""
    shown: dict[Weight, tuple[tuple[object, ...], str]] = {}
    for characters, elements in table.items():
        if len(elements) == 1 and is_normalized(characters):
            primary, *others = elements[0]
            candidate = ((len(characters), *others), characters)
            shown[primary] = min(shown.get(primary, candidate), candidate)
    shown = {primary: found for primary, found in shown.items() if 0 < primary[0] < BEYOND}
    in_order = ask_node("sort", [shown[primary][1] for primary in sorted(shown)])
    by_characters = {found[1]: primary for primary, found in shown.items()}
    places = {by_characters[characters]: (place,) for place, characters in enumerate(in_order, 1)}
    for characters, elements in table.items():
        table[characters] = [(places.get(first, first), second, third) for first, second, third in elements]


def place_the_others(table: Table) -> None:
    """Put the characters that the file does not have, or has elsewhere, where Node.js sorts them."""
    groups = groups_of_equals()
    previous = [(NONE, NONE, NONE)]
    for (characters, strength), (next_characters, next_strength) in pairwise([*groups, ([], PRIMARY)]):
        chosen = fitting(table, characters, previous, strength)
        if chosen is None:
            after = next(known_elements(table, next_characters), None)
            if after and next_strength < strength:
                chosen = neighbour(after, next_strength, -1)
            else:
                chosen = neighbour(previous, strength, 1)
        for character in characters:
            fits = character in table and difference(table[character], chosen) == 0
            if not fits and is_normalized(character) and implicit(character) >= UNASSIGNED:
                table[character] = chosen
        previous = chosen
    for character, parts in ask_node("decomposed", []):
        if is_normalized(character) and difference(elements_of(table, parts), table[character]) != 0:
            table[parts] = table[character]


def groups_of_equals() -> list[tuple[list[str], int]]:
    """All characters in the order of Node.js; those that are equal together, with the difference from those before."""
    groups: list[tuple[list[str], int]] = []
    for character, strength, from_compatible in ask_node("characters", []):
        if from_compatible == TERTIARY:
            COMPATIBLE.setdefault(character, unicodedata.normalize("NFKD", character))
        if strength == 0 and groups:
            groups[-1][0].append(character)
        else:
            groups.append(([character], strength))
    return groups


def fitting(table: Table, characters: list[str], previous: list[Element], strength: int) -> list[Element] | None:
    """What the characters of a group are made of already, if that has the right difference from what is before."""
    if strength == 0:
        return previous
    for character in characters:
        if not is_normalized(character) or implicit(character) < UNASSIGNED:
            return elements_of(table, character)
    candidates = known_elements(table, characters)
    return next((found for found in candidates if difference(previous, found) == strength), None)


def known_elements(table: Table, characters: list[str]) -> Iterator[list[Element]]:
    for character in characters:
        compatible = COMPATIBLE.get(character, "")
        folded = [(primary, secondary, FOLDED) for primary, secondary, _ in elements_of(table, compatible)]
        expands = compatible and all(part in table or implicit(part) < UNASSIGNED for part in compatible)
        if character in table and not (expands and abs(difference(table[character], folded)) == PRIMARY):
            yield table[character]
        elif expands:
            yield folded


def stored_elements(table: Table) -> dict[str, Any]:
    """Weights as numbers. Neighbouring characters whose only difference is a first weight one higher are one run."""
    primaries = number_primaries(table, {element[0] for elements in table.values() for element in elements})
    others: dict[str, list[int]] = {}
    runs: list[list[int]] = []
    for characters, elements in sorted(table.items()):
        (primary, secondary, tertiary), *more = elements
        if not is_normalized(characters):
            continue
        if len(characters) > 1 or more or (secondary, tertiary) != (COMMON, SMALL):
            numbers = [(primaries[first], fine(second), fine(third)) for first, second, third in elements]
            others[characters] = [number for element in numbers for number in element]
        elif runs and [ord(characters), primaries[primary]] == [runs[-1][0] + runs[-1][1], runs[-1][2] + runs[-1][1]]:
            runs[-1][1] += 1
        else:
            runs.append([ord(characters), 1, primaries[primary]])
    return {"runs": runs, "elements": others}


def fine(weight: Weight) -> int:
    """The number of a second or third weight, with room for 63 others behind it."""
    assert sum(weight[1:]) < 64
    return weight[0] * 64 + sum(weight[1:])


def runs_of_neighbours(characters: list[str]) -> str:
    """The first and the last character of every run of consecutive code points."""
    ends: list[str] = []
    for character in characters:
        if ends and ord(character) == ord(ends[-1]) + 1:
            ends[-1] = character
        else:
            ends += [character, character]
    return "".join(ends)


def number_primaries(table: Table, used: set[Weight]) -> dict[Weight, int]:
    """Characters of ASCII at a fixed distance, the others between them; the implicit ones as they are."""
    ascii_places = {table[character][0][0]: place for place, character in enumerate(ASCII_ORDER, 1)}
    numbers = {NONE: 0}
    number = 0
    for weight in sorted(used - {NONE}):
        if weight[0] >= FIRST_IMPLICIT:
            numbers[weight] = weight[0]
        else:
            number = ascii_places[weight] * SPACING if weight in ascii_places else number + 1
            numbers[weight] = number
    return numbers


if __name__ == "__main__":
    main()
