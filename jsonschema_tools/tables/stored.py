"""What a store remembers of a table of ours, as plain data, and the table that both it and a repository know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.folding import evolution
from jsonschema_tools.tables.model import Evolution, Table
from jsonschema_tools.tables.rows import REST
from jsonschema_tools.tables.types import Array, Decimal, Field, Map, Scalar, Struct, Type, path_text, text


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done so that a store takes the rows of a table.

    ``before`` is the table that the store has, ``None`` where it has none; ``after`` the one it has to have, which is
    the one to make rows of; ``evolution`` leads from one to the other.
    """

    before: Table | None
    after: Table
    evolution: Evolution | None = None

    @property
    def is_none(self) -> bool:
        """Whether nothing has to be done."""
        return self.before is not None and (self.evolution is None or not self.evolution.steps)


def with_rest(table: Table) -> Table:
    """A table with a column for what no other one has. Raises `SchemaToolsError` where events have that name."""
    if table.columns.field(REST.name) is not None:
        raise SchemaToolsError(
            f"events of {table.title} have a property {REST.name}",
            remedy="Load them without --rest: their table cannot have another column of that name.",
        )
    return replace(table, columns=Struct((*table.columns.fields, REST)))


def change(before: Table | None, wanted: Table) -> Change:
    """How a table that a store has, if it has any, becomes one that also takes the rows of another.

    A store may know more versions than a repository that is behind: its columns stay. Raises `SchemaToolsError` where
    no table takes both.
    """
    if before is None:
        return Change(None, wanted)
    found = evolution(before.columns, wanted.columns)
    if found.conflicts:
        each = found.conflicts[0]
        raise SchemaToolsError(
            f"the table {before.name} is there with other types: {path_text(each.path)} is {text(each.old)}, "
            f"and has to be {text(each.new)}",
            remedy="Load into another store, or rename the table that is there.",
        )
    versions = tuple(dict.fromkeys((*before.versions, *wanted.versions)))
    return Change(before, replace(wanted, versions=versions, columns=found.after), found)


def as_data(table: Table) -> dict[str, Any]:
    """A table as plain data for JSON; of its notes and what it kept nothing."""
    return {
        "name": table.name,
        "title": table.title,
        "versions": list(table.versions),
        "description": table.description,
        "columns": _type_data(table.columns),
    }


def from_data(data: dict[str, Any]) -> Table:
    """The table that `as_data` wrote. Raises `ValueError`, `LookupError` or `TypeError` for other data."""
    columns = _type(data["columns"])
    if not isinstance(columns, Struct):
        raise TypeError("a table has columns")
    return Table(data["name"], data["title"], tuple(data["versions"]), columns, data["description"])


def _type_data(type_: Type) -> Any:
    match type_:
        case Decimal(scale):
            return {"decimal": scale}
        case Array(element):
            return {"array": _type_data(element)}
        case Map(value):
            return {"map": _type_data(value)}
        case Struct(fields):
            return {"struct": [[each.name, _type_data(each.type), each.description, each.pointer] for each in fields]}
    return type_.value


def _type(data: Any) -> Type:
    if isinstance(data, str):
        return Scalar(data)
    [(kind, inner)] = data.items()
    match kind:
        case "decimal":
            return Decimal(int(inner))
        case "array":
            return Array(_type(inner))
        case "map":
            return Map(_type(inner))
        case "struct":
            return Struct(tuple(Field(name, _type(type_), said, pointer=place) for name, type_, said, place in inner))
    raise ValueError(kind)
