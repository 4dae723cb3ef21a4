"""The target that a word on the command line means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jsonschema_tools.errors import UsageError
from jsonschema_tools.targets.model import TableTarget


def _sqlite(rest: str) -> TableTarget:
    from jsonschema_tools.targets.sqlite import SqliteTarget

    return SqliteTarget(Path(rest))


def _duckdb(rest: str) -> TableTarget:
    from jsonschema_tools.targets.duckdb import DuckDbTarget

    return DuckDbTarget(Path(rest))


def _jsonl(rest: str) -> TableTarget:
    from jsonschema_tools.targets.jsonl import jsonl_target

    return jsonl_target(Path(rest))


def _parquet(rest: str) -> TableTarget:
    from jsonschema_tools.targets.parquet import parquet_target

    return parquet_target(Path(rest))


def _postgres(rest: str) -> TableTarget:
    from jsonschema_tools.targets.postgres import PostgresTarget

    return PostgresTarget(rest)


def _mysql(rest: str) -> TableTarget:
    from jsonschema_tools.targets.mysql import MysqlTarget

    return MysqlTarget(rest)


def _iceberg(rest: str) -> TableTarget:
    from jsonschema_tools.targets.iceberg import IcebergTarget

    return IcebergTarget(rest)


def _delta(rest: str) -> TableTarget:
    from jsonschema_tools.targets.delta import delta_target

    return delta_target(Path(rest))


TARGETS: dict[str, tuple[str, str, Callable[[str], TableTarget]]] = {
    "sqlite": ("FILE", "sqlite", _sqlite),
    "duckdb": ("FILE", "duckdb", _duckdb),
    "postgres": ("DSN", "postgres", _postgres),
    "mysql": ("URL", "mysql", _mysql),
    "parquet": ("DIR", "arrow", _parquet),
    "iceberg": ("CATALOG.NAMESPACE", "iceberg", _iceberg),
    "delta": ("DIR", "delta", _delta),
    "jsonl": ("DIR", "arrow", _jsonl),
}
"""By the name before the colon: what follows it, the dialect of its tables, and what makes the target."""

_PATHS = ("FILE", "DIR")


def target_of(word: str) -> TableTarget:
    """The target that ``sqlite:shop.db`` means, not opened yet. Raises `UsageError`."""
    _, _, make = TARGETS[_kind(word)]
    return make(word.partition(":")[2])


def dry_target_of(word: str, put: Callable[[str], None]) -> TableTarget:
    """What stands for the target: it tells ``put`` what would make its tables, and stores nothing."""
    from jsonschema_tools.targets.printing import PrintingTarget

    return PrintingTarget(TARGETS[_kind(word)][1], put)


def _kind(word: str) -> str:
    kind, colon, rest = word.partition(":")
    if kind in TARGETS and rest:
        what = TARGETS[kind][0]
        if what in _PATHS and "://" in rest:
            raise UsageError(
                f"{kind}: writes into files of this machine only, and what follows is a URL",
                remedy=f"Name a path: {kind}:{what}, and copy from there; or load into iceberg:, whose catalog knows "
                "where its files are.",
            )
        return kind
    # What follows may have a password.
    shown = f"{kind}{colon}{'...' if rest else ''}"
    known = ", ".join(f"{name}:{what}" for name, (what, _, _) in TARGETS.items())
    raise UsageError(f"{shown!r} is no target", remedy=f"Name one of {known}.")
