"""The bytes of files and pipes, in pieces as they arrive."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import near

STDIN = "-"
SECONDS_OF_A_PAUSE = 0.2
"""When nothing came for so long, what came is judged."""

_BUFFER = 2**20


class Piece(NamedTuple):
    """Bytes of a source; ``pauses``: nothing more came for a while."""

    data: bytes
    pauses: bool = False


def opened(source: str) -> AbstractContextManager[io.BufferedReader]:
    """A file, or ``-`` for standard input. Raises `UsageError`."""
    try:
        if source == STDIN:
            # A descriptor of its own: closing it leaves the process its standard input.
            return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False), _BUFFER)
        return Path(source).open("rb")
    except io.UnsupportedOperation:
        # What stands for standard input has no descriptor, as in tests.
        return io.BufferedReader(io.BytesIO(sys.stdin.buffer.read()))
    except (OSError, ValueError) as error:
        raise unreadable(source, (getattr(error, "strerror", None) or str(error)).lower()) from error


def check_there(sources: Iterable[str]) -> None:
    """Raise `UsageError` for the first file that cannot be opened. Pipes are left alone: opening one takes from it."""
    for source in sources:
        if source != STDIN and not _is_pipe(source):
            with opened(source):
                pass


def _is_pipe(source: str) -> bool:
    try:
        mode = Path(source).stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def unreadable(source: str, reason: str) -> UsageError:
    """The error that events cannot be read."""
    remedy = near(Path(source), "Name files that can be read, or - for a pipe.")
    return UsageError(f"the events cannot be read: {reason}", source=source, remedy=remedy)


def arriving(raw: io.BufferedReader, size: int) -> Iterator[Piece]:
    """The bytes of a file in pieces of a size; those of a pipe as they come."""
    waiting = _waiting(raw)
    while data := raw.read1(size) if waiting else raw.read(size):
        parts, length = [data], len(data)
        while waiting and length < size and waiting():
            data = raw.read1(size - length)
            if not data:
                break
            parts.append(data)
            length += len(data)
        else:
            yield Piece(b"".join(parts), pauses=waiting is not None and length < size)
            continue
        yield Piece(b"".join(parts))
        return


def _waiting(raw: io.BufferedReader) -> Callable[[], bool] | None:
    """Waits until there is more to read, or for the seconds of a pause; ``None`` where nothing has to be waited for."""
    import select
    import stat

    try:
        descriptor = raw.fileno()
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    if not hasattr(select, "poll"):  # Windows
        return None
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return lambda: bool(poll.poll(SECONDS_OF_A_PAUSE * 1000))


def begun(
    pieces: Iterator[Piece], is_enough: Callable[[bytes], bool], *, at_once: bool = False
) -> tuple[bytes, Iterator[Piece]]:
    """The first bytes, and all pieces. With ``at_once`` it is enough if a pause follows."""
    begun: list[Piece] = []
    head = b""
    for piece in pieces:
        begun.append(piece)
        head += piece.data
        if is_enough(head) or (at_once and piece.pauses):
            break
    return head, chain(begun, pieces)
