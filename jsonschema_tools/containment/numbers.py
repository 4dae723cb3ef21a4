"""Find a number that satisfies bounds, factors and exclusions, exactly, or prove that there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product

from jsonschema_tools.containment.nodes import WRITTEN_WHOLE, Node, exact, type_of
from jsonschema_tools.containment.outcomes import EMPTY, Found, Outcome, Unknown
from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.values import Document

Exact = int | Fraction

_MAX_CANDIDATES = 20_000
_MAX_DECIMALS = 30


@dataclass(slots=True)
class _Wanted:
    low: Exact | None = None
    low_open: bool = False
    high: Exact | None = None
    high_open: bool = False
    factors: list[Exact] = field(default_factory=list)
    unwanted: list[Exact] = field(default_factory=list)
    excluded: set[Exact] = field(default_factory=set)
    without_point: bool = False
    with_point: bool = False

    def raise_low(self, limit: Exact, exclusive: bool) -> None:
        if self.low is None or limit > self.low or (limit == self.low and exclusive):
            self.low, self.low_open = limit, exclusive

    def lower_high(self, limit: Exact, exclusive: bool) -> None:
        if self.high is None or limit < self.high or (limit == self.high and exclusive):
            self.high, self.high_open = limit, exclusive

    def is_contradictory(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def accepts(self, number: Exact) -> bool:
        if self.low is not None and (number < self.low or (self.low_open and number == self.low)):
            return False
        if self.high is not None and (number > self.high or (self.high_open and number == self.high)):
            return False
        return number not in self.excluded and not any(number % factor == 0 for factor in self.unwanted)


def solve_number(literals: list[Node]) -> Outcome:
    """A number that satisfies the literals."""
    wanted = _read(literals)
    if wanted.is_contradictory() or (wanted.without_point and wanted.with_point):
        return EMPTY
    if not wanted.with_point:
        return _solve(wanted)
    # A fraction is plainer than a whole number with a point.
    fraction = _solve(replace(wanted, unwanted=[*wanted.unwanted, 1]))
    return fraction if isinstance(fraction, Found) else _written_with_point(_solve(wanted))


def writings(value: Document) -> Iterator[Document]:
    """The ways to write a value: each whole number in it without a point (1) and with one (1.0).

    Raises `OverflowError` for one that no double is equal to.
    """
    if isinstance(value, list):
        yield from map(list, product(*map(writings, value)))
    elif isinstance(value, dict):
        yield from (dict(zip(value, items, strict=True)) for items in product(*map(writings, value.values())))
    else:
        yield value
        if type(value) is int:
            yield _pointed(value)


def _pointed(number: int) -> float:
    if float(number) != number:
        raise OverflowError
    return float(number)


def _written_with_point(outcome: Outcome) -> Outcome:
    if not isinstance(outcome, Found) or not isinstance(outcome.value, int):
        return outcome
    try:
        return Found(_pointed(outcome.value))
    except OverflowError:
        return Unknown("type")


def _solve(wanted: _Wanted) -> Outcome:
    return _multiple(wanted, _common_multiple(wanted.factors)) if wanted.factors else _dense(wanted)


def _read(literals: list[Node]) -> _Wanted:
    wanted = _Wanted()
    for node in literals:
        match node.kind, node.positive:
            case ("at-least", True) | ("at-most", False):
                wanted.raise_low(node.args[0], node.args[1] is node.positive)
            case ("at-most", True) | ("at-least", False):
                wanted.lower_high(node.args[0], node.args[1] is node.positive)
            case "multiple", True:
                wanted.factors.append(node.args[0])
            case "multiple", False:
                wanted.unwanted.append(node.args[0])
            case "types", _:
                if "integer" in node.args[0]:
                    (wanted.factors if node.positive else wanted.unwanted).append(1)
                elif WRITTEN_WHOLE in node.args[0] and node.positive:
                    wanted.factors.append(1)
                    wanted.without_point = True
                elif WRITTEN_WHOLE in node.args[0]:
                    wanted.with_point = True
            case "enum", False:
                wanted.excluded |= {exact(value) for value in node.payload if type_of(value) == "number"}
    return wanted


def _common_multiple(factors: list[Exact]) -> Exact:
    """The least number that all (rational) factors divide."""
    rationals = [Fraction(factor) for factor in factors]
    return Fraction(math.lcm(*(one.numerator for one in rationals)), math.gcd(*(one.denominator for one in rationals)))


def _multiple(wanted: _Wanted, step: Exact) -> Outcome:
    low = None if wanted.low is None else math.ceil(Fraction(wanted.low) / Fraction(step))
    high = None if wanted.high is None else math.floor(Fraction(wanted.high) / Fraction(step))
    if low is not None and high is not None and low > high:
        return EMPTY
    period = math.lcm(*(Fraction(Fraction(factor) / Fraction(step)).numerator for factor in wanted.unwanted))
    enough = period * (len(wanted.excluded) + 1)
    for count, index in enumerate(_outwards(low, high)):
        if count > enough:
            return EMPTY
        if count > _MAX_CANDIDATES:
            return Unknown("multipleOf")
        if wanted.accepts(index * step):
            return Found(_plain(index * step))
    return EMPTY


def _outwards(low: int | None, high: int | None) -> Iterator[int]:
    """All whole numbers within the bounds, those near zero first."""
    start = max(0, low) if low is not None else 0
    start = min(start, high) if high is not None else start
    yield start
    distance = 1
    while True:
        up, down = start + distance, start - distance
        above = high is None or up <= high
        below = low is None or down >= low
        if not above and not below:
            return
        if above:
            yield up
        if below:
            yield down
        distance += 1


def _dense(wanted: _Wanted) -> Outcome:
    """Without a factor, an interval has uncountably many numbers; of those with few digits the first that fits."""
    if wanted.low is not None and wanted.low == wanted.high:
        return Found(_plain(wanted.low)) if wanted.accepts(wanted.low) else EMPTY
    for decimals in range(_MAX_DECIMALS):
        scale = 10**decimals
        low = None if wanted.low is None else math.ceil(wanted.low * scale)
        high = None if wanted.high is None else math.floor(wanted.high * scale)
        if low is None or high is None or low <= high:
            for count, index in enumerate(_outwards(low, high)):
                number = Fraction(index, scale)
                if wanted.accepts(int(number) if number.denominator == 1 else number):
                    return Found(_plain(number))
                if count > 40 + 2 * len(wanted.excluded):
                    break
    return Unknown("multipleOf" if wanted.unwanted else "minimum")


def _plain(number: Exact) -> int | float:
    """The number as a document has it."""
    if isinstance(number, int) or number.denominator == 1:
        return int(number)
    return parse_decimal(_decimal_text(number))


def _decimal_text(number: Fraction) -> str:
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"
