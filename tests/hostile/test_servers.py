"""Servers that answer with something else than the schema, for a moment or for ever."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools import SchemaStore, validate
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, WrongDocument
from jsonschema_tools.events.targets import is_version_of_title
from jsonschema_tools.files import cache_directory
from jsonschema_tools.lookup.http_cache import DocumentCache
from jsonschema_tools.release.identity import NamingFields, names_a_version
from jsonschema_tools.versions import is_permanent
from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY
from tests.repository.schema_server import Fault, SchemaServer, headers, redirect, status

URI = "/f/1.0.0"
GOOD = b'{"$id": "/f/1.0.0", "title": "f", "type": "object", "required": ["id"]}'
EVENT = {"$schema": URI, "id": 1}
DRAFT_04 = "http://json-schema.org/draft-04/schema#"
DRAFT_07 = "http://json-schema.org/draft-07/schema#"

SOMETHING_ELSE: list[Any] = [
    {"message": "rate limited"},
    {"message": "rate limited", "title": "f"},
    {},
    True,
    {"type": "object"},
    {"id": "/f/1.0.0", "$schema": DRAFT_07},
    {"id": 5, "$id": None, "title": ["f"]},
    {"$id": "/g/1.0.0", "title": "g"},
    {"$id": "/f/1.0.1", "title": "f"},
    {"$id": "/f/11.0.0", "title": "f"},
    {"$id": "/af/1.0.0"},
    {"$id": "/f/1.0.0/x"},
    {"$id": "/f/latest", "title": "f"},
    {"$id": "https://example.org/login?next=/f/1.0.0"},
    {"$id": "https://example.org/#/f/1.0.0"},
    {"title": "f", "version": "2.0.0"},
    {"title": "g", "version": "1.0.0"},
    {"version": "1.0.0"},
    {"$id": "/1.0.0"},
]

NOT_OF_THE_TITLE = [each for each in SOMETHING_ELSE if "f" not in json.dumps(each) or "message" in each]
"""Without what is another version of the title: for `latest` that is right."""

THE_SCHEMA: list[tuple[str, Any]] = [
    (URI, {"$id": "/f/1.0.0"}),
    (URI, {"$id": "/f/1.0.0#"}),
    (URI, {"$id": "f/1.0.0.yaml"}),
    (URI, {"$id": "/f/1.0"}),
    (URI, {"$id": "https://schemas.example.org/primary/f/1.0.0"}),
    (URI, {"$id": "https://schemas.example.org:8080/repo/jsonschema/f/1.0.0.json?raw=1#"}),
    (URI, {"id": "/f/1.0.0", "$schema": DRAFT_04}),
    (URI, {"id": "http://example.org/f/1.0.0.json#", "$schema": DRAFT_04}),
    (URI, {"id": "/f/1.0.0"}),
    (URI, {"title": "f", "version": "1.0.0"}),
    (URI, {"title": "f", "$id": "urn:example:f:1.0.0"}),
    (URI, {"$id": "http://example.org/f", "version": "1.0.0"}),
    ("/f/1.0.0.yaml", {"$id": "/f/1.0.0"}),
    ("/a/f/1.0.0", {"$id": "/a/f/1.0.0"}),
    ("/%C3%A4 b/1.0.0", {"$id": "/ä%20b/1.0.0"}),
    ("/f/%31.0.0", {"$id": "/f/1.0.0"}),
    ("//f/./1.0.0", {"$id": "/f/1.0.0"}),
    ("/f/1.0.0-rc.1", {"$id": "/f/1.0.0-rc.1"}),
    ("/f/latest", {"$id": "/f/3.2.1"}),
    ("/f/current", {"$id": "/f/3.2.1"}),
    ("{}/f/1.0.0", {"$id": "/f/1.0.0"}),
    ("{}/above/f/1.0.0", {"$id": "/f/1.0.0"}),
]


Serve = Callable[..., SchemaServer]


class TestWhoItIs:
    """A document counts as a version only if it says so."""

    @pytest.mark.parametrize("document", SOMETHING_ELSE, ids=json.dumps)
    def test_something_else_is_neither_kept_nor_used(self, serve: Serve, tmp_path: Path, document: Any) -> None:
        server = serve({URI: json.dumps(document).encode()})
        for _ in range(2):
            store = SchemaStore([server.url], cache_directory=tmp_path, miss_time_to_live=0)
            with pytest.raises(WrongDocument) as caught:
                store.retrieve(URI)
            assert server.url in str(caught.value)
            assert "--refresh" in str(caught.value.remedy)
            assert not validate(EVENT, store).valid
            assert not list(tmp_path.iterdir())
        server.documents[URI] = GOOD
        assert store.retrieve(URI) == json.loads(GOOD)
        assert validate(EVENT, store).valid
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.parametrize(("uri", "document"), THE_SCHEMA, ids=str)
    def test_the_schema_is_known(self, serve: Serve, uri: str, document: Any) -> None:
        server = serve()
        server.faults["*"] = status(200, json.dumps(document).encode())
        uri = uri.format(server.url)
        assert names_a_version(uri)
        assert SchemaStore([server.url]).retrieve(uri) == document

    def test_fields_of_the_configuration(self, serve: Serve) -> None:
        document = {"meta": {"name": "f", "at": "/repo/f/1.0.0"}}
        server = serve({URI: json.dumps(document).encode()})
        with pytest.raises(WrongDocument):
            SchemaStore([server.url]).retrieve(URI)
        for naming in (NamingFields("meta.at"), NamingFields("meta.at", "meta.name")):
            assert SchemaStore([server.url], naming=naming).retrieve(URI) == document

    @pytest.mark.parametrize("document", NOT_OF_THE_TITLE, ids=json.dumps)
    @pytest.mark.parametrize("uri", ["/f/latest", "/f/current"])
    def test_what_moves_has_to_be_of_the_title(self, serve: Serve, uri: str, document: Any) -> None:
        server = serve({uri: json.dumps(document).encode()})
        with pytest.raises(WrongDocument):
            SchemaStore([server.url]).retrieve(uri)

    def test_a_folder_is_its_owners(self, tmp_path: Path) -> None:
        (tmp_path / "f").mkdir()
        file = tmp_path / "f/1.0.0.json"
        (tmp_path / "other").symlink_to("f")
        for document in (
            {},
            True,
            {"type": "object"},
            {"title": "T"},
            {"$id": "https://example.org/g"},
            {"$id": "urn:x:1/2"},
        ):
            file.write_text(json.dumps(document), "utf-8")
            assert SchemaStore([str(tmp_path)]).retrieve(URI) == document
        for document in ({"$id": "/g/1.0.0"}, {"$id": "/f/1.0.1"}, {"id": "/g/1.0.0"}):
            file.write_text(json.dumps(document), "utf-8")
            with pytest.raises(WrongDocument):
                SchemaStore([str(tmp_path)]).retrieve(URI)
        file.write_bytes(GOOD)
        assert SchemaStore([str(tmp_path)]).retrieve("/other/1.0.0") == json.loads(GOOD)

    def test_every_real_schema_is_known(self, serve: Serve) -> None:
        root = WMF_PRIMARY / "jsonschema"
        if not root.is_dir():
            pytest.skip(NO_CORPUS)
        files = {f"/{path.relative_to(root).as_posix()}": path for path in root.rglob("*") if path.is_file()}
        server = serve({uri: path.read_bytes() for uri, path in files.items()})
        over_http, folder = SchemaStore([server.url]), SchemaStore([str(root)])
        known = [uri for uri in files if names_a_version(uri)]
        assert len(known) > 300
        for uri in known:
            assert over_http.retrieve(uri) == folder.retrieve(uri)


class TestAnswers:
    """Other things that a server says in place of a schema."""

    @pytest.mark.parametrize(
        "fault",
        [
            status(200, b"<!DOCTYPE html><html><body>Please log in</body></html>"),
            status(200, b"<html>\nlogin: /f/1.0.0\n</html>"),
            status(200, b""),
            status(200, b"\n\n"),
            status(200, b"null"),
            status(200, b"[" + GOOD + b"]"),
            status(200, b'"/f/1.0.0"'),
            status(200, b"1.0.0"),
            status(200, b"/f/1.0.0: moved"),
            status(200, b"2.0.0.yaml"),
            status(200, GOOD[:-1]),
            status(200, GOOD.decode().encode("utf-16")),
            status(200, GOOD.replace(b'"f"', b'"\xe4"')),
            status(202, GOOD),
            status(204, b""),
            status(206, GOOD),
            status(429, GOOD),
            headers(gzip.compress(GOOD), Content_Encoding="gzip"),
            headers(gzip.compress(b"#" * 10_000_000 + b"\n" + GOOD), Content_Encoding="gzip"),
            headers(gzip.compress(GOOD)),
            headers(GOOD, Content_Encoding="br"),
            redirect("/login"),
            redirect("/g/1.0.0"),
            redirect("http://elsewhere.invalid/f/1.0.0"),
        ],
    )
    def test_nothing_of_it_stays(self, serve: Serve, tmp_path: Path, fault: Fault) -> None:
        server = serve({"/login": b"<html>Who are you?</html>", "/g/1.0.0": b'{"$id": "/g/1.0.0"}'})
        server.documents["/f/2.0.0.yaml"] = b'{"$id": "/f/2.0.0"}'
        server.faults[URI] = fault
        store = SchemaStore([server.url], cache_directory=tmp_path, miss_time_to_live=0)
        with pytest.raises(SchemaToolsError) as caught:
            store.retrieve(URI)
        assert caught.value.remedy
        assert not validate(EVENT, store).valid
        assert not list(tmp_path.glob("*"))
        del server.faults[URI]
        server.documents[URI] = GOOD
        assert store.retrieve(URI) == json.loads(GOOD)

    def test_what_changes_between_two_requests(self, serve: Serve, tmp_path: Path) -> None:
        answers = iter([b'{"message": "wait"}', GOOD, GOOD.replace(b'"id"', b'"other"')])
        server = serve()
        server.faults["*"] = lambda handler: handler.answer(200, next(answers))
        store = SchemaStore([server.url], cache_directory=tmp_path, miss_time_to_live=0)
        with pytest.raises(WrongDocument):
            store.retrieve(URI)
        assert [store.retrieve(URI), SchemaStore([server.url], cache_directory=tmp_path).retrieve(URI)] == [
            json.loads(GOOD)
        ] * 2
        assert server.requests == [URI, URI]


class TestCopies:
    """What was kept before somebody looked at it."""

    def test_a_wrong_copy_is_replaced(self, serve: Serve, tmp_path: Path) -> None:
        server = serve({URI: GOOD})
        for wrong in (*map(json.dumps, SOMETHING_ELSE), "<html>", "", "[]", "2.0.0.yaml"):
            DocumentCache(tmp_path).put(server.url + URI, wrong.encode())
            assert SchemaStore([server.url], cache_directory=tmp_path).retrieve(URI) == json.loads(GOOD)
            assert DocumentCache(tmp_path).get(server.url + URI) == GOOD

    def test_a_wrong_copy_is_not_used_offline(self, tmp_path: Path) -> None:
        url = "http://127.0.0.1:9"
        DocumentCache(tmp_path).put(url + URI, b'{"message": "rate limited"}')
        with pytest.raises(WrongDocument):
            SchemaStore([url], cache_directory=tmp_path, offline=True).retrieve(URI)

    @pytest.mark.parametrize(
        "uri", ["/f/latest", "/f/current", "/f/1.0.0-rc.1", "/f/1.0.0-rc.1.yaml", "/f/latest.json"]
    )
    def test_drafts_are_kept_for_a_while(self, serve: Serve, tmp_path: Path, uri: str) -> None:
        assert not is_permanent(uri)
        server = serve({uri: GOOD})
        for time_to_live, requests in ((60, 1), (60, 1), (0, 2)):
            SchemaStore([server.url], cache_directory=tmp_path, time_to_live=time_to_live).retrieve(uri)
            assert len(server.requests) == requests


SCHEMA = "title: a\n$id: /a/1.0.0\ntype: object\nallOf: [{$ref: /f/1.0.0}]\n"


class TestCommands:
    """Releases name what they merged, and can be made of what servers say now."""

    @pytest.fixture
    def server(self, scratch: Scratch, serve: Serve) -> SchemaServer:
        server = serve({URI: GOOD})
        scratch.write("jsonschema/a/current.yaml", SCHEMA)
        scratch.write(
            ".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris: [jsonschema, '{server.url}']\n"
        )
        return server

    def test_nothing_wrong_is_released(self, scratch: Scratch, server: SchemaServer) -> None:
        server.documents[URI] = b'{"message": "rate limited"}'
        result = scratch.jst("materialize")
        assert result.exit_code == 1
        assert "does not say what it is" in result.stderr
        assert not (scratch.root / "jsonschema/a/1.0.0.yaml").exists()
        assert scratch.jst("check", "--select", "structure").exit_code == 1
        server.documents[URI] = GOOD
        assert scratch.jst("materialize").exit_code == 0
        assert scratch.jst("check", "--select", "structure").exit_code == 0

    def test_refresh(self, scratch: Scratch, server: SchemaServer) -> None:
        assert scratch.jst("materialize").exit_code == 0
        server.documents[URI] = GOOD.replace(b'"id"', b'"other"')
        for arguments in (["check"], ["ls"], ["resolve", URI], ["dereference", "jsonschema/a/current.yaml"]):
            assert "other" not in scratch.jst(*arguments).output
        assert "other" in scratch.jst("resolve", "--refresh", URI).output
        assert "other" in scratch.jst("resolve", "--offline", URI).output
        refused = scratch.jst("resolve", "--refresh", "--offline", URI)
        assert refused.exit_code == 2
        assert "--refresh and --offline" in refused.output

    @pytest.mark.parametrize(
        "command",
        ["check", "materialize", "materialize-all", "materialize-modified", "ls", "resolve", "dereference", "validate",
         "compat", "changelog", "bump", "new", "clean"],
    )  # fmt: skip
    def test_every_command_that_fetches_can_refresh(self, scratch: Scratch, command: str) -> None:
        assert "--refresh" in scratch.jst(command, "--help").output

    def test_the_plan_names_the_digests(self, scratch: Scratch, server: SchemaServer) -> None:
        digest = hashlib.sha256(GOOD).hexdigest()
        said = f"jsonschema/a/current.yaml: merges {URI} from {server.url}{URI}, sha256 {digest}"
        for more in (["--dry-run"], [], []):
            assert said in scratch.jst("materialize", "--verbose", *more).stderr.splitlines()
        assert digest not in scratch.jst("materialize").output
        assert scratch.jst("materialize", "--refresh").exit_code == 0

    def test_the_cache_holds_what_the_plan_names(self, scratch: Scratch, server: SchemaServer) -> None:
        scratch.jst("materialize")
        assert DocumentCache(cache_directory()).get(server.url + URI) == GOOD


EVENTS_MAY_NAME = [
    "/fragment/common/1.0.0", "/f/1.0.0", "/f/1.0.0.yaml", "/f/1.0.0.json", "/f/latest", "/f/latest.yaml", "f/1.0.0",
    "/f/1.0.0-rc.1", "/f/%31.0.0", "//f//1.0.0", "/f.x/1.0.0", "https://example.org/f/1.0.0", "/current/1.0.0",
]  # fmt: skip
EVENTS_MAY_NOT_NAME = [
    "/package.json", "/.git/x", "/.git/HEAD", "/.git/1.0.0", "/%2egit/1.0.0", "/a/.hidden/b/1.0.0", "/f/current",
    "/f/current.yaml", "/f/1.0.0#/properties/id", "/f/1.0.0#x", "/f/1.0.0?x=1", "/f/1.0.0%3Fx", "/f/x?/1.0.0", "/f", "/",
    "/node_modules/x/1.0.0", "/f/1.0.0/x", "/f/v1.0.0", "/f/1.0", "/f/1", "/f/01.0.0", "/f/1.0.0.yml", "/f/1.0.0 ",
    "/.jsonschema-tools.yaml", "/f/latest/x", "/f/LATEST", "/f/1.0.\u0663", "/f/1.0.0\n", "/f/1.0.0%0A", "/f/1.0.0.bak",
    "/../f/1.0.0", "/README.md", "http://json-schema.org/draft-07/schema#", "https://example.org/x.json", "urn:x:1.0.0",
]  # fmt: skip


class TestNamedByEvents:
    """An event names a version of a title, and no other file."""

    @pytest.mark.parametrize("uri", EVENTS_MAY_NAME)
    def test_may(self, uri: str) -> None:
        assert is_version_of_title(uri)

    @pytest.mark.parametrize("uri", EVENTS_MAY_NOT_NAME)
    def test_may_not(self, uri: str, tmp_path: Path) -> None:
        for name in (
            "package.json",
            ".git/x",
            ".git/1.0.0",
            "f/current.yaml",
            "f/1.0.0",
            "f/v1.0.0",
            "node_modules/x/1.0.0",
        ):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("{}", "utf-8")
        store = SchemaStore([str(tmp_path)])
        text = json.dumps({"$schema": uri}).encode()
        for verdict in (validate({"$schema": uri}, store), validate(text, store)):
            (error,) = verdict.errors
            assert error.kind == "schema-forbidden"
            assert error.remedy

    def test_the_caller_may(self, tmp_path: Path) -> None:
        (tmp_path / "f").mkdir()
        (tmp_path / "f/current.yaml").write_text("type: object", "utf-8")
        assert validate({"$schema": "/x"}, SchemaStore([str(tmp_path)]), schema="/f/current").valid

    def test_by_the_command(self, scratch: Scratch) -> None:
        scratch.write("jsonschema/f/1.0.0.yaml", GOOD)
        scratch.write("jsonschema/f/current.yaml", GOOD)
        names = [URI, "/f/current", "/f/1.0.0#/properties", URI]
        scratch.write("e.jsonl", "".join(json.dumps({"$schema": name, "id": 1}) + "\n" for name in names))
        said = scratch.jst("validate", "e.jsonl")
        assert said.exit_code == 1
        assert said.stdout.count("is no version of a schema") == 2

    def test_documents_under_a_prefix_name_themselves(self, tmp_path: Path) -> None:
        prefix = "http://example.org/schema/"
        (tmp_path / "bom.json").write_text(json.dumps({"$id": f"{prefix}bom.json"}), "utf-8")
        (tmp_path / "package.json").write_text("{}", "utf-8")
        store = SchemaStore([f"{prefix}={tmp_path}"])
        assert validate({"$schema": f"{prefix}bom.json"}, store).valid
        for name in (f"{prefix}package.json", "/bom.json", f"{prefix}bom.json#/properties", f"{prefix}bom"):
            assert not validate({"$schema": name}, store).valid


def test_where_nothing_answers_what_was_asked(serve: Serve) -> None:
    """The next base is asked only where one does not have the document: what a base says counts."""
    wrong, good = serve({URI: b'{"message": "x"}'}), serve({URI: GOOD})
    with pytest.raises(WrongDocument):
        SchemaStore([wrong.url, good.url]).retrieve(URI)
    with pytest.raises(RetrievalError):
        SchemaStore([serve().url]).retrieve(URI)
    assert SchemaStore([serve().url, good.url]).retrieve(URI) == json.loads(GOOD)
    assert os.environ["no_proxy"] == "127.0.0.1"
