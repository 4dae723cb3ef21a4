"""`jst site`: every title, version and pair has its page, all links lead somewhere, and the schemas are at their URIs."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from jsonschema_tools import SchemaStore, discover, load_config
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.site.model import SiteSettings
from jsonschema_tools.use_cases.site import make_site
from jsonschema_tools.versions import sort_versions
from tests.conftest import Scratch
from tests.site.conftest import EXAMPLE
from tests.site.crawling import broken_links, pages_of
from tests.test_wmf_primary import repository  # noqa: F401 (a fixture)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    """A plain web server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def made(scratch: Scratch, *options: str) -> tuple[int, str]:
    done = scratch.jst("site", ".", "--output", "site", *options)
    return done.exit_code, done.output


def check_whole(base: Path, site: Path) -> None:
    """All that a site has to have."""
    pages = pages_of(site)
    assert broken_links(site, pages) == []
    config = load_config(base)
    wanted = set()
    with served(site) as url:
        store = SchemaStore([url])
        for folder in discover(config).directories:
            place = folder.path.relative_to(config.schema_base_path).as_posix()
            versions = sort_versions(folder.versions)
            if not versions:
                continue
            wanted |= {f"{place}/index.html"} | {f"-/version/{place}/{number}.html" for number in versions}
            wanted |= {f"-/compare/{place}/{old}...{new}.html" for old, new in pairwise(versions)}
            wanted |= {f"-/compare/{place}/{old}...{versions[-1]}.html" for old in versions[:-1]}
            for number in versions:
                for content_type, path in folder.versions[number].items():
                    assert (site / place / f"{number}.{content_type}").read_bytes() == path.read_bytes()
                document = parse(
                    next(iter(folder.versions[number].values())).read_bytes(), source="", content_type="yaml"
                )
                assert store.retrieve(f"/{place}/{number}") == document
                assert json.loads((site / place / f"{number}.json").read_bytes()) == document
    assert wanted <= pages.keys()
    listed = json.loads((site / "-/titles.json").read_bytes())
    assert {f"{entry['uri'][1:]}/index.html" for entry in listed} <= pages.keys()


def test_the_example(example_site: Path) -> None:
    check_whole(EXAMPLE, example_site)


@pytest.mark.search
def test_a_real_repository(repository: Scratch) -> None:  # noqa: F811
    assert made(repository)[0] == 0
    check_whole(repository.root, repository.root / "site")
    parser = html5lib.HTMLParser(strict=True)
    for path in sorted((repository.root / "site").rglob("*.html")):
        parser.parse(path.read_text("utf-8"))


def test_pages_are_html(example_site: Path) -> None:
    parser = html5lib.HTMLParser(strict=True)
    for path in sorted(example_site.rglob("*.html")):
        parser.parse(path.read_text("utf-8"))
    feed = ElementTree.parse(example_site / "-/feed.xml").getroot()
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"


def test_a_page_says_what_the_schema_says(example_site: Path) -> None:
    text = (example_site / "shop/order/placed/index.html").read_text("utf-8")
    for said in (
        'id="fields.payment_method"',
        "How the customer pays.",
        "<code>&#34;voucher&#34;</code>",
        'since <a href="../../../-/compare/shop/order/placed/1.1.0...1.2.0.html">1.2.0</a>',
        "from <code>/fragment/common/1.1.0</code>",
        "at most 2000 characters",
        'href="../../../-/stream/shop.order.placed.html"',
        'id="fields.meta.stream"',
    ):
        assert said in text
    compared = (example_site / "-/compare/shop/order/placed/1.0.0...1.1.0.html").read_text("utf-8")
    assert "the enum gained &#39;voucher&#39;" in compared


SCHEMA = """title: a/b
$id: /a/b/{version}
$schema: https://json-schema.org/draft-07/schema#
description: {description}
type: object
properties: {properties}
"""


def schema(scratch: Scratch, version: str, properties: dict[str, Any], description: str = "An event.") -> None:
    text = SCHEMA.format(version=version, properties=json.dumps(properties), description=json.dumps(description))
    scratch.write("jsonschema/a/b/current.yaml", text)
    assert scratch.jst("materialize").exit_code == 0


def test_only_what_changed_is_written(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {"x": {"type": "string"}})
    scratch.commit()
    assert "18 of 18 files written" in made(scratch)[1]
    before = {path: path.stat().st_mtime_ns for path in (scratch.root / "site").rglob("*")}
    assert made(scratch) == (0, "site is up to date: 18 files\n")
    assert made(scratch, "--check") == (0, "site is up to date: 18 files\n")
    assert {path: path.stat().st_mtime_ns for path in (scratch.root / "site").rglob("*")} == before
    schema(scratch, "1.1.0", {"x": {"type": "string"}, "y": {"type": "integer"}})
    scratch.commit()
    code, said = made(scratch, "--check")
    assert code == 1
    assert "write -/compare/a/b/1.0.0...1.1.0.html\n" in said
    assert {path: path.stat().st_mtime_ns for path in (scratch.root / "site").rglob("*")} == before
    assert made(scratch)[0] == 0
    assert (scratch.root / "site/a/b/1.0.0.yaml").stat().st_mtime_ns == before[scratch.root / "site/a/b/1.0.0.yaml"]
    assert (scratch.root / "site/a/b/latest").read_text() == (scratch.root / "jsonschema/a/b/1.1.0.yaml").read_text()


def test_what_is_no_more_is_removed_and_files_of_others_stay(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    scratch.write("jsonschema/c/current.yaml", "title: c\n$id: /c/1.0.0\ntype: object\n")
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    assert made(scratch)[0] == 0
    scratch.write("site/CNAME", "schemas.example.org\n")
    for path in (scratch.root / "jsonschema/c").iterdir():
        path.unlink()
    code, said = made(scratch)
    assert (code, "removed" in said) == (0, True)
    assert not list((scratch.root / "site/c").glob("*"))
    assert scratch.read("site/CNAME") == "schemas.example.org\n"


def test_a_file_of_somebody_else_is_not_written_over(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    scratch.write("site/index.html", "my own")
    before = scratch.snapshot()
    code, said = made(scratch)
    assert code == 2
    assert "there is a file that is not of a site, where one is to be" in said
    assert scratch.snapshot() == before


def test_it_is_not_made_among_the_schemas(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    done = scratch.jst("site", "--output", "jsonschema/site")
    assert done.exit_code == 2
    assert "would be read as schemas" in done.output


def test_drafts_are_shown_only_if_asked_for(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    scratch.commit()
    schema(scratch, "1.1.0", {"secret": {"type": "string"}})
    assert made(scratch)[0] == 0
    assert not (scratch.root / "site/a/b/1.1.0").exists()
    assert "secret" not in scratch.read("site/-/search.js")
    assert made(scratch, "--drafts")[0] == 0
    assert "draft" in scratch.read("site/a/b/index.html")
    assert scratch.read("site/a/b/1.1.0") == scratch.read("jsonschema/a/b/1.1.0.yaml")


def test_a_schema_that_cannot_be_read_is_told_of(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    scratch.commit()
    assert made(scratch)[0] == 0
    scratch.write("jsonschema/c/1.0.0.yaml", "a: [")
    scratch.write("jsonschema/c/current.yaml", "title: c\n$id: /c/1.0.0\ntype: object\n")
    scratch.write("jsonschema/a/b/1.0.0.yaml", "a: [")
    before = scratch.snapshot()
    for options in ((), ("--check",)):
        code, said = made(scratch, *options)
        assert code == 2
        assert "jsonschema/c/1.0.0.yaml" in said
        assert "jsonschema/a/b/1.0.0.yaml" in said
        # What was released goes on to be looked up.
        assert scratch.snapshot() == before


HOSTILE = {
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a link": "[x](javascript:alert(1)) [y](data:text/html,x) [z](HTTPS://example.org/) <javascript:alert(1)>",
    "an end of a script": "</script></title></textarea>-->",
    "bidirectional": "a\u202eb\u2066c",
    "a template": "{{ 7 * 191 }} {% raw %}",
    "long": "very " * 25_000,
    "nested": "[" * 5000 + "> " * 500,
    "a link that breaks out": '[x](https://example.org/"onclick="alert(1))',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_change_nothing_but_what_is_read(scratch: Scratch, text: str) -> None:
    name = text[:200]
    field = {"type": "string", "description": text, "enum": [text[:500]], "pattern": "^<b>", "default": text[:500]}
    schema(scratch, "1.0.0", {name: field}, text)
    scratch.commit()
    assert made(scratch, "--title", text[:100])[0] == 0
    site = scratch.root / "site"
    pages = pages_of(site)
    assert broken_links(site, pages) == []
    for path, page in pages.items():
        assert page.handlers == []
        assert page.elements.count("script") == 1, path
        assert not {"img", "iframe", "object", "embed", "style", "svg", "base"} & set(page.elements)
        shown = (site / path).read_text("utf-8")
        assert not any(char in shown for char in "\u202e\u2066")
        assert "1337" not in page_text(shown)
    html5lib.HTMLParser(strict=True).parse((site / "a/b/index.html").read_text("utf-8"))
    index = (site / "-/search.js").read_text("utf-8")
    assert "<" not in index
    assert json.loads(index.removeprefix("window.jstSearch=").rstrip(";\n"))["titles"][0][0] == "a/b"


def page_text(html: str) -> str:
    start = html.index("<main")
    return html[start : html.index("</main>")]


ODD_NAMES = ["con", "a b", "ü", "x%2Fy", "q?#&", "'quoted'"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_folders(scratch: Scratch, name: str) -> None:
    text = f"title: {json.dumps(name)}\n$id: {json.dumps(f'/{name}/1.0.0')}\ntype: object\n"
    scratch.write(f"jsonschema/{name}/current.yaml", text)
    scratch.write(f"jsonschema/{name}/1.0.0.yaml", text)
    scratch.commit()
    assert made(scratch)[0] == 0
    site = scratch.root / "site"
    assert broken_links(site, pages_of(site)) == []
    assert (site / name / "index.html").exists()


def test_where_nothing_has_changed_nothing_is_read_again(scratch: Scratch) -> None:
    """Also outside of Git, where a run keeps its lock among the files."""
    shutil.rmtree(scratch.root / ".git")
    schema(scratch, "1.0.0", {})
    config, settings = load_config(scratch.root), SiteSettings()
    assert made(scratch)[0] == 0
    assert make_site(config, scratch.root / "site", settings).unchanged
    (scratch.root / "site/index.html").write_text("edited")
    assert make_site(config, scratch.root / "site", settings).written == ("index.html",)
    scratch.write("jsonschema/a/b/1.0.0.yaml", scratch.read("jsonschema/a/b/1.0.0.yaml") + "# other bytes\n")
    assert set(make_site(config, scratch.root / "site", settings).written) >= {"a/b/1.0.0.yaml", "a/b/1.0.0"}
    # Another size is seen at once; the same size with other bytes is seen by whoever looks at all.
    assert not make_site(config, scratch.root / "site", SiteSettings("Other")).unchanged


def test_what_is_no_file_is_not_waited_for(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {})
    scratch.commit()
    os.mkfifo(scratch.root / "jsonschema/pipe")
    assert made(scratch)[0] == 0
    assert made(scratch) == (0, "site is up to date: 18 files\n")


def test_titles_that_are_no_more(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {"x": {"type": "string"}})
    schema(scratch, "1.1.0", {"x": {"type": "string"}, "y": {"type": "string"}})
    for place in ("gone", "old"):
        text = f"title: {place}\n$id: /{place}/1.0.0\ntype: object\ndescription: Of {place}.\n"
        scratch.write(f"jsonschema/{place}/current.yaml", text)
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    assert "Removed titles" not in (made(scratch) and scratch.read("site/-/changelog.html"))
    scratch.git("rm", "-q", "-r", "jsonschema/gone")
    scratch.commit()
    scratch.git("mv", "jsonschema/old", "jsonschema/new")
    scratch.git("rm", "-q", "--cached", "jsonschema/a/b/1.0.0.yaml")
    scratch.commit()
    assert made(scratch)[0] == 0
    gone, moved = scratch.read("site/gone/index.html"), scratch.read("site/old/index.html")
    assert "This title was removed" in gone
    assert "the version 1.0.0" in gone
    assert scratch.git("rev-parse", "HEAD~1").strip() in gone
    assert 'was moved to <a href="../new/index.html">new</a>' in moved
    # A title that has lost a version is there, and one that stands there again is no more gone.
    assert "Fields" in scratch.read("site/a/b/index.html")
    listed = scratch.read("site/-/changelog.html")
    assert "Removed titles" in listed
    assert "moved to new" in listed
    assert broken_links(scratch.root / "site", pages_of(scratch.root / "site")) == []
    scratch.git("checkout", "-q", "HEAD~2", "--", "jsonschema/gone")
    scratch.commit()
    assert made(scratch)[0] == 0
    assert "Of gone." in scratch.read("site/gone/index.html")


def test_a_title_that_is_no_more_above_others(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {"x": {"type": "string"}})
    scratch.write("jsonschema/a/current.yaml", "title: a\n$id: /a/1.0.0\ntype: object\n")
    assert scratch.jst("materialize").exit_code == 0
    scratch.commit()
    scratch.git("rm", "-q", "jsonschema/a/current.yaml", "jsonschema/a/1.0.0.yaml")
    scratch.commit()
    # One content type of it is left, which is not the first of the configuration.
    assert made(scratch)[0] == 0
    assert (scratch.root / "site/a/1.0.0").read_bytes() == (scratch.root / "jsonschema/a/1.0.0.json").read_bytes()
    scratch.git("rm", "-q", "-r", "--ignore-unmatch", *[f"jsonschema/a/{n}" for n in ("1.0.0.json", "1.0.0", "latest")])
    scratch.git("rm", "-q", "--ignore-unmatch", "jsonschema/a/latest.yaml", "jsonschema/a/latest.json")
    scratch.commit()
    assert made(scratch)[0] == 0
    assert "b/index.html" in scratch.read("site/a/index.html")
    assert broken_links(scratch.root / "site", pages_of(scratch.root / "site")) == []


def test_fragments(scratch: Scratch) -> None:
    scratch.write("jsonschema/part/current.yaml", "title: part\n$id: /part/1.0.0\ntype: object\n")
    schema(scratch, "1.0.0", {"x": {"$ref": "/part/1.0.0"}})
    scratch.commit()
    assert made(scratch)[0] == 0
    page = scratch.read("site/-/fragments.html")
    assert 'href="../part/index.html"' in page
    assert 'href="../a/b/index.html"' in page


def test_a_change_leads_to_its_field(scratch: Scratch) -> None:
    schema(scratch, "1.0.0", {"x": {"type": "object", "properties": {"y": {"type": "string"}}}, "z": {}})
    schema(scratch, "1.1.0", {"x": {"type": "object", "properties": {"y": {"type": "string", "minLength": 1}}}})
    scratch.commit()
    assert made(scratch)[0] == 0
    page = scratch.read("site/-/compare/a/b/1.0.0...1.1.0.html")
    assert "../a/b/index.html#fields.x.y" in page
    assert "#fields.z" not in page
