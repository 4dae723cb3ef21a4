"""Streams from files and servers: forms, places of errors, and what goes on to count where a server fails."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jsonschema_tools import ConfigurationError, DocumentError, SchemaToolsError, Streams
from tests.repository.schema_server import SchemaServer, headers, redirect, silent, status

Serve = Callable[..., SchemaServer]
PATH = "/w/api.php?action=streamconfigs&format=json"
ONE = b'{"streams": {"a": {"schema_title": "one"}}}'
TWO = b'{"streams": {"a": {"schema_title": "two"}}}'


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def title(streams: Streams) -> object:
    found = streams.find("a")
    return found and found["schema_title"]


FORMS = {
    "whole": "defaults: {schema_title: one}\nstreams: {a: {}}\n",
    "bare": "a: {schema_title: one}\n",
    "list": "streams:\n  - {stream: a, schema_title: one}\n",
    "bare list": "[{stream: a, schema_title: one}]\n",
    "answer": '{"batchcomplete": true, "streams": {"a": {"stream": "a", "schema_title": "one", "topics": ["a"]}}}',
    "byte order mark": '\ufeff{"a": {"schema_title": "one"}}',
    "stream called error": "error: {schema_title: two}\na: {schema_title: one}\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", ["streams.yaml", "streams.json", "streams"])
def test_forms(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert title(Streams.load(path)) == title(Streams.load(str(path))) == "one"


WRONG = {
    "streams:\n  a: {}\n  /a(/: {}\n": (3, 3, "'/a(/' is no regular expression: a group is not closed: `(` without `)`"),
    "streams:\n  /a: {}\n": (2, 3, "the regular expression '/a' has no end"),
    "streams:\n  /a\\-/u: {}\n": (2, 3, "'/a\\\\-/u' is no regular expression with the flag u: `\\-` has no meaning"),
    "streams:\n  /a/m: {}\n": (2, 3, "the regular expression '/a/m' has the flag 'm'"),
    "streams:\n  a:\n    topics: t\n": (3, 13, "the stream 'a': topics must be a list of texts, and is 't'"),
    "streams:\n  a: {topics: [1]}\n": (2, 7, "the stream 'a': topics must be a list of texts, and has a member that is no text"),
    "defaults:\n  topic_prefixes: a.\nstreams: {}\n": (2, 19, "defaults: topic_prefixes must be a list of texts, and is 'a.'"),
    "defaults: 1\nstreams: {}\n": (1, 11, "defaults must be a mapping, not 1"),
    "streams:\n  '': {}\n": (2, 3, "a stream has an empty name"),
    "streams:\n  a:\n": (2, 5, "the settings of the stream 'a' must be a mapping, not null"),
    "streams: 5\n": (1, 10, "streams are a mapping, not 5"),
    "defaults: {}\n": (1, 1, "there are defaults, but no `streams`"),
    "streams:\n  a: {stream: 5}\n": (2, 15, "the name of a stream is a text, not 5"),
    "5\n": (1, 1, "streams are a mapping, not 5"),
    '{"error": {"code": "internal_api_error", "info": "it broke"}}': (1, 2, "this is no list of streams, but an error: 'it broke'"),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_has_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "streams.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Streams.load(path)
    error = caught.value
    assert error.position is not None
    assert (error.position.line, error.position.column, error.message) == WRONG[text]
    assert error.source == str(path)
    assert error.remedy


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "streams.yaml").write_text("", "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        Streams.load(tmp_path / "stream.yaml")
    assert "streams.yaml" in (caught.value.remedy or "")
    with pytest.raises(ConfigurationError):
        Streams.load(tmp_path)


def test_no_link_leads_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: {}\n", "utf-8")
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "streams.yaml").symlink_to(tmp_path / "secret.yaml")
    assert Streams.load(folder / "streams.yaml").topics("a") == ["a"]
    with pytest.raises(ConfigurationError):
        Streams.load(folder / "streams.yaml", folders=[folder])


def test_a_file_is_read_anew_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "streams.yaml"
    path.write_bytes(ONE)
    streams = Streams.load(path)
    path.write_bytes(b"streams: 5")
    assert not streams.refresh()
    assert title(streams) == "one"
    assert isinstance(streams.failure, ConfigurationError)
    path.write_bytes(TWO)
    assert title(streams) == "one"
    assert streams.refresh()
    assert (title(streams), streams.failure) == ("two", None)


def test_an_answer_counts_for_its_time(serve: Serve) -> None:
    server, clock = serve({PATH: ONE}), Clock()
    streams = Streams.load(server.url + PATH, time_to_live=60, clock=clock)
    server.documents[PATH] = TWO
    clock.now = 59
    assert (title(streams), streams.age) == ("one", 59)
    clock.now = 60
    assert (title(streams), streams.age) == ("two", 0)
    assert server.requests == [PATH, PATH]


FAULTS = {
    "error": headers(b'{"error": {"code": "internal"}}'),
    "no streams": headers(b'{"streams": {"a": {"topics": "t"}}}'),
    "html": headers(b"<html><body>Sorry: we are <b>down</b>: {"),
    "status": status(503),
    "nothing": headers(b""),
    "elsewhere": redirect("http://127.0.0.2:1/"),
    "silence": silent,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_last_good_copy_counts(serve: Serve, fault: Callable[..., object], tmp_path: Path) -> None:
    server, clock = serve({PATH: ONE}), Clock()
    url = server.url + PATH
    streams = Streams.load(url, time_to_live=60, timeout=0.2, clock=clock, cache_directory=tmp_path)
    server.faults["*"] = fault
    clock.now = 100
    assert title(streams) == "one"
    assert streams.age == 100
    assert isinstance(streams.failure, SchemaToolsError)
    assert streams.failure.source == url
    # It is not asked again with each look-up.
    asked = len(server.requests)
    assert title(streams) == "one"
    assert len(server.requests) == asked
    # Another program finds the copy on the disk; without it there is nothing.
    again = Streams.load(url, timeout=0.2, cache_directory=tmp_path)
    assert title(again) == "one"
    assert again.failure is not None
    with pytest.raises((ConfigurationError, DocumentError)) as caught:
        Streams.load(url, timeout=0.2)
    assert caught.value.remedy
    server.faults.clear()
    server.documents[PATH] = TWO
    clock.now = 200
    assert (title(streams), streams.failure, streams.age) == ("two", None, 0)


def test_offline(serve: Serve, tmp_path: Path) -> None:
    server = serve({PATH: ONE})
    with pytest.raises(ConfigurationError):
        Streams.load(server.url + PATH, cache_directory=tmp_path, offline=True)
    Streams.load(server.url + PATH, cache_directory=tmp_path)
    server.documents[PATH] = TWO
    assert title(Streams.load(server.url + PATH, cache_directory=tmp_path, offline=True)) == "one"
    assert len(server.requests) == 1


def test_a_server_may_redirect_to_itself_and_where_it_is_allowed(serve: Serve) -> None:
    other = serve({"/b": TWO})
    server = serve({"/b": ONE})
    server.faults["/a"] = redirect("/b")
    server.faults["/c"] = redirect(f"{other.url}/b")
    assert title(Streams.load(f"{server.url}/a")) == "one"
    with pytest.raises(ConfigurationError, match="not allowed"):
        Streams.load(f"{server.url}/c")
    assert title(Streams.load(f"{server.url}/c", allowed_hosts=[other.host])) == "two"


def test_no_secret_of_a_url_is_told() -> None:
    for url in ("http://user:secret@127.0.0.1:9/a", "http://127.0.0.1:9/a?token=secret"):
        with pytest.raises(ConfigurationError) as caught:
            Streams.load(url)
        assert "secret" not in f"{caught.value} {caught.value.remedy}"


def test_who_waits_for_a_server_keeps_nobody_waiting(serve: Serve) -> None:
    server, clock = serve({PATH: ONE}), Clock()
    streams = Streams.load(server.url + PATH, time_to_live=60, timeout=5, clock=clock)
    begun, goes_on = threading.Event(), threading.Event()

    def slow(handler: object) -> None:
        begun.set()
        goes_on.wait(5)
        headers(TWO)(handler)  # type: ignore[arg-type]

    server.faults["*"] = slow
    clock.now = 60
    first = threading.Thread(target=streams.find, args=["a"])
    first.start()
    assert begun.wait(5)
    assert title(streams) == "one"
    goes_on.set()
    first.join()
    assert title(streams) == "two"


def test_an_answer_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "streams.json"
    streams = Streams.of(
        {"defaults": {"topic_prefixes": ["n.", "s."]}, "streams": {"/^job\\..+/": {"schema_title": "job"}, "a": {}}}
    )
    path.write_text(json.dumps({"streams": streams.get()}), "utf-8")
    again = Streams.load(path)
    assert again.get() == streams.get()
    assert again.find("job.mail") == streams.find("job.mail")
    # Of an answer to a name that a regular expression stands for, the name counts.
    path.write_text(json.dumps({"streams": streams.get(["job.mail"])}), "utf-8")
    assert Streams.load(path).topics("job.mail") == ["n.job.mail", "s.job.mail"]
    assert Streams.load(path).topics("job.other") == []


def test_what_is_given_is_not_shared() -> None:
    streams = Streams.of({"a": {"topics": ["t"], "sample": {"rate": 1}}})
    for found in (streams.find("a"), streams.get()["a"]):
        assert found is not None
        found["topics"].append("x")
        found["sample"]["rate"] = 2
    streams.topics("a").append("y")
    assert streams.find("a") == {"stream": "a", "topics": ["t"], "sample": {"rate": 1}}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this system")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "streams.yaml")
    with pytest.raises(ConfigurationError, match="regular file"):
        Streams.load(tmp_path / "streams.yaml")
