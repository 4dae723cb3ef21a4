"""Rows as files of Parquet: a file for each table and commit. The only module that writes Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jsonschema_tools.targets.arrow import arrow_of, pyarrow
from jsonschema_tools.targets.folder import FolderTarget
from jsonschema_tools.targets.model import TableRows, TargetError


def parquet_target(folder: Path) -> FolderTarget:
    """The target of a folder. Raises `TargetError` where pyarrow is not installed."""
    pyarrow("parquet")
    return FolderTarget(folder, "parquet", write, takes_arrow=True)


def write(rows: TableRows, kept: Sequence[int] | None, path: Path) -> None:
    """Write rows to a new file."""
    from pyarrow import ArrowException
    from pyarrow.parquet import write_table

    try:
        write_table(arrow_of(rows, kept), path, compression="zstd")
    except ArrowException as error:
        raise TargetError(
            f"the rows of {rows.table.name} cannot be written: {error}",
            source=str(path.parent),
            remedy="Load smaller batches: `--batch`.",
        ) from error
