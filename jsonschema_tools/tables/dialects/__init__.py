"""Tables in the words of an engine, a file for each: `create` makes one, `evolve` makes it another one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from jsonschema_tools.tables.model import Evolution, Table

DIALECTS = (
    "arrow", "avro", "bigquery", "bigquery-json", "clickhouse", "delta", "duckdb", "elasticsearch", "flink", "iceberg",
    "mysql", "postgres", "spark", "sqlite", "trino",
)  # fmt: skip


class Dialect(Protocol):
    """What a module of a dialect has."""

    def create(self, table: Table, *, not_null: bool = False) -> list[str]:
        """The statements that make a table, or the one document that describes it.

        ``not_null`` forbids null where every event of the newest version has a value. Raises `SchemaToolsError` for
        columns that the engine cannot tell apart.
        """

    def evolve(self, table: Table, evolution: Evolution) -> list[str]:
        """The statements that make the table ``table``, as it was before, the one after an evolution.

        Raises `SchemaToolsError` for a change that the engine refuses.
        """


def dialect(name: str) -> Dialect:
    """The dialect of a name in `DIALECTS`."""
    return cast(Dialect, import_module(f"{__name__}.{name.replace('-', '_')}"))


def is_document(name: str) -> bool:
    """Whether a dialect describes tables by JSON documents, not by statements of SQL."""
    return name in ("arrow", "avro", "bigquery-json", "delta", "elasticsearch", "iceberg")
