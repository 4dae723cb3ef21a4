"""`jst vendor`: released files in a folder of somebody else, and what its lock says of them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsonschema_tools import SchemaStore, validate
from jsonschema_tools.repository.vendored import LOCK, Lock, Locked, lock_text, read_lock
from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.repository.schema_server import SchemaServer, status
from tests.test_readme import shell, told

SCHEMA = "title: {0}\ndescription: d\n$id: /{0}/{1}\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\n"
FIELDS = "properties:\n  $schema: {{type: string}}\n  {0}: {{type: integer}}\n"


def release(there: Scratch, title: str, version: str, more: str = "") -> None:
    there.write(
        f"jsonschema/{title}/current.yaml", SCHEMA.format(title, version) + FIELDS.format(f"of_{version[0]}") + more
    )
    assert there.jst("materialize").exit_code == 0
    there.commit()


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    """Three released versions of a title, one of another, on main."""
    scratch.git("branch", "-m", "main")
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        release(scratch, "shop/cart", version)
    release(scratch, "shop/order", "1.0.0")
    return scratch


def lock_of(there: Scratch, folder: str = "../v") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(there.read(f"{folder}/{LOCK}"))
    return found


def uris(there: Scratch, folder: str = "../v") -> list[str]:
    return [each["uri"] for each in lock_of(there, folder)["files"]]


def vendored(there: Scratch, *arguments: str, to: str = "../v") -> str:
    done = there.jst("vendor", *arguments, "--to", to)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout)


class TestWhatAWordMeans:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["shop/cart"], ["/shop/cart/2.0.0"]),
            (["shop/cart@latest"], ["/shop/cart/2.0.0"]),
            (["shop/cart@1.0.0"], ["/shop/cart/1.0.0"]),
            (["/shop/cart/1.0.0"], ["/shop/cart/1.0.0"]),
            (["shop/cart@^1"], ["/shop/cart/1.1.0"]),
            (["shop/cart@1.0"], ["/shop/cart/1.0.0"]),
            (["shop/cart@>=1.0.0 <2.0.0"], ["/shop/cart/1.1.0"]),
            (["shop/cart@^1", "shop/cart"], ["/shop/cart/1.1.0", "/shop/cart/2.0.0"]),
            (["jsonschema/shop/cart/1.0.0.yaml"], ["/shop/cart/1.0.0"]),
            (["shop"], ["/shop/cart/2.0.0", "/shop/order/1.0.0"]),
        ],
    )
    def test_of_the_repository(self, shop: Scratch, words: list[str], expected: list[str]) -> None:
        vendored(shop, *words)
        assert uris(shop) == expected

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (["shop/cart"], ["/shop/cart/2.0.0"]),
            (["shop/cart@^1"], ["/shop/cart/1.1.0"]),
            (["/shop/cart/1.0.0"], ["/shop/cart/1.0.0"]),
            (["shop/cart@~1.0", "shop/order"], ["/shop/cart/1.0.0", "/shop/order/1.0.0"]),
        ],
    )
    @pytest.mark.parametrize("base", ["{0}/jsonschema", "git+file://{0}/jsonschema@main"])
    def test_at_a_base(self, shop: Scratch, tmp_path: Path, words: list[str], expected: list[str], base: str) -> None:
        there = Scratch(tmp_path / "producer")
        there.root.mkdir()
        vendored(there, *words, "-u", base.format(shop.root), to="v")
        assert uris(there, "v") == expected
        assert str(tmp_path) not in there.read(f"v/{LOCK}")

    @pytest.mark.parametrize(
        ("words", "message", "remedy"),
        [
            (
                "shop/cart@3.0.0",
                "there is no version '3.0.0' of shop/cart",
                "Its released versions: 1.0.0, 1.1.0, 2.0.0.",
            ),
            ("shop/cart@^3", "there is no version '^3' of shop/cart that is released", "1.0.0, 1.1.0, 2.0.0"),
            ("shop/cart@current", "'current' in 'shop/cart' is no version", "a range such as ^1"),
            ("shop/cat", "there is no schema with the title 'shop/cat'", "Did you mean 'shop/cart'?"),
        ],
    )
    def test_nothing(self, shop: Scratch, words: str, message: str, remedy: str) -> None:
        done = shop.jst("vendor", "shop/order", words, "--to", "../v")
        assert done.exit_code == 2
        assert message in done.stderr
        assert remedy in done.stderr
        assert not (shop.root / "../v").exists()


class TestReleased:
    def test_a_draft_is_refused(self, shop: Scratch) -> None:
        shop.git("checkout", "--quiet", "-b", "topic")
        release(shop, "shop/cart", "2.1.0")
        done = shop.jst("vendor", "shop/cart@2.1.0", "--to", "../v")
        assert done.exit_code == 2
        assert "version 2.1.0 of shop/cart is a draft, which may still change" in done.stderr
        assert "remedy: Merge it to a release branch first, or name a released version: shop/cart@2.0.0." in done.stderr
        vendored(shop, "shop/cart")
        assert uris(shop) == ["/shop/cart/2.0.0"]

    def test_a_title_that_has_only_drafts(self, shop: Scratch) -> None:
        shop.git("checkout", "--quiet", "-b", "topic")
        release(shop, "shop/new", "1.0.0")
        done = shop.jst("vendor", "shop/new", "--to", "../v")
        assert "version 1.0.0 of shop/new is a draft" in done.stderr
        assert "remedy: Merge it to a release branch first." in done.stderr

    def test_what_main_has_and_this_branch_has_not(self, shop: Scratch) -> None:
        shop.git("checkout", "--quiet", "-b", "topic", "HEAD~2")
        assert not (shop.root / "jsonschema/shop/cart/2.0.0.yaml").exists()
        vendored(shop, "shop/cart")
        assert uris(shop) == ["/shop/cart/2.0.0"]

    def test_the_bytes_are_those_that_were_released(self, shop: Scratch) -> None:
        path = shop.root / "jsonschema/shop/cart/2.0.0.yaml"
        released = path.read_bytes()
        path.write_bytes(b"# edited\n" + released)
        vendored(shop, "shop/cart")
        found = (shop.root / "../v/shop/cart/2.0.0.yaml").read_bytes()
        assert found == released
        [entry] = lock_of(shop)["files"]
        assert entry["sha256"] == hashlib.sha256(released).hexdigest()
        commit = shop.git("log", "--format=%h", "--abbrev=10", "--", "jsonschema/shop/cart/2.0.0.yaml").strip()
        assert entry["from"] == f"git:{commit}:jsonschema/shop/cart/2.0.0.yaml"

    def test_a_withdrawn_version(self, shop: Scratch) -> None:
        shop.git("rm", "--quiet", "jsonschema/shop/cart/2.0.0.yaml", "jsonschema/shop/cart/2.0.0.json")
        shop.commit()
        done = shop.jst("vendor", "shop/cart@2.0.0", "--to", "../v")
        assert done.exit_code == 2
        assert "2.0.0" in done.stderr

    def test_a_prerelease_at_a_base(self, tmp_path: Path) -> None:
        there = Scratch(tmp_path)
        there.write("base/a/1.0.0-rc.1.yaml", SCHEMA.format("a", "1.0.0-rc.1"))
        done = there.jst("vendor", "a@1.0.0-rc.1", "-u", "base", "--to", "v")
        assert done.exit_code == 2
        assert "'/a/1.0.0-rc.1' is no released version" in done.stderr
        assert "there is no version of a that is released" in there.jst("vendor", "a", "-u", "base", "--to", "v").stderr

    def test_outside_of_git_what_is_there_is_released(self, tmp_path: Path) -> None:
        there = Scratch(tmp_path)
        there.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
        there.write("jsonschema/a/1.0.0.yaml", SCHEMA.format("a", "1.0.0"))
        vendored(there, "a", to="v")
        assert lock_of(there, "v")["files"][0]["from"] == "../jsonschema/a/1.0.0.yaml"


class TestReferences:
    """Documents that a released version refers to, since its repository does not dereference."""

    @pytest.fixture
    def kept(self, scratch: Scratch) -> Scratch:
        scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nshouldDereference: false\n")
        scratch.git("branch", "-m", "main")
        release(scratch, "part", "1.0.0")
        release(
            scratch,
            "middle",
            "1.0.0",
            "allOf: [{$ref: '/part/1.0.0#'}, {$ref: '#/definitions/own'}]\ndefinitions: {own: {}}\n",
        )
        release(
            scratch,
            "whole",
            "1.0.0",
            "allOf: [{$ref: /middle/1.0.0}, {not: {$ref: 'http://json-schema.org/draft-07/schema#'}}]\n",
        )
        return scratch

    def test_they_come_along(self, kept: Scratch) -> None:
        vendored(kept, "whole")
        assert uris(kept) == ["/middle/1.0.0", "/part/1.0.0", "/whole/1.0.0"]

    def test_and_are_drafts_all_or_none(self, kept: Scratch) -> None:
        kept.git("checkout", "--quiet", "--orphan", "other")
        shutil.rmtree(kept.root / "jsonschema/part")
        kept.commit()
        kept.git("branch", "--quiet", "-D", "main")
        kept.git("branch", "-m", "main")
        done = kept.jst("vendor", "whole", "--to", "../v")
        assert done.exit_code == 1
        assert "'/part/1.0.0' was not found under any base URI" in done.stderr
        assert not (kept.root / "../v").exists()

    def test_absolute_ones_lie_where_their_prefix_says(self, tmp_path: Path) -> None:
        there, prefix = Scratch(tmp_path), "https://schemas.example/"
        for title, more in (("part", ""), ("whole", f"allOf: [{{$ref: {prefix}part/1.0.0}}]\n")):
            text = SCHEMA.format(title, "1.0.0").replace("$id: /", f"$id: {prefix}")
            there.write(f"base/{title}/1.0.0.yaml", text + more)
        vendored(there, "whole", "-u", f"{prefix}=base", to="v")
        assert uris(there, "v") == ["/part/1.0.0", "/whole/1.0.0"]
        shutil.rmtree(tmp_path / "base")
        event = {"$schema": f"{prefix}whole/1.0.0"}
        assert validate(event, SchemaStore([f"{prefix}={tmp_path / 'v'}"])).valid
        done = there.jst("vendor", "whole", "-u", "v", "--to", "w")
        assert done.exit_code == 1
        assert "lies under none of the base URIs" in done.stderr


def test_a_producer_validates_without_the_repository(shop: Scratch, tmp_path: Path) -> None:
    vendored(shop, "shop")
    shutil.rmtree(shop.root)
    there = Scratch(tmp_path)
    lines = b'{"$schema": "/shop/cart/2.0.0", "of_2": 1}\n{"$schema": "/shop/cart/2.0.0", "of_2": "x"}\n'
    done = there.jst("validate", "-u", "v", "-", stdin=lines)
    assert (done.exit_code, "1 valid, 1 refused" in done.stdout + done.stderr) == (1, True), done.output
    store = SchemaStore([str(tmp_path / "v")])
    assert validate({"$schema": "/shop/order/1.0.0"}, store).valid
    # What was vendored is a base to vendor from.
    vendored(there, "shop/cart", "-u", "v", to="w")
    assert uris(there, "w") == ["/shop/cart/2.0.0"]


class TestServers:
    @pytest.fixture
    def server(self, shop: Scratch, serve: Callable[..., SchemaServer]) -> SchemaServer:
        base = shop.root / "jsonschema"
        return serve({f"/{path.relative_to(base)}": path.read_bytes() for path in base.rglob("*") if path.is_file()})

    def test_newest_and_exact(self, server: SchemaServer, tmp_path: Path) -> None:
        there = Scratch(tmp_path)
        vendored(there, "shop/cart@1.0.0", "shop/order", "shop/cart@^2", "-u", server.url, to="v")
        assert uris(there, "v") == ["/shop/cart/1.0.0", "/shop/cart/2.0.0", "/shop/order/1.0.0"]
        assert lock_of(there, "v")["files"][0]["from"] == f"{server.url}/shop/cart/1.0.0"
        body = server.documents["/shop/cart/1.0.0"]
        assert (tmp_path / "v/shop/cart/1.0.0.yaml").read_bytes() == body

    def test_a_range_that_the_newest_is_not_in(self, server: SchemaServer, tmp_path: Path) -> None:
        done = Scratch(tmp_path).jst("vendor", "shop/cart@^1", "-u", server.url, "--to", "v")
        assert done.exit_code == 2
        assert "a server does not say which others it has" in done.stderr
        assert "remedy: Name a version: shop/cart@2.0.0." in done.stderr

    def test_one_that_is_down(self, server: SchemaServer, tmp_path: Path) -> None:
        server.faults["*"] = status(503)
        done = Scratch(tmp_path).jst("vendor", "shop/cart", "-u", server.url, "--to", "v")
        assert done.exit_code == 1
        assert "could not say" in done.stderr
        assert not (tmp_path / "v").exists()

    def test_another_document_than_the_uri_says(self, server: SchemaServer, tmp_path: Path) -> None:
        server.documents["/shop/cart/1.0.0"] = server.documents["/shop/order/1.0.0"]
        done = Scratch(tmp_path).jst("vendor", "shop/cart@1.0.0", "-u", server.url, "--to", "v")
        assert done.exit_code == 1
        assert "is not known to be '/shop/cart/1.0.0'" in done.stderr

    def test_json_without_an_extension(self, server: SchemaServer, shop: Scratch, tmp_path: Path) -> None:
        server.documents["/shop/cart/1.0.0"] = (shop.root / "jsonschema/shop/cart/1.0.0.json").read_bytes()
        vendored(Scratch(tmp_path), "shop/cart@1.0.0", "-u", server.url, to="v")
        assert (tmp_path / "v/shop/cart/1.0.0.json").exists()

    def test_offline_what_is_cached(self, server: SchemaServer, tmp_path: Path) -> None:
        there = Scratch(tmp_path)
        vendored(there, "shop/cart@1.0.0", "-u", server.url, to="v")
        server.stop()
        vendored(there, "shop/cart@1.0.0", "-u", server.url, "--offline", to="w")
        assert there.read("v/shop/cart/1.0.0.yaml") == there.read("w/shop/cart/1.0.0.yaml")


class TestTheFolder:
    def test_it_has_what_is_named_and_nothing_else(self, shop: Scratch) -> None:
        vendored(shop, "shop/cart@1.0.0", "shop/order")
        text = vendored(shop, "shop/cart@^1")
        assert text.splitlines() == [
            "write ../v/shop/cart/1.1.0.yaml",
            "remove ../v/shop/cart/1.0.0.yaml",
            "remove ../v/shop/order/1.0.0.yaml",
            f"write ../v/{LOCK}",
        ]
        assert sorted(path.name for path in (shop.root / "../v").rglob("*.yaml")) == ["1.1.0.yaml"]

    def test_without_names_those_of_the_lock_anew(self, shop: Scratch) -> None:
        vendored(shop, "shop/cart")
        assert vendored(shop) == ""
        release(shop, "shop/cart", "2.1.0")
        vendored(shop)
        assert (uris(shop), lock_of(shop)["requested"]) == (["/shop/cart/2.1.0"], ["shop/cart"])

    def test_dry_run(self, shop: Scratch) -> None:
        assert "write" in vendored(shop, "shop/cart", "-n")
        assert not (shop.root / "../v").exists()

    def test_other_files_are_left_alone(self, shop: Scratch) -> None:
        shop.write("../v/shop/cart/2.0.0.yaml", "mine")
        shop.write("../v/.gitattributes", "* -text\n")
        before = (shop.root / "../v/shop/cart/2.0.0.yaml").read_bytes()
        done = shop.jst("vendor", "shop/order", "--to", "../v")
        assert done.exit_code == 2
        assert "the folder has other files than those that were vendored: shop/cart/2.0.0.yaml" in done.stderr
        assert (shop.root / "../v/shop/cart/2.0.0.yaml").read_bytes() == before

    def test_a_lost_lock_is_written_anew(self, shop: Scratch) -> None:
        vendored(shop, "shop/cart")
        (shop.root / f"../v/{LOCK}").unlink()
        assert vendored(shop, "shop/cart").count("\n") == 1

    def test_not_among_the_schemas_of_the_repository(self, shop: Scratch) -> None:
        done = shop.jst("vendor", "shop/cart", "--to", "jsonschema/vendored")
        assert done.exit_code == 2
        assert "lies among the repository's own schemas" in done.stderr

    def test_nothing_is_written_through_a_link_that_leads_out(self, shop: Scratch, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "v").mkdir()
        (tmp_path / "v/shop").symlink_to(tmp_path / "elsewhere")
        done = shop.jst("vendor", "shop/cart", "--to", "../v")
        assert done.exit_code == 2
        assert list((tmp_path / "elsewhere").iterdir()) == []

    @pytest.mark.sampled(4)
    @pytest.mark.parametrize(
        ("lock", "message"),
        [
            ("{", "schemas.lock.json:1:"),
            ("[]", "this is no lock of format 1"),
            ('{"format": 2, "requested": [], "files": []}', "this is no lock of format 1"),
            ('{"format": 1, "requested": [1], "files": []}', "`requested` is not a list of texts"),
            ('{"format": 1, "requested": [], "files": {}}', "`files` is not a list"),
            ('{"format": 1, "requested": [], "files": [{}]}', "a file needs the texts"),
            *(
                (
                    json.dumps(
                        {
                            "format": 1,
                            "requested": ["a"],
                            "files": [{"uri": "/a", "file": f, "sha256": "0" * 64, "from": ""}],
                        }
                    ),
                    "is no path below the folder",
                )
                for f in ("../x", "/etc/x", "", "a//b", ".git/config", "a/./b", "a\\b", "a\0b")
            ),
            (
                json.dumps(
                    {"format": 1, "requested": ["a"], "files": [{"uri": "/a", "file": "a", "sha256": "x", "from": ""}]}
                ),
                "'x' is no SHA-256",
            ),
        ],
    )
    def test_a_lock_that_is_none(self, shop: Scratch, lock: str, message: str) -> None:
        outside = shop.write("../x", "mine")
        shop.write(f"../v/{LOCK}", lock)
        for arguments in (["shop/cart"], [], ["--check"]):
            done = shop.jst("vendor", *arguments, "--to", "../v")
            assert done.exit_code == 2
            assert message in done.stderr
            assert "remedy: " in done.stderr
        assert outside.read_text() == "mine"


class TestCheck:
    @pytest.fixture
    def there(self, shop: Scratch) -> Scratch:
        vendored(shop, "shop/cart@^2", "shop/order")
        return shop

    def found(self, there: Scratch, *names: str) -> list[str]:
        done = there.jst("vendor", *names, "--to", "../v", "--check")
        assert done.exit_code == int(bool(done.stdout)), done.stderr
        assert ("remedy: " in done.stderr) == bool(done.stdout)
        return [line.partition("/v/")[2] for line in done.stdout.splitlines()]

    def test_all_is_there(self, there: Scratch) -> None:
        before = there.snapshot()
        assert self.found(there) == []
        assert self.found(there, "shop/cart", "shop/order@1.0.0") == []
        assert there.snapshot() == before

    def test_missing(self, there: Scratch) -> None:
        (there.root / "../v/shop/order/1.0.0.yaml").unlink()
        assert self.found(there) == [
            "shop/order/1.0.0.yaml: missing: the lock has /shop/order/1.0.0, and the file is not there"
        ]
        vendored(there)
        assert self.found(there) == []

    def test_changed(self, there: Scratch) -> None:
        path = there.root / "../v/shop/order/1.0.0.yaml"
        path.write_bytes(path.read_bytes().replace(b"integer", b"string"))
        [line] = self.found(there)
        assert line.startswith("shop/order/1.0.0.yaml: changed: its SHA-256 is ")
        vendored(there)
        assert self.found(there) == []

    def test_a_link_in_place_of_a_file(self, there: Scratch) -> None:
        path = there.root / "../v/shop/order/1.0.0.yaml"
        path.rename(there.root / "same.yaml")
        path.symlink_to(there.root / "same.yaml")
        assert self.found(there) == ["shop/order/1.0.0.yaml: changed: it is not a regular file"]

    def test_extra(self, there: Scratch) -> None:
        there.write("../v/shop/order/1.1.0.yaml", "{}")
        (there.root / "../v/linked").symlink_to(there.root)
        there.write("../v/.gitattributes", "* -text\n")
        assert self.found(there) == [
            "linked: extra: the lock does not have it",
            "shop/order/1.1.0.yaml: extra: the lock does not have it",
        ]
        done = there.jst("vendor", "--to", "../v", "--check")
        assert "remedy: Remove what the lock does not have" in done.stderr
        (there.root / "../v/linked").unlink()
        (there.root / "../v/shop/order/1.1.0.yaml").unlink()
        assert self.found(there) == []

    def test_outdated_only_where_names_are_given(self, there: Scratch) -> None:
        release(there, "shop/cart", "2.1.0")
        assert self.found(there) == []
        assert self.found(there, "shop/cart@^2", "shop/order") == [
            f"{LOCK}: outdated: /shop/cart/2.1.0 is asked for, and the lock does not have it",
            f"{LOCK}: outdated: the lock has /shop/cart/2.0.0, which is not asked for",
        ]
        lock = lock_of(there)
        lock["files"][0]["sha256"] = "0" * 64
        there.write(f"../v/{LOCK}", json.dumps(lock))
        assert len(self.found(there, "shop/cart@2.0.0", "shop/order")) == 2

    def test_without_a_lock(self, shop: Scratch) -> None:
        done = shop.jst("vendor", "--to", "../v", "--check")
        assert done.exit_code == 2
        assert f"there is no {LOCK}" in done.stderr

    def test_no_network_is_needed(self, there: Scratch, tmp_path: Path) -> None:
        shutil.rmtree(there.root)
        assert Scratch(tmp_path).jst("vendor", "--to", "v", "--check").exit_code == 0


NAME = st.text("abc_é名", min_size=1, max_size=5)
LOCKED = st.builds(
    Locked,
    st.text(max_size=8),
    st.lists(NAME, min_size=1).map("/".join),
    st.text("0123456789abcdef", min_size=64, max_size=64),
    st.text(max_size=8),
)


@given(st.builds(Lock, st.lists(st.text(max_size=8)).map(tuple), st.lists(LOCKED, max_size=3).map(tuple)))
def test_a_lock_is_read_as_it_was_written(lock: Lock) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name, LOCK).write_bytes(lock_text(lock))
        assert read_lock(Path(name)) == lock


@pytest.mark.search
@pytest.mark.skipif(not WMF_PRIMARY.is_dir(), reason=NO_CORPUS)
def test_a_real_repository(tmp_path: Path) -> None:
    there = Scratch(tmp_path)
    vendored(there, *(f"/{t}/latest" for t in _titles()), "-u", str(WMF_PRIMARY / "jsonschema"), to="v")
    assert len(uris(there, "v")) == len(_titles())
    for entry in lock_of(there, "v")["files"]:
        assert there.read(f"v/{entry['file']}") == (WMF_PRIMARY / "jsonschema" / entry["file"]).read_text("utf-8")
    assert there.jst("vendor", "--to", "v", "--check").exit_code == 0


def _titles() -> list[str]:
    base = WMF_PRIMARY / "jsonschema"
    return sorted(path.parent.relative_to(base).as_posix() for path in base.rglob("current.yaml"))


def test_what_the_page_shows(tmp_path: Path) -> None:
    there = Scratch(Path(shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True)))
    there.git("init", "--quiet", "--initial-branch=main")
    there.commit()
    blocks = [(commands, shown) for commands, shown in told("docs/consumers.md") if not commands.startswith("pip")]
    assert [shown is not None for _, shown in blocks] == [True, False]
    for commands, shown in blocks:
        done = shell(there.root, commands)
        assert done.returncode == 0, done.stderr
        assert shown in (None, done.stdout)
