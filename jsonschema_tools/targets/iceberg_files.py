"""Rows as files of a table of Iceberg.

pyiceberg 0.12 has a writer, which turns a list or map of structs that is null into an empty one
(apache/iceberg-python#3833): here the rows are made by the types of the table at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from jsonschema_tools.tables.model import Table
from jsonschema_tools.tables.rows import Row
from jsonschema_tools.tables.types import Array, Map, Struct, Type


def write_files(table: Any, known: Table, rows: Sequence[Row]) -> list[Any]:
    """Write rows of a table that we know to new files, one for each partition; returns what pyiceberg calls DataFile.

    Columns that we do not know are empty.
    """
    from pyiceberg.io.fileformat import FileFormatFactory
    from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
    from pyiceberg.schema import sanitize_column_names

    # Names as any writer of Iceberg has them in files: readers go by the ids of fields.
    schema = sanitize_column_names(table.schema())
    files, identity = [], uuid4()
    for number, (key, part) in enumerate(_partitions(table.spec(), schema, _arrow(schema, known, rows))):
        place = table.location_provider().new_data_location(f"{number:05}-0-{identity}.parquet", key)
        output = table.io.new_output(place)
        writer = FileFormatFactory.get(FileFormat.PARQUET).create_writer(output, schema, table.properties)
        with writer:
            writer.write(part)
        file = DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=place,
            file_format=FileFormat.PARQUET,
            partition=_record(key),
            file_size_in_bytes=len(output),
            spec_id=table.spec().spec_id,
            **writer.result().to_serialized_dict(),
        )
        files.append(file)
    return files


def _arrow(schema: Any, known: Table, rows: Sequence[Row]) -> Any:
    """Rows as a table of Arrow with the columns of a schema, in its order."""
    import pyarrow as pa
    from pyiceberg.io.pyarrow import schema_to_pyarrow
    from pyiceberg.schema import make_compatible_name

    names = [make_compatible_name(each.name) for each in known.columns.fields]
    values = dict(zip(names, zip(*rows, strict=True), strict=True))
    types = {make_compatible_name(each.name): each.type for each in known.columns.fields}
    arrow = schema_to_pyarrow(schema)
    arrays = []
    for field in arrow:
        column = values.get(field.name)
        rename = _renaming(types[field.name], make_compatible_name) if column is not None else None
        if column is None:
            arrays.append(pa.nulls(len(rows), field.type))
        else:
            renamed = column if rename is None else [None if each is None else rename(each) for each in column]
            arrays.append(pa.array(renamed, field.type))
    return pa.Table.from_arrays(arrays, schema=arrow)


def _partitions(spec: Any, schema: Any, rows: Any) -> Iterator[tuple[Any, Any]]:
    """The rows by the partitions that people gave the table, each with its key."""
    from pyiceberg.io.pyarrow import _determine_partitions

    if spec.is_unpartitioned():
        yield None, rows
    else:
        for each in _determine_partitions(spec, schema, rows):
            yield each.partition_key, each.arrow_table_partition


def _record(key: Any) -> Any:
    from pyiceberg.typedef import Record

    return Record() if key is None else key.partition


def _renaming(type_: Type, name: Callable[[str], str]) -> Callable[[Any], Any] | None:
    """What gives the fields inside of a value other names; ``None`` where all have them."""
    match type_:
        case Array(element) if (item := _renaming(element, name)) is not None:
            return lambda value: [None if each is None else item(each) for each in value]
        case Map(element) if (held := _renaming(element, name)) is not None:
            return lambda value: {key: None if each is None else held(each) for key, each in value.items()}
        case Struct(fields):
            renamed = [(each.name, name(each.name), _renaming(each.type, name)) for each in fields]
            if any(old != new or inner is not None for old, new, inner in renamed):
                return _renaming_struct(renamed)
    return None


def _renaming_struct(fields: list[tuple[str, str, Callable[[Any], Any] | None]]) -> Callable[[Any], Any]:
    def convert(value: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for old, new, inner in fields:
            item = value.get(old)
            found[new] = inner(item) if inner is not None and item is not None else item
        return found

    return convert
