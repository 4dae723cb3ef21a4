"""The newest lines of a file that grows, and those that come."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from jsonschema_tools.errors import UsageError

_BLOCK = 2**16
_SECONDS = 0.2


def following(path: Path, newest: int | None, is_over: Callable[[], bool]) -> Iterator[tuple[int, bytes]]:
    """The newest lines of a file, then those that are written to it, each with the byte where it begins.

    An unfinished line waits for its end. A file that is put in the place of this one, or that is cut, is read from its
    beginning. Raises `UsageError` where the file cannot be read.

    Args:
        path: the file.
        newest: how many lines of those that are there; ``None``: all.
        is_over: whether to stop behind the lines that are there; asked before each wait.
    """
    stream = _opened(path)
    try:
        at = 0 if newest is None else _begin(stream, newest)
        while True:
            stream.seek(at)
            for line in stream:
                if not line.endswith(b"\n"):
                    break
                if line.strip():
                    yield at, line.rstrip(b"\r\n")
                at += len(line)
            if is_over():
                return
            time.sleep(_SECONDS)
            if _is_another(path, stream, at):
                stream.close()
                stream = _opened(path)
                at = 0
    finally:
        stream.close()


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", remedy="Name a folder that has it.") from None


def _begin(stream: BinaryIO, newest: int) -> int:
    """Where the newest whole lines begin."""
    at = stream.seek(0, os.SEEK_END)
    left = newest + 1
    while at > 0:
        first = max(0, at - _BLOCK)
        stream.seek(first)
        block = stream.read(at - first)
        index = len(block)
        while (index := block.rfind(b"\n", 0, index)) >= 0:
            left -= 1
            if left == 0:
                return first + index + 1
        at = first
    return 0


def _is_another(path: Path, stream: BinaryIO, at: int) -> bool:
    """Whether another file is there by now, or this one was cut."""
    here = os.fstat(stream.fileno())
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino) or there.st_size < at
