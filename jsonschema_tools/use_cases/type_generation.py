"""The only module that calls datamodel-code-generator: a schema to Python types.

The generator is told to read no file, fetch nothing and take no settings of the working directory, and is given no
keyword but those of JSON Schema: by others, such as ``customTypePath`` and ``x-python-import``, a schema may have it
write imports and base classes of its choice.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import SchemaError, SchemaToolsError, UsageError
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.reports.escaping import readable, short
from jsonschema_tools.schemas.plain import plain


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of types: what the generator calls it, its options, and the formats that get a type of their own.

    Other formats stay texts, as JSON has them: what a generator makes of them (`Path`, `EmailStr`, `AnyUrl`) writes
    other texts than it read, or needs more packages.
    """

    model: str
    options: dict[str, Any]
    formats: frozenset[str] = frozenset()


KINDS: Final = {
    "pydantic": Kind(
        "pydantic_v2.BaseModel",
        {
            "allow_population_by_field_name": True,
            "field_constraints": True,
            "use_annotated": True,
            "use_field_description": True,
        },
        frozenset({"date-time", "date", "uuid"}),
    ),
    "msgspec": Kind("msgspec.Struct", {"use_annotated": True, "field_constraints": True, "keyword_only": True}),
    "typeddict": Kind("typing.TypedDict", {"use_closed_typed_dict": False, "use_field_description": True}),
}
"""The kinds of types, by the name that users know them by."""

_ALWAYS: Final = {
    "allow_remote_refs": False,
    "custom_file_header": "#",
    "disable_timestamp": True,
    "enum_field_as_literal": "all",
    "formatters": ["builtin"],
    "use_double_quotes": True,
    "use_schema_description": True,
}
"""Its options for every kind."""

_MODULES = frozenset({"__future__", "typing", "typing_extensions", "enum", "datetime", "uuid", "pydantic", "msgspec"})
"""What the types may import."""

_REMEDY = "Have the types made by another --to, or write this one by hand."


def python_types(document: Document, title: str, kind: str) -> tuple[str, str]:
    """The source of a Python module with the types of a document without references, and the generator's version.

    Args:
        document: the schema. Its ``$ref``s are inside of it.
        title: its title, which the class of the whole event is named by.
        kind: one of `KINDS`.

    Raises `UsageError` where the generator is not installed, `SchemaError` for a schema that it makes nothing of.
    """
    generator = _generator()
    settings = KINDS[kind]
    schema = plain(document, settings.formats)
    if not isinstance(schema, dict):
        raise _nothing("the schema has no keywords")
    try:
        with _no_settings() as settings_path, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = generator.generate(
                serialize(schema, "json"),
                input_file_type=generator.InputFileType.JsonSchema,
                output_model_type=generator.DataModelType(settings.model),
                target_python_version=generator.PythonVersion.PY_311,
                class_name=class_name(title),
                settings_path=settings_path,
                **_ALWAYS,
                **settings.options,
            )
    except Exception as error:  # Of whatever kind: the generator has no errors of its own for most of it.
        raise _nothing(short(readable(f"{type(error).__name__}: {error}".splitlines()[0]))) from error
    if not isinstance(text, str):
        raise _nothing("it made more than one module")
    _check(text)
    return f"{text.removeprefix('#').strip()}\n", generator.get_version()


@contextmanager
def _no_settings() -> Iterator[Path]:
    """A folder in which the formatter finds settings, none: else it takes those of the working directory."""
    with TemporaryDirectory(prefix="jst-") as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_bytes(b"")
        yield folder


def _generator() -> Any:
    try:
        import datamodel_code_generator
    except ImportError as error:
        raise UsageError(
            "types are made by datamodel-code-generator, which is not installed",
            remedy=remedy_of("types"),
        ) from error
    return datamodel_code_generator


def class_name(title: str) -> str:
    """The name of the class of the whole event: ``shop/order_placed`` is ``ShopOrderPlaced``."""
    name = "".join(word[:1].upper() + word[1:] for word in re.split(r"[\W_]+", title))
    return name if name.isidentifier() and not iskeyword(name) else f"Event{name}"


def _check(text: str) -> None:
    """Raise `SchemaError` for what is no Python module of types."""
    try:
        text.encode("utf-8")
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise _nothing(f"it made no Python of it: {readable(str(error))}") from error
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.partition(".")[0] not in _MODULES:
                raise _nothing(f"it made an import of {name!r}")


def _nothing(reason: str) -> SchemaToolsError:
    return SchemaError(f"datamodel-code-generator makes no types of this: {reason}", remedy=_REMEDY)
