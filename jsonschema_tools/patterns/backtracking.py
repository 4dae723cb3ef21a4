"""Search by trying, as ECMA-262 describes it (22.2.2), for what no automaton can do; in a bounded number of steps.

A pattern becomes a program; a state of its run is a place in the program, a place in the text, and registers: what
groups captured, and for loops the number of rounds and where the round began. A state that was seen is not tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jsonschema_tools.patterns.characters import WORD, contains
from jsonschema_tools.patterns.syntax import (
    Alternatives,
    Assertion,
    Characters,
    Group,
    Look,
    Pattern,
    Reference,
    Repetition,
    Sequence,
    Tree,
    walk,
)

MAX_STEPS = 100_000
"""Steps of one search, at most: about a fifth of a second."""

_NOT_YET = -1

_ONE, _SPLIT, _JUMP, _ASSERT, _LOOK, _SET, _CAPTURE, _BACK, _LOOP, _ROUND, _FOUND = range(11)
"""The operations, each with its arguments:

``_ONE``: a set of characters; whether the one before is meant, as everywhere in a lookbehind.
``_SPLIT``: two places in the program to go on from, the better one first. ``_JUMP``: one.
``_ASSERT``: the kind. ``_LOOK``: whether it is wanted; where what is looked for ends, which follows.
``_SET``: registers and values, ``None`` for the place in the text.
``_CAPTURE``: a group ends; its registers from this on are begin, end, and where it was entered.
``_BACK``: the first register of a group; whether it stands before.
``_LOOP``: the head of a loop, which another round or its end follows: the `Repetition`; its registers from this on are
rounds and where the round began; its end. ``_ROUND``: a round is over: the same, and the head.
"""

_Operation = tuple[Any, ...]
_Registers = tuple[int, ...]
_State = tuple[int, int, _Registers]


class _OutOfSteps(Exception):
    pass


@dataclass(slots=True)
class _Program:
    """``groups`` are the first registers of the groups that are referred to; others capture nothing."""

    operations: list[_Operation] = field(default_factory=list)
    registers: int = 0
    groups: dict[int, int] = field(default_factory=dict)

    def add(self, *operation: Any) -> int:
        self.operations.append(operation)
        return len(self.operations) - 1

    def slot(self, count: int) -> int:
        self.registers += count
        return self.registers - count


def search(pattern: Pattern, text: str) -> bool | None:
    """Whether the pattern is found in a text; ``None`` where `MAX_STEPS` do not suffice."""
    try:
        program = _compiled(pattern)
        run = _Run(program.operations, [ord(unit) for unit in pattern.units(text)], MAX_STEPS)
        fresh = (_NOT_YET,) * program.registers
        return any(run.find(0, start, fresh) is not None for start in range(len(run.codes) + 1))
    except (_OutOfSteps, RecursionError):
        return None


@lru_cache(maxsize=256)
def _compiled(pattern: Pattern) -> _Program:
    program = _Program()
    for number in sorted({found.number for found in walk(pattern.tree) if isinstance(found, Reference)}):
        program.groups[number] = program.slot(3)
    _add(program, pattern.tree, behind=False)
    program.add(_FOUND)
    return program


def _add(program: _Program, tree: Tree, *, behind: bool) -> None:
    match tree:
        case Characters(ranges):
            program.add(_ONE, ranges, behind)
        case Sequence(parts):
            for part in reversed(parts) if behind else parts:
                _add(program, part, behind=behind)
        case Alternatives(parts):
            _add_alternatives(program, parts, behind=behind)
        case Assertion(kind):
            program.add(_ASSERT, kind)
        case Look(part, wanted):
            look = program.add(_LOOK)
            _add(program, part, behind=tree.behind)
            program.operations[look] = (_LOOK, wanted, program.add(_FOUND) + 1)
        case Group(part, number):
            slot = program.groups.get(number)
            if slot is not None:
                program.add(_SET, [(slot + 2, None)])
            _add(program, part, behind=behind)
            if slot is not None:
                program.add(_CAPTURE, slot)
        case Reference(number):
            program.add(_BACK, program.groups[number], behind)
        case Repetition():
            _add_loop(program, tree, behind=behind)


def _add_alternatives(program: _Program, parts: tuple[Tree, ...], *, behind: bool) -> None:
    jumps = []
    for part in parts[:-1]:
        split = program.add(_SPLIT)
        _add(program, part, behind=behind)
        jumps.append(program.add(_JUMP))
        program.operations[split] = (_SPLIT, split + 1, len(program.operations))
    _add(program, parts[-1], behind=behind)
    for jump in jumps:
        program.operations[jump] = (_JUMP, len(program.operations))


def _add_loop(program: _Program, tree: Repetition, *, behind: bool) -> None:
    slot = program.slot(2)
    program.add(_SET, [(slot, 0)])
    head = program.add(_LOOP)
    groups = [program.groups.get(one.number) for one in walk(tree.part) if isinstance(one, Group)]
    forgotten = [(first + at, _NOT_YET) for first in groups if first is not None for at in (0, 1)]
    program.add(_SET, [(slot + 1, None), *forgotten])
    _add(program, tree.part, behind=behind)
    end = program.add(_ROUND, tree, slot, head) + 1
    program.operations[head] = (_LOOP, tree, slot, end)


@dataclass(slots=True)
class _Run:
    operations: list[_Operation]
    codes: list[int]
    steps: int

    def find(self, at: int, place: int, registers: _Registers) -> _Registers | None:
        """The registers at the first `_FOUND`; ``None`` where none is reached."""
        open_states = [(at, place, registers)]
        seen: set[_State] = set()
        codes, operations, length = self.codes, self.operations, len(self.codes)
        while open_states:
            state = open_states.pop()
            at, place, registers = state
            self.steps -= 1
            if self.steps < 0:
                raise _OutOfSteps
            operation = operations[at]
            code = operation[0]
            if code == _ONE:
                where = place - 1 if operation[2] else place
                if 0 <= where < length and contains(operation[1], codes[where]):
                    open_states.append((at + 1, where if operation[2] else place + 1, registers))
            elif code == _FOUND:
                return registers
            elif code not in (_SPLIT, _LOOP):
                open_states += self._after(operation, state)
            elif state not in seen:
                seen.add(state)
                if code == _SPLIT:
                    open_states += ((operation[2], place, registers), (operation[1], place, registers))
                else:
                    open_states += _rounds(operation, state)
        return None

    def _after(self, operation: _Operation, state: _State) -> list[_State]:
        """The state that follows, if one does."""
        at, place, registers = state
        match operation:
            case (code, to) if code == _JUMP:
                return [(to, place, registers)]
            case (code, kind) if code == _ASSERT:
                return [(at + 1, place, registers)] if self._holds(kind, place) else []
            case (code, wanted, end) if code == _LOOK:
                found = self.find(at + 1, place, registers)
                return [(end, place, found if found and wanted else registers)] if (found is not None) is wanted else []
            case (code, values) if code == _SET:
                new = [(slot, place if value is None else value) for slot, value in values]
                return [(at + 1, place, _with(registers, new))]
            case (code, slot) if code == _CAPTURE:
                begin, end = sorted((registers[slot + 2], place))
                return [(at + 1, place, _with(registers, [(slot, begin), (slot + 1, end), (slot + 2, _NOT_YET)]))]
            case (code, tree, slot, head) if code == _ROUND:
                return _round_over(tree, slot, head, state)
        return self._back(operation, state)

    def _holds(self, kind: str, place: int) -> bool:
        if kind == "^":
            return place == 0
        if kind == "$":
            return place == len(self.codes)
        before = place > 0 and contains(WORD, self.codes[place - 1])
        after = place < len(self.codes) and contains(WORD, self.codes[place])
        return (before != after) is (kind == "b")

    def _back(self, operation: _Operation, state: _State) -> list[_State]:
        at, place, registers = state
        _, slot, behind = operation
        begin, end = registers[slot], registers[slot + 1]
        length = end - begin
        start = place - length if behind else place
        self.steps -= length
        if begin != _NOT_YET and (start < 0 or self.codes[start : start + length] != self.codes[begin:end]):
            return []
        return [(at + 1, start if behind else start + length, registers)]


def _rounds(operation: _Operation, state: _State) -> list[_State]:
    """Another round, or the end of the loop; the better one last."""
    at, place, registers = state
    _, tree, slot, end = operation
    rounds = registers[slot]
    again, done = (at + 1, place, registers), (end, place, _with(registers, [(slot, _NOT_YET)]))
    if rounds < tree.low:
        return [again]
    if tree.high is not None and rounds >= tree.high:
        return [done]
    return [done, again] if tree.greedy else [again, done]


def _round_over(tree: Repetition, slot: int, head: int, state: _State) -> list[_State]:
    """Back to the head; a round beyond the lowest number must not be empty."""
    _, place, registers = state
    rounds = registers[slot] + 1
    if rounds > tree.low and place == registers[slot + 1]:
        return []
    if tree.high is None:
        rounds = min(rounds, tree.low)
    return [(head, place, _with(registers, [(slot, rounds), (slot + 1, _NOT_YET)]))]


def _with(registers: _Registers, values: list[tuple[int, int]]) -> _Registers:
    new = list(registers)
    for slot, value in values:
        new[slot] = value
    return tuple(new)
