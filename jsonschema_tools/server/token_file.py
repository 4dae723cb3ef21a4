"""The file of tokens."""

from __future__ import annotations

from pathlib import Path

from jsonschema_tools.documents.positions import locate
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.files import near, read_named
from jsonschema_tools.intake.tokens import TokenTable


def read_tokens(path: Path) -> TokenTable:
    """The tokens in a file, YAML or JSON. Raises `ConfigurationError` or `DocumentError`."""
    source = str(path)
    try:
        text = read_named(path)
    except OSError as error:
        raise ConfigurationError(
            f"the tokens cannot be read: {error.strerror}",
            source=source,
            remedy=getattr(error, "remedy", near(path, "Name an existing file in tokens.")),
        ) from error
    try:
        return TokenTable.of(parse(text, source=source))
    except ConfigurationError as error:
        place = locate(text, error.pointer or "", source=source)
        raise error.replaced(source=source, position=place) from None
