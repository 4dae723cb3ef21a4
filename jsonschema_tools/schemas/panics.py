"""Panics of jsonschema-rs as errors: one is no `Exception`, and would end the run for one schema or value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jsonschema_tools.errors import is_panic


class Panic(ValueError):
    """The library gave up on a schema, or on a value by it."""


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Around every use of the library for schemas that people wrote. Raises `Panic`."""
    try:
        yield
    except BaseException as error:
        if not is_panic(error):
            raise
        raise Panic(f"the validator gives up on it: {error}") from None
