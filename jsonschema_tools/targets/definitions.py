"""What a database remembers of our tables, in a table of its own."""

from __future__ import annotations

import json

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.stored import from_data
from jsonschema_tools.targets.model import TargetError


def table_of(definition: str, name: str, source: str) -> Table:
    """The table that a definition in ``_jst_tables`` is of. Raises `TargetError` for one that cannot be read."""
    try:
        return from_data(json.loads(definition))
    except (ValueError, LookupError, TypeError) as error:
        raise TargetError(
            f"_jst_tables has no definition of {name} that can be read: {error}",
            source=source,
            remedy="Use the version of jst that wrote it, or load into another database.",
        ) from error


def made_by_others(name: str, source: str) -> TargetError:
    """The error of a table that is there, and none of ours."""
    return TargetError(
        f"there is a table {name} that `jst load` has not made",
        source=source,
        remedy="Rename it, or load into another database.",
    )
