"""Which tables and columns a query names, as far as it can be read without an engine; whether they are there.

What Flink knows and the reader does not is left to the engine: a query is refused only for a name that is certainly
wrong. The packages that read SQL are of an extra; this module alone imports them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.databricks import Databricks
from sqlglot.parsers.databricks import DatabricksParser
from sqlglot.tokenizer_core import TokenType

from jsonschema_tools.errors import UsageError
from jsonschema_tools.processing.model import WINDOW
from jsonschema_tools.processing.names import Name, Query
from jsonschema_tools.processing.statements import Statement
from jsonschema_tools.tables.types import Struct, Type

Columns = Mapping[str, Type | None]
"""The columns of a table by name; the type is ``None`` where its parts are not to be looked at."""


def read_query(statement: Statement) -> Query | None:
    """What a statement names; ``None`` for one that cannot be read here, which an engine may be able to."""
    try:
        tree = sqlglot.parse_one(
            "\n" * (statement.line - 1) + " " * (statement.column - 1) + statement.text, read=_Flink
        )
    except Exception:  # A reader of SQL for people of good will: for all others, it is the engine that judges.
        return None
    if not isinstance(tree, exp.Query | exp.Insert) or tree.find(exp.MatchRecognize, exp.Command):
        return None
    if any(each.args.get("db") for each in tree.find_all(exp.Table)):
        return None  # A table of another catalog.
    own = {each.alias for each in tree.find_all(exp.CTE, exp.Alias) if each.alias}
    own |= {each.name for alias in tree.find_all(exp.TableAlias) for each in alias.args.get("columns") or ()}
    target = tree.find(exp.Table) if isinstance(tree, exp.Insert) else None
    read = [each for each in tree.find_all(exp.Table) if each is not target and isinstance(each.this, exp.Identifier)]
    ctes = {each.alias for each in tree.find_all(exp.CTE)}
    aliased = {each.alias: _table_of(each) for each in tree.find_all(exp.Table) if each.alias}
    own |= {each.alias for each in tree.find_all(exp.Subquery, exp.Unnest, exp.Lateral) if each.alias}
    return Query(
        tuple(_name([each.this]) for each in read if each.name not in ctes),
        tuple(_columns(tree)),
        frozenset(own),
        aliased,
        tuple(tree.named_selects) if isinstance(tree, exp.Query) else None,
        None if target is None else _name([target.this]),
        any(not isinstance(each.parent, exp.Count) for each in tree.find_all(exp.Star)),
    )


def check_query(query: Query, tables: Mapping[str, Columns], source: str) -> None:
    """Raise `UsageError` for a table that is not there, or a column that no table of the query has, with the nearest.

    Args:
        query: the query.
        tables: the columns of the tables that there are, by name.
        source: where the query stands.
    """
    for table in (*query.tables, *([query.target] if query.target else [])):
        if table.parts[0] not in tables:
            raise _error("table", table, table.parts[0], tables, source)
    known = {table.parts[0]: tables[table.parts[0]] for table in query.tables}
    names = {name for columns in known.values() for name in columns} | query.own | set(WINDOW)
    for column in query.columns:
        _check_column(column, query, known, names, source)


def _check_column(column: Name, query: Query, known: Mapping[str, Columns], names: set[str], source: str) -> None:
    first, *rest = column.parts
    table = query.aliases.get(first, first)
    if table in known and rest:
        columns = known[table]
        if rest[0] not in columns and rest[0] not in WINDOW:
            raise _error("column", column, rest[0], columns, source, f" of {table}")
        _check_parts(column, columns.get(rest[0]), rest, source)
        return
    if first in query.aliases or first in query.own:
        return
    if first not in names:
        raise _error("column", column, first, names, source, f" of {', '.join(sorted(known))}" if known else "")
    holders = [columns[first] for columns in known.values() if first in columns]
    if len(holders) == 1:
        _check_parts(column, holders[0], [first, *rest], source)


def _check_parts(column: Name, type_: Type | None, parts: list[str], source: str) -> None:
    for outer, inner in pairwise(parts):
        if not isinstance(type_, Struct):
            return
        field = type_.field(inner)
        if field is None:
            raise _error("field", column, inner, [each.name for each in type_.fields], source, f" of {outer}")
        type_ = field.type


def _error(kind: str, place: Name, name: str, known: Iterable[str], source: str, of: str = "") -> UsageError:
    known = sorted(known)
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    remedy = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"There are: {', '.join(known) or 'none'}."
    return UsageError(f"{source}:{place.line}:{place.column}: there is no {kind} {name!r}{of}", remedy=remedy)


def _table_of(table: exp.Table) -> str:
    """The name of a table, or of the only one that a windowing function has; else nothing."""
    inner = {each.name for each in table.find_all(exp.Table) if isinstance(each.this, exp.Identifier)}
    return inner.pop() if len(inner) == 1 else ""


def _columns(tree: exp.Expr) -> Iterator[Name]:
    """The columns, with the fields behind them: ``a.b[1].c`` is a column and nothing else that can be checked."""
    for column in tree.find_all(exp.Column):
        if not isinstance(column.this, exp.Identifier):
            continue
        parts: list[exp.Expr] = list(column.parts)
        outer: exp.Expr = column
        while isinstance(outer.parent, exp.Dot) and outer.parent.this is outer:
            outer = outer.parent
            if not isinstance(outer.expression, exp.Identifier):
                break
            parts.append(outer.expression)
        yield _name(parts)


def _name(parts: list[exp.Expr]) -> Name:
    where = parts[0].meta
    length = len(parts[0].name) + 2 * bool(parts[0].args.get("quoted"))
    return Name(tuple(each.name for each in parts), where.get("line", 1), max(1, where.get("col", length) - length + 1))


def _windowed(parser: sqlglot.Parser) -> exp.Expr:
    """The arguments of a windowing table function, ``TABLE name`` being one of them, or of the older grouping one."""
    found: list[exp.Expr | None] = []
    parser._match_text_seq("DATA", "=>")
    if parser._match(TokenType.TABLE):
        found.append(exp.Table(this=parser._parse_id_var(any_token=True)))
        if parser._match(TokenType.PARTITION_BY) or parser._match_text_seq("PARTITION", "BY"):
            found += parser._parse_csv(parser._parse_column)
    else:
        found.append(parser._parse_lambda())
    while parser._match(TokenType.COMMA):
        found.append(parser._parse_lambda())
    return exp.Anonymous(this="WINDOW", expressions=[each for each in found if each is not None])


class _Flink(Databricks):
    """What Flink adds to a dialect that is near: windowing table functions, and rows."""

    class Tokenizer(Databricks.Tokenizer):
        KEYWORDS: ClassVar = {**Databricks.Tokenizer.KEYWORDS, "ROW": TokenType.STRUCT}

    class Parser(DatabricksParser):
        FUNCTION_PARSERS: ClassVar = {
            **DatabricksParser.FUNCTION_PARSERS,
            **dict.fromkeys(("TUMBLE", "HOP", "CUMULATE", "SESSION"), _windowed),
        }
        FUNC_TOKENS: ClassVar = {*DatabricksParser.FUNC_TOKENS, TokenType.SESSION}

        def _warn_unsupported(self) -> None:
            """Say nothing: what cannot be read is left to the engine."""
