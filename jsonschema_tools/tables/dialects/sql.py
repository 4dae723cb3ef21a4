"""What statements of SQL have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.model import Added, Commented, Evolution, Step, Table, Widened
from jsonschema_tools.tables.types import Field, Type, path_text, text


def quoted(name: str, mark: str = '"') -> str:
    """A name as SQL takes any: in quotation marks, one in it doubled."""
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def literal(value: str) -> str:
    """A text of standard SQL. What no engine stores, a NUL, is a space."""
    return "'" + value.replace("'", "''").replace("\0", " ") + "'"


def escaped_literal(value: str) -> str:
    """A text of an engine that reads ``\\`` as an escape; Spark takes two quotation marks for the end of a comment."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\0", " ") + "'"


def columns_text(lines: Iterable[str]) -> str:
    """The lines of the columns of a statement, in brackets."""
    return "(\n  " + ",\n  ".join(lines) + "\n)"


def changes_by_column(evolution: Evolution) -> Iterator[tuple[Field, list[Step]]]:
    """The columns that an evolution changes, as they are after it, each with its steps; new columns have one step."""
    steps: dict[str, list[Step]] = {}
    for step in evolution.steps:
        steps.setdefault(str(step.path[0]), []).append(step)
    for column in evolution.after.fields:
        if column.name in steps:
            yield column, steps[column.name]


def is_new(steps: Iterable[Step]) -> bool:
    """Whether steps of a column add the column itself."""
    return any(isinstance(step, Added) and len(step.path) == 1 for step in steps)


def changes_type(steps: Iterable[Step]) -> bool:
    """Whether steps of a column change its type, at any depth."""
    return any(isinstance(step, Widened | Added) for step in steps)


def comment_of(steps: Iterable[Step]) -> str | None:
    """The new comment of a column; ``None`` where it stays."""
    return next((step.new for step in steps if isinstance(step, Commented) and len(step.path) == 1), None)


def refused(engine: str, table: Table, step: Widened) -> SchemaToolsError:
    """The error for a type that an engine cannot change."""
    return SchemaToolsError(
        f"{engine} cannot change {path_text(step.path)} of {table.name} from {text(step.old)} to {text(step.new)}",
        remedy="Create the table anew, and load it again.",
    )


def create_table(table: Table, type_text: Callable[[Type], str], name: Callable[[str], str], not_null: bool) -> str:
    """The statement that makes a table of columns with their types, and nothing else."""
    lines = [
        f"{name(each.name)} {type_text(each.type)}{' NOT NULL' if not_null and each.required else ''}"
        for each in table.columns.fields
    ]
    return f"CREATE TABLE {name(table.name)} {columns_text(lines)}"


def comments(table: Table, name: Callable[[str], str]) -> list[str]:
    """The statements that describe a table and its columns, where comments are statements of their own."""
    first = [f"COMMENT ON TABLE {name(table.name)} IS {literal(table.description)}"] if table.description else []
    described = [each for each in table.columns.fields if each.description]
    return first + [column_comment(table, each, each.description, name) for each in described]


def column_comment(table: Table, column: Field, comment: str, name: Callable[[str], str]) -> str:
    """The statement that describes a column, or takes its description away."""
    return f"COMMENT ON COLUMN {name(table.name)}.{name(column.name)} IS {literal(comment) if comment else 'NULL'}"
