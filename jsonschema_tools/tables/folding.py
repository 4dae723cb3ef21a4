"""The fold of the types of versions to one table, and the steps from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jsonschema_tools.tables.model import Added, Commented, Conflict, Evolution, Kept, Step, Widened
from jsonschema_tools.tables.types import Array, Decimal, Field, Inside, Map, Path, Scalar, Struct, Type


def evolution(before: Struct, after: Struct) -> Evolution:
    """How the table of ``before`` becomes one that holds events of ``after``, too.

    Fields that ``after`` lacks stay, new ones come last. With conflicts there is no such table.
    """
    folding = _Folding()
    folded = folding.struct(before, after, ())
    return Evolution(before, folded, tuple(folding.steps), tuple(folding.kept), tuple(folding.conflicts))


def joined(left: Type, right: Type) -> Type | None:
    """The type that holds the values of two; ``None`` where none does."""
    folding = _Folding()
    found = folding.type(left, right, (), "")
    return None if folding.conflicts else found


@dataclass
class _Folding:
    steps: list[Step] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def struct(self, old: Struct, new: Struct, path: Path) -> Struct:
        names = {each.name: each for each in new.fields}
        fields = [self._field(each, names.pop(each.name, None), (*path, each.name)) for each in old.fields]
        for each in names.values():
            self.steps.append(Added((*path, each.name), each))
        return Struct((*fields, *names.values()))

    def _field(self, old: Field, new: Field | None, path: Path) -> Field:
        if new is None:
            self.kept.append(Kept(path, old.type))
            return replace(old, required=False)
        if new.description != old.description:
            self.steps.append(Commented(path, old.description, new.description))
        return replace(new, type=self.type(old.type, new.type, path, new.pointer))

    def type(self, old: Type, new: Type, path: Path, pointer: str) -> Type:
        match old, new:
            case Struct(), Struct():
                return self.struct(old, new, path)
            case Array(one), Array(other):
                return Array(self.type(one, other, (*path, Inside.ELEMENT), pointer))
            case Map(one), Map(other):
                return Map(self.type(one, other, (*path, Inside.VALUE), pointer))
        if old == new:
            return old
        wider = _wider(old, new)
        if wider is None:
            self.conflicts.append(Conflict(path, old, new, pointer))
            return old
        if wider == old:
            self.kept.append(Kept(path, old, new))
        else:
            self.steps.append(Widened(path, old, wider))
        return wider


def _wider(old: Type, new: Type) -> Type | None:
    """The type that takes the values of both as they are: ``old`` where ``new`` only narrows it."""
    if old is Scalar.JSON:
        return old
    if _is_text(old) and _is_text(new):
        return None if old is Scalar.TIMESTAMP else Scalar.STRING
    match old, new:
        case Scalar.DOUBLE, (Scalar.INT64 | Decimal()):
            return old
        case ((Scalar.INT64 | Decimal()), Scalar.DOUBLE):
            return new
        case Scalar.INT64, Decimal():
            return new
        case Decimal(), Scalar.INT64:
            return old
        case Decimal(one), Decimal(other):
            return Decimal(max(one, other))
    return None


def _is_text(type_: Type) -> bool:
    return type_ in (Scalar.STRING, Scalar.TIMESTAMP, Scalar.DATE, Scalar.UUID)
