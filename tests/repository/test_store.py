"""Documents by URI: over folders, over HTTP, and what must never be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools.errors import (
    ConfigurationError,
    DocumentError,
    RetrievalError,
    SchemaToolsError,
    UnresolvableReference,
)
from jsonschema_tools.lookup.store import SchemaStore, Text
from tests.repository.schema_server import (
    Fault,
    SchemaServer,
    dripping,
    endless,
    headers,
    raw,
    redirect,
    silent,
    status,
)

YAML = b"title: user\n$id: /user/1.0.0\n"
JSON = b'{"title": "user", "$id": "/user/1.0.0"}'
DOCUMENT = {"title": "user", "$id": "/user/1.0.0"}
URI = "/user/1.0.0"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    (folder / "user").mkdir(parents=True)
    return folder


def write(path: Path, content: bytes = YAML) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def failure(store: SchemaStore, uri: str = URI, kind: type[SchemaToolsError] = RetrievalError) -> Any:
    with pytest.raises(kind) as caught:
        store.retrieve(uri)
    assert caught.value.remedy
    return caught.value


class TestFolders:
    """Bases on disk."""

    @pytest.mark.parametrize(
        ("name", "uri", "content"),
        [
            ("user/1.0.0", "/user/1.0.0", YAML),
            ("user/1.0.0.yaml", "/user/1.0.0", YAML),
            ("user/1.0.0.json", "/user/1.0.0", JSON),
            ("user/1.0.0.json", "/user/1.0.0.json", JSON),
            ("user/1.0.0", "user/1.0.0", YAML),
            ("user/1.0.0", "//user//1.0.0", YAML),
            ("user/1.0.0", "/./user/./1.0.0", YAML),
            ("user/a b%41", "/user/a%20b%2541", YAML),
            ("user/ä", "/user/%C3%A4", YAML),
            ("user/ä", "/user/ä", YAML),
            ("user/%2e%2e", "/user/%252e%252e", YAML),
            ("host/x", "//host/x", YAML),
            ("etc/passwd", "%2Fetc/passwd", YAML),
            ("user/...", "/user/...", YAML),
            ("user/1.0.0", "/user/1.0.0//", YAML),
        ],
    )
    @pytest.mark.parametrize("form", ["{}", "{}/", "file://{}", "file://localhost{}//", "FILE://{}"])
    def test_found(self, repository: Path, form: str, name: str, uri: str, content: bytes) -> None:
        file = write(repository / name, content)
        store = SchemaStore([form.format(repository)])
        assert store.retrieve(uri) == DOCUMENT
        assert store.location(uri) == str(file)
        expected = Text(content, str(file), "json" if name.endswith(".json") else "yaml")
        assert store.text(uri) == expected

    def test_same_object_each_time(self, repository: Path) -> None:
        write(repository / "user/1.0.0.yaml")
        store = SchemaStore([str(repository)])
        assert store.retrieve(URI) is store.retrieve(URI)

    def test_exact_name_before_extensions_and_bases_in_order(self, tmp_path: Path) -> None:
        write(tmp_path / "b/user/1.0.0", b"title: exact\n")
        write(tmp_path / "b/user/1.0.0.yaml")
        write(tmp_path / "c/user/1.0.0")
        store = SchemaStore([str(tmp_path / name) for name in "abc"])
        assert store.retrieve(URI) == {"title": "exact"}

    @pytest.mark.parametrize("uri", ["file://{}/user/1.0.0", "file:{}/user/1.0.0", "file://localhost{}/user/1%2E0.0"])
    def test_absolute_below_the_base(self, repository: Path, uri: str) -> None:
        file = write(repository / "user/1.0.0.yaml")
        assert SchemaStore([str(repository)]).location(uri.format(repository)) == str(file)

    def test_percent_in_the_name_of_the_base(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a%41 b/user/1.0.0")
        assert SchemaStore([str(tmp_path / "a%41 b")]).location(URI) == str(file)
        assert SchemaStore([f"file://{tmp_path}/a%2541%20b"]).location(URI) == str(file)

    @pytest.mark.parametrize("content", [b"true\n", b"false"])
    def test_boolean_schema(self, repository: Path, content: bytes) -> None:
        write(repository / "user/1.0.0", content)
        assert SchemaStore([str(repository)]).retrieve(URI) is (content == b"true\n")

    @pytest.mark.parametrize("content", [b"", b"# nothing\n", b"hello", b"12\n", b"[1]\n", b"null", b"../x", b"1.0.0"])
    def test_not_a_schema(self, repository: Path, content: bytes) -> None:
        file = write(repository / "user/1.0.0", content)
        error = failure(SchemaStore([str(repository)]), kind=DocumentError)
        assert "is not a schema" in error.message
        assert error.source == str(file)

    def test_broken_text_names_the_file(self, repository: Path) -> None:
        write(repository / "user/1.0.0.yaml", b"a: [")
        error = failure(SchemaStore([str(repository)]), kind=DocumentError)
        assert error.source == str(repository / "user/1.0.0.yaml")

    def test_missing(self, repository: Path) -> None:
        error = failure(SchemaStore([str(repository), str(repository / "none")]))
        names = [
            f"{base}/user/1.0.0{end}" for base in (repository, repository / "none") for end in ("", ".yaml", ".json")
        ]
        assert error.attempts == tuple(f"{name}: no such file or directory" for name in names)
        assert "schemaBaseUris" in error.remedy

    def test_no_bases(self) -> None:
        assert failure(SchemaStore([])).attempts == ()

    @pytest.mark.parametrize("uri", ["", "/", "/user", "/user/", "/user/1.0.0.yaml/x", "/" + "x" * 300])
    def test_no_file(self, repository: Path, uri: str) -> None:
        write(repository / "user/1.0.0.yaml")
        assert failure(SchemaStore([str(repository)]), uri).attempts

    def test_special_files(self, repository: Path) -> None:
        os.mkfifo(repository / "user/pipe")
        (repository / "user/device").symlink_to("pipe")
        for name in ("pipe", "device"):
            error = failure(SchemaStore([str(repository)]), f"/user/{name}")
            assert error.attempts[0].startswith(f"{repository}/user/{name}: ")
            assert "is not a regular file" in error.attempts[0]
        assert "is a folder" in failure(SchemaStore([str(repository)]), "/user").attempts[0]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_unreadable(self, repository: Path) -> None:
        write(repository / "user/1.0.0.yaml").chmod(0)
        assert "permission denied" in str(failure(SchemaStore([str(repository)])).attempts)

    @pytest.mark.parametrize(
        "base", ["ftp://host/x", "file://host/x", "http://", "http://u:p@host/", "http://h:x/", "http://[x/"]
    )
    def test_bad_base(self, base: str) -> None:
        with pytest.raises(ConfigurationError, match="base URI") as caught:
            SchemaStore([base])
        assert caught.value.remedy


class TestLinks:
    """Symbolic links, and the texts that stand for them."""

    def test_followed_to_the_end(self, repository: Path) -> None:
        file = write(repository / "user/1.0.0.json", JSON)
        (repository / "user/1.0.0").symlink_to("1.0.0.json")
        write(repository / "user/latest", b"1.0.0")
        (repository / "user/newest").symlink_to("../user/latest")
        (repository / "alias").symlink_to("user")
        (repository / "user/through").symlink_to("../alias/../alias/newest")
        store = SchemaStore([str(repository)])
        for name in ("user/1.0.0", "user/latest", "user/newest", "user/through"):
            assert store.text(f"/{name}") == Text(JSON, str(file), "json")

    def test_base_through_a_link(self, repository: Path) -> None:
        write(repository / "user/1.0.0.yaml")
        (repository / "user/1.0.0").symlink_to("1.0.0.yaml")
        alias = repository.with_name("alias")
        alias.symlink_to(repository)
        assert SchemaStore([str(alias)]).location(URI) == f"{alias}/user/1.0.0.yaml"

    def test_dangling_and_circular(self, repository: Path) -> None:
        (repository / "user/1.0.0").symlink_to("gone.yaml")
        (repository / "user/a").symlink_to("b")
        (repository / "user/b").symlink_to("a")
        write(repository / "user/c", b"d")
        write(repository / "user/d", b"c")
        store = SchemaStore([str(repository)])
        assert f"leads to {repository}/user/gone.yaml: no such file" in failure(store).attempts[0]
        for name in "abcd":
            assert "too many levels" in failure(store, f"/user/{name}").attempts[0]

    @pytest.mark.parametrize(
        "target", ["{}/secret.yaml", "../../secret.yaml", "../../gone.yaml", "/etc/passwd", "../up/secret"]
    )
    def test_out_of_the_base(self, repository: Path, target: str) -> None:
        outside = repository.parent
        write(outside / "secret.yaml")
        (repository / "up").symlink_to(outside)
        (repository / "user/1.0.0").symlink_to(target.format(outside))
        error = failure(SchemaStore([str(repository)]), kind=UnresolvableReference)
        assert str(repository) in error.message
        failure(SchemaStore([str(repository)]), "/up/secret", UnresolvableReference)

    def test_another_base_is_outside_too(self, tmp_path: Path) -> None:
        write(tmp_path / "ab/x")
        write(tmp_path / "a/y")
        (tmp_path / "a/x").symlink_to("../ab/x")
        failure(SchemaStore([str(tmp_path / "a")]), "/x", UnresolvableReference)


class TestForbidden:
    """What no reference may reach."""

    @pytest.mark.parametrize(
        "uri",
        [
            "/../../etc/passwd",
            "/user/../1.0.0",
            "..",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/.%2E/x",
            "/x%2F..%2F..%2Fy",
            "/..\\..\\x",
            "/%2e%2e%5cx",
            "/a\0b",
            "/a%00b",
            "/%ff",
            "/\ud800",
            "/.\n./x",
        ],
    )
    def test_paths(self, repository: Path, serve: Callable[..., SchemaServer], uri: str) -> None:
        server = serve()
        write(repository / "user/1.0.0")
        for base in (str(repository), server.url + "/repo"):
            kind = RetrievalError if "\n" in uri else UnresolvableReference
            failure(SchemaStore([base]), uri, kind)
        assert all(request.startswith("/repo/.%0A./x") for request in server.requests)

    @pytest.mark.parametrize(
        "uri",
        [
            "file:///etc/passwd",
            "file:/etc/passwd",
            "file:etc/passwd",
            "file://host/etc/passwd",
            "file://{repository}-other/x",
            "file://{repository}/../x",
            "file://{repository}/%2e%2e/x",
            "http://{other}/x",
            "http://{base}@{other}/x",
            "http://{base}\\@{other}/x",
            "http://{other}#@{base}/repo/x",
            "http://{base}/repository/x",
            "http://{base}/repo",
            "http://{base}/x",
            "http://{base}/repo/../x",
            "http://{base}/repo/%2e%2e/x",
            "http://{base}/repo/.\n./x",
            "https://{base}/repo/x",
            "http://127.0.0.1/repo/x",
            "http://{base}0/repo/x",
            "http://[/repo/x",
            "http:///x",
            "http:x",
            "ftp://{base}/repo/x",
            "urn:x",
            "data:,x",
            "javascript:x",
            "C:/x",
        ],
    )
    def test_absolute(self, repository: Path, serve: Callable[..., SchemaServer], uri: str) -> None:
        server, other = serve(), serve()
        bases = [str(repository), f"{server.url}/repo"]
        uri = uri.format(repository=repository, base=server.host, other=other.host)
        failure(SchemaStore(bases), uri, UnresolvableReference)
        assert server.requests == other.requests == []

    def test_scheme_relative_is_a_path(self, serve: Callable[..., SchemaServer]) -> None:
        other = serve({"/x": YAML})
        server = serve({f"/repo/{other.host}/x": YAML})
        assert SchemaStore([f"{server.url}/repo"]).retrieve(f"//{other.host}/x") == DOCUMENT
        assert other.requests == []

    def test_the_cure_is_named(self) -> None:
        error = failure(SchemaStore(["/x"]), "http://schemas.example.org:80/x", UnresolvableReference)
        assert "'schemas.example.org' to allowedRefHosts" in error.remedy
        assert (error.source, error.pointer) == (None, None)

    @given(
        st.lists(st.sampled_from(["/", "..", ".", "%2e", "%2f", "%5c", "\\", "a", "link", "file:", "//", "%", "\0"]))
    )
    def test_nothing_outside_is_ever_read(self, tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
        root = tmp_path_factory.getbasetemp() / "outside"
        for name in ("a", "b"):
            write(root / name, b"title: secret")
        write(root / "repo/a/a", b"title: fine")
        if not (root / "repo/link").is_symlink():
            (root / "repo/link").symlink_to("..")
        try:
            found = SchemaStore([str(root / "repo")]).retrieve("".join(parts))
        except (RetrievalError, UnresolvableReference):
            return
        assert found == {"title": "fine"}


class TestOverlay:
    """Files that are planned, but not written yet."""

    def test_stands_for_the_file(self, repository: Path) -> None:
        planned = {repository / "user/1.0.0.yaml": b"title: planned\n", repository / "user/2.0.0.json": JSON}
        write(repository / "user/1.0.0.yaml")
        (repository / "user/1.0.0").symlink_to("1.0.0.yaml")
        (repository / "user/2.0.0").symlink_to("2.0.0.json")
        write(repository / "user/latest", b"2.0.0.json")
        store = SchemaStore([f"{repository}//"], overlay=planned.get)
        assert store.retrieve("//user/./1.0.0") == {"title": "planned"}
        for name in ("2.0.0", "latest"):
            assert store.text(f"/user/{name}") == Text(JSON, f"{repository}/user/2.0.0.json", "json")

    def test_needs_no_folder_and_is_asked_once(self, tmp_path: Path) -> None:
        asked: list[Path] = []

        def overlay(path: Path) -> bytes | None:
            asked.append(path)
            return YAML

        store = SchemaStore([str(tmp_path / "new")], overlay=overlay)
        assert store.retrieve(URI) is store.retrieve(URI)
        assert asked == [tmp_path / "new/user/1.0.0"]

    def test_may_ask_the_store_and_may_fail(self, repository: Path) -> None:
        write(repository / "base/1.0.0", b"title: user\n")

        def overlay(path: Path) -> bytes | None:
            if path.parent.name == "user":
                return b"base: " + store.text("/base/1.0.0").text.split()[1]
            if path.parent.name == "bad":
                raise UnresolvableReference("planned in vain", remedy="none")
            return None

        store = SchemaStore([str(repository)], overlay=overlay)
        assert store.retrieve(URI) == {"base": "user"}
        assert failure(store, "/bad/1.0.0", UnresolvableReference).message == "planned in vain"


class TestHttp:
    """Bases on a server."""

    @pytest.mark.parametrize(
        ("path", "uri", "base"),
        [
            ("/repo/user/1.0.0", "/user/1.0.0", "/repo"),
            ("/repo/user/1.0.0", "/user/1.0.0", "/repo/"),
            ("/repo/user/1.0.0", "user/1.0.0", "/repo//"),
            ("/user/1.0.0", "//user/1.0.0", ""),
            ("/repo/user//1.0.0", "/user//1.0.0", "/repo"),
            ("/a%20b/%C3%A4/x%2Fy?z=%22", '/ä/x%2Fy?z="', "/a b"),
            ("/get?file=/user/1.0.0", "/user/1.0.0", "/get?file="),
            ("/repo/x", "{}/repo/x", "/repo"),
            ("/repo/x", "{}/repo/x#/properties", "/repo"),
        ],
    )
    def test_found(self, serve: Callable[..., SchemaServer], path: str, uri: str, base: str) -> None:
        server = serve({path: YAML})
        uri = uri.format(server.url)
        store = SchemaStore([server.url + base])
        assert store.retrieve(uri) is store.retrieve(uri)
        assert store.retrieve(uri) == DOCUMENT
        assert store.location(uri) == server.url + path
        assert server.requests == [path]

    def test_extension_after_404(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve({"/user/1.0.0.json": JSON})
        store = SchemaStore([server.url])
        assert store.text(URI) == Text(JSON, f"{server.url}/user/1.0.0.json", "json")
        assert server.requests == [f"/user/1.0.0{end}" for end in ("", ".yaml", ".json")]

    def test_a_text_that_names_a_sibling_is_a_link(self, serve: Callable[..., SchemaServer]) -> None:
        documents = {"/user/latest": b"1.0.0", "/user/1.0.0": b"1.0.0.json", "/user/1.0.0.json": JSON}
        server = serve({**documents, "/user/2.0.0": b"2.0.0", "/user/a": b"b.yaml", "/user/b.yaml": b"c.yaml"})
        server.documents |= {"/user/c.yaml": b"b.yaml", "/user/dangling": b"gone.yaml", "/user/text": b"hello"}
        store = SchemaStore([server.url])
        assert store.text("/user/latest") == Text(JSON, f"{server.url}/user/1.0.0.json", "json")
        assert "link" in failure(store, "/user/a").attempts[0]
        assert "404" in failure(store, "/user/dangling").attempts[0]
        failure(store, "/user/2.0.0", DocumentError)
        failure(store, "/user/text", DocumentError)

    @pytest.mark.parametrize(
        ("fault", "says", "requests"),
        [
            (status(404), "404 Not Found", 3),
            (status(403), "403 Forbidden", 3),
            (status(500), "500 Internal Server Error", 1),
            (status(799), "799", 1),
            (status(204, b""), "204 No Content", 1),
            (status(206), "206 Partial Content", 1),
            (status(302), "302 Found", 1),
            (redirect("http://[", 301), "did not answer as HTTP demands", 1),
            (redirect("file:///etc/passwd"), "which is not allowed", 1),
            (redirect("ftp://127.0.0.1/x"), "which is not allowed", 1),
            (redirect("/elsewhere"), "which is not allowed", 1),
            (redirect("/repo/../elsewhere"), "which is not allowed", 1),
            (redirect("/repo/%2e%2e/elsewhere"), "which is not allowed", 1),
            (redirect("/repo/user/1.0.0"), "redirects more than 5 times", 6),
            (raw(b""), "broke the connection", 1),
            (raw(b"SSH-2.0-OpenSSH\r\n"), "did not answer as HTTP demands", 1),
            (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntitle: user"), "broke the connection", 1),
            (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\ntitle: user"), "as HTTP demands", 1),
            (headers(YAML, Content_Encoding="gzip"), "compressed", 1),
            (status(200, b"#" * 10_000_001), "is larger than 5242880 bytes", 1),
            (endless, "is larger than 5242880 bytes", 1),
        ],
    )
    def test_faults_and_the_next_base(
        self, repository: Path, serve: Callable[..., SchemaServer], fault: Fault, says: str, requests: int
    ) -> None:
        server = serve()
        server.faults["*"] = fault
        error = failure(SchemaStore([f"{server.url}/repo"]))
        assert says in error.attempts[0]
        assert error.attempts[0].startswith(f"{server.url}/repo/user/1.0.0: ")
        assert len(server.requests) == requests
        write(repository / "user/1.0.0")
        assert SchemaStore([f"{server.url}/repo", str(repository)]).retrieve(URI) == DOCUMENT

    @pytest.mark.parametrize(
        "fault", [silent, dripping(b""), dripping(b"HTTP/1.0 200 OK\r\nX: "), dripping(b"HTTP/1.0 200 OK\r\n\r\n# ")]
    )
    def test_slow(self, serve: Callable[..., SchemaServer], fault: Fault) -> None:
        slow, fast = serve(), serve({URI: YAML})
        slow.faults["*"] = fault
        error = failure(SchemaStore([slow.url], timeout=0.1))
        assert error.attempts[0].endswith(("gave no answer within 0.1 s", "took longer than 0.3 s"))
        assert SchemaStore([slow.url, fast.url], timeout=0.1).retrieve(URI) == DOCUMENT

    def test_killed_server_then_the_next(self, serve: Callable[..., SchemaServer]) -> None:
        killed, alive = serve(), serve({URI: YAML})
        killed.stop()
        assert SchemaStore([killed.url, alive.url]).retrieve(URI) == DOCUMENT
        error = failure(SchemaStore([killed.url, alive.url]), "/none")
        assert error.attempts[0] == f"{killed.url}/none: refused the connection"
        assert len(error.attempts) == 4
        assert "network" in error.remedy

    def test_unknown_host(self) -> None:
        host = "a" * 64
        assert failure(SchemaStore([f"http://{host}/"])).attempts[0].startswith(f"http://{host}/user/1.0.0: ")

    def test_untrusted_tls(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve()
        error = failure(SchemaStore([server.url.replace("http:", "https:")], timeout=2))
        assert "TLS" in error.attempts[0]

    def test_size_limit_is_exact(self, serve: Callable[..., SchemaServer]) -> None:
        server = serve({URI: YAML})
        assert SchemaStore([server.url], size_limit=len(YAML)).retrieve(URI) == DOCUMENT
        failure(SchemaStore([server.url], size_limit=len(YAML) - 1))

    @pytest.mark.parametrize("body", [b"\xff\xfe\x80", b"a: [", b"<html>: <a: b: c", b"\x1f\x8b\x08\x00"])
    def test_wrong_bytes_name_the_url(self, serve: Callable[..., SchemaServer], body: bytes) -> None:
        server = serve({URI: body})
        assert failure(SchemaStore([server.url]), kind=DocumentError).source == server.url + URI

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_allowed_redirects(self, serve: Callable[..., SchemaServer], code: int) -> None:
        other = serve({"/moved": YAML})
        server = serve()
        server.faults = {URI: redirect("/hop", code), "/hop": redirect(f"{other.url}/moved", code)}
        for store in (SchemaStore([server.url, other.url]), SchemaStore([server.url], allowed_hosts=[other.host])):
            assert store.retrieve(URI) == DOCUMENT
            assert store.location(URI) == server.url + URI

    def test_forbidden_redirect_is_not_followed(self, serve: Callable[..., SchemaServer]) -> None:
        other = serve({"/x": YAML})
        server = serve()
        server.faults[URI] = redirect(f"{other.url}/x")
        error = failure(SchemaStore([server.url]))
        assert other.requests == []
        assert f"{other.host!r} to allowedRefHosts" in error.remedy

    @pytest.mark.parametrize("host", ["127.0.0.1", "{}"])
    def test_allowed_host(self, serve: Callable[..., SchemaServer], host: str) -> None:
        server = serve({"/any/x.yaml": YAML})
        store = SchemaStore([], allowed_hosts=[host.format(server.host)])
        assert store.location(f"HTTP://{server.host}/any/x") == f"{server.url}/any/x.yaml"
        for uri in ("https://example.org/x", f"{server.url}/../x", f"http://u@{server.host}/any/x"):
            failure(store, uri, UnresolvableReference)

    def test_proxies_of_the_environment(
        self, serve: Callable[..., SchemaServer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = serve({"http://schemas.invalid/user/1.0.0": YAML})
        monkeypatch.setenv("http_proxy", proxy.url)
        assert SchemaStore(["http://schemas.invalid"]).retrieve(URI) == DOCUMENT


class TestCache:
    """Documents over HTTP, kept on disk."""

    def test_released_versions_for_ever_others_for_a_while(
        self, serve: Callable[..., SchemaServer], tmp_path: Path
    ) -> None:
        uris = [
            "/user/1.0.0",
            "/user/1.0.0.yaml",
            "/user/1.0.0-rc.1.json",
            "/user/latest",
            "/user/1.0.0/x",
            "/user/1.0",
        ]
        server = serve(dict.fromkeys(uris, JSON))

        def requested(time_to_live: float) -> list[str]:
            server.requests.clear()
            store = SchemaStore([server.url], cache_directory=tmp_path / "a/cache", time_to_live=time_to_live)
            assert all(store.retrieve(uri) == DOCUMENT for uri in uris)
            return server.requests

        assert requested(60) == uris
        assert requested(60) == []
        assert requested(0) == uris[2:]

    @pytest.mark.parametrize(("age", "requests"), [(0, 1), (290, 1), (310, 2), (-60, 2)])
    def test_time_to_live_runs_from_the_fetch(
        self, serve: Callable[..., SchemaServer], tmp_path: Path, age: float, requests: int
    ) -> None:
        server = serve({"/latest": YAML})
        SchemaStore([server.url], cache_directory=tmp_path).retrieve("/latest")
        (entry,) = tmp_path.iterdir()
        head, _, body = entry.read_bytes().partition(b"\n")
        fields = json.loads(head)
        entry.write_bytes(json.dumps({**fields, "fetched": fields["fetched"] - age}).encode() + b"\n" + body)
        SchemaStore([server.url], cache_directory=tmp_path).retrieve("/latest")
        assert len(server.requests) == requests

    def test_offline(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        server = serve({URI: YAML, "/user/1.0.0.json": JSON, "/latest": b"user.yaml", "/user.yaml": YAML})
        for uri in (URI, "/user/1.0.0.json", "/latest"):
            SchemaStore([server.url], cache_directory=tmp_path).retrieve(uri)
        server.requests.clear()
        store = SchemaStore([server.url], cache_directory=tmp_path, time_to_live=0, offline=True)
        assert all(store.retrieve(uri) == DOCUMENT for uri in (URI, "/user/1.0.0.json", "/latest"))
        error = failure(store, "/user/3.0.0")
        assert all("not in the cache, and this run is offline" in attempt for attempt in error.attempts)
        assert "--offline" in error.remedy
        failure(SchemaStore([server.url], offline=True))
        assert server.requests == []

    def test_offline_reads_folders(self, repository: Path) -> None:
        write(repository / "user/1.0.0")
        assert SchemaStore(["http://none.invalid", str(repository)], offline=True).retrieve(URI) == DOCUMENT

    def test_misses_are_not_cached(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        server = serve()
        failure(SchemaStore([server.url], cache_directory=tmp_path / "cache"))
        assert not (tmp_path / "cache").exists()
        server.documents[URI] = YAML
        assert SchemaStore([server.url], cache_directory=tmp_path / "cache").retrieve(URI) == DOCUMENT

    @pytest.mark.parametrize(
        "damage",
        [
            lambda entry: b"",
            lambda entry: entry[:-1],
            lambda entry: entry + b"x",
            lambda entry: entry.replace(b"user\n", b"hack\n"),
            lambda entry: entry.replace(b"http://", b"https://"),
            lambda entry: b"\xff" + entry,
            lambda entry: b"[]\n" + entry,
            lambda entry: b"12\ntitle: user\n",
            lambda entry: b"[" * 100_000,
            lambda entry: entry.replace(b'"fetched": ', b'"fetched": "", "x": '),
        ],
    )
    def test_corrupt_entry_is_rewritten(
        self, serve: Callable[..., SchemaServer], tmp_path: Path, damage: Callable[[bytes], bytes]
    ) -> None:
        server = serve({URI: YAML})
        for _ in range(2):
            assert SchemaStore([server.url], cache_directory=tmp_path).retrieve(URI) == DOCUMENT
            (entry,) = tmp_path.iterdir()
        good = entry.read_bytes()
        entry.write_bytes(damage(good))
        for _ in range(2):
            assert SchemaStore([server.url], cache_directory=tmp_path).retrieve(URI) == DOCUMENT
        assert len(server.requests) == 2
        assert entry.read_bytes().endswith(b"\n" + YAML)

    def test_useless_folder_is_no_error(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        server = serve({URI: YAML})
        SchemaStore([server.url], cache_directory=tmp_path / "cache").retrieve(URI)
        (entry,) = (tmp_path / "cache").iterdir()
        entry.unlink()
        (entry / "in the way").mkdir(parents=True)
        for folder in (tmp_path / "cache", write(tmp_path / "file")):
            assert SchemaStore([server.url], cache_directory=folder).retrieve(URI) == DOCUMENT
        assert list((tmp_path / "cache").iterdir()) == [entry]


class TestThreads:
    """Many threads share a store, many stores a cache."""

    def test_one_object_for_all(self, serve: Callable[..., SchemaServer], tmp_path: Path) -> None:
        uris = [f"/user/{number}.0.0" for number in range(8)]
        server = serve({uri: f"$id: {uri}".encode() for uri in uris})
        start = threading.Barrier(8)

        def ask(shared: bool) -> list[Any]:
            mine = store if shared else SchemaStore([server.url], cache_directory=tmp_path)
            start.wait()
            return [mine.retrieve(uri) for uri in uris]

        for shared in (True, False):
            store = SchemaStore([server.url], cache_directory=tmp_path / str(shared))
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(ask, [shared] * 8))
            assert all(result == [{"$id": uri} for uri in uris] for result in results)
            assert not shared or len({id(document) for result in results for document in result}) == 8
        assert not list(tmp_path.glob("**/.new-*"))


def test_http_is_not_loaded_for_folders(repository: Path) -> None:
    write(repository / "user/1.0.0")
    code = (
        "import sys; from jsonschema_tools.lookup.store import SchemaStore;"
        f"SchemaStore([{str(repository)!r}, 'http://none.invalid'], allowed_hosts=['x']).text({URI!r});"
        "sys.exit(bool({'urllib.request', 'http.client', 'ssl'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
