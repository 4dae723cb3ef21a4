"""Rows as a table of Arrow. The only module that imports pyarrow for types and rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jsonschema_tools.installation import remedy_of
from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Field, Map, Scalar, Struct, Type
from jsonschema_tools.targets.model import TargetError


def pyarrow(extra: str) -> Any:
    """The package. Raises `TargetError` where it is not installed, with what installs the extra that has it."""
    try:
        import pyarrow as package
    except ImportError as error:
        raise TargetError("pyarrow is not installed", remedy=remedy_of(extra)) from error
    return package


def arrow_schema(table: Table, described_by: str = "description") -> Any:
    """The columns of a table as a schema of Arrow, with their descriptions as metadata of that name. Needs pyarrow.

    UUIDs and JSON are text, as in the dialect `jsonschema_tools.tables.dialects.arrow`.
    """
    import pyarrow as pa

    return pa.schema([_field(each, described_by) for each in table.columns.fields])


def arrow_table(schema: Any, rows: Sequence[Row]) -> Any:
    """Rows of a table as a table of Arrow with its `arrow_schema`."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def arrow_type(type_: Type, described_by: str = "description") -> Any:
    """A type as Arrow has it."""
    import pyarrow as pa

    match type_:
        case Decimal(scale):
            return pa.decimal128(PRECISION, scale)
        case Array(element):
            return pa.list_(pa.field("element", arrow_type(element, described_by)))
        case Map(value):
            return pa.map_(pa.string(), arrow_type(value, described_by))
        case Struct(fields):
            return pa.struct([_field(each, described_by) for each in fields])
        case Scalar.TIMESTAMP:
            return pa.timestamp("us", tz="UTC")
    scalars = {
        Scalar.BOOLEAN: pa.bool_(),
        Scalar.INT64: pa.int64(),
        Scalar.DOUBLE: pa.float64(),
        Scalar.DATE: pa.date32(),
    }
    return scalars.get(type_, pa.string())


def _field(field: Field, described_by: str) -> Any:
    import pyarrow as pa

    described = {described_by: field.description} if field.description else None
    return pa.field(field.name, arrow_type(field.type, described_by), metadata=described)
