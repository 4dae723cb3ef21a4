"""Names and texts of strangers in every command and format: they are read, and do nothing more."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from jsonschema_tools import SchemaStore
from jsonschema_tools.cli import COMMANDS
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.lookup.fetching import without_secrets
from jsonschema_tools.reports.check import FORMATS
from jsonschema_tools.reports.escaping import in_markdown, json_text
from tests.conftest import Scratch
from tests.repository.schema_server import SchemaServer, redirect, status

pytestmark = pytest.mark.search

WORDS = {
    "newline": "x\n::error::pwn",
    "return": "x\r::warning file=a::pwn",
    "escape": "\x1b[31m\x1b]0;pwn\x07x",
    "one character": "x\x9b2Jx\x85::error::pwn",
    "bidi": "x\u202etxt.\u2066x\u200b\u2028::error::pwn",
    "command": "::error::pwn",
    "blank command": "  ::set-output name=a::pwn",
    "old command": "##[error]pwn",
    "markup": "x|<script>alert(1)</script>`@someone ![a](http://x)<!--",
    "percent": "x%0A::error::pwn%0D&amp;]]>",
    "delete": "x\x7f\x00\x08x",
    "half": "x\ud800x",
    "astral": "x\U000e0001\U0001f600x",
}
WORDS["all"] = "".join(word for name, word in WORDS.items() if name != "half")
IN_PATHS = {name: word.replace("\0", "\x01").replace("/", "\u2215").strip()[:120] for name, word in WORDS.items()}
IN_PATHS["not UTF-8"] = os.fsdecode(b"x\xff\n::error::pwn")
DRAFT = "http://json-schema.org/draft-07/schema#"


def schema(word: str, version: str, type_: str) -> dict[str, Any]:
    word = word.encode("utf-8", "replace").decode() if "\ud800" not in word else word
    return {
        "$schema": DRAFT,
        "title": word,
        "description": word,
        "$id": f"/{word}/{version}",
        "type": "object",
        "required": [word, "missing " + word],
        "properties": {
            word: {"type": type_},
            "one": {"enum": [word, type_]},
            "two": {"type": "string", "pattern": f"({re.escape(type_)}", "description": word},
            "three": {"description": word, "const": {word: type_}},
        },
    }


@pytest.fixture(params=IN_PATHS, ids=list(IN_PATHS))
def hostile(scratch: Scratch, request: pytest.FixtureRequest) -> Scratch:
    """A repository in which everything that a stranger names has the word: folders, titles, properties, values, events,
    branches and rules."""
    word, name = WORDS.get(request.param, "x"), IN_PATHS[request.param]
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        name = "half"
    scratch.write(
        ".jsonschema-tools.yaml",
        json.dumps(
            {
                "schemaBasePath": "./",
                "compatibility": "full",
                "profile": "recommended",
                "schemaRules": [{"id": "mine", "message": f"of mine {word}", "remedy": word, "schema": "rule.json"}],
                "allow": [{"title": word, "versions": ["1.1.0"], "reason": word, "pointer": "/x", "kind": "x"}],
                "skipSchemaTestCases": {"^nothing$": [word]},
                "releaseBranches": ["main*", "*"],
            }
        ).replace("\\ud800", "?"),
    )
    scratch.write("rule.json", '{"maxProperties": 1}')
    stream = {
        "schema_title": word,
        "topics": [word],
        word: word,
        "canary_events_enabled": True,
        "schema_versions": word,
    }
    scratch.write("streams.json", json.dumps({word: stream, f"/{word}/": stream}))
    folder = scratch.root / name
    folder.mkdir()
    for version, type_ in (("1.0.0", "string"), ("1.1.0", "integer")):
        text = json.dumps(schema(word, version, type_))
        (folder / f"{version}.yaml").write_text(text, "utf-8")
        (folder / f"{version}.json").write_text(text, "utf-8")
        if version == "1.0.0":
            (folder / "current.yaml").write_text(text, "utf-8")
            scratch.commit()
            scratch.git("branch", "main-::error::|<x>`\u202e".replace(":", ";").replace("\u202e", "\u200f"))
    (folder / "current.yaml").write_text(json.dumps(schema(word, "1.2.0", "number")), "utf-8")
    (folder / "latest.yaml").symlink_to(name)
    (scratch.root / "refers").mkdir()
    refers = {"$id": "/refers/1.0.0", "title": "refers", "allOf": [{"$ref": f"/{word}/9.0.0"}, {"$ref": f"#/{word}"}]}
    (scratch.root / "refers/current.yaml").write_text(json.dumps(refers), "utf-8")
    (scratch.root / "broken").mkdir()
    (scratch.root / "broken/current.yaml").write_text("title: {" + name.replace("\udcff", "?") + "\n", "utf-8")
    events = [
        {"$schema": f"/{quote(name, errors='surrogateescape')}/1.0.0", word: 1, "one": word, "two": 5},
        {"$schema": f"/{word}/1.0.0", word: word},
        {"$schema": word},
        {word: word},
    ]
    lines = [json.dumps(event) for event in events] + [f'{{"x": {name.encode("utf-8", "replace").decode()!r}']
    (scratch.root / f"{name}.jsonl").write_bytes("\n".join(lines).encode("utf-8", "backslashreplace"))
    object.__setattr__(scratch, "word", word)
    object.__setattr__(scratch, "name", name)
    return scratch


def invoke(scratch: Scratch, *arguments: str) -> Result:
    from jsonschema_tools.cli import cli
    from jsonschema_tools.cli.output import print_error

    here = Path.cwd()
    os.chdir(scratch.root)
    try:
        result = CliRunner().invoke(cli, list(arguments))
        if isinstance(result.exception, SchemaToolsError):
            import click

            error = result.exception

            @click.command()
            def tell() -> None:
                print_error(error)

            return CliRunner().invoke(tell, [])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result
    finally:
        os.chdir(here)


_OURS = re.compile(r"::(error|warning) file=[^:]*::|::notice::\d+ events")


def safe(result: Result, arguments: tuple[str, ...] = (), ours: bool = False) -> str:
    for output in (result.stdout_bytes, result.stderr_bytes):
        text = output.decode("utf-8")
        for line in text.split("\n"):
            assert line.isprintable(), (arguments, line)
            assert "##[" not in line or (ours and line.startswith("::")), (arguments, line)
            if line.lstrip().startswith("::"):
                assert ours, (arguments, line)
                assert _OURS.match(line), (arguments, line)
    return result.stdout_bytes.decode("utf-8")


def test_check(hostile: Scratch) -> None:
    files = {format_: hostile.root.parent / f"report.{format_}" for format_ in FORMATS if format_ != "text"}
    more = [part for format_, file in files.items() for part in ("--format", format_, "--output", str(file))]
    result = invoke(hostile, "check", *more)
    safe(result)
    for format_, file in files.items():
        result.stdout_bytes, result.stderr_bytes = file.read_bytes(), b""
        parsed(format_, safe(result, (format_,), ours=format_ == "github"))


def parsed(format_: str, text: str) -> None:
    if format_ in ("json", "gitlab", "sarif"):
        json.loads(text)
    elif format_ == "junit":
        suites = ElementTree.fromstring(text)
        for element in suites.iter():
            for value in (*element.attrib.values(), element.text or ""):
                assert value.replace("\n", "").isprintable()
    elif format_ == "markdown":
        outside = re.sub(r"(`+).+?(?<!`)\1(?!`)", "", text)
        outside = re.sub(r"```json\n.*?\n```", "", outside, flags=re.DOTALL)
        assert "<script" not in outside
        assert "@someone" not in outside
        assert "![a]" not in outside


def test_validate(hostile: Scratch) -> None:
    file = f"{hostile.name}.jsonl"  # type: ignore[attr-defined]
    for format_ in ("text", "json", "github", "junit"):
        for more in ((), ("--against-latest",), ("--schema", f"/{hostile.word}/1.0.0")):  # type: ignore[attr-defined]
            arguments = ("validate", file, "--format", format_, *more)
            text = safe(invoke(hostile, *arguments), arguments, ours=format_ == "github")
            if text:
                parsed(format_, text)
    safe(invoke(hostile, "validate", "--errors", "refused.jsonl", file))
    for line in (hostile.root / "refused.jsonl").read_bytes().splitlines():
        json.loads(line)


@pytest.mark.parametrize("hostile", ["all", "command", "not UTF-8"], indirect=True)
def test_the_other_commands(hostile: Scratch) -> None:
    word, name = hostile.word, hostile.name  # type: ignore[attr-defined]
    old, new = f"{name}/1.0.0.yaml", f"{name}/1.1.0.yaml"
    uri = f"/{quote(name, errors='surrogateescape')}/1.0.0"
    for arguments in [
        ("ls",), ("ls", "--format", "json"), ("materialize", "--dry-run"), ("materialize", "-v"), ("materialize-all", "-n"),
        ("materialize-modified", "-n"), ("diff",), ("diff", "--format", "unified"), ("changelog",), ("changelog", word),
        ("status",), ("status", word), ("status", "--format", "json"), ("fmt", "--check"), ("fmt", word),
        ("retire", word, "-n"), ("retire", "refers", "--reason", word, "--successor", word, "-n"),
        ("review", "--against", word), ("review", "--against", "HEAD"), ("review", "--against", "HEAD", "--format", "json"),
        ("review", "--against", "HEAD", "--format", "markdown"), ("table", "--as", "avro", word),
        ("table", word, "--as", "duckdb", "--since", word), ("table", name, "--as", word),
        ("load", name, "--to", f"postgres:host=127.0.0.1 port=1 dbname={word}"), ("load", name, "--to", f"mysql://127.0.0.1:1/{word}"),
        ("load", name, "--to", f"iceberg:{word}"), ("load", name, "--to", f"iceberg:a.{word}"), ("load", name, "--to", f"delta:{word}"),
        ("site", "--output", "site", "--title", word, "--check"), ("site", "--output", word, "--check"),
        ("sql", word, name), ("sql", f'FROM "{word}"', f"{name}.jsonl"), ("sql", "SELECT 1", word), ("sql", f"SELECT '{word}'", name, "--format", "json"),
        ("load", word, "--to", word), ("load", word, "--to", "sqlite:rows.db", "--key", word, "--refused", "refused"),
        ("compat", old, new), ("compat", old, new, "--format", "json"), ("compat", old, new, "--format", "markdown"),
        ("compat", f"{word}@1.0.0", f"{word}@7.0.0"), ("compat", word, "--format", "markdown"), ("bump", "-n"), ("bump", word),
        ("resolve", "--location", uri), ("resolve", "--trace", "--location", f"/{word}/9.9.9"), ("resolve", word),
        ("rules",), ("rules", "--format", "json"), ("rules", "--format", "markdown"), ("explain", "mine"), ("explain", word),
        ("new", word), ("new", "a/b", "--template", word), ("new", "a/b", "--set", f"a={word}"), ("clean", word),
        ("clean", f"{word}@1.1.0"),
        ("streams", "ls", "--streams", "streams.json"), ("streams", "show", word, "--streams", "streams.json"),
        ("streams", "topics", "--streams", "streams.json"), ("streams", "check", "--streams", "streams.json"),
        ("streams", "check", "--streams", "streams.json", "--format", "sarif"), ("streams", "topics", word),
        ("streams", "ls", "--streams", word), ("streams", "ls", "--streams", "streams.json", "--constraints", word),
        ("streams", word), ("canary", "-n", "--streams", "streams.json"), ("canary", word, "--to", word),
        ("flink", word, "--kafka", word, "--streams", "streams.json"), ("flink", "--files", word, "--event-time", word, "--streams", "streams.json"),
        ("flink", "run", "--files", word, "-f", word), ("spark", word, "--files", word, "--watermark", word, "--streams", "streams.json"),
        ("replay", f"{name}.jsonl", "--to", word), ("replay", word, "--to", "http://127.0.0.1:9"), ("replay", "--to", "kafka:", word),
        ("replay", word, "--to", "kafka:127.0.0.1:9"), ("replay", "--kafka", "127.0.0.1:9", "--topic", word, "--until", word, "--to", "http://x"),
        ("vendor", word, "--to", "vendored"), ("vendor", f"{word}@{word}", "--to", word, "-n"), ("vendor", "--to", "vendored", "--check"),
        ("types", word, "--to", "typeddict"), ("types", f"{word}@^1", "--to", "typeddict", "--output", word), ("init", name, "-n"), ("install-git-hook", name), ("check", word), ("check", "--select", word),
        ("check", "--against", word), ("check", "--staged"), ("run-git-hook",), ("dereference", word), ("check", f"--{word}"),
        ("serve", f"none/{word}"), ("serve", "--output", word, f"none/{word}"), ("completion", word), (word,), (f"--{word}",), ("materialize", word), ("materialize", "-u", word, "-n"), ("ls", "-C", word),
        ("validate", word), ("validate", "--jobs", word), ("validate", "--topic", word),
        ("validate", "--kafka", "localhost:1", "--topic", "x", "--from", word), ("validate", "--kafka-option", word), ("materialize", "-c", word), ("compat", "--policy", word, old, new),
    ]:  # fmt: skip
        text = safe(
            invoke(hostile, *(part.replace("\0", "\x01").replace("\ud800", "\udcff") for part in arguments)), arguments
        )
        if arguments[-1] == "json" and text:
            json.loads(text)
        if arguments[0] in ("compat", "changelog") and (arguments[-1] == "markdown" or arguments[0] == "changelog"):
            parsed("markdown", text)
        if arguments[0] == "rules":
            assert "<script" not in re.sub(r"`.+?`", "", text) or arguments[-1] != "markdown"


def test_every_command_is_here() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [name for name in COMMANDS if f'"{name}"' not in text] == []


class TestEscapes:
    """The functions that all formats use."""

    @pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
    def test_json_says_the_same(self, word: str) -> None:
        document = {word: [word, 1.5, {"a": word}], "\\##[": "\\\\"}
        text = json_text(document)
        assert json.loads(text) == document
        assert text.replace("\n", "").isprintable()
        assert "##[" not in text
        assert json.loads(json_text(word, indent=None)) == word

    @pytest.mark.parametrize("text", ["/a_b/c: added", 'the "type" is now 5', "größe", "a (b) c, d"])
    def test_plain_text_stays_plain_in_markdown(self, text: str) -> None:
        assert in_markdown(text) == text

    def test_markdown_of_others(self) -> None:
        assert in_markdown("a|`b`", cell=True) == "`` a\\|`b` ``"
        assert in_markdown("<b>") == "`<b>`"
        assert in_markdown("# a") == "`# a`"


SECRET = "s3cr3t"
URLS = [
    "https://user:{}@example.org/x",
    "https://{}@example.org/x",
    "https://user:a{}:b@example.org:8080/x",
    "https://example.org/x?token={}",
    "https://example.org/x?a=b&access_token={}&c=d",
    "https://example.org/x;key={}/f/1.0.0",
    "https://example.org/get?X-Amz-Signature={}&file=",
    "https://example.org/get?sig={}#x",
    "https://example.org/API_KEY={}/x",
    "https://example.org/x?Password={}&user=me",
    "git+https://oauth2:{}@example.org/x",
    "https://x.org/schema/=https://user:{}@example.org/x",
]


class TestSecrets:
    """Credentials in base URIs stay where they are."""

    @pytest.mark.parametrize("url", URLS)
    def test_what_is_shown(self, url: str) -> None:
        shown = without_secrets(f"see {url.format(SECRET)}, or '{url.format(SECRET)}'")
        assert SECRET not in shown
        assert "example.org" in shown

    @pytest.mark.parametrize(
        "text",
        ["https://example.org/monkeys/1.0.0?file=a&page=2", "/f/1.0.0", "git+file:///r/x@main", "a@b.org", "key=1"],
    )
    def test_what_is_no_secret(self, text: str) -> None:
        assert without_secrets(text) == text

    @pytest.mark.parametrize("url", URLS)
    def test_commands(self, scratch: Scratch, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
        base = url.format(SECRET)
        scratch.write("jsonschema/a/current.yaml", f"title: a\n$id: /a/1.0.0\n$ref: /f/1.0.0\nx: {{$ref: '{base}'}}\n")
        scratch.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris: ['{base}']\n")
        scratch.write("e.json", json.dumps({"$schema": "/f/1.0.0"}))
        for arguments in (["check"], ["materialize", "-v"], ["resolve", "--trace", "/f/1.0.0"], ["resolve", base],
                          ["validate", "e.json"], ["validate", "e.json", "--format", "json"]):  # fmt: skip
            assert SECRET not in scratch.jst(*arguments).output

    @pytest.mark.parametrize("answer", ["found", "missing", "wrong", "down", "redirected"])
    def test_over_http(self, tmp_path: Path, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        path = f"/get?token={SECRET}&file=/f/1.0.0"
        faults = {
            "missing": status(404),
            "down": status(503),
            "redirected": redirect(f"http://x.invalid/?token={SECRET}"),
        }
        documents = {"found": b'{"$id": "/f/1.0.0"}', "wrong": b'{"message": "x"}'}
        with SchemaServer({path: documents[answer]} if answer in documents else {}) as server:
            server.faults.update({"*": faults[answer]} if answer in faults else {})
            store = SchemaStore([f"{server.url}/get?token={SECRET}&file="], cache_directory=tmp_path)
            trace = store.trace("/f/1.0.0")
            said = [*trace.attempts, str(trace.error), str(getattr(trace.error, "remedy", "")), str(trace.text)]
            if answer == "found":
                said += [store.location("/f/1.0.0"), *map(str, store.merged(["/f/1.0.0"]))]
            try:
                store.retrieve("/f/1.0.0")
            except SchemaToolsError as error:
                said += [str(error), str(error.remedy), str(getattr(error, "attempts", ""))]
            assert server.requests
            assert server.requests[0] == path
        assert SECRET not in "".join(said)
        for entry in tmp_path.iterdir():
            assert SECRET not in entry.name
            assert SECRET.encode() not in entry.read_bytes()

    def test_a_base_that_cannot_be(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            SchemaStore([f"https://me:{SECRET}@example.org/x"])
        assert SECRET not in str(caught.value) + str(caught.value.remedy)
