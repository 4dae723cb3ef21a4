"""Events from text: numbers exact, blocks cut at the right places."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.plain import NotJson
from jsonschema_tools.events.reading import _read_carefully, read_event
from jsonschema_tools.events.splitting import BrokenList, JsonSplitter, YamlSplitter
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.sources import codecs as event_codecs
from jsonschema_tools.sources import files as event_files
from jsonschema_tools.sources.files import EventBlock, Form, blocks, read_span
from jsonschema_tools.sources.pieces import arriving
from jsonschema_tools.sources.workers import validated

DIGITS = st.text("0123456789", min_size=1, max_size=24)
LITERALS = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole.lstrip('0') or '0'}{fraction}{exponent}",
    st.sampled_from(["", "-"]),
    DIGITS,
    st.one_of(st.just(""), DIGITS.map(lambda digits: f".{digits}")),
    st.one_of(st.just(""), st.builds(lambda e, s, n: f"{e}{s}{n}", st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), st.integers(0, 420))),
)  # fmt: skip


def value_of(number: Any) -> Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


class TestNumbers:
    """Every number is the one that the text says."""

    @given(LITERALS, st.sampled_from(["[{}]", "[ {} ]", '{{"a":{}}}', '{{"a": {} }}', "[{},2]", " \t[{}\r\n]"]))
    @example("18446744073709551616", "[{}]")
    @example("-9223372036854775809", "[ {} ]")
    @example("0.30000000000000004", "[{}]")
    @example("1234567890123456e-310", "[{}]")
    @example("1e400", "[{}]")
    @example("4.9e-324", "[{}]")
    @example("2.4e-324", "[{}]")
    def test_exact(self, literal: str, around: str) -> None:
        text = around.format(literal).encode()
        value = read_event(text)
        assert repr(value) == repr(_read_carefully(text))
        value = next(iter(value.values() if isinstance(value, dict) else value))
        assert value_of(value) == Decimal(literal)

    @pytest.mark.parametrize("literal", ["9" * 4301, "1e4301", "1e-4302", "1e9999999", "0." + "1" * 4300])
    def test_too_long_ones_are_refused(self, literal: str) -> None:
        with pytest.raises(NotJson, match="4300 digits"):
            read_event(literal.encode())

    def test_equal_names(self) -> None:
        assert read_event(b'{"a": 1, "a": 2}') == {"a": 2}
        assert read_event(b'{"b": 0.12345678901234567891, "a": 1, "a": 2}')["a"] == 2


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
SPACE = st.text(" \t\r\n", min_size=1, max_size=3)


class TestSplitting:
    """Values found in a text without reading it whole."""

    @settings(max_examples=200)
    @given(st.lists(st.tuples(JSON, SPACE), max_size=5), st.lists(st.integers(1, 40)), st.booleans(), st.booleans())
    def test_json(self, items: list[tuple[Any, str]], cuts: list[int], listed: bool, indented: bool) -> None:
        texts = [json.dumps(value, ensure_ascii=False, indent=2 if indented else None) for value, _ in items]
        if listed:
            text = "[" + ",".join(space + own for own, (_, space) in zip(texts, items, strict=True)) + "\n]\n"
        else:
            # A list on its own is a list of events.
            texts = [f'{{"x":{own}}}' for own in texts]
            text = "".join(own + space for own, (_, space) in zip(texts, items, strict=True))
        data = text.encode()
        splitter, found = JsonSplitter(), []
        for size in cuts:
            found += splitter.feed(data[:size])
            data = data[size:]
        found += [*splitter.feed(data), *splitter.end()]
        assert [piece.decode() for _, piece in found] == texts
        for line, piece in found:
            place = "\n".join(text.split("\n")[line - 1 :])
            assert piece.decode() in place
            assert piece.decode().split("\n")[0] in text.split("\n")[line - 1]

    @pytest.mark.parametrize(
        ("text", "pieces"),
        [
            ("", []),
            (" \n", []),
            ("[]", []),
            ("[1,2]", ["1", "2"]),
            ("[[1],[]]", ["[1]", "[]"]),
            ('{"a":"]}"} 5 "x"', ['{"a":"]}"}', "5", '"x"']),
            ('{"a": 1', ['{"a": 1']),
            ('"half', ['"half']),
            ("[1", ["1", "["]),
            ("}", ["}"]),
            ("1]", ["1", "]"]),
            ("1,2", ["1", ",", "2"]),
        ],
    )
    def test_odd_texts(self, text: str, pieces: list[str]) -> None:
        for size in (1, 2, 100):
            splitter, found = JsonSplitter(), []
            for start in range(0, len(text), size):
                found += splitter.feed(text[start : start + size].encode())
            found += splitter.end()
            assert [piece.decode() for _, piece in found] == pieces

    @pytest.mark.parametrize(
        ("text", "documents"),
        [
            ("a: 1\n", [(1, "a: 1")]),
            ("a: 1", [(1, "a: 1")]),
            ("---\na: 1\n---\nb: 2\n", [(1, "---\na: 1"), (3, "---\nb: 2")]),
            ("a: |\n  x\n--- {b: 1}\n...\n# none\n---\n", [(1, "a: |\n  x"), (3, "--- {b: 1}")]),
            ("%YAML 1.1\n---\na: 1\n", [(2, "---\na: 1")]),
            ("# c\n\n---\n\n", []),
            ("---a: 1\n", [(1, "---a: 1")]),
            ("a: '\n ---\n'\n", [(1, "a: '\n ---\n'")]),
        ],
    )
    def test_yaml(self, text: str, documents: list[tuple[int, str]]) -> None:
        for size in (1, 3, 1000):
            splitter, found = YamlSplitter(), []
            for start in range(0, len(text), size):
                found += splitter.feed(text[start : start + size].encode())
            found += splitter.end()
            assert [(line, document.decode().rstrip()) for line, document in found] == documents


def text_of(block: EventBlock) -> bytes:
    return read_span(block.source, *block.span)[0] if block.span else block.data


def texts_of(block: EventBlock) -> list[bytes]:
    return [text for _, text in block.texts] if block.form is Form.JSON else [text_of(block)]


class TestFiles:
    """Files and what is in them."""

    @staticmethod
    def write(tmp_path: Path, name: str, content: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
        return str(path)

    @pytest.mark.parametrize(
        ("name", "content", "form", "texts"),
        [
            ("a.jsonl", b'{"a":1}\n\n{"b":2}\n', Form.LINES, [b'{"a":1}\n\n{"b":2}\n']),
            ("a.ndjson", b"nonsense", Form.LINES, [b"nonsense"]),
            ("a.json", b'{"a":1}\n{"b":2}', Form.LINES, [b'{"a":1}\n{"b":2}']),
            ("a.json", b'{"a":\n1}\n{"b":2}', Form.JSON, [b'{"a":\n1}', b'{"b":2}']),
            ("a.json", b'[{"a":1},\n{"b":2}]', Form.JSON, [b'{"a":1}', b'{"b":2}']),
            ("a.json", b"nonsense", Form.JSON, [b"nonsense"]),
            ("a.log", b'\xef\xbb\xbf{"a":1}\n', Form.LINES, [b'\xef\xbb\xbf{"a":1}\n']),
            ("a", b"a: 1\n---\nb: 1\n", Form.YAML, [b"a: 1\n", b"---\nb: 1\n\n"]),
            ("a.yaml", b"[1, 2]\n", Form.YAML, [b"[1, 2]\n\n"]),
            ("a.yml.gz", b"a: 1\n", Form.YAML, [b"a: 1\n\n"]),
            ("a.jsonl.gz", b'{"a":1}\n', Form.LINES, [b'{"a":1}\n']),
            ("a.gz", b'{"a":\n1}', Form.JSON, [b'{"a":\n1}']),
            ("a.jsonl", b"", Form.LINES, []),
            ("a.json", b"", Form.LINES, []),
        ],
    )
    def test_forms(self, tmp_path: Path, name: str, content: bytes, form: Form, texts: list[bytes]) -> None:
        found = list(blocks(self.write(tmp_path, name, content)))
        assert [text for block in found for text in texts_of(block)] == texts
        assert {block.form for block in found} <= {form}

    def test_gzip_is_told_by_its_bytes(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, "a.jsonl", gzip.compress(b'{"a":1}\n', mtime=0))
        assert [text_of(block) for block in blocks(path)] == [b'{"a":1}\n']

    @settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.integers(1, 25))
    def test_each_line_is_read_once_however_a_file_is_cut(
        self, tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], size: int
    ) -> None:
        content = b"\n".join(lines)
        # What begins like something else is not read as lines.
        assume(content[:1] not in [bytes([byte]) for byte in b"\x1f\xff\xfe\x00B\xfd(P{[\x04O"])
        path = tmp_path_factory.getbasetemp() / "spans.jsonl"
        path.write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(event_files, "SPAN_SIZE", size)
            patch.setattr(event_files, "BLOCK_SIZE", 7)
            patch.setattr(event_codecs, "PIECE_SIZE", 7)
            spans = [text_of(block) for block in blocks(str(path))]
            assert b"".join(spans) == content
            assert all(span.endswith(b"\n") for span in spans[:-1] if span and content[-len(span) :] != span)
            with path.open("rb") as stream:
                streamed = [data for _, data, _ in event_files._lines(arriving(stream, 7))]
            assert b"".join(streamed) == content
            assert all(data.endswith(b"\n") for data in streamed[:-1])

    @pytest.mark.parametrize("end", [b"", b"\n"])
    def test_an_event_that_is_too_large_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
    ) -> None:
        monkeypatch.setattr(event_files, "SPAN_SIZE", 10)
        monkeypatch.setattr(event_files, "BLOCK_SIZE", 10)
        monkeypatch.setattr(event_codecs, "PIECE_SIZE", 10)
        monkeypatch.setattr(event_files, "EVENT_SIZE_LIMIT", 50)
        large = json.dumps(["x" * 200]).encode()
        content = b"\n".join([b"[1]", large, b"[2]", b"[3]", large, large, b"[4]"]) + end
        validator = partial(EventValidator, SchemaValidators(lambda _uri: {"maxItems": 0}), target=Target("/1.0.0"))
        for name in ("a.jsonl", "a.jsonl.gz"):
            found = blocks(self.write(tmp_path, name, content))
            refused = [
                (block.line + event.line, event.text, event.verdict.errors[0].kind)
                for block in validated(found, validator, 1)
                for event in block.result.refused
            ]
            assert refused == [
                (1, b"[1]", "maxItems"), (2, b"", "not-json"), (3, b"[2]", "maxItems"), (4, b"[3]", "maxItems"),
                (5, b"", "not-json"), (6, b"", "not-json"), (7, b"[4]", "maxItems"),
            ]  # fmt: skip
        found = list(blocks(self.write(tmp_path, "a.json", b"1 \n" + large + b"\n2"), Form.JSON))
        assert [(block.line, block.texts, bool(block.problem)) for block in found] == [
            (1, ((1, b"1"),), False),
            (2, (), True),
        ]

    @settings(max_examples=300)
    @given(st.lists(st.integers(0, 60)), st.integers(5, 20), st.integers(5, 20), st.integers(20, 25), st.booleans())
    @example([46, 1, 46, 2], 20, 20, 20, True)
    def test_files_and_pipes_are_told_the_same(
        self, tmp_path_factory: pytest.TempPathFactory, sizes: list[int], span: int, block: int, limit: int, ended: bool
    ) -> None:
        """Every event once, with its line, and those that are too large."""
        lines = [str(number).rjust(size, "0").encode() for number, size in enumerate(sizes, 1)]
        content = b"\n".join(lines) + b"\n" * ended
        validator = partial(EventValidator, SchemaValidators(lambda _uri: False), target=Target("/1.0.0"))
        expected = [(number, line) for number, line in enumerate(lines, 1)]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (("SPAN_SIZE", span), ("BLOCK_SIZE", block), ("EVENT_SIZE_LIMIT", limit)):
                patch.setattr(event_files, name, value)
            patch.setattr(event_codecs, "PIECE_SIZE", block)
            for name in ("told.jsonl", "told.jsonl.gz"):
                found = blocks(self.write(tmp_path_factory.getbasetemp(), name, content))
                told = [
                    (part.line + event.line, event.text)
                    for part in validated(found, validator, 1)
                    for event in part.result.refused
                ]
                assert told == [(number, line if len(line) <= limit else b"") for number, line in expected]

    def test_a_file_that_is_gone_by_then(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, "a.jsonl", b"1\n")
        (block,) = blocks(path)
        Path(path).unlink()
        with pytest.raises(UsageError, match="cannot be read"):
            text_of(block)

    @pytest.mark.parametrize(
        "content", [b"\x1f\x8b", gzip.compress(b"{}" * 1000, mtime=0)[:-9], b"\x1f\x8b\x08" + b"\xff" * 30]
    )
    def test_broken_gzip(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(UsageError, match="cannot be read") as caught:
            list(blocks(self.write(tmp_path, "a.jsonl", content)))
        assert caught.value.remedy

    @pytest.mark.parametrize("name", ["none", ".", "a\0b"])
    def test_unreadable(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UsageError, match="cannot be read"):
            list(blocks(str(tmp_path / name)))


@settings(max_examples=100)
@given(st.lists(st.one_of(st.binary(max_size=20), JSON.map(lambda value: json.dumps({"$schema": "/1.0.0", "x": value}).encode()), LITERALS.map(lambda n: f'{{"$schema":"/1.0.0","x":{n}}}'.encode()))))  # fmt: skip
def test_a_block_says_what_its_lines_say_one_by_one(lines: list[bytes]) -> None:
    """The quick way and the careful way agree."""
    schema = {"type": "object", "properties": {"x": {"type": "number", "maximum": 2**64}}}
    validator = EventValidator(SchemaValidators(lambda _uri: schema))
    block = b"\n".join(lines)
    for _ in ("by whole schemas", "by shapes"):
        (result,) = validator.validate_lines(block)
    careful = [
        (number, line, validator.verdict_on_text(line))
        for number, line in enumerate(block.split(b"\n"))
        if line.strip()
    ]
    assert [(refused.line, refused.text, refused.verdict) for refused in result.refused] == [
        each for each in careful if not each[2].valid
    ]
    assert result.summary.events == len(careful)


def test_reading_a_stream_that_has_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(b'{"a":1}\n')

        def fileno(self) -> int:
            raise io.UnsupportedOperation

    monkeypatch.setattr("sys.stdin", Stream())
    assert [block.data for block in blocks("-")] == [b'{"a":1}\n']


def long_content() -> bytes:
    """Lines that hardly become smaller."""
    random = Random(1)
    return b"".join(b'{"a":%d}\n' % random.getrandbits(200) for _ in range(60_000))


class TestCompressed:
    """Files that are compressed, or of another kind."""

    CONTENT = b"".join(b'{"a":%d}\n' % number for number in range(5000))

    @pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
    def test_compressed(self, tmp_path: Path, compress: Any) -> None:
        path = tmp_path / "a.jsonl"
        for whole in (compress(self.CONTENT), compress(self.CONTENT[:999]) + compress(self.CONTENT[999:])):
            path.write_bytes(whole)
            assert b"".join(text_of(block) for block in blocks(str(path))) == self.CONTENT
        path.write_bytes(gzip.compress(self.CONTENT, mtime=0) + b"\0" * 512)
        assert b"".join(text_of(block) for block in blocks(str(path))) == self.CONTENT

    @pytest.mark.sampled(3)
    @pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, partial(lzma.compress, preset=0)])
    @pytest.mark.parametrize("part", [0.3, 0.95])
    def test_damaged(self, tmp_path: Path, compress: Any, part: float) -> None:
        """All that can be read is, then the error says which byte."""
        content = long_content()
        whole = compress(content)
        at = int(len(whole) * part)
        path = tmp_path / "a.jsonl"
        path.write_bytes(whole[:at])
        with pytest.raises(UsageError, match=f"ends too early, at byte {at}$"):
            read = [text_of(block) for block in self.collect(path)]
        assert b"".join(self.read) == content[: len(b"".join(self.read))]
        path.write_bytes(whole[:at] + bytes(byte ^ 0x55 for byte in whole[at : at + 40]) + whole[at + 40 :])
        with pytest.raises(UsageError, match=r"is damaged at byte \d+: ") as caught:
            read = [text_of(block) for block in self.collect(path)]
            assert read
        said = int(re.findall(r"at byte (\d+)", caught.value.message)[0])
        assert at - 300 <= said
        # At most about a block of bzip2, and what is no whole line.
        assert len(b"".join(self.read)) > len(content) * part - 1_100_000

    def collect(self, path: Path) -> Iterator[EventBlock]:
        self.read: list[bytes] = []
        for block in blocks(str(path)):
            self.read.append(text_of(block))
            yield block

    @pytest.mark.parametrize(
        ("content", "says", "pipe"),
        [
            ('{"a": 1}'.encode("utf-16"), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
            ('{"a": 1}'.encode("utf-16-le"), "UTF-16", "iconv -f UTF-16LE -t UTF-8"),
            ('[{"a": 1}]'.encode("utf-16-be"), "UTF-16", "iconv -f UTF-16BE -t UTF-8"),
            ('{"a": 1}'.encode("utf-32"), "UTF-32", "iconv -f UTF-32 -t UTF-8"),
            (gzip.compress('{"a": 1}'.encode("utf-16"), mtime=0), "UTF-16", "iconv -f UTF-16 -t UTF-8"),
            (b"PK\x03\x04" + b"\0" * 50, "a zip archive", "unzip -p"),
            (b"PAR1" + b"\0" * 50, "Parquet", "duckdb"),
        ],
    )
    def test_what_is_not_read_is_named_with_a_pipe_that_helps(
        self, tmp_path: Path, content: bytes, says: str, pipe: str
    ) -> None:
        path = tmp_path / "my events"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=f"this is {says}") as caught:
            list(blocks(str(path)))
        assert pipe in str(caught.value.remedy)
        assert str(path) in str(caught.value.remedy)
        assert str(caught.value.remedy).endswith("| jst validate -`.")

    def test_zstd(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "a.jsonl.zst"
        path.write_bytes(ZSTD)
        monkeypatch.setitem(sys.modules, "zstandard", None)
        monkeypatch.setitem(sys.modules, "backports.zstd", None)
        monkeypatch.setitem(sys.modules, "compression.zstd", None)
        with pytest.raises(UsageError, match="zstd, for which no library is installed") as caught:
            list(blocks(str(path)))
        assert f"zstd -dc {path} | jst validate -" in str(caught.value.remedy)
        monkeypatch.undo()
        pytest.importorskip("zstandard")
        assert [text_of(block) for block in blocks(str(path))] == [b'{"a":1}\n{"a":2}\n']


ZSTD = bytes.fromhex("28b52ffd0058810000") + b'{"a":1}\n{"a":2}\n'


@pytest.mark.parametrize(
    ("text", "faults", "events"),
    [
        ("[1,2]", [], 2),
        ("[]", [], 0),
        ("[1 2]", ["a comma is missing before an event, at byte 4"], 2),
        ('[{"a":1} {"a":2},\n{"a":3}\n{"a":4}]', [
            "a comma is missing before an event, at byte 10", "a comma is missing before an event, at byte 27"], 4),
        ("[,1]", ["an event is missing before a comma, at byte 2"], 1),
        ("[,]", ["an event is missing before a comma, at byte 2", "an event is missing after the last comma, at byte 3"], 0),
        ("[1,]", ["an event is missing after the last comma, at byte 4"], 1),
        ('[{"a":1},,{"a":2}]', ["an event is missing before a comma, at byte 10"], 2),
        ("[1,[,2]]", [], 2),
        ("[1", ["the list of events does not end"], 1),
        ("[1,", ["the list of events does not end"], 1),
        ("[1]\n[2 3]", ["a comma is missing before an event, at byte 8"], 3),
    ],
)  # fmt: skip
def test_a_list_that_is_no_json(text: str, faults: list[str], events: int, tmp_path: Path) -> None:
    for size in (1, 2, 3, 100):
        splitter, found = JsonSplitter(), []
        for start in range(0, len(text), size):
            found += splitter.feed(text[start : start + size].encode())
        found += splitter.end()
        assert [piece.message for _, piece in found if isinstance(piece, BrokenList)] == faults
        assert len(found) == len(faults) + events
    path = tmp_path / "events.json"
    path.write_text(text)
    told = list(blocks(str(path)))
    assert [block.problem for block in told if block.problem] == faults
    assert sum(len(block.texts) for block in told) == events


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(st.sampled_from([",", ", ", ",\n", "", " ", ",,", " , ,"]), JSON.map(lambda value: {"k": value}))
    ),
    st.sampled_from(["", ",", "\n"]),
    st.integers(1, 60),
)
def test_a_list_is_broken_where_it_is_no_json(items: list[tuple[str, Any]], rest: str, size: int) -> None:
    between = [comma + json.dumps(value) for comma, value in items]
    text = "[" + "".join(between).removeprefix(items[0][0] if items and len(items) % 2 else "") + rest + "]"
    try:
        json.loads(text)
    except ValueError:
        is_json = False
    else:
        is_json = True
    splitter, found = JsonSplitter(), []
    for start in range(0, len(text), size):
        found += splitter.feed(text[start : start + size].encode())
    found += splitter.end()
    assert is_json is not any(isinstance(piece, BrokenList) for _, piece in found)
    assert [json.loads(piece) for _, piece in found if not isinstance(piece, BrokenList)] == [
        value for _, value in items
    ]


@settings(max_examples=100)
@given(st.lists(JSON.map(lambda value: {"k": value, "s": '},{"k":'}), min_size=3, max_size=30), st.integers(1, 400), st.sampled_from([None, 1]), st.sampled_from([(",", ":"), (" , ", ": ")]))  # fmt: skip
def test_long_lists_are_cut_where_their_values_end(
    values: list[Any], size: int, indent: int | None, separators: tuple[str, str]
) -> None:
    """Also where texts in the values look like what stands between them."""
    text = json.dumps(values, indent=indent, separators=separators).encode()
    splitter, found = JsonSplitter(), []
    for start in range(0, len(text), size):
        found += splitter.feed(text[start : start + size])
    found += splitter.end()
    assert [json.loads(piece) for _, piece in found] == values
    place = 0
    for line, piece in found:
        place = text.index(piece, place)
        assert line == 1 + text.count(b"\n", 0, place)
        place += len(piece)
