"""`jst streams`: what people see."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema_rs import validator_for

from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.use_cases.streams import open_streams
from tests.conftest import Scratch
from tests.needs import example_repository
from tests.repository.schema_server import SchemaServer, status

SLIPS = """\
defaults:
  topic_prefixes: [north., south.]
streams:
  shop.order.placed:
    schema_title: /shop/order/placed
  shop.cart.changed:
    schema_titel: shop/cart/changed
    schema_title: shop/cart/changed/1.0.0
  /shop: {schema_title: shop/order/placed}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    """The example repository."""
    return Scratch(Path(shutil.copytree(example_repository(), tmp_path / "shop", symlinks=True)))


def test_ls(shop: Scratch) -> None:
    assert shop.jst("streams", "ls").stdout.split("\n") == [
        "shop.order.placed        shop/order/placed        shop.order.placed",
        "shop.cart.changed        shop/cart/changed        shop.cart.changed",
        "legacy.newsletter_click  legacy/newsletter_click  legacy.newsletter_click",
        "",
    ]
    found = shop.jst("streams", "ls", "--constraints", "canary_events_enabled=1|sample[unit]=session").stdout
    assert found.split() == ["shop.cart.changed", "shop/cart/changed", "shop.cart.changed"]
    everything = json.loads(shop.jst("streams", "ls", "--format", "json").stdout)
    assert everything["shop.cart.changed"] == {
        "destination_event_service": "intake",
        "canary_events_enabled": True,
        "schema_title": "shop/cart/changed",
        "sample": {"rate": 0.5, "unit": "session"},
        "stream": "shop.cart.changed",
        "topics": ["shop.cart.changed"],
    }


def test_show_and_topics(shop: Scratch) -> None:
    shop.write(
        "more.yaml", "defaults: {topic_prefixes: [a., b.]}\nstreams: {/^job\\..+/: {schema_title: job}, x: {}}\n"
    )
    shown = shop.jst("streams", "show", "job.mail", "--streams", "more.yaml")
    assert shown.stdout == (
        "schema_title: job\nstream: /^job\\..+/\ntopic_prefixes:\n  - a.\n  - b.\ntopics:\n  - a.job.mail\n  - b.job.mail\n"
    )
    as_json = shop.jst("streams", "show", "/^job\\..+/", "--streams", "more.yaml", "--format", "json")
    assert json.loads(as_json.stdout)["topics"] == ["/^(a\\.|b\\.)job\\..+/"]
    assert shop.jst("streams", "topics", "--streams", "more.yaml").stdout.split() == [
        "/^(a\\.|b\\.)job\\..+/",
        "a.x",
        "b.x",
    ]
    assert shop.jst("streams", "topics", "job.a", "--streams", "more.yaml").stdout.split() == ["a.job.a", "b.job.a"]
    topics = shop.jst("streams", "topics", "shop.order.placed", "--format", "json")
    assert json.loads(topics.stdout) == ["shop.order.placed"]


@pytest.mark.parametrize("command", ["show", "topics", "ls"])
def test_a_stream_that_there_is_not(shop: Scratch, command: str) -> None:
    result = shop.jst("streams", command, "shop.order.place")
    assert result.exit_code == 2
    assert "there is no stream 'shop.order.place'" in result.output
    assert "Did you mean 'shop.order.placed'?" in result.output


def test_the_example_is_in_order(shop: Scratch) -> None:
    result = shop.jst("streams", "check", "--strict")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "43 passed, 0 failed, 0 skipped\n"


def test_check_names_line_and_column(shop: Scratch) -> None:
    shop.write("streams.yaml", SLIPS)
    result = shop.jst("streams", "check", "--ignore", "titles-have-a-stream")
    assert result.exit_code == 1
    heads = [
        line.split(" error ")[0] + " " + line.split(" error ")[1].split()[0]
        for line in result.stdout.split("\n")
        if " error " in line
    ]
    assert heads == [
        "streams.yaml:5:19: stream-titles-are-plain",
        "streams.yaml:7:19: streams-are-well-formed",
        "streams.yaml:8:19: stream-titles-are-plain",
        "streams.yaml:9:3: stream-patterns-are-anchored",
    ]
    assert "remedy: Did you mean 'schema_title'?" in result.stdout


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("/shop/order/placed", "stream-titles-are-plain"),
        ("shop/order/placed/1.0.0", "stream-titles-are-plain"),
        ("/shop/order/placed/latest", "stream-titles-are-plain"),
        ("shop/order/plced", "stream-schemas-exist"),
        ("shop/orders/placed", "stream-schemas-exist"),
        ("order/placed", "stream-schemas-exist"),
        ("5", "streams-are-well-formed"),
        ("''", "streams-are-well-formed"),
    ],
)
def test_one_mistake_in_a_title_is_one_finding(shop: Scratch, title: str, rule: str) -> None:
    shop.write("streams.yaml", shop.read("streams.yaml").replace(": shop/order/placed", f": {title}"))
    results = json.loads(shop.jst("streams", "check", "--format", "json").stdout)["results"]
    found = [finding for result in results for finding in result["findings"]]
    assert {result["rule"] for result in results if result["findings"]} == {rule}
    assert len(found) == 1


def test_a_title_that_no_stream_means_is_told_beside_a_wrong_one(shop: Scratch) -> None:
    streams = shop.read("streams.yaml").replace(": shop/cart/changed", ": nothing/like/it")
    shop.write("streams.yaml", streams)
    results = json.loads(shop.jst("streams", "check", "--format", "json").stdout)["results"]
    told = {result["rule"] for result in results if result["findings"]}
    assert told == {"stream-schemas-exist", "titles-have-a-stream"}


def test_check_has_the_formats_and_the_settings_of_jst_check(shop: Scratch) -> None:
    shop.write("streams.yaml", SLIPS)
    report = json.loads(shop.jst("streams", "check", "--format", "json").stdout)
    assert {result["family"] for result in report["results"]} == {"streams"}
    for format_ in ("github", "gitlab", "junit", "sarif", "markdown"):
        result = shop.jst("streams", "check", "--format", format_)
        assert result.exit_code == 1
        assert "stream-patterns-are-anchored" in result.stdout
    configuration = shop.read(".jsonschema-tools.yaml")
    rules = "rules:\n  stream-titles-are-plain: warning\n  streams-are-well-formed: off\n  stream-patterns-are-anchored: off\n"
    shop.write(".jsonschema-tools.yaml", configuration + rules)
    result = shop.jst("streams", "check")
    assert result.exit_code == 0
    assert " warning stream-titles-are-plain " in result.stdout
    assert shop.jst("streams", "check", "--strict").exit_code == 1
    # What is for streams is known to `jst check`, and not run by it.
    assert shop.jst("check").stdout == "222 passed, 0 failed, 3 skipped\n"


def test_comments_and_skips_count(shop: Scratch) -> None:
    shop.write(
        "streams.yaml",
        "streams:\n  a:\n    schema_title: /shop/order/placed  # jst: ignore[stream-titles-are-plain] of old\n",
    )
    assert shop.jst("streams", "check", "--select", "stream-titles-are-plain").exit_code == 0
    shop.write("streams.yaml", "streams:\n  a:\n    schema_title: /shop/order/placed\n")
    assert shop.jst("streams", "check", "--select", "stream-titles-are-plain").exit_code == 1
    configuration = shop.read(".jsonschema-tools.yaml")
    shop.write(".jsonschema-tools.yaml", f"{configuration}  '^a$': [stream-titles-are-plain]\n")
    assert shop.jst("streams", "check", "--select", "stream-titles-are-plain").exit_code == 0
    assert "skips-match" not in shop.jst("check").output


def test_without_streams(shop: Scratch) -> None:
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    for command in (["ls"], ["show", "a"], ["topics"], ["check"]):
        result = shop.jst("streams", *command)
        assert result.exit_code == 2
        assert "no streams are configured" in result.output
        assert "--streams" in result.output
    assert shop.jst("streams", "ls", "--streams", "streams.yml").exit_code == 2
    assert "Did you mean 'streams.yaml'?" in shop.jst("streams", "ls", "--streams", "streams.yml").output


def test_a_file_of_another_folder_is_named_from_the_working_directory(shop: Scratch) -> None:
    shop.write("other/mine.yaml", "a: {schema_title: shop/order/placed}\n")
    inside = Scratch(shop.root / "other")
    assert inside.jst("streams", "ls", "--streams", "mine.yaml").stdout.startswith("a  shop/order/placed")
    assert inside.jst("streams", "ls").stdout.startswith("shop.order.placed ")


def test_the_schema_of_the_file(shop: Scratch) -> None:
    schema = json.loads(shop.jst("streams", "schema").stdout)
    validator = validator_for(schema)
    assert validator.is_valid(
        {"streams": {"a.b": {"schema_title": "a/b", "x-mine": 1}, "/^c/i": {"schema_title": "c"}}}
    )
    for slip in (
        {"a": {"schema_title": "/a/b"}},
        {"a": {"schema_title": "a/b/1.0.0"}},
        {"a": {"schema_titel": "a/b", "schema_title": "a"}},
        {"/a": {"schema_title": "a/b"}},
        {"a": {}},
        {"a": {"schema_title": "a", "topics": "a"}},
        {"a": {"schema_title": "a", "sample": {"rate": 50}}},
    ):
        assert not validator.is_valid(slip)
        assert not validator.is_valid({"streams": slip})
    settings = schema["definitions"]["settings"]["properties"]
    page = (Path(__file__).parents[1] / "docs/streams.md").read_text("utf-8")
    for name, described in settings.items():
        assert described.get("description") or "$ref" in described
        assert f"`{name}`" in page


def test_of_a_server(shop: Scratch, serve: Callable[..., SchemaServer]) -> None:
    server = serve({"/streams": SLIPS.replace("/shop:", "/^shop/:").encode()})
    url = f"{server.url}/streams"
    assert "north.shop.order.placed" in shop.jst("streams", "topics", "--streams", url).stdout
    result = shop.jst("streams", "check", "--streams", url, "--select", "stream-titles-are-plain")
    assert result.exit_code == 1
    # Nobody can edit it here, so it stands at the configuration, which names the server.
    assert f".jsonschema-tools.yaml: error stream-titles-are-plain {url}:5:19: the title" in result.stdout
    server.faults["*"] = status(503)
    result = shop.jst("streams", "topics", "--streams", url)
    assert result.exit_code == 0
    assert "north.shop.order.placed" in result.stdout
    assert "the streams cannot be fetched: answered 503 Service Unavailable" in result.stderr
    assert "the last good copy counts: it is " in result.stderr
    result = shop.jst("streams", "check", "--streams", url)
    assert result.exit_code == 2
    result = shop.jst("streams", "ls", "--offline", "--streams", url)
    assert (result.exit_code, "cannot be fetched" in result.stderr) == (0, False)


def test_names_of_strangers_are_only_read(shop: Scratch) -> None:
    name = "a\x1b[31mred\n::error::forged"
    shop.write("streams.yaml", json.dumps({name: {"schema_title": name, "topics": [name]}}))
    for command in (["ls"], ["topics"], ["show", name], ["show", f"{name}x"], ["check"]):
        result = shop.jst("streams", *command)
        for line in result.output.split("\n"):
            assert line.isprintable(), (command, line)
            assert not line.lstrip().startswith("::"), (command, line)


def test_how_long_an_answer_counts_is_configured(scratch: Scratch, serve: Callable[..., SchemaServer]) -> None:
    server = serve({"/streams": b"a: {}\n"})
    for seconds, asked in ((2, 2), (86_400, 1)):
        scratch.write(".jsonschema-tools.yaml", f"streams: {server.url}/streams\nstreamsSeconds: {seconds}\n")
        server.requests.clear()
        streams = open_streams(load_config(scratch.root))
        streams._clock = lambda: time.monotonic() + 3
        assert streams.find("a") is not None
        assert len(server.requests) == asked
