"""The names of files of events."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]")
_LONGEST = 150


@lru_cache(maxsize=1000)
def stream_file(folder: Path, stream: str) -> Path:
    """The file of a stream in a folder: its name, with what no file name should have percent-encoded; a long one is cut
    and ends in a digest."""
    name = _FOREIGN.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), stream)
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}%{hashlib.sha256(stream.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return folder / f"{name or '%'}.jsonl"


def stream_path(folder: Path, stream: str) -> Path:
    """Where the events of a stream are in a folder: in its file, or in a folder of its name where that is there."""
    path = stream_folder(folder, stream)
    return path if path.is_dir() else stream_file(folder, stream)


def stream_folder(folder: Path, stream: str) -> Path:
    """The folder of a stream in a folder, for who writes several files."""
    return stream_file(folder, stream).with_suffix("")


def worker_file(path: Path, number: int | str) -> Path:
    """The file of a worker: ``events.2.jsonl`` for ``events.jsonl``."""
    return path.with_name(f"{path.stem}.{number}{path.suffix}")
