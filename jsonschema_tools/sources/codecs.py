"""Compressed events: recognized by their first bytes, decompressed in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.sources.pieces import Piece

PIECE_SIZE = 2**20
_SLICE = 2**16
_SMALL_SLICE = 2**8
"""Of codecs that cannot say where exactly they fail."""

_UTF_8 = "iconv -f {} -t UTF-8 {{}} | jst validate -"


@dataclass(frozen=True, slots=True)
class Codec:
    """``magic`` are the first bytes, ``command`` what decompresses a file, ``start`` makes what reads one stream;
    it raises `ImportError` where there is no library."""

    name: str
    magic: bytes
    command: str
    start: Callable[[], _Reader]


class _Damaged(Exception):
    """So many bytes of what was fed could be read."""

    def __init__(self, good: int, reason: str) -> None:
        super().__init__(reason)
        self.good = good


class _Reader:
    """Reads one compressed stream. Behind its end is the ``rest``."""

    slice_size = _SMALL_SLICE

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self.rest = b""

    @property
    def ended(self) -> bool:
        return bool(self._machine.eof)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What the data decompress to. Raises `_Damaged`."""
        try:
            yield self._machine.decompress(data, PIECE_SIZE)
            while not (self._machine.eof or self._machine.needs_input):
                yield self._machine.decompress(b"", PIECE_SIZE)
        except Exception as error:  # each library has its own
            raise _Damaged(0, str(error)) from error
        self.rest = self._machine.unused_data


class _GzipReader(_Reader):
    slice_size = _SLICE

    def feed(self, data: bytes) -> Iterator[bytes]:
        import zlib

        good = 0
        while data and not self._machine.eof:
            before = self._machine.copy()
            try:
                found = self._machine.decompress(data, PIECE_SIZE)
            except zlib.error as error:
                if len(data) == 1:
                    raise _Damaged(good, str(error).rpartition(": ")[2]) from error
                # Byte by byte, up to the one that is wrong.
                self._machine = before
                for place in range(len(data)):
                    try:
                        yield from self.feed(data[place : place + 1])
                    except _Damaged as damaged:
                        raise _Damaged(good + place, str(damaged)) from damaged
                return
            left = self._machine.unused_data if self._machine.eof else self._machine.unconsumed_tail
            good += len(data) - len(left)
            data = left
            yield found
        self.rest = data


def _gzip() -> _Reader:
    import zlib

    return _GzipReader(zlib.decompressobj(zlib.MAX_WBITS | 16))


def _bzip2() -> _Reader:
    from bz2 import BZ2Decompressor

    return _Reader(BZ2Decompressor())


def _xz() -> _Reader:
    from lzma import LZMADecompressor

    return _Reader(LZMADecompressor(memlimit=2**28))


def _zstd() -> _Reader:
    from importlib import import_module

    for name in ("compression.zstd", "backports.zstd"):
        try:
            return _Reader(import_module(name).ZstdDecompressor())
        except ImportError:
            continue
    return _ZstandardReader(import_module("zstandard").ZstdDecompressor().decompressobj())


class _ZstandardReader(_Reader):
    """Of a library that does not limit what it returns at once: so it gets little."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            yield self._machine.decompress(data)
        except Exception as error:
            raise _Damaged(0, str(error)) from error
        self.rest = self._machine.unused_data


CODECS = (
    Codec("gzip", b"\x1f\x8b", "gzip -dc", _gzip),
    Codec("bzip2", b"BZh", "bzip2 -dc", _bzip2),
    Codec("xz", b"\xfd7zXZ\x00", "xz -dc", _xz),
    Codec("zstd", b"\x28\xb5\x2f\xfd", "zstd -dc", _zstd),
)

_FOREIGN = (
    ("UTF-32", b"\xff\xfe\x00\x00", _UTF_8.format("UTF-32")),
    ("UTF-32", b"\x00\x00\xfe\xff", _UTF_8.format("UTF-32")),
    ("UTF-16", b"\xff\xfe", _UTF_8.format("UTF-16")),
    ("UTF-16", b"\xfe\xff", _UTF_8.format("UTF-16")),
    ("UTF-16", b"{\x00", _UTF_8.format("UTF-16LE")),
    ("UTF-16", b"[\x00", _UTF_8.format("UTF-16LE")),
    ("UTF-16", b"\x00{", _UTF_8.format("UTF-16BE")),
    ("UTF-16", b"\x00[", _UTF_8.format("UTF-16BE")),
    ("a zip archive", b"PK\x03\x04", "unzip -p {} | jst validate -"),
    ("lz4", b"\x04\x22\x4d\x18", "lz4 -dc {} | jst validate -"),
    ("Parquet", b"PAR1", "duckdb -c {sql} | jst validate -"),
    ("Avro", b"Obj\x01", "avro-tools tojson {} | jst validate -"),
)
"""What begins so, and how to make JSON in UTF-8 of it."""

LONGEST_MAGIC = 6


def codec_of(source: str, head: bytes) -> Codec | None:
    """How the bytes of a source are compressed, by the first of them. Raises `UsageError` for what is not read."""
    for codec in CODECS:
        if head.startswith(codec.magic):
            try:
                codec.start()
            except ImportError:
                pipe = f"{codec.command} {_file(source)} | jst validate -"
                raise _foreign(source, f"{codec.name}, for which no library is installed", pipe) from None
            return codec
    for name, magic, pipe in _FOREIGN:
        if head.startswith(magic):
            raise _foreign(source, name, pipe.format(_file(source), sql=_sql(source)))
    return None


def decompressed(source: str, codec: Codec, pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of what is compressed. Raises `UsageError` once all that can be read before a damage is read."""
    reader: _Reader | None = None
    place = 0
    for piece in pieces:
        rest = piece.data
        while rest:
            if reader is None:
                # Streams may follow one another, with null bytes between them.
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                reader = codec.start()
            part, rest = rest[: reader.slice_size], rest[reader.slice_size :]
            try:
                yield from (Piece(data) for data in reader.feed(part) if data)
            except _Damaged as damage:
                at = place + len(piece.data) - len(rest) - len(part) + damage.good
                raise _damaged(source, codec, f"is damaged at byte {at}: {damage}") from damage
            if reader.ended:
                rest = reader.rest + rest
                reader = None
        place += len(piece.data)
        if piece.pauses:
            yield Piece(b"", pauses=True)
    if reader is not None:
        raise _damaged(source, codec, f"ends too early, at byte {place}")


def _damaged(source: str, codec: Codec, reason: str) -> UsageError:
    return UsageError(
        f"the events cannot be read to the end: the {codec.name} file {reason}",
        source=source,
        remedy="What stands before that is judged. Get the file again, or cut it off there.",
    )


def _foreign(source: str, name: str, pipe: str) -> UsageError:
    return UsageError(f"the events cannot be read: this is {name}", source=source, remedy=f"Convert it: `{pipe}`.")


def _file(source: str) -> str:
    return "" if source == "-" else quote(source)


def _sql(source: str) -> str:
    """What prints the rows of a Parquet file as JSON lines, in DuckDB."""
    name = ("/dev/stdin" if source == "-" else source).replace("'", "''")
    return quote(f"COPY (FROM '{name}') TO '/dev/stdout' (FORMAT json)")
