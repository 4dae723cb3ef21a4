"""What can go wrong for a user: one exception family, each with its data and a remedy.

Every error says what is wrong, where (file, line, column; JSON Pointer where that helps), and the cure. The command
line prints it without a traceback and exits with ``exit_code``; the library raises it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, Self, TypeVar

_Error = TypeVar("_Error", bound="SchemaToolsError")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text file; ``line`` and ``column`` count from 1."""

    line: int
    column: int


class SchemaToolsError(Exception):
    """The base of every error that the user can cause.

    ``message`` is one sentence without the place; ``source`` is the file path or URI it was found in (``None`` when
    unknown), ``position`` the place in that file, ``pointer`` the JSON Pointer in its document, ``remedy`` the cure.
    ``referrer`` is the schema that led to a ``source`` which is another document. Errors are values: `replaced` gives
    one with other data, and nobody changes one that was raised.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        source: str | None = None,
        position: Position | None = None,
        pointer: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.source = source
        self.position = position
        self.pointer = pointer
        self.referrer: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)

    def replaced(self, **data: Any) -> Self:
        """The error with other data; the very same where it has them already."""
        if all(getattr(self, name) == value for name, value in data.items()):
            return self
        return _restored(type(self), self.args, {**self.__dict__, **data})

    @property
    def location(self) -> str:
        """``path:line:column``, as far as it is known, else an empty string."""
        if self.source is None:
            return ""
        if self.position is None:
            return self.source
        return f"{self.source}:{self.position.line}:{self.position.column}"

    def __str__(self) -> str:
        return f"{self.location}: {self.message}" if self.location else self.message


def _restored(kind: type[_Error], arguments: tuple[Any, ...], data: dict[str, Any]) -> _Error:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(data)
    return error


class UsageError(SchemaToolsError):
    """The command or call was given something it cannot work with."""


class ConfigurationError(SchemaToolsError):
    """The configuration file has an unknown key, a wrong type or cannot be read."""


class DocumentError(SchemaToolsError):
    """A YAML or JSON text cannot be read as a document."""


class TemplateError(SchemaToolsError):
    """A template cannot be read or rendered."""


class SchemaError(SchemaToolsError):
    """A document was read, but it is not a schema this tool can work with (no version, a wrong keyword type, ...)."""

    exit_code = 1


class UnresolvableReference(SchemaError):
    """A ``$ref`` leads nowhere, or to where it must not lead."""


class WrongDocument(SchemaError):
    """A document calls itself something else than the URI that it was found at, or says nothing where it has to."""


class ReferenceCycle(UnresolvableReference):
    """``$ref``s that lead back to themselves; ``chain`` lists them in order, as ``source#pointer``."""

    def __init__(
        self,
        message: str,
        *,
        chain: tuple[str, ...],
        remedy: str | None = None,
        source: str | None = None,
        pointer: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, source=source, pointer=pointer)
        self.chain = chain


class MergeConflict(SchemaError):
    """Parts of an ``allOf`` contradict each other; ``sources`` names where each of the values came from."""

    def __init__(
        self,
        message: str,
        *,
        keyword: str,
        values: tuple[object, ...] = (),
        sources: tuple[str, ...] = (),
        remedy: str | None = None,
        source: str | None = None,
        pointer: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, source=source, pointer=pointer)
        self.keyword = keyword
        self.values = values
        self.sources = sources


class RetrievalError(SchemaToolsError):
    """A document could not be fetched from any base URI; ``attempts`` says what each of them answered.

    ``down`` names the bases that could not answer: the document may be there once they can. ``uri`` is what was looked
    up.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        attempts: tuple[str, ...] = (),
        down: tuple[str, ...] = (),
        remedy: str | None = None,
        source: str | None = None,
        uri: str = "",
    ) -> None:
        super().__init__(message, remedy=remedy, source=source)
        self.attempts = attempts
        self.down = down
        self.uri = uri


class GitError(SchemaToolsError):
    """Git is missing, or a Git command failed."""


def command(*words: str) -> str:
    """A command in a sentence: quoted for a shell, and in backticks, so that no punctuation sticks to it."""
    return f"`{shlex.join(words)}`"


def is_panic(error: BaseException) -> bool:
    """Whether Rust code of a library gave up: that is no `Exception`, and its class cannot be imported."""
    return type(error).__name__ == "PanicException"


def is_accident(error: BaseException) -> bool:
    """Whether an exception is a fault of a program, and not somebody's wish to end it."""
    return isinstance(error, Exception) or is_panic(error)


def accident(error: BaseException, doing: str, source: str | None = None) -> SchemaToolsError:
    """What to say of an exception that nobody foresaw: it is about one subject, and must not end work on the others.

    ``doing`` is what broke, such as ``the rule 'x'``.
    """
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" ({frame.tb_frame.f_code.co_qualname}, line {frame.tb_lineno})" if frame is not None else ""
    return SchemaToolsError(
        f"{doing} broke: {type(error).__name__}: {error}{where}",
        source=source,
        remedy="This is a fault of jsonschema-tools: please report it with this schema.",
    )
