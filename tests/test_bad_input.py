"""Bad input: one clear message with its place and a remedy, exit code 1 or 2, and nothing written.

The cases are in ``cases/bad_input``. A case has a ``name``, ``files`` (or ``text`` or ``json``: the one schema), the
``arguments`` of ``jst``, the ``exit`` code, what the message ``says``, and where it points to: ``at`` is ``path:line``,
``path`` or empty for no place, ``line`` is short for a line of the one schema. A file is a text, or
``{encoding: text}``, ``{base64: bytes}``, ``{generated: {name: size}}``, ``{link: target}``, ``{folder: true}``.
``table.yaml`` is about wrong values of keywords: every value is tried at the top of a schema, inside of one, and in a
fragment. ``misuse.yaml`` has commands that are not understood.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.reading import parse
from tests.cases.bad_input.generated import GENERATED
from tests.conftest import Scratch
from tests.needs import example_repository

CASES = Path(__file__).parent / "cases" / "bad_input"
SCHEMA = "jsonschema/x/current.yaml"
LONGEST_LINE = 700
HEADER = re.compile(r"(?:(?P<path>[^\n]*?)(?::(?P<line>\d+):(?P<column>\d+))?: )?error: (?P<message>.*)")


@dataclass(frozen=True)
class Run:
    """What a run of the program did."""

    exit_code: int
    stdout: str
    stderr: str


def jst(root: Path, arguments: list[str], stdin: bytes = b"") -> Run:
    """The whole program, in this process: nothing but `SystemExit` may leave it."""
    from jsonschema_tools.cli import main

    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace") for _ in range(2)]
    kept = sys.argv, sys.stdin
    sys.argv, sys.stdin = ["jst", *arguments], io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with chdir(root), redirect_stdout(streams[0]), redirect_stderr(streams[1]), pytest.raises(SystemExit) as end:
            main()
    finally:
        sys.argv, sys.stdin = kept
    texts = []
    for stream in streams:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    return Run(int(end.value.code or 0), *texts)


def tree(root: Path) -> dict[str, str]:
    """Every file with its content, every link with its target, and every folder."""
    found = {}
    for folder, folders, files in os.walk(root):
        if Path(folder).name == ".git":
            folders.clear()
            continue
        for name in [*folders, *files]:
            path = Path(folder, name)
            if path.is_symlink():
                found[str(path)] = f"-> {path.readlink()}"
            else:
                found[str(path)] = "folder" if path.is_dir() else path.read_bytes().hex()
    return found


# --- cases ---------------------------------------------------------------------------------------------------------


def content(file: Any) -> bytes:
    """The bytes that a case gives for a file: a text, or ``{encoding: text}``, ``{base64: ...}``, ``{generated: ...}``."""
    if isinstance(file, str):
        return file.encode()
    [[kind, value]] = file.items()
    if kind == "base64":
        return base64.b64decode(value)
    if kind == "generated":
        [[name, size]] = value.items()
        return GENERATED[name](size).encode()
    return str(value).encode(kind)


def put(scratch: Scratch, files: dict[str, Any]) -> None:
    for name, file in files.items():
        path = scratch.root / name
        if file == {"folder": True}:
            path.mkdir(parents=True)
        elif isinstance(file, dict) and "link" in file:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(file["link"])
        else:
            scratch.write(name, content(file))


def written_cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        if path.stem not in ("misuse", "table")
        for case in cases_in(path.name)
    ]


def cases_in(name: str) -> Any:
    return parse((CASES / name).read_bytes(), source=name)


def refused(run: Run) -> re.Match[str]:
    """The first line of what is the one error block on standard error."""
    assert run.exit_code in (1, 2), run
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert not re.search(r"\bNone\b", run.stderr), run.stderr
    lines = run.stderr.splitlines()
    if lines[-1] == "nothing was written":
        lines.pop()
    header, *rest = lines
    assert [line for line in rest if not line.startswith("    ")] == [], run.stderr
    assert len([line for line in rest if line.startswith("    remedy: ")]) == 1, run.stderr
    assert max(map(len, lines)) <= LONGEST_LINE, [line[:LONGEST_LINE] for line in lines]
    found = HEADER.fullmatch(header)
    assert found is not None, header
    return found


@pytest.fixture
def bare(tmp_path: Path) -> Scratch:
    """A schema repository that is no Git repository."""
    repository = Scratch(tmp_path / "repository")
    repository.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    (repository.root / "jsonschema").mkdir()
    return repository


@pytest.mark.parametrize("case", written_cases())
def test_refused(bare: Scratch, case: dict[str, Any]) -> None:
    schema, arguments = (SCHEMA, ["materialize"])
    if "json" in case:
        schema, arguments = ("jsonschema/x/current.json", ["materialize", "jsonschema/x/current.json"])
    own = case.get("text", case.get("json"))
    put(bare, case.get("files", {}) | ({} if own is None else {schema: own}))
    before = tree(bare.root)
    run = jst(bare.root, case.get("arguments", arguments), content(case.get("stdin", "")))
    found = refused(run)
    assert run.exit_code == case["exit"], run.stderr
    for part in [case["says"]] if isinstance(case["says"], str) else case["says"]:
        assert part in run.stderr
    place = case.get("at", f"{schema}:{case['line']}" if "line" in case else schema)
    assert ":".join(filter(None, (found["path"], found["line"]))) == place, run.stderr
    assert tree(bare.root) == before


# --- keywords ------------------------------------------------------------------------------------------------------

FRAGMENT = "jsonschema/y/1.0.0.yaml"
PLACEMENTS = {
    "top": (SCHEMA, "title: x\n$id: /x/1.0.0\n$schema: {draft}\n{keyword}\n", 4),
    "inside": (SCHEMA, "title: x\n$id: /x/1.0.0\n$schema: {draft}\nproperties:\n  p:\n    {keyword}\n", 6),
    "fragment": (FRAGMENT, "# fragment\nproperties:\n  p:\n    {keyword}\n", 4),
    "part of a fragment": (FRAGMENT, "definitions:\n  d:\n    not:\n      {keyword}\n", 4),
}
REFERENCES = {"fragment": "allOf: [{$ref: /y/1.0.0}]", "part of a fragment": "items: {$ref: '/y/1.0.0#/definitions/d'}"}


def keyword_cases() -> list[tuple[str, str, Any, str]]:
    return [
        (draft, keyword, value, placement)
        for draft, keywords in cases_in("table.yaml").items()
        for keyword, values in keywords.items()
        for value in values
        for placement in PLACEMENTS
        if (placement != "top" or keyword not in ("$id", "$schema", "title"))
        and (placement != "part of a fragment" or "draft-07" in draft)
    ]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("draft", "keyword", "value", "placement"), keyword_cases(), ids=lambda v: json.dumps(v))
def test_wrong_value(bare: Scratch, draft: str, keyword: str, value: Any, placement: str) -> None:
    path, text, line = PLACEMENTS[placement]
    bare.write(path, text.replace("{draft}", draft).replace("{keyword}", f"{keyword}: {json.dumps(value)}"))
    if path != SCHEMA:
        bare.write(SCHEMA, f"title: x\n$id: /x/1.0.0\n$schema: {draft}\n{REFERENCES[placement]}\n")
    before = tree(bare.root)
    run = jst(bare.root, ["materialize"])
    found = refused(run)
    assert run.exit_code == 1
    assert (found["path"], found["line"]) == (path, str(line)), run.stderr
    assert keyword in found["message"]
    assert tree(bare.root) == before


# --- the command line ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases_in("misuse.yaml"), ids=lambda case: " ".join(case["arguments"]))
def test_misuse(bare: Scratch, case: dict[str, Any]) -> None:
    bare.write(SCHEMA, "title: x\n$id: /x/1.0.0\n")
    before = tree(bare.root)
    run = jst(bare.root, case["arguments"])
    assert (run.exit_code, run.stdout) == (2, "")
    # What stands around the error, and whether anything does, is up to click.
    error = run.stderr[run.stderr.index("Error: ") :]
    assert _words(case["says"]) in _words(error)
    assert "Traceback" not in run.stderr
    assert tree(bare.root) == before


def _words(text: str) -> str:
    """The text without what versions of click differ in."""
    return re.sub("[\\s\"':]+", " ", text)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("encoding", ["utf-8:strict", "ascii:strict"])
def test_names_that_cannot_be_shown(bare: Scratch, encoding: str) -> None:
    """The real program, with a real output: what no encoding has is shown as an escape."""
    name = os.fsdecode(b"caf\xe9")
    bare.write(f"jsonschema/{name}/current.yaml", "title: [\n")
    bare.write("other.json", r'{"$id": "/x/1.0.0", "title": "\ud800 \u00e9", "type": "\ud800"}')
    bare.write("third.json", r'{"$id": "/x/1.0.0", "title": "\ud800 \u00e9"}')
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(Path(__file__).parents[1])}
    for arguments, exit_code in ((["materialize"], 2), (["materialize", "other.json"], 1), (["ls"], 2)):
        command = [sys.executable, "-m", "jsonschema_tools", *arguments]
        done = subprocess.run(command, cwd=bare.root, env=environment, capture_output=True, check=False)
        assert done.returncode == exit_code, done
        assert done.stderr.count(b"error: ") == 1
        assert b"Traceback" not in done.stderr
    command = [sys.executable, "-m", "jsonschema_tools", "dereference", "third.json"]
    done = subprocess.run(command, cwd=bare.root, env=environment, capture_output=True, check=True)
    assert done.stdout.decode("utf-8").startswith(r'title: "\uD800 é"')


# --- mutations -----------------------------------------------------------------------------------------------------

EXAMPLE = example_repository()
SOURCES = sorted(str(path.relative_to(EXAMPLE)) for path in EXAMPLE.rglob("*.yaml") if not path.is_symlink())
ODD = [
    "",
    "5",
    "-1",
    "[]",
    "{}",
    "null",
    "true",
    "words",
    "[[]]",
    "{a: 5}",
    "&a [*a]",
    "'#'",
    ".inf",
    "1e9999",
    "/x/9.9.9",
]
ODD_LINES = [
    *ODD,
    "- 5",
    "\ta: b",
    "$ref: '#'",
    "allOf: [{type: string}]",
    "? a",
    "---",
    "$id: /x/1.0.0",
    "<<: {}",
    "%",
]


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with one to three accidents: lines lost, doubled, moved in or out, values replaced, bytes flipped."""
    for _ in range(draw(st.integers(1, 3))):
        lines = content.split(b"\n")
        at = draw(st.integers(0, len(lines) - 1))
        accident = draw(st.sampled_from(["delete", "double", "insert", "indent", "value", "flip", "cut"]))
        if accident == "delete":
            del lines[at]
        elif accident == "double":
            lines.insert(at, lines[at])
        elif accident == "insert":
            indentation = b" " * draw(st.integers(0, 6))
            lines.insert(at, indentation + draw(st.sampled_from(ODD_LINES)).encode())
        elif accident == "indent":
            lines[at] = draw(st.sampled_from([b" " + lines[at], b"\t" + lines[at], lines[at][1:], lines[at].strip()]))
        elif accident == "value":
            lines[at] = lines[at].partition(b":")[0] + b": " + draw(st.sampled_from(ODD)).encode()
        content = b"\n".join(lines)
        if accident == "flip" and content:
            place = draw(st.integers(0, len(content) - 1))
            content = content[:place] + draw(st.binary(max_size=2)) + content[place + 1 :]
        elif accident == "cut":
            content = content[: draw(st.integers(0, len(content)))]
    return content


@pytest.mark.search
def test_accidents_in_the_example_repository(tmp_path: Path) -> None:
    root = tmp_path / "example"
    shutil.copytree(EXAMPLE, root, symlinks=True)
    pristine = tree(root)

    @settings(max_examples=200)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        for name in data.draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=2, unique=True)):
            (root / name).write_bytes(data.draw(mutated((EXAMPLE / name).read_bytes())))
        try:
            before = tree(root)
            checked = jst(root, ["materialize-all", "--check"])
            assert checked.exit_code in (0, 1, 2)
            assert tree(root) == before
            done = jst(root, ["materialize"])
            assert done.exit_code in (0, 1, 2)
            if done.exit_code:
                assert (checked.exit_code, checked.stderr) == (done.exit_code, done.stderr)
                assert "error: " in done.stderr
                assert tree(root) == before
            else:
                assert jst(root, ["materialize", "--check"]).exit_code == 0
        finally:
            for name in SOURCES:
                (root / name).write_bytes((EXAMPLE / name).read_bytes())
            if tree(root) != pristine:
                shutil.rmtree(root)
                shutil.copytree(EXAMPLE, root, symlinks=True)

    holds()
