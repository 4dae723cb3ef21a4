"""Results that are kept between runs: whatever is edited, a run tells what it tells without them."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.repository.inputs import inputs_of
from jsonschema_tools.repository.result_cache import open_cache
from jsonschema_tools.use_cases import check, remembered
from tests.conftest import Scratch
from tests.repository.schema_server import SchemaServer

CONFIG = """\
schemaBasePath: jsonschema
schemaBaseUris: [jsonschema, other]
contentTypes: [yaml]
baseline: baseline.yaml
profile: {profile}
schemaRules: [{{id: house, message: has no owner, schema: house.yaml, severity: warning}}]
allow:
  - {{title: shop/order, versions: [1.1.0], pointer: /properties/b, kind: property-removed, reason: why, expires: "{expires}"}}
"""
FRAGMENT = "title: common\n$id: /common/1.0.0\n$schema: https://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  at: {{type: string, description: {text}}}\n"
ORDER = """\
title: shop/order
description: {text}
$id: /shop/order/1.{minor}.0
$schema: https://json-schema.org/draft-07/schema#
type: object
allOf:
- $ref: /common/1.0.0
properties:
  a: {{type: string, enum: [{names}]}}
"""
TEST = "- event: {a: n0}\n  valid: true\n"
RULE = """\
from jsonschema_tools.rules.model import Family, Problem, Rule
from jsonschema_tools.rules.subjects import current_files
import pathlib


def check(file, context):
    \"\"\"It changes its mind.\"\"\"
    yield Problem(pathlib.Path(__file__).with_name("mind.txt").read_text())


RULE = Rule("of-a-mind", Family.STRUCTURE, "has a mind", current_files, check)
"""


@pytest.fixture(autouse=True)
def _on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JST_CACHE", "on")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


def configure(shop: Scratch, profile: str = "recommended", expires: str = "2030-01-01") -> None:
    shop.write(".jsonschema-tools.yaml", CONFIG.format(profile=profile, expires=expires))


@pytest.fixture
def shop(scratch: Scratch) -> Scratch:
    configure(scratch)
    scratch.write("house.yaml", "type: object\n")
    scratch.write("baseline.yaml", "version: 1\nfindings: []\n")
    scratch.write("other/elsewhere/1.0.0.yaml", "title: elsewhere\n$id: /elsewhere/1.0.0\ntype: object\n")
    scratch.write("jsonschema/common/current.yaml", FRAGMENT.format(text="when"))
    scratch.write("jsonschema/shop/order/tests/good.yaml", TEST)
    for minor in range(2):
        names = ", ".join(f"n{number}" for number in range(minor + 1))
        scratch.write("jsonschema/shop/order/current.yaml", ORDER.format(text="An order", minor=minor, names=names))
        scratch.jst("materialize-all")
    scratch.git("checkout", "-q", "-b", "main")
    scratch.commit()
    return scratch


def settle() -> None:
    """Wait until no file has changed a moment ago: what did is not kept."""
    time.sleep(0.03)


def known(shop: Scratch, **fields: Any) -> bool:
    """Whether a check would be told by an earlier one."""
    config = load_config(shop.root)
    fields = {"titles": (), **dict.fromkeys(("profile", "against")), **dict.fromkeys(LISTS, ()), **FLAGS, **fields}
    cache = open_cache(config)
    assert cache is not None
    run = remembered.whole_run(cache, "check", config, sorted(fields.items()))
    found = run is not None and run.known() is not None
    cache.close()
    return found


LISTS = ("select", "extend_select", "ignore")
FLAGS = {"skip_other_files": False, "offline": False}


def told(shop: Scratch, *arguments: str) -> tuple[int, str]:
    result = shop.jst(*arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "junit", "markdown", "github", "gitlab"])
def test_a_report_that_is_kept_tells_the_same(shop: Scratch, format_: str) -> None:
    shop.write("jsonschema/shop/order/current.yaml", ORDER.format(text="An order", minor=1, names="n7"))
    settle()
    arguments = ("check", "--verbose", "--format", format_)
    expected = told(shop, *arguments, "--no-cache")
    assert expected[0] == 1
    assert not known(shop)
    assert [told(shop, *arguments) for _ in range(2)] == [expected] * 2
    shop.jst("check")
    assert known(shop)


def _tag(shop: Scratch) -> None:
    shop.git("tag", "v1")


def _branch(shop: Scratch) -> None:
    shop.git("branch", "other")


def _staged(shop: Scratch) -> None:
    shop.write("jsonschema/common/README", "new")
    shop.git("add", "--all")
    (shop.root / "jsonschema/common/README").unlink()


def _remote(shop: Scratch) -> None:
    shop.git("config", "remote.upstream.url", "elsewhere")


def _relinked(shop: Scratch) -> None:
    link = shop.root / "jsonschema/shop/order/latest.yaml"
    link.unlink()
    link.symlink_to("1.0.0.yaml")


def _removed(shop: Scratch) -> None:
    (shop.root / "jsonschema/shop/order/1.0.0.yaml").unlink()


def _of_another_mode(shop: Scratch) -> None:
    (shop.root / "jsonschema/shop/order/1.0.0.yaml").chmod(0o600)


def _with_old_times(shop: Scratch) -> None:
    path = shop.root / "jsonschema/common/1.0.0.yaml"
    times = path.stat()
    path.write_text(path.read_text().replace("when", "then"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _folder(shop: Scratch) -> None:
    (shop.root / "jsonschema/empty").mkdir()


def writes(name: str, text: str) -> Callable[[Scratch], None]:
    def edit(shop: Scratch) -> None:
        shop.write(name, text)

    edit.__name__ = name
    return edit


EDITS = [
    _tag,
    _branch,
    _staged,
    _remote,
    _relinked,
    _removed,
    _of_another_mode,
    _with_old_times,
    _folder,
    writes("jsonschema/common/current.yaml", FRAGMENT.format(text="then")),
    writes("jsonschema/shop/order/tests/more.yaml", TEST),
    writes("jsonschema/shop/order/notes.txt", "n"),
    writes("jsonschema/shop/order/.git/HEAD", "n"),
    writes("other/elsewhere/1.0.0.yaml", "title: elsewhere\n$id: /elsewhere/1.0.0\ntype: array\n"),
    writes("other/common/1.0.0.yaml", "title: common"),
    writes("baseline.yaml", "version: 1\nfindings: []\n# more\n"),
    writes("house.yaml", "type: array\n"),
    writes(".jsonschema-tools.yaml", CONFIG.format(profile="recommended", expires="2030-01-01") + "# more\n"),
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_whatever_a_run_reads_is_in_its_key(shop: Scratch, edit: Callable[[Scratch], None]) -> None:
    settle()
    shop.jst("check")
    assert known(shop)
    edit(shop)
    assert not known(shop)


def test_links_that_stay_inside_are_in_the_key(shop: Scratch) -> None:
    for name, target in (
        ("a", "../common/1.0.0.yaml"),
        ("b", "../../other/elsewhere"),
        ("c", "../shop/order/tests/good.yaml"),
    ):
        (shop.root / "jsonschema/shop" / name).symlink_to(target)
    settle()
    shop.jst("check")
    assert known(shop)


@pytest.mark.parametrize("fields", [{"profile": "upstream"}, {"ignore": ("structure",)}, {"offline": True}])
def test_whatever_a_run_is_asked_is_in_its_key(shop: Scratch, fields: dict[str, Any]) -> None:
    settle()
    shop.jst("check")
    assert known(shop)
    assert not known(shop, **fields)


def test_git_is_in_the_key_only_where_it_was_asked(shop: Scratch) -> None:
    configure(shop, "upstream")
    settle()
    shop.jst("check")
    _branch(shop)
    assert known(shop)


class _Later(datetime.date):
    @classmethod
    def today(cls) -> datetime.date:
        return datetime.date(2031, 1, 1)


def test_the_day_is_in_the_key_only_where_it_counts(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    shop.jst("check")
    with monkeypatch.context() as later:
        later.setattr(remembered, "date", _Later)
        assert not known(shop)
    shop.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
    settle()
    shop.jst("check")
    monkeypatch.setattr(remembered, "date", _Later)
    assert known(shop)


def _link_out(shop: Scratch, _server: SchemaServer) -> None:
    (shop.root / "jsonschema/shop/order/latest.yaml").unlink()
    (shop.root / "jsonschema/shop/order/latest.yaml").symlink_to("../../../house.yaml")


def _link_back_in(shop: Scratch, _server: SchemaServer) -> None:
    (shop.root / "out").symlink_to("jsonschema/shop")
    (shop.root / "jsonschema/shop/order/latest.yaml").unlink()
    (shop.root / "jsonschema/shop/order/latest.yaml").symlink_to("../../../out/order/1.1.0.yaml")


def _link_out_and_up(shop: Scratch, _server: SchemaServer) -> None:
    (shop.root / "out").mkdir()
    (shop.root / "jsonschema/shop/order/latest.yaml").unlink()
    (shop.root / "jsonschema/shop/order/latest.yaml").symlink_to("../../../out/../jsonschema/shop/order/1.1.0.yaml")


def _hidden(shop: Scratch, _server: SchemaServer) -> None:
    shop.write("jsonschema/.hidden/1.0.0.yaml", "title: .hidden\n$id: /.hidden/1.0.0\ntype: object\n")
    shop.write(
        "jsonschema/shop/order/current.yaml", ORDER.format(text="", minor=1, names="n0").replace("/common", "/.hidden")
    )


def _into_hidden(shop: Scratch, _server: SchemaServer) -> None:
    shop.write("jsonschema/.hidden/1.0.0.yaml", "title: .hidden\n$id: /.hidden/1.0.0\ntype: object\n")
    (shop.root / "jsonschema/way").symlink_to(".hidden")


def _from_a_server(shop: Scratch, server: SchemaServer) -> None:
    shop.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris: [jsonschema, {server.url}]\n")
    shop.write(
        "jsonschema/shop/order/current.yaml", ORDER.format(text="", minor=1, names="n0").replace("/common", "/far")
    )


def _from_a_commit(shop: Scratch, _server: SchemaServer) -> None:
    base = f"git+file://{shop.root}/jsonschema@main"
    shop.write(".jsonschema-tools.yaml", f"schemaBasePath: jsonschema\nschemaBaseUris: [other, '{base}']\n")


def _ignored_elsewhere(shop: Scratch, _server: SchemaServer) -> None:
    shop.write(
        "jsonschema/shop/order/1.2.0.yaml", shop.read("jsonschema/shop/order/1.1.0.yaml").replace("1.1.0", "1.2.0")
    )


def _of_a_time(shop: Scratch, _server: SchemaServer) -> None:
    configure(shop)
    shop.write(
        ".jsonschema-tools.yaml",
        shop.read(".jsonschema-tools.yaml") + "rules: {released-versions-are-immutable: {since: 'main@{0}'}}\n",
    )


@pytest.mark.parametrize(
    "spoil",
    [
        _link_out,
        _link_back_in,
        _link_out_and_up,
        _hidden,
        _into_hidden,
        _from_a_server,
        _from_a_commit,
        _ignored_elsewhere,
        _of_a_time,
    ],
)
def test_nothing_is_kept_where_a_key_does_not_hold_all(
    shop: Scratch, spoil: Callable[[Scratch, SchemaServer], None], serve: Callable[..., SchemaServer]
) -> None:
    spoil(shop, serve())
    settle()
    shop.jst("check")
    assert not known(shop)


def test_what_changes_while_it_is_read_is_not_kept(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    plan = check.plan_known

    def disturbed(*arguments: Any, **options: Any) -> Any:
        shop.write("jsonschema/common/current.yaml", FRAGMENT.format(text="then"))
        return plan(*arguments, **options)

    monkeypatch.setattr(check, "plan_known", disturbed)
    before = shop.read("jsonschema/common/current.yaml")
    shop.jst("check")
    shop.write("jsonschema/common/current.yaml", before)
    assert not known(shop)


def test_what_changed_a_moment_ago_is_not_kept(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    config, now = load_config(shop.root), time.time_ns
    for since, kept in ((10_000_000, False), (1_000_000_000, True)):
        shop.write("jsonschema/common/current.yaml", FRAGMENT.format(text="when"))
        changed = (shop.root / "jsonschema/common/current.yaml").stat().st_ctime_ns
        monkeypatch.setattr(time, "time_ns", lambda at=changed + since: at)
        found = inputs_of(config)
        monkeypatch.setattr(time, "time_ns", now)
        assert found is not None
        assert found.is_unchanged() is kept


def test_rules_of_packages_are_not_kept(shop: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Scratch(tmp_path / "site")
    site.write("of_a_mind.py", RULE)
    site.write("of_a_mind-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: of-a-mind\nVersion: 1\n")
    site.write("of_a_mind-1.dist-info/entry_points.txt", "[jsonschema_tools.rules]\nof-a-mind = of_a_mind:RULE\n")
    monkeypatch.syspath_prepend(site.root)
    for mind in ("yes", "no"):
        site.write("mind.txt", mind)
        settle()
        assert f"of-a-mind {mind}" in shop.jst("check").output
    assert not known(shop)


def test_several_processes_at_once_tell_the_same(shop: Scratch) -> None:
    settle()
    command = [sys.executable, "-m", "jsonschema_tools", "check", "--format", "json"]
    started = [subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = {process.communicate()[0] for process in started}
    assert outputs == {told(shop, "check", "--format", "json", "--no-cache")[1]}


@pytest.mark.parametrize("command", [["check"], ["materialize-all", "--dry-run"]], ids=lambda command: command[0])
def test_what_is_known_is_told_without_rules_and_schemas(shop: Scratch, command: list[str]) -> None:
    settle()
    program = (
        "import sys; from jsonschema_tools.cli import cli\n"
        "try:\n    cli(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "heavy = {'registry', 'engine', 'loading', 'materialization'}\n"
        "print('loaded:', *sorted(heavy & {name.rpartition('.')[2] for name in sys.modules}))"
    )
    loaded = []
    for _ in range(2):
        output = subprocess.check_output([sys.executable, "-c", program, *command], cwd=shop.root, text=True)
        loaded.append(output.splitlines()[-1])
    assert loaded[0] != "loaded:"
    assert loaded[1] == "loaded:"


def test_nothing_to_materialize_is_known_until_something_is(shop: Scratch) -> None:
    settle()
    arguments = ("materialize-all", "--dry-run")
    expected = told(shop, *arguments, "--no-cache")
    assert [told(shop, *arguments) for _ in range(2)] == [expected] * 2
    assert "2 schemas, nothing to do" in expected[1]
    shop.write("jsonschema/common/current.yaml", FRAGMENT.format(text="then").replace("1.0.0", "1.1.0"))
    settle()
    for _ in range(2):
        assert "write jsonschema/common/1.1.0.yaml" in told(shop, *arguments)[1]
    assert told(shop, "materialize-all")[0] == 0
    assert (shop.root / "jsonschema/common/1.1.0.yaml").is_file()


def _edits(shop: Scratch, home: Path, random: Random) -> Iterator[Callable[[], object]]:
    """Anything that somebody may do to a repository, its history, its settings and what is kept."""
    order, common = "jsonschema/shop/order", "jsonschema/common"
    text = random.choice(["one", "two", "three words"])
    names = ", ".join(f"n{number}" for number in range(random.randint(1, 4)))
    minor = random.randint(0, 3)
    yield lambda: shop.write(f"{order}/current.yaml", ORDER.format(text=text, minor=minor, names=names))
    yield lambda: shop.write(
        f"{order}/current.yaml",
        ORDER.format(text=text, minor=minor, names=names).replace(
            "/common", random.choice(["/elsewhere", "/nowhere", "/.hidden", "/shop/order"])
        ),
    )
    yield lambda: shop.write(f"{common}/current.yaml", FRAGMENT.format(text=text))
    yield lambda: shop.write(f"{common}/1.0.0.yaml", FRAGMENT.format(text=text))
    yield lambda: shop.write(
        "jsonschema/.hidden/1.0.0.yaml", f"title: .hidden\n$id: /.hidden/1.0.0\ndescription: {text}\n"
    )
    yield lambda: shop.write(
        "other/elsewhere/1.0.0.yaml", f"title: elsewhere\n$id: /elsewhere/1.0.0\ndescription: {text}\n"
    )
    yield lambda: shop.write(f"{order}/tests/{text}.yaml", TEST.replace("n0", f"n{minor}"))
    yield lambda: shop.write("house.yaml", random.choice(["type: object\n", "required: [owner]\n", "type: ["]))
    yield lambda: shop.write("baseline.yaml", random.choice(["version: 1\nfindings: []\n", "version: 2\n"]))
    yield lambda: shop.jst("check", "--write-baseline", "baseline.yaml")
    yield lambda: configure(
        shop, random.choice(["upstream", "recommended"]), random.choice(["2030-01-01", "2000-01-01"])
    )
    yield lambda: shop.write(
        ".jsonschema-tools.yaml",
        random.choice(
            [
                "schemaBasePath: jsonschema\n",
                "schemaBasePath: jsonschema\nprofile: recommended\nignoreSchemas: [order]\n",
            ]
        ),
    )
    yield lambda: (shop.root / order / f"1.{minor}.0.yaml").unlink(missing_ok=True)
    yield lambda: _link(
        shop.root / order / random.choice(["latest", "1.0.0", "latest.yaml"]),
        random.choice(["1.0.0.yaml", "nowhere", "../../../house.yaml", "../../.hidden/1.0.0.yaml"]),
    )
    yield lambda: (shop.root / order / "current.yaml").chmod(random.choice([0o644, 0o600, 0o755]))
    yield lambda: shop.jst("materialize-all")
    yield shop.commit_if_any
    yield lambda: shop.git("checkout", "-q", "-B", random.choice(["main", "work"]))
    yield lambda: shop.git("add", "--all")
    yield lambda: shop.git(
        "reset", "-q", random.choice(["--mixed", "--hard"]), random.choice(["HEAD", "HEAD~1", "start"])
    )
    yield lambda: shop.git("tag", "--force", random.choice(["start", "v1"]))
    yield lambda: _damaged(home, random)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _damaged(home: Path, random: Random) -> None:
    file = home / "jsonschema-tools/results/results.sqlite"
    if not file.exists():
        return
    content = bytearray(file.read_bytes())
    for _ in range(random.choice([1, 30])):
        content[random.randrange(len(content))] = random.randrange(256)
    file.write_bytes(content[: random.choice([len(content), random.randrange(len(content))])])


class _Edited(Scratch):
    def commit_if_any(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")


COMMANDS = [
    ("check", "--format", "json"),
    ("check", "--format", "json", "--profile", "recommended"),
    ("check", "shop/order", "--verbose"),
    ("check", "--against", "start"),
    ("check", "--staged"),
    ("materialize-all", "--dry-run", "--check"),
]


def _anything(shop: Scratch, home: Path, seed: int, steps: int) -> None:
    random, edited = Random(seed), _Edited(shop.root)
    shop.git("tag", "start")
    edited.commit_if_any()
    for step in range(steps):
        for _ in range(random.randint(0, 2)):
            try:
                random.choice(list(_edits(edited, home, random)))()  # type: ignore[arg-type]
            except (subprocess.CalledProcessError, IsADirectoryError, FileNotFoundError):
                continue
        if random.random() < 0.7:
            settle()
        command = random.choice(COMMANDS)
        expected = told(shop, *command, "--no-cache")
        for _ in range(random.randint(1, 2)):
            assert told(shop, *command) == expected, (seed, step, command)


def test_whatever_is_edited_the_same_is_told(shop: Scratch, tmp_path: Path) -> None:
    _anything(shop, tmp_path / "home", 1, 5)


@pytest.mark.search
@pytest.mark.parametrize("seed", range(2, 22))
def test_whatever_is_edited_for_long_the_same_is_told(shop: Scratch, tmp_path: Path, seed: int) -> None:
    _anything(shop, tmp_path / "home", seed, 40)
