"""A campaign against every command: a small repository is damaged at random, with an eye to what it is made of, and a
command is run on it. It has to end, in time, with an exit code that means something, and without a traceback; what it
refuses leaves no file behind.

``python -m tests.hostile.fuzzing SECONDS [SEED]`` runs for so long and prints each case that broke something; a case is
nothing but its number: ``python -m tests.hostile.fuzzing --case NUMBER`` runs it again and says what was done.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from jsonschema_tools.tables.dialects import DIALECTS
from tests.hostile.odd_values import NAMES, RAW, SETTINGS, TEXTS, VALUES
from tests.needs import example_repository

EXAMPLE = example_repository()
LONGEST = 10.0
"""Seconds that a run may take."""

MEMORY = 4 * 2**30
EXITS = {0, 1, 2}
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|^thread '.*' panicked", re.MULTILINE)
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")
AS_IT_IS = {"resolve", "dereference", "materialize --stdout", "diff", "table", "types", "flink", "spark"}
"""Commands whose standard output is a document."""


@dataclass
class Case:
    """What was done to the repository, and what is run on it."""

    number: int
    done: list[str]
    arguments: list[str]
    stdin: bytes


@dataclass
class Outcome:
    """How a run ended: the exit code, ``None`` where it had to be killed."""

    code: int | None
    seconds: float
    stdout: str
    stderr: str


def pristine(folder: Path) -> Path:
    """A committed repository with a release, a draft and events."""
    folder.mkdir()
    shutil.copytree(EXAMPLE, folder, symlinks=True, dirs_exist_ok=True)
    events = [
        {"$schema": "/shop/order/placed/1.2.0", "order_id": str(number), "dt": "2026-01-01T00:00:00Z"}
        for number in range(3)
    ]
    tests = folder / "jsonschema/shop/order/placed/tests/events.yaml"
    tests.parent.mkdir()
    tests.write_text(f"valid: {json.dumps(events)}\ninvalid: [{{event: {{}}, keyword: required}}]\n", "utf-8")
    (folder / "events.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events), "utf-8")
    for arguments in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["commit", "--quiet", "-m", "a"]):
        subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    return folder


def prepared(number: int, folder: Path) -> Case:
    """Damage a repository; nothing but the number decides how."""
    random = Random(number)
    done = [random.choice(DAMAGE)(random, folder) for _ in range(random.choice([0, 1, 1, 1, 2, 3]))]
    arguments, stdin = command(random, folder)
    return Case(number, done, arguments, stdin)


# What is run ------------------------------------------------------------------------------------------------------


def command(random: Random, folder: Path) -> tuple[list[str], bytes]:
    """A command with arguments that mean something, or odd ones, and standard input."""
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("current.*") if ".git" not in path.parts)
    titles = ["shop/order/placed", "shop/cart/changed", "fragment/common", "legacy/newsletter_click"]

    def path() -> str:
        return random.choice([*paths, *paths, random.choice(NAMES)])

    def title() -> str:
        return random.choice([*titles, *titles, random.choice(NAMES)])

    def version() -> str:
        return random.choice(["1.0.0", "1.1.0", "1.2.0", "latest", "current", "9.9.9", random.choice(NAMES)])

    def schema() -> str:
        return random.choice([f"{title()}@{version()}", f"/{title()}/{version()}", path(), f"git:HEAD:{path()}", "-"])

    profile = random.choice([[], ["--profile", "recommended"]])
    choices: list[list[str]] = [
        ["check", *profile],
        ["check", *profile],
        ["check", *profile, title()],
        ["check", *profile, "--format", random.choice(["json", "github", "junit", "sarif", "markdown"])],
        ["check", "--staged"],
        ["check", "--against", random.choice(["main", "HEAD", "HEAD~1", random.choice(NAMES)])],
        ["check", "--select", random.choice(["schema", "structure", "released-*", random.choice(NAMES)])],
        ["materialize", path()],
        ["materialize", path(), "--dry-run"],
        ["materialize", "--stdout", path()],
        ["materialize", "-", "--output-dir", "out"],
        ["materialize-all"],
        ["materialize-all", "--dry-run"],
        ["materialize-all", "--force"],
        ["materialize-modified"],
        ["materialize-modified", "--staged", "--check"],
        ["run-git-hook"],
        ["bump", *random.choice([[], [path()], [title(), "--dry-run"]])],
        ["ls", *random.choice([[], ["--format", "json"]])],
        ["review", "--format", random.choice(["text", "markdown", "json"])],
        ["review", "--against", random.choice(["main", "HEAD", "HEAD~1", random.choice(NAMES)])],
        [
            "table",
            "--as",
            random.choice(DIALECTS),
            *random.choice([[], ["--drafts"], ["--notes"], [title()], [f"{title()}@current"]]),
        ],
        ["load", path(), "--to", "sqlite:rows.db", *random.choice([[], ["-n"], ["--rest"], ["--table-by", "stream"]])],
        [
            "sql",
            random.choice(["FROM shop_order_placed", f'FROM "{title()}"', f'SELECT "{random.choice(NAMES)}"']),
            path(),
            *random.choice([[], ["--format", "json"], ["--trusted"], ["--table-by", "stream"]]),
        ],
        [
            "site",
            "--output",
            "site",
            *random.choice([[], ["--check"], ["--drafts"], ["--title", random.choice(NAMES)]]),
        ],
        ["fmt", *random.choice([[], ["--check"]])],
        ["check", "--fix", *random.choice([[], ["--dry-run"]])],
        ["status", *random.choice([[], ["--format", "json"]])],
        ["diff", *random.choice([[], ["HEAD"], [random.choice(NAMES)]])],
        ["changelog", title(), *random.choice([[], ["--format", "json"]])],
        ["clean", f"{title()}@{version()}"],
        ["compat", title(), "--steps", "400"],
        ["compat", schema(), schema(), "--format", random.choice(["text", "json", "markdown"]), "--steps", "400"],
        ["dereference", path()],
        ["resolve", f"/{title()}/{version()}", *random.choice([[], ["--trace"], ["--location"]])],
        ["streams", random.choice(["ls", "check", "topics"])],
        ["streams", "show", random.choice(["shop.order.placed", random.choice(NAMES)])],
        ["streams", "ls", "--constraints", random.choice(["sample[unit]=session", random.choice(NAMES)])],
        [
            "flink",
            "--kafka",
            random.choice(["localhost:9092", random.choice(NAMES)]),
            "--event-time",
            random.choice(NAMES),
        ],
        ["flink", "--files", random.choice(NAMES), *random.choice([[], ["--sink", random.choice(NAMES)]])],
        ["spark", "--files", random.choice(NAMES), *random.choice([[], ["--schema"], [random.choice(NAMES)]])],
        ["canary", "--dry-run"],
        ["replay", random.choice(NAMES), "--to", random.choice(["http://127.0.0.1:9/", random.choice(NAMES)])],
        ["explain", random.choice(["schema-is-valid", "released-versions-are-kept", random.choice(NAMES)])],
        ["rules", "--format", random.choice(["text", "json", "markdown"])],
        ["completion", random.choice(["bash", "fish", random.choice(NAMES)])],
        ["new", title()],
        ["retire", title(), *random.choice([[], ["--successor", title()], ["--reason", random.choice(NAMES)]])],
        ["vendor", f"{title()}@{version()}", "--to", random.choice(["vendored", "jsonschema/x", _inside(random)])],
        ["vendor", title(), "--to", "vendored", *random.choice([[], ["--check"], ["--dry-run"]])],
        ["types", f"{title()}@{version()}", "--to", random.choice(["pydantic", "msgspec", "typeddict"])],
        ["init", *random.choice([[], ["."], [_inside(random)]])],
        ["validate", "events.jsonl", "--format", random.choice(["text", "json", "github", "junit"])],
        ["validate", "-", "--jobs", "1", *random.choice([[], ["--portable"]])],
        ["validate", "--kafka", "localhost:1", "--topic", "x", "--until", random.choice(["", random.choice(NAMES)])],
        ["validate", "-", "--jobs", "1", "--errors", "refused.jsonl"],
    ]
    arguments = random.choice(choices)
    stdin = events(random) if arguments[0] == "validate" else random.choice([b"", _some_schema(random, folder)])
    return [_argument(argument) for argument in arguments], stdin


def _inside(random: Random) -> str:
    """A name that leads to no other place: what this program writes to is its own."""
    return random.choice([name for name in NAMES if not name.startswith(("/", "~")) and ".." not in name])


def _argument(text: str) -> str:
    """What a program can be given: bytes, none of them NUL."""
    return os.fsdecode(text.replace("\0", "").encode("utf-8", "surrogatepass"))


def events(random: Random) -> bytes:
    """Events, each damaged in one place or not at all."""
    lines = []
    for _ in range(random.choice([1, 3, 50])):
        event = {
            "$schema": f"/shop/order/placed/{random.choice(['1.0.0', '1.1.0', '1.2.0', 'latest'])}",
            "order_id": "1",
            "dt": "2026-01-01T00:00:00Z",
            "meta": {"stream": "a", "id": "b"},
        }
        key = random.choice([*event, random.choice(NAMES)])
        text = json.dumps(event | {key: "@@"})
        lines.append(text.replace('"@@"', random.choice(VALUES)).encode("utf-8", "surrogatepass"))
    return _bytes(random, random.choice([b"\n", b"\n", b"\r\n", b",", b"\0"]).join(lines))


# Damage -----------------------------------------------------------------------------------------------------------


def _files(folder: Path, *patterns: str) -> list[Path]:
    found = (path for pattern in patterns for path in folder.rglob(pattern) if ".git" not in path.parts)
    return sorted(path for path in found if path.is_file() and not path.is_symlink() and _is_small(path))


def _is_small(path: Path) -> bool:
    return path.is_dir() or path.lstat().st_size < 10**7


def _schemas(folder: Path) -> list[Path]:
    return _files(folder / "jsonschema", "*.yaml", "*.json") or _files(folder, "*.yaml")


def _some_schema(random: Random, folder: Path) -> bytes:
    found = _schemas(folder)
    return random.choice(found).read_bytes() if found else b""


def a_value(random: Random, folder: Path) -> str:
    """Another value for a key of a schema, as text, so that nothing but the reader under test decides what it is."""
    found = _schemas(folder)
    if not found:
        return "nothing left"
    path = random.choice([*found, *(each for each in found if each.stem == "current")])
    lines = path.read_text("utf-8", "surrogateescape").split("\n")
    places = [index for index, line in enumerate(lines) if re.match(r'\s*"?[$\w-]+"?:', line)]
    if not places:
        return "no keys left"
    index = random.choice(places)
    key, _, rest = lines[index].partition(":")
    value = random.choice(VALUES if path.suffix == ".json" else [*VALUES, *RAW])
    comma = "," if path.suffix == ".json" and rest.rstrip().endswith(",") else ""
    lines[index] = f"{key}: {value}{comma}"
    _write(path, "\n".join(lines))
    return f"{path.relative_to(folder)}:{index + 1} {key.strip()} = {value[:60]!r}"


def a_key(random: Random, folder: Path) -> str:
    """A keyword more in some object of a schema, or the same one twice, or an odd name."""
    found = _schemas(folder)
    if not found:
        return "nothing left"
    path = random.choice(found)
    lines = path.read_text("utf-8", "surrogateescape").split("\n")
    places = [index for index, line in enumerate(lines) if re.match(r'\s*"?[$\w-]+"?: *\S', line)]
    if not places:
        return "no keys left"
    index = random.choice(places)
    indent = lines[index][: len(lines[index]) - len(lines[index].lstrip())]
    name = random.choice([*KEYWORDS, *KEYWORDS, random.choice(NAMES)])
    value = random.choice(SCHEMAS if random.random() < 0.4 else VALUES)
    comma = "," if path.suffix == ".json" else ""
    lines.insert(index, f"{indent}{json.dumps(name)}: {value}{comma}")
    _write(path, "\n".join(lines))
    return f"{path.relative_to(folder)}:{index + 1} new {name!r:.60} = {value[:60]!r}"


def a_stream(random: Random, folder: Path) -> str:
    """Another setting of a stream, or another name."""
    key = random.choice([*STREAM_KEYS, random.choice(NAMES)])
    name = random.choice(["shop.order.placed", "/^shop/", "/(a*)*$/", "/a", "", random.choice(NAMES)])
    value = random.choice([*VALUES, '"shop/order/placed"', '[""]', '{"a": "meta.id"}', '">=1"', "true"])
    streams = f"{{{json.dumps(name)}: {{{json.dumps(key)}: {value}}}}}"
    defaults = random.choice(["", f"defaults: {{{json.dumps(key)}: {random.choice(VALUES)}}}\n"])
    _write(folder / "streams.yaml", random.choice([f"{defaults}streams: {streams}\n", streams, f"streams: {value}\n"]))
    return f"stream {name!r:.40} {key!r:.40} = {value[:60]!r}"


def bytes_of_a_file(random: Random, folder: Path) -> str:
    """Some bytes that are others, of a schema, the configuration or what Git keeps."""
    found = [*_schemas(folder), folder / ".jsonschema-tools.yaml"]
    if random.random() < 0.15:
        found = [
            path for name in ("HEAD", "index", "config", "packed-refs") if (path := folder / ".git" / name).is_file()
        ]
    found = [path for path in found if path.is_file()]
    if not found:
        return "nothing left"
    path = random.choice(found)
    path.write_bytes(_bytes(random, path.read_bytes()))
    return f"bytes of {path.relative_to(folder)}"


def _bytes(random: Random, content: bytes) -> bytes:
    at, end = sorted(random.randrange(len(content) + 1) for _ in range(2))
    kinds: list[Callable[[], bytes]] = [
        lambda: content,
        lambda: content[:at],
        lambda: content[:at] + random.randbytes(random.choice([1, 1, 4, 40])) + content[at:],
        lambda: content[:at] + content[end:],
        lambda: content[:end] + content[at:],
        lambda: b"\xef\xbb\xbf" + content,
        lambda: content.decode("utf-8", "replace").encode(random.choice(["utf-16", "utf-16-le", "utf-32", "utf-7"])),
        lambda: content.replace(b"\n", random.choice([b"\r\n", b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\n\t"])),
        lambda: content * random.choice([2, 50]),
        lambda: b"",
    ]
    return random.choice(kinds)()


def a_place(random: Random, folder: Path) -> str:
    """A file or folder that becomes something else, or has another name."""
    found = sorted(path for path in (folder / "jsonschema").rglob("*")) or [folder / "jsonschema"]
    path = random.choice(found)
    kind = random.choice(["removed", "link", "folder", "pipe", "renamed", "copied", "large", "mode"])
    name = random.choice(NAMES).replace("\0", "")[:200].replace("/", "_").encode("utf-8", "surrogatepass")
    other = path.parent / os.fsdecode(name or b"_")
    try:
        if kind == "renamed":
            path.rename(other)
        elif kind == "copied" and _is_small(path):
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, other)
        elif kind == "mode":
            path.chmod(random.choice([0o000, 0o444, 0o4755]))
        else:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        if kind == "link":
            path.symlink_to(
                random.choice([path.name, "/dev/zero", "/etc/passwd", "../..", "nowhere", ".", str(folder)])
            )
        elif kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "large":
            with path.open("wb") as stream:
                stream.truncate(random.choice([6 * 2**20, 2**40]))
    except OSError as error:
        return f"{kind} failed: {error.strerror}"
    return f"{path.relative_to(folder)} {kind} ({other.name!r:.40})"


def a_setting(random: Random, folder: Path) -> str:
    """Another value for a key of the configuration."""
    path = folder / ".jsonschema-tools.yaml"
    key = random.choice([*SETTINGS, random.choice(NAMES)])
    values = SETTINGS.get(key, [])
    value = random.choice([*values, *values, random.choice(VALUES), random.choice(TEXTS)])
    lines = [] if not path.is_file() else path.read_text("utf-8", "surrogateescape").split("\n")
    kept = [line for line in lines if not line.startswith(f"{key}:")]
    _write(path, "\n".join([*kept, f"{json.dumps(key) if key not in SETTINGS else key}: {value}", ""]))
    return f"setting {key!r:.40}: {value[:80]!r}"


def a_state(random: Random, folder: Path) -> str:
    """Another state of the Git repository."""
    states: list[list[str]] = [
        ["add", "--all"],
        ["checkout", "--quiet", "--detach"],
        ["checkout", "--quiet", "-b", "topic"],
        ["update-ref", "-d", "HEAD"],
        ["rm", "-q", "-r", "--cached", "jsonschema"],
        ["config", "core.bare", "true"],
        ["config", "core.hooksPath", random.choice(["hooks", "/nowhere", ""])],
        ["config", "extensions.objectFormat", "nonsense"],
        ["config", "remote.origin.promisor", "true"],
        ["symbolic-ref", "HEAD", "refs/heads/none"],
        ["update-index", "--assume-unchanged", "jsonschema/shop/order/placed/1.0.0.yaml"],
        ["sparse-checkout", "set", "jsonschema/shop"],
    ]
    if random.random() < 0.2:
        names = ["MERGE_HEAD", "shallow", "HEAD", "refs/heads/main", "index.lock", "CHERRY_PICK_HEAD"]
        path = folder / ".git" / random.choice(names)
        if path.parent.is_dir():
            path.write_bytes(random.choice([b"", b"0" * 40 + b"\n", b"nonsense", random.randbytes(30)]))
        return f".git/{path.name}"
    arguments = random.choice(states)
    subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True)
    return " ".join(["git", *arguments])


DAMAGE: list[Callable[[Random, Path], str]] = [
    *(a_value, a_value, a_value, a_value, a_key, a_key, a_key),
    *(bytes_of_a_file, a_place, a_setting, a_setting, a_state, a_stream),
]

STREAM_KEYS = [
    *("schema_title", "topics", "topic_prefixes", "schema_versions", "stream", "canary_events_enabled", "sample"),
    *("message_key_fields", "enrich_fields_from_http_headers", "producers"),
]

KEYWORDS = [
    *("type", "properties", "required", "enum", "const", "default", "items", "additionalItems", "additionalProperties"),
    *("patternProperties", "propertyNames", "oneOf", "anyOf", "allOf", "not", "if", "then", "else", "definitions"),
    *("dependencies", "contains", "pattern", "format", "maxLength", "minLength", "minimum", "maximum", "multipleOf"),
    *("exclusiveMinimum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "title", "$id"),
    *(
        "description",
        "$schema",
        "$ref",
        "examples",
        "deprecated",
        "$defs",
        "$anchor",
        "$dynamicRef",
        "unevaluatedItems",
    ),
]

SCHEMAS = [
    *("{}", "true", "false", "[]", "null", '{"type": "string"}', '{"$ref": "#"}', '{"not": {"$ref": "#"}}'),
    *('{"allOf": [{"$ref": "#"}]}', '{"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}', '{"$ref": "#/properties/~2"}'),
    *('{"$ref": "/shop/order/placed/current"}', '{"$ref": "/fragment/common/1.1.0#/properties/meta"}'),
    *('{"$ref": "http://127.0.0.1:9/a"}', '{"$ref": "file:///etc/passwd"}', '{"$ref": "//a"}', '{"$ref": "/%2e%2e/a"}'),
    *('[{"type": "string"}, {"$ref": "#"}]', '{"a": {"properties": {"a": {"$ref": "#"}}}}', '{"pattern": "(a*)*$"}'),
    *('{"pattern": "(?<!a)\\\\p{L}{1,1000}"}', '{"patternProperties": {"^(a|aa)+$": {"type": "null"}}}'),
    *('{"multipleOf": 1e-300, "maximum": 1e300}', '{"enum": [1e400, -0, 1.0, 1]}', '{"required": ["a", "a"]}'),
]


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


# Runs -------------------------------------------------------------------------------------------------------------


def run(case: Case, folder: Path) -> Outcome:
    """The command in a process of its own, as its own leader, so that nothing of it is left."""
    output = [folder.with_name("stdout"), folder.with_name("stderr"), folder.with_name("stdin")]
    output[2].write_bytes(case.stdin)
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(case, folder, *output)
    code = _waited(child, start + LONGEST * 2)
    seconds = time.monotonic() - start
    texts = [path.read_bytes().decode("utf-8", "replace") for path in output[:2]]
    return Outcome(code, seconds, *texts)


def _waited(child: int, until: float) -> int | None:
    pause = 0.002
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _child(case: Case, folder: Path, stdout: Path, stderr: Path, stdin: Path) -> None:
    code = 70
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(folder)
        for number, path in ((1, stdout), (2, stderr)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
        os.dup2(os.open(stdin, os.O_RDONLY), 0)
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")
        sys.stdout, sys.stderr = (
            io.TextIOWrapper(io.FileIO(number, "w"), "utf-8", write_through=True) for number in (1, 2)
        )
        from jsonschema_tools.cli import main

        sys.argv = ["jst", *case.arguments]
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.stderr)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def snapshot(folder: Path) -> dict[str, tuple[int, str | bytes]]:
    """Every entry below a folder with its kind and what is in it, but for what Git keeps to be quick."""
    found: dict[str, tuple[int, str | bytes]] = {}
    for place, folders, names in os.walk(folder):
        is_git = place.endswith("/.git")
        if is_git:
            folders[:] = [name for name in folders if name in ("hooks", "refs")]

        for path in (Path(place, name) for name in (*folders, *names) if not (is_git and name == "index")):
            status = path.lstat()
            content: str | bytes = b""
            if stat.S_ISLNK(status.st_mode):
                content = str(path.readlink())
            elif stat.S_ISREG(status.st_mode) and status.st_size < 10**7:
                content = path.read_bytes()
            found[str(path)] = (stat.S_IFMT(status.st_mode), content)
    return found


def faults(case: Case, outcome: Outcome, before: dict[str, tuple[int, str | bytes]], folder: Path) -> Iterator[str]:
    """What is wrong with how a run ended."""
    said = outcome.stdout + outcome.stderr
    if outcome.code is None or outcome.seconds > LONGEST:
        yield f"took {outcome.seconds:.1f} s"
    elif TRACEBACK.search(said):
        lines = [line for line in outcome.stderr.splitlines() if line.strip()]
        yield f"traceback: {lines[-1] if lines else ''}"
    elif outcome.code not in EXITS:
        yield f"exit code {outcome.code}: {said[-200:]!r}"
    is_document = bool(AS_IT_IS & {case.arguments[0], " ".join(case.arguments[:2])})
    words = outcome.stderr if is_document else said
    if found := CONTROLS.search(words):
        yield f"prints {found[0]!r}: {words[max(0, found.start() - 60) : found.end() + 20]!r}"
    writes = {"validate"} if "--errors" in case.arguments else {"check", "load"} if outcome.code == 1 else set()
    # `validate --errors` writes what is refused; `check --fix` mends what it can, and 1 stands for the rest; `load` keeps
    # how far it has come, past what is refused.
    if outcome.code not in (0, None) and case.arguments[0] not in writes:
        after = snapshot(folder)
        changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        if changed:
            yield f"refused, and changed {changed[:4]}"
    if outcome.code == 2 and not outcome.stderr.strip():
        yield "exit code 2 without a word"


def tried(number: int, start: Path, room: Path) -> tuple[Case, Outcome, list[str]]:
    """One case in a copy of a repository."""
    folder = room / "repository"
    shutil.copytree(start, folder, symlinks=True)
    try:
        case = prepared(number, folder)
        before = snapshot(folder)
        outcome = run(case, folder)
        return case, outcome, list(faults(case, outcome, before, folder))
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", str(folder)], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def preload() -> None:
    """Import what the commands need, so that a run costs no more than itself."""
    from importlib import import_module

    from jsonschema_tools.cli import COMMANDS

    for name in COMMANDS.values():
        import_module(f"jsonschema_tools.cli.{name}")
    for name in ("materialize", "check", "compare", "bump", "scaffold", "clean", "hook", "vendor", "types"):
        import_module(f"jsonschema_tools.use_cases.{name}")


def main() -> None:
    """Run a campaign, or one case."""
    preload()
    with tempfile.TemporaryDirectory() as made:
        room = Path(made)
        os.environ["XDG_CACHE_HOME"] = str(room / "cache")
        start = pristine(room / "pristine")
        if sys.argv[1] == "--case":
            case, outcome, found = tried(int(sys.argv[2]), start, room)
            print(*case.done, f"jst {case.arguments}", f"exit {outcome.code}, {outcome.seconds:.2f} s", sep="\n")
            print(outcome.stdout[-3000:], outcome.stderr[-6000:], *found, sep="\n")
            return
        number = int(sys.argv[2]) * 10**7 if len(sys.argv) > 2 else 0
        end, codes, slowest, broken = time.monotonic() + float(sys.argv[1]), Counter[int | None](), 0.0, 0
        while time.monotonic() < end:
            number += 1
            case, outcome, found = tried(number, start, room)
            codes[outcome.code] += 1
            slowest = max(slowest, outcome.seconds)
            broken += bool(found)
            for fault in found:
                print(f"{number} {' '.join(case.arguments)!r:.100}: {fault:.300}", flush=True)
        print(f"{codes.total()} runs, {broken} broken, slowest {slowest:.1f} s, exit codes {dict(codes)}")


if __name__ == "__main__":
    main()
