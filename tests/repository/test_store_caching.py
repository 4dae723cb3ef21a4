"""What a store remembers and for how long, bases that are down, commits as bases, and the trace of a look-up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.errors import ConfigurationError, DocumentError, RetrievalError, UnresolvableReference
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.lookup.ttl_cache import FOR_EVER, TtlCache
from tests.conftest import Scratch
from tests.repository.schema_server import SchemaServer, raw, redirect, status
from tests.repository.test_store import DOCUMENT, JSON, URI, YAML, failure, write

SECOND = JSON.replace(b"1.0.0", b"2.0.0")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class TestMemory:
    """Values for a time."""

    def test_a_time_and_for_ever(self, clock: Clock) -> None:
        memory: TtlCache[str] = TtlCache(10, clock)
        memory.keep("a", "short", 5)
        memory.keep("b", "long", FOR_EVER)
        memory.keep("c", "not at all", 0)
        assert [memory.get(key) for key in "abc"] == ["short", "long", None]
        clock.now += 5
        assert [memory.get(key) for key in "ab"] == [None, "long"]
        assert memory.get("a", also_expired=True) == "short"
        memory.forget("b")
        memory.forget("b")
        assert memory.get("b", also_expired=True) is None

    def test_what_another_kept_wins_until_it_expires(self, clock: Clock) -> None:
        memory: TtlCache[str] = TtlCache(10, clock)
        assert memory.keep("a", "first", 5) == "first"
        assert memory.keep("a", "second", 5) == "first"
        clock.now += 5
        assert memory.keep("a", "third", 5) == "third"

    def test_the_oldest_are_forgotten(self, clock: Clock) -> None:
        memory: TtlCache[int] = TtlCache(3, clock)
        for number in range(5):
            memory.keep(str(number), number, 1)
        assert [memory.get(str(number)) for number in range(5)] == [None, None, 2, 3, 4]


class TestTimes:
    """Released versions for ever, others for a while, misses for a moment."""

    def test_released_for_ever_latest_for_a_time(self, serve: Callable[..., SchemaServer], clock: Clock) -> None:
        server = serve({URI: YAML, "/user/latest": YAML})
        store = SchemaStore([server.url], clock=clock, time_to_live=300)
        for seconds, requests in ((0, 2), (299, 2), (1, 3), (299, 3), (1, 4)):
            clock.now += seconds
            assert store.retrieve(URI) == store.retrieve("/user/latest") == DOCUMENT
            assert len(server.requests) == requests

    def test_a_new_latest_is_seen_and_an_unchanged_one_is_the_same_object(
        self, serve: Callable[..., SchemaServer], clock: Clock
    ) -> None:
        server = serve({"/user/latest": YAML})
        store = SchemaStore([server.url], clock=clock)
        first = store.retrieve("/user/latest")
        clock.now += 300
        assert store.retrieve("/user/latest") is first
        server.documents["/user/latest"] = b"$id: /user/2.0.0\n"
        clock.now += 300
        assert store.retrieve("/user/latest") == {"$id": "/user/2.0.0"}

    def test_404_then_200(self, serve: Callable[..., SchemaServer], clock: Clock) -> None:
        server = serve()
        store = SchemaStore([server.url], clock=clock, miss_time_to_live=5)
        errors = [failure(store) for _ in range(3)]
        assert len(server.requests) == 3
        assert len({id(error) for error in errors}) == 3
        assert errors[0].attempts == errors[2].attempts
        server.documents[URI] = YAML
        failure(store)
        clock.now += 5
        assert store.retrieve(URI) == DOCUMENT

    def test_wrong_bytes_then_right_ones(
        self, serve: Callable[..., SchemaServer], clock: Clock, tmp_path: Path
    ) -> None:
        server = serve({URI: b"<html>: <a: b: c"})
        store = SchemaStore([server.url], clock=clock, cache_directory=tmp_path)
        for _ in range(2):
            assert failure(store, kind=DocumentError).source == server.url + URI
        assert len(server.requests) == 1
        assert not list(tmp_path.iterdir())
        server.documents[URI] = YAML
        clock.now += 5
        assert store.retrieve(URI) == DOCUMENT

    @pytest.mark.parametrize("fault", [status(404), status(500)])
    def test_a_miss_that_took_long_counts_longer(
        self, serve: Callable[..., SchemaServer], clock: Clock, fault: Callable[..., object]
    ) -> None:
        """Asking a slow base again and again for what it does not have takes no more than a tenth of the time."""
        server = serve()

        def slow(handler: Any) -> None:
            clock.now += 4
            fault(handler)

        server.faults["*"] = slow
        store = SchemaStore([server.url], clock=clock, miss_time_to_live=5)
        start, waited = clock.now, 0.0
        while clock.now < start + 600:
            before = clock.now
            failure(store)
            waited += clock.now - before
            clock.now += 1
        assert 0 < waited < 80

    def test_misses_are_no_memory_leak(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jsonschema_tools.lookup.store._MOST_DOCUMENTS", 50)
        store = SchemaStore([str(tmp_path)])
        for number in range(60):
            with pytest.raises(RetrievalError):
                store.text(f"/{number}")
        assert len(store._misses._entries) == 50


class TestDown:
    """A base that cannot answer."""

    @pytest.mark.parametrize("fault", [status(500), status(503), status(429), raw(b""), raw(b"SSH-2.0\r\n")])
    def test_fails_over_and_is_named(
        self, serve: Callable[..., SchemaServer], clock: Clock, fault: Callable[..., object]
    ) -> None:
        first, second = serve({URI: YAML}), serve({URI: YAML})
        first.faults["*"] = fault
        store = SchemaStore([first.url, second.url], clock=clock)
        assert store.retrieve(URI) == DOCUMENT
        error = failure(store, "/none/1.0.0")
        assert error.down == (first.url,)
        assert f"{first.url} could not say" in error.message
        assert error.attempts[0].startswith(f"{first.url}: ")
        assert error.attempts[0].endswith("(a moment ago)")
        assert URI not in str(error.attempts)
        assert first.requests == [URI]
        first.faults.clear()
        first.documents["/none/1.0.0"] = b"$id: /none/1.0.0"
        clock.now += 5
        assert store.retrieve("/none/1.0.0") == {"$id": "/none/1.0.0"}

    @pytest.mark.parametrize("fault", [status(404), status(403), redirect("http://elsewhere.invalid/x")])
    def test_an_answer_is_an_answer(self, serve: Callable[..., SchemaServer], fault: Callable[..., object]) -> None:
        server = serve()
        server.faults["*"] = fault
        assert failure(SchemaStore([server.url])).down == ()

    def test_what_was_read_before_is_still_right(self, serve: Callable[..., SchemaServer], clock: Clock) -> None:
        server = serve({"/user/latest": YAML})
        store = SchemaStore([server.url], clock=clock)
        document = store.retrieve("/user/latest")
        server.faults["*"] = status(500)
        clock.now += 300
        assert store.retrieve("/user/latest") is document
        server.faults["*"] = status(404)
        clock.now += 300
        failure(store, "/user/latest")

    def test_the_network_is_named_each_time(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve()
        server.faults["*"] = raw(b"")
        store = SchemaStore([server.url])
        errors = [failure(store, f"/{name}/1.0.0") for name in "ab"]
        assert {error.remedy for error in errors} == {errors[0].remedy}
        assert "Check the network" in str(errors[0].remedy)
        assert errors[0].attempts == (f"{server.url}/a/1.0.0: broke the connection",)
        assert errors[1].attempts == (f"{server.url}: broke the connection (a moment ago)",)

    def test_one_host_is_down_and_another_is_not(self, serve: Callable[..., SchemaServer]) -> None:
        down, up = serve(), serve({"/x": YAML})
        down.faults["*"] = status(500)
        store = SchemaStore([], allowed_hosts=[down.host, up.host])
        assert failure(store, f"{down.url}/x").down == (down.host,)
        assert store.retrieve(f"{up.url}/x") == DOCUMENT

    def test_many_threads_wait_once(self, serve: Callable[..., SchemaServer]) -> None:
        down, up = serve(), serve({f"/{number}/1.0.0": b"$id: /%d/1.0.0" % number for number in range(50)})
        down.faults["*"] = status(500)
        store = SchemaStore([down.url, up.url])
        found: list[Any] = []

        def ask() -> None:
            found.extend(store.retrieve(f"/{number}/1.0.0") for number in range(50))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(document["$id"] for document in found) == sorted(
            f"/{n}/1.0.0" for n in range(50) for _ in "12345678"
        )
        assert len(down.requests) <= 8


class TestSizes:
    """Files are bounded as downloads are."""

    def test_file(self, tmp_path: Path) -> None:
        write(tmp_path / "user/1.0.0")
        assert SchemaStore([str(tmp_path)], size_limit=len(YAML)).retrieve(URI) == DOCUMENT
        error = failure(SchemaStore([str(tmp_path)], size_limit=len(YAML) - 1))
        assert "is larger than" in error.attempts[0]


class TestCommits:
    """Folders in Git commits."""

    @pytest.fixture
    def repository(self, scratch: Scratch) -> Scratch:
        scratch.write("jsonschema/user/1.0.0.yaml", YAML)
        scratch.write("jsonschema/user/2.0.0.json", SECOND)
        folder = scratch.root / "jsonschema/user"
        (folder / "1.0.0").symlink_to("1.0.0.yaml")
        (folder / "2.0.0").symlink_to("2.0.0.json")
        (folder / "latest").symlink_to("2.0.0")
        (scratch.root / "jsonschema/alias").symlink_to("user")
        (folder / "out").symlink_to("../../secret.yaml")
        (folder / "root").symlink_to("/etc/passwd")
        (folder / "a").symlink_to("b")
        (folder / "b").symlink_to("a")
        scratch.write("jsonschema/user/text", "1.0.0.yaml")
        scratch.write("jsonschema/large", b"#" * 1000)
        scratch.write("secret.yaml", "title: secret\n")
        scratch.commit()
        scratch.git("branch", "feature/x")
        for path in sorted((scratch.root / "jsonschema").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        return scratch

    @pytest.mark.parametrize(
        ("uri", "name"),
        [
            ("/user/1.0.0", "user/1.0.0.yaml"),
            ("/user/1.0.0.yaml", "user/1.0.0.yaml"),
            ("user//latest", "user/2.0.0.json"),
            ("/alias/latest", "user/2.0.0.json"),
            ("/user/text", "user/1.0.0.yaml"),
        ],
    )
    @pytest.mark.parametrize("ref", ["feature/x", "HEAD", "HEAD~0"])
    def test_found(self, repository: Scratch, ref: str, uri: str, name: str) -> None:
        base = f"git+file://{repository.root}/jsonschema@{ref}"
        store = SchemaStore([base])
        assert store.retrieve(uri) == (json.loads(SECOND) if name.endswith("json") else DOCUMENT)
        assert store.location(uri) == f"{base}:{name}"
        assert store.text(uri).content_type == name.rpartition(".")[2]

    def test_bare_repository_and_root(self, repository: Scratch) -> None:
        repository.git("clone", "--quiet", "--bare", ".", "bare.git")
        base = f"git+file://{repository.root}/bare.git@HEAD"
        assert SchemaStore([base]).retrieve("/secret") == {"title": "secret"}
        assert SchemaStore([f"git+file://{repository.root}@HEAD"]).retrieve("/secret") == {"title": "secret"}

    def test_a_branch_moves(self, repository: Scratch) -> None:
        store = SchemaStore([f"git+file://{repository.root}@HEAD"], miss_time_to_live=0, time_to_live=0)
        assert store.retrieve("/secret") == {"title": "secret"}
        repository.write("secret.yaml", "title: other\n")
        repository.git("add", "secret.yaml")
        repository.git("commit", "--quiet", "--message", "other")
        assert store.retrieve("/secret") == {"title": "other"}

    @pytest.mark.parametrize("uri", ["/user/out", "/user/root", "/../secret", "/%2e%2e/secret.yaml"])
    def test_nothing_outside_the_folder(self, repository: Scratch, uri: str) -> None:
        failure(SchemaStore([f"git+file://{repository.root}/jsonschema@HEAD"]), uri, UnresolvableReference)

    @pytest.mark.parametrize("uri", ["/user/3.0.0", "/user", "/", "/user/a", "/secret", "/large", "/user/1.0.0/x"])
    def test_missing(self, repository: Scratch, uri: str) -> None:
        store = SchemaStore([f"git+file://{repository.root}/jsonschema@HEAD"], size_limit=999)
        assert failure(store, uri).attempts

    @pytest.mark.parametrize("base", ["{}@nosuch", "{}/none@HEAD", "/nowhere@HEAD", "{}@--help", "{}@"])
    def test_no_such_commit(self, repository: Scratch, base: str) -> None:
        error = failure(SchemaStore([f"git+file://{base.format(repository.root)}"]))
        assert error.attempts[0].startswith("git+file://")

    @pytest.mark.parametrize("base", ["git+file:///repository", "git+file://host/x@HEAD", "git+ssh://host/x@HEAD"])
    def test_no_base(self, base: str) -> None:
        with pytest.raises(ConfigurationError, match="base URI"):
            SchemaStore([base])

    def test_absolute_uris_are_refused(self, repository: Scratch) -> None:
        base = f"git+file://{repository.root}/jsonschema@HEAD"
        failure(SchemaStore([base]), f"{base}:user/1.0.0", UnresolvableReference)


class TestTrace:
    """Every step of a look-up can be asked for."""

    def test_found(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        server, down = serve({"/user/1.0.0.json": JSON}), serve()
        down.faults["*"] = status(503)
        store = SchemaStore([str(tmp_path / "none"), down.url, server.url], cache_directory=tmp_path / "cache")
        steps = [
            f"{tmp_path}/none/user/1.0.0: no such file or directory",
            f"{tmp_path}/none/user/1.0.0.yaml: no such file or directory",
            f"{tmp_path}/none/user/1.0.0.json: no such file or directory",
            f"{down.url}/user/1.0.0: answered 503 Service Unavailable",
            f"{server.url}/user/1.0.0: answered 404 Not Found",
            f"{server.url}/user/1.0.0.yaml: answered 404 Not Found",
        ]
        for how in ("found", "found in the cache"):
            trace = store.trace(URI)
            assert list(trace.attempts) == [*steps, f"{server.url}/user/1.0.0.json: {how}"]
            assert trace.text is not None
            assert trace.text.text == JSON
            assert trace.error is None

    def test_not_found(self, tmp_path: Path) -> None:
        trace = SchemaStore([str(tmp_path)]).trace(URI)
        assert len(trace.attempts) == 3
        assert isinstance(trace.error, RetrievalError)
        refused = SchemaStore([str(tmp_path)]).trace("file:///etc/passwd")
        assert isinstance(refused.error, UnresolvableReference)
