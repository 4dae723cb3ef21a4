"""Names of tables and columns, as engines take them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.tables.types import Field, Struct, structs

_OTHERS = re.compile(r"[^A-Za-z0-9_]")
_LONGEST = 63
_KEPT = 54


class NameClash(SchemaToolsError):
    """Two things of schemas would have one name in a store: what is wrong is a schema, and no store mends it."""


def table_name(title: str) -> str:
    """The name of the table of a title or stream: letters, digits and ``_``."""
    return _OTHERS.sub("_", title.strip("/"))


def check_table_names(titles: Iterable[str]) -> None:
    """Raise `NameClash` for two titles whose tables would have one name, upper and lower case being the same."""
    known: dict[str, str] = {}
    for title in titles:
        name = table_name(title).casefold()
        if known.setdefault(name, title) != title:
            raise NameClash(
                f"{known[name]!r} and {title!r} would both have the table {table_name(title)}",
                remedy="Name one of them.",
            )


def plain_name(name: str) -> str:
    """A column of an engine that takes letters, digits and ``_`` only, and no digit first."""
    found = _OTHERS.sub("_", name)
    return f"_{found}" if found[:1].isdigit() or not found else found


def short_name(name: str) -> str:
    """A name of at most 63 bytes, as PostgreSQL takes them: a long one ends in a digest of all of it."""
    encoded = name.encode("utf-8")
    if len(encoded) <= _LONGEST:
        return name
    return f"{encoded[:_KEPT].decode('utf-8', 'ignore')}_{hashlib.sha256(encoded).hexdigest()[:8]}"


def check_columns(columns: Struct, name: Callable[[str], str], table: str) -> None:
    """Raise `NameClash` for two fields of one struct that have one name in an engine, as ``name`` makes it."""
    for _, struct in structs(columns):
        known: dict[str, Field] = {}
        for each in struct.fields:
            other = known.setdefault(name(each.name), each)
            if other is not each:
                raise NameClash(
                    f"{other.pointer} and {each.pointer} of {table} would be one column, {name(each.name)!r}",
                    remedy="Give one of the properties another name, or use an engine that tells them apart.",
                )
