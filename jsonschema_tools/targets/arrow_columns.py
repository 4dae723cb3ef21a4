"""Columns of Arrow straight from events that were read by a shape.

An event is taken apart to a flat tuple while it is at hand; then each column is made at once. So the rows are those of
`jsonschema_tools.tables.rows`, as a property test says, or there are none: then each event goes that way by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from itertools import chain
from typing import Annotated, Any, get_args, get_origin

from jsonschema_tools.events.shape_reader import TAG
from jsonschema_tools.tables.types import Array, Map, Scalar, Struct, Type
from jsonschema_tools.targets.arrow import arrow_type
from jsonschema_tools.targets.arrow_values import Build, as_it_is, careful, doubles, offsets, times, uuids

Flat = tuple[Any, ...]

_Make = Callable[[Sequence[Sequence[Any]], int], Any]
"""From the columns of flat events, and how many events there are, to an array; raises one of `arrow_values.UNFIT`."""


class NoColumns(Exception):
    """Events of the shape cannot be taken so."""


class ShapedColumns:
    """Makes columns of events of one shape, or of parts of events.

    Args:
        shape: the type of the events, that of a whole shape.
        columns: those of the table.

    Raises `NoColumns`.
    """

    def __init__(self, shape: type, columns: Struct) -> None:
        import pyarrow as pa

        plan = _Plan()
        self._schema = pa.schema([*arrow_type(columns)])
        self._makes = plan.struct("event", shape, columns, " ")
        self._nothing = [()] * plan.slots
        self.flat: Callable[[Any], Flat] = plan.function()
        """From an event to what `batch` takes."""

    def batch(self, events: Sequence[Flat]) -> Any:
        """Flat events as a record batch. Raises one of `arrow_values.UNFIT`: one of them has to go the careful way."""
        import pyarrow as pa

        return pa.RecordBatch.from_arrays(self._arrays(events), schema=self._schema)

    def structs(self, values: Sequence[Any]) -> Any:
        """Parts of events, none of which is ``None``, as an array."""
        import pyarrow as pa

        events = [*map(self.flat, values)]
        if not self._makes:
            return pa.array([{}] * len(events), pa.struct([]))
        return pa.StructArray.from_arrays(self._arrays(events), fields=[*self._schema])

    def _arrays(self, events: Sequence[Flat]) -> list[Any]:
        columns = [*zip(*events, strict=True)] if events else self._nothing
        return [make(columns, len(events)) for make in self._makes]


class _Plan:
    """The making of a function that takes events apart, and of what makes columns of it.

    The function is made of the names x0, v0 and so on, and of those of fields in shapes: nothing of a schema is in it.
    """

    def __init__(self) -> None:
        self._lines = ["def flat(event):"]
        self.slots = 0
        self._structs: dict[str, int] = {}
        """By the names of structs the slots that say whether they are null."""

    def function(self) -> Callable[[Any], Flat]:
        """The function."""
        from msgspec import UNSET

        names: dict[str, Any] = {"absent": UNSET}
        slots = "".join(f"x{slot}, " for slot in range(self.slots))
        exec("\n".join([*self._lines, f" return ({slots})"]), names)
        found: Callable[[Any], Flat] = names["flat"]
        return found

    def struct(self, value: str, shape: type, type_: Struct, indent: str) -> list[_Make]:
        """What makes the columns of a struct, which is called ``value`` in the function."""
        from msgspec.structs import fields

        known: dict[str, Any] = {each.encode_name: each for each in fields(shape)}
        tag: Any = shape.__struct_config__.tag  # type: ignore[attr-defined]
        if tag is not None:
            known[TAG] = None
        if not known.keys() <= {each.name for each in type_.fields}:
            raise NoColumns
        return [
            _nulls(each.type)
            if each.name not in known
            else _constant(tag, each.type)
            if known[each.name] is None
            else self._field(f"{value}.{known[each.name].name}", known[each.name], each.type, indent)
            for each in type_.fields
        ]

    def _field(self, value: str, field: Any, type_: Type, indent: str) -> _Make:
        from msgspec import UNSET

        part = _bare(field.type)
        if isinstance(type_, Struct) and hasattr(part, "__struct_config__"):
            return self._inner_struct(value, part, type_, indent, optional=not field.required)
        build, slot = _builder(part, type_), self._slot()
        if field.default is UNSET:
            value = f"None if (value := {value}) is absent else value"
        self._lines.append(f"{indent}x{slot} = {value}")
        return lambda columns, _: build(columns[slot])

    def _inner_struct(self, value: str, part: type, type_: Struct, indent: str, *, optional: bool) -> _Make:
        import pyarrow as pa

        arrow, name = arrow_type(type_), f"v{len(self._structs)}"
        self._lines.append(f"{indent}{name} = {value}")
        is_null = self._structs[name] = self._slot()
        if not optional:
            self._lines.append(f"{indent}x{is_null} = False")
            makes = self.struct(name, part, type_, indent)
        else:
            self._lines.append(f"{indent}if {name} is None:")
            nothing = len(self._lines)
            self._lines += ["", f"{indent}else:", f"{indent} x{is_null} = False"]
            makes = self.struct(name, part, type_, f"{indent} ")
            slots, nulls = {*range(is_null, self.slots)}, {*self._structs.values()}
            self._lines[nothing] = _all_are(indent, slots & nulls, "True") + _all_are(indent, slots - nulls, "None")
        fields = [*arrow]

        def make(columns: Sequence[Sequence[Any]], count: int) -> Any:
            nulls = columns[is_null]
            if all(nulls):
                return pa.nulls(count, arrow)
            if not fields:
                return pa.array([None if null else {} for null in nulls], arrow)
            mask = pa.array(nulls, pa.bool_()) if any(nulls) else None
            return pa.StructArray.from_arrays([make(columns, count) for make in makes], fields=fields, mask=mask)

        return make

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1


def _all_are(indent: str, slots: Set[int], value: str) -> str:
    """The line that gives some slots a value."""
    return f"{indent} {''.join(f'x{slot} = ' for slot in sorted(slots))}{value}\n" if slots else ""


def _nulls(type_: Type) -> _Make:
    import pyarrow as pa

    arrow = arrow_type(type_)
    return lambda _, count: pa.nulls(count, arrow)


def _constant(text: str, type_: Type) -> _Make:
    import pyarrow as pa

    if type_ is not Scalar.STRING:
        raise NoColumns
    return lambda _, count: pa.repeat(pa.scalar(text, pa.string()), count)


def _bare(part: Any) -> Any:
    """A type without its limits."""
    return get_args(part)[0] if get_origin(part) is Annotated else part


def _builder(part: Any, type_: Type) -> Build:
    """What makes a column of values that were read by a part of a shape."""
    part = _bare(part)
    inner = get_args(part)
    match type_:
        case Struct() if hasattr(part, "__struct_config__"):
            return ShapedColumns(part, type_).structs
        case Array(element) if get_origin(part) is list:
            return _list(_builder(inner[0], element), type_)
        case Map(value) if get_origin(part) is dict:
            return _map(_builder(inner[1], value), type_)
    if type_ is Scalar.JSON and hasattr(part, "__struct_fields__") and not part.__struct_fields__:
        return lambda values: as_it_is(type_)([None if value is None else "{}" for value in values])
    known = {
        (str, Scalar.STRING): as_it_is(type_),
        (Any, Scalar.STRING): as_it_is(type_),
        (bool, Scalar.BOOLEAN): as_it_is(type_),
        (int, Scalar.INT64): as_it_is(type_),
        (str, Scalar.TIMESTAMP): times,
        (str, Scalar.UUID): uuids,
        (Any, Scalar.DOUBLE): doubles,
    }
    if isinstance(type_, Scalar) and (part, type_) in known:
        return known[part, type_]
    if not _is_plain(part):
        raise NoColumns
    return careful(type_)


def _is_plain(part: Any) -> bool:
    """Whether values of a part of a shape are what JSON is read as without a type."""
    part = _bare(part)
    if get_origin(part) in (list, dict):
        return all(map(_is_plain, get_args(part)))
    return part in (Any, str, int, bool, None, type(None))


def _list(build_items: Build, type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)

    def build(values: Sequence[Any]) -> Any:
        items = [*chain.from_iterable(value for value in values if value is not None)]
        return pa.ListArray.from_arrays(offsets(values), build_items(items), type=arrow)

    return build


def _map(build_items: Build, type_: Type) -> Build:
    import pyarrow as pa

    arrow = arrow_type(type_)

    def build(values: Sequence[Any]) -> Any:
        there = [value for value in values if value is not None]
        keys = pa.array([*chain.from_iterable(there)], pa.string())
        items = build_items([*chain.from_iterable(value.values() for value in there)])
        return pa.MapArray.from_arrays(offsets(values), keys, items, type=arrow)

    return build
