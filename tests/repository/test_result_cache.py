"""The file of results: whose it may be, what it may hold, and what becomes of it when it is damaged."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

import jsonschema_tools
from jsonschema_tools.compatibility.assessment import assess
from jsonschema_tools.compatibility.policies import CompatibilitySettings, ContentModel, policy_named
from jsonschema_tools.documents.digests import digest_of
from jsonschema_tools.documents.values import ExactFloat, Timestamp
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.git_inputs import git_digest
from jsonschema_tools.repository.result_cache import ResultCache, open_cache
from tests.conftest import Scratch

PROGRAM = b"program"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JST_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path / "home/jsonschema-tools/results"


def kept(file: Path, key: bytes, *, program: bytes = PROGRAM) -> Any:
    cache = ResultCache(file, program)
    found = cache.get(key)
    cache.close()
    return found


def keep(file: Path, values: dict[bytes, Any], **options: Any) -> None:
    cache = ResultCache(file, PROGRAM, **options)
    for key, value in values.items():
        cache.keep(key, value)
    cache.close()


def test_values_come_back_in_the_next_run_of_the_same_program(tmp_path: Path) -> None:
    schemas = [{"type": "object", "properties": {"a": {"type": "string", "enum": ["x", "y", n][:n]}}} for n in (3, 2)]
    settings = CompatibilitySettings(policy_named("full-transitive"), ContentModel.DECLARED)
    values = {b"a": [1, (2.5, None)], b"b": ExactFloat(0.1, "0.10000000000000000001"), b"c": assess(*schemas, settings)}
    keep(tmp_path / "file", values)
    assert {key: kept(tmp_path / "file", key) for key in values} == values
    assert kept(tmp_path / "file", b"b").text == "0.10000000000000000001"
    assert kept(tmp_path / "file", b"a", program=b"another") is None


def test_a_place_has_one_value(tmp_path: Path) -> None:
    for key in (b"old", b"new"):
        cache = ResultCache(tmp_path / "file", PROGRAM)
        cache.keep(key, key.decode(), b"place")
        cache.close()
    cache = ResultCache(tmp_path / "file", PROGRAM)
    assert [cache.get(key, b"place") for key in (b"old", b"new")] == [None, "new"]


class _Runs:
    def __reduce__(self) -> Any:
        return os.mkdir, ("made",)


def test_nothing_in_a_value_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep(tmp_path / "file", {b"a": [_Runs()], b"b": print})
    assert [kept(tmp_path / "file", key) for key in (b"a", b"b")] == [None, None]
    assert not Path("made").exists()
    # It would have been.
    pickle.loads(pickle.dumps(_Runs()))
    assert Path("made").exists()


def test_a_value_under_the_key_of_another_is_none(tmp_path: Path) -> None:
    keep(tmp_path / "file", {b"a": 1, b"b": 2})
    with sqlite3.connect(tmp_path / "file") as database:
        database.execute("UPDATE kept SET value = (SELECT value FROM kept ORDER BY rowid DESC LIMIT 1)")
    database.close()
    assert [kept(tmp_path / "file", key) for key in (b"a", b"b")] == [None, 2]


def test_damage_costs_what_was_kept_and_nothing_else(tmp_path: Path) -> None:
    random = Random(7)
    values = {b"%d" % number: [random.random()] * 200 for number in range(20)}
    for _ in range(12):
        file = tmp_path / "file"
        keep(file, values)
        content = bytearray(file.read_bytes())
        for _ in range(random.choice([1, 20, 400])):
            content[random.randrange(len(content))] = random.randrange(256)
        file.write_bytes(content[: random.choice([len(content), random.randrange(len(content))])])
        for key, value in values.items():
            assert kept(file, key) in (None, value)
        keep(file, {b"new": 1})
        keep(file, {b"new": 1})
        assert kept(file, b"new") == 1


def test_the_file_has_a_bound_and_the_oldest_goes_first(tmp_path: Path) -> None:
    for number in range(60):
        keep(tmp_path / "file", {b"%d" % number: Random(number).randbytes(20_000)}, limit=300_000)
    assert (tmp_path / "file").stat().st_size < 450_000
    known = [number for number in range(60) if kept(tmp_path / "file", b"%d" % number) is not None]
    assert known == list(range(known[0], 60))
    assert 5 < len(known) < 20


def test_what_is_larger_than_the_bound_is_not_kept(tmp_path: Path) -> None:
    keep(tmp_path / "file", {b"small": 1})
    keep(tmp_path / "file", {b"large": bytes(400_000)}, limit=300_000)
    assert [kept(tmp_path / "file", key) for key in (b"small", b"large")] == [1, None]


def test_each_process_has_the_file_for_itself(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "file", PROGRAM)
    cache.keep(b"parent", 1)
    assert cache.get(b"child") is None
    child = os.fork()
    if not child:
        cache.keep(b"child", 2)
        cache.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert cache.get(b"child") == 2
    cache.close()
    assert [kept(tmp_path / "file", key) for key in (b"parent", b"child")] == [1, 2]


def test_many_processes_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from jsonschema_tools.repository.result_cache import ResultCache\n"
        "for n in range(20):\n"
        "    cache = ResultCache(Path(sys.argv[1]), b'program')\n"
        "    assert cache.get(b'all %d' % n) in (None, [n] * 500)\n"
        "    cache.keep(b'all %d' % n, [n] * 500); cache.keep(b'%s %d' % (sys.argv[2].encode(), n), n); cache.close()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "file")]
    started = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE) for number in range(3)]
    assert [process.communicate()[1] for process in started] == [b""] * 3
    assert [kept(tmp_path / "file", b"%d %d" % (each, n)) for each in range(3) for n in range(20)] == [*range(20)] * 3


def test_the_usual_place(scratch: Scratch, home: Path) -> None:
    cache = open_cache(load_config(scratch.root))
    assert cache is not None
    cache.keep(b"a", 1)
    cache.close()
    assert [path.name for path in home.iterdir()] == ["results.sqlite"]
    assert [path.stat().st_mode & 0o777 for path in (home, home / "results.sqlite")] == [0o700, 0o600]


def _no_folder(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.parent.mkdir(parents=True)
    home.write_text("a file")


def _writable_for_others(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True)
    home.chmod(0o777)


def _file_is_writable_for_others(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True, mode=0o700)
    keep(home / "results.sqlite", {b"a": 1})
    (home / "results.sqlite").chmod(0o666)


def _file_is_a_link(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True, mode=0o700)
    (home / "results.sqlite").symlink_to(home.parent / "elsewhere")


def _of_somebody_else(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True, mode=0o700)
    keep(home / "results.sqlite", {b"a": 1})
    try:
        os.chown(home / "results.sqlite", 12345, -1)
    except PermissionError:
        pytest.skip("only root gives files away")


def _log_of_somebody_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _of_somebody_else(home, monkeypatch)
    (home / "results.sqlite").rename(home / "results.sqlite-wal")


def _folder_of_somebody_else(home: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir(parents=True, mode=0o700)
    try:
        os.chown(home, 12345, -1)
    except PermissionError:
        pytest.skip("only root gives files away")


def _switched_off(_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JST_CACHE", "OFF")


@pytest.mark.parametrize(
    "spoil",
    [
        _no_folder,
        _writable_for_others,
        _file_is_writable_for_others,
        _file_is_a_link,
        _of_somebody_else,
        _log_of_somebody_else,
        _folder_of_somebody_else,
        _switched_off,
    ],
)
def test_what_is_not_the_users_alone_is_not_used(
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    scratch: Scratch,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(home, monkeypatch)
    assert open_cache(load_config(scratch.root)) is None


@pytest.mark.parametrize("place", [".", "jsonschema", ".cache", "../other/.cache"])
def test_nothing_is_used_that_a_commit_can_bring(
    place: str, scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Scratch(tmp_path / "other")
    other.root.mkdir()
    other.git("init", "--quiet")
    monkeypatch.setenv("XDG_CACHE_HOME", str(scratch.root / place))
    assert open_cache(load_config(scratch.root)) is None
    assert not list(scratch.root.rglob("results"))


@pytest.mark.parametrize("question", ["fingerprint", "signature"])
def test_another_program_has_another_name(question: str, tmp_path: Path) -> None:
    ours = Path(jsonschema_tools.__file__).parent
    shutil.copytree(ours, tmp_path / ours.name, ignore=shutil.ignore_patterns("__pycache__"))
    program = f"from jsonschema_tools.installation import {question}; print({question}().hex())"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def name() -> str:
        command = [sys.executable, "-S", "-c", program]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=tmp_path).stdout

    rule = tmp_path / "jsonschema_tools/rules/robustness/secure.py"
    before, times = name(), rule.stat()
    assert name() == before
    rule.write_text(rule.read_text().replace("a", "b", 1))
    os.utime(rule, ns=(times.st_atime_ns, times.st_mtime_ns))
    edited = name()
    (tmp_path / "regress-2099.1.1.dist-info").mkdir()
    assert len({before, edited, name()}) == 3


SAME = [({"a": [1, 1.5]}, {"a": [1, 1.5]}), ("ab", "".join(["a", "b"]))]
DIFFERENT = [
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (1, True),
    (1, 1.0),
    (0.0, -0.0),
    ("2020-01-01", Timestamp("2020-01-01")),
    (ExactFloat(0.1, "0.10000000000000000001"), ExactFloat(0.1, "0.10000000000000000002")),
    (ExactFloat(0.1, "0.10000000000000000001"), 0.1),
    ([[]], [[], []]),
    (None, "None"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_digests_of_the_same(one: Any, other: Any) -> None:
    assert digest_of(one) == digest_of(other)
    twice = [one, one]
    assert digest_of(twice) == digest_of([one, other])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_digests_of_what_differs(one: Any, other: Any) -> None:
    assert digest_of(one) != digest_of(other)


def test_a_directory_of_git_that_names_no_place(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.git("init", "--quiet")
    assert git_digest(tmp_path) is not None
    scratch.write(".git/commondir", b"\xff\xfe")
    assert git_digest(tmp_path) is None
