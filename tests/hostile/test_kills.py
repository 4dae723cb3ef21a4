"""Every command that writes, killed at any of its steps: each path is old or new, Git takes nothing of ours, and the same
command brings it to the end.

``JST_KILLS=500`` kills that often; by default a tenth.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.conftest import Scratch

pytestmark = pytest.mark.search

KILLS = int(os.environ.get("JST_KILLS", "50"))
STEPS = ("open", "mkdir", "fsync", "link", "symlink", "rename", "replace", "unlink", "rmdir", "fchmod")
HOOK = "#!/bin/sh\n# a hook of somebody else\nexit 0\n"
SCHEMA = (
    "title: {0}\ndescription: d\n$id: /{0}/{1}\n$schema: https://json-schema.org/draft-07/schema#\n"
    "type: object\nproperties:\n  x: {{type: string}}\n"
)


def put(scratch: Scratch, title: str, version: str, more: str = "") -> None:
    scratch.write(f"jsonschema/{title}/current.yaml", SCHEMA.format(title, version) + more)


def released(scratch: Scratch) -> None:
    for title in ("a", "b/c"):
        put(scratch, title, "1.0.0")
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()


def due(scratch: Scratch) -> None:
    released(scratch)
    for title in ("a", "b/c"):
        put(scratch, title, "1.1.0", "  y: {type: string}\n")
    put(scratch, "new/d", "1.0.0")


def staged(scratch: Scratch) -> None:
    due(scratch)
    scratch.git("add", "jsonschema/a/current.yaml", "jsonschema/new/d/current.yaml")


def changed(scratch: Scratch) -> None:
    released(scratch)
    for title in ("a", "b/c"):
        put(scratch, title, "1.0.0", "  y: {type: string}\n")


def drafts(scratch: Scratch) -> None:
    due(scratch)
    assert scratch.jst("materialize-all").exit_code == 0


def superseding(scratch: Scratch) -> None:
    drafts(scratch)
    put(scratch, "a", "1.2.0", "  z: {type: string}\n")


def hooked(scratch: Scratch) -> None:
    released(scratch)
    scratch.write(".git/hooks/pre-commit", HOOK).chmod(0o755)


def installed(scratch: Scratch) -> None:
    hooked(scratch)
    assert scratch.jst("install-git-hook").exit_code == 0


def vendored(scratch: Scratch) -> None:
    released(scratch)
    assert scratch.jst("vendor", "a", "b/c", "--to", "vendored").exit_code == 0
    put(scratch, "a", "1.1.0", "  y: {type: string}\n")
    assert scratch.jst("materialize-all").exit_code == 0
    scratch.commit()


def bare(scratch: Scratch) -> None:
    (scratch.root / ".jsonschema-tools.yaml").unlink()
    shutil.rmtree(scratch.root / "jsonschema")


COMMANDS: dict[str, tuple[Callable[[Scratch], None], list[str]]] = {
    "materialize": (due, ["materialize", "jsonschema/a/current.yaml", "jsonschema/new/d/current.yaml"]),
    "materialize-all": (due, ["materialize-all"]),
    "materialize-all-removes": (superseding, ["materialize-all"]),
    "materialize-modified": (due, ["materialize-modified"]),
    "run-git-hook": (staged, ["run-git-hook"]),
    "bump": (changed, ["bump"]),
    "clean": (drafts, ["clean", "a@1.1.0"]),
    "vendor": (vendored, ["vendor", "a", "--to", "vendored"]),
    "new": (released, ["new", "shop/order/placed", "--description", "An order."]),
    "init": (bare, ["init"]),
    "install-git-hook": (hooked, ["install-git-hook"]),
    "uninstall": (installed, ["install-git-hook", "--uninstall"]),
}


THEN = {"materialize-all-removes": ["clean", "a"]}
"""What takes away a draft that another one replaced, where the run was killed in between."""


def everything(scratch: Scratch) -> dict[str, str]:
    """Files and links, what is staged, and the hooks."""
    hooks = scratch.root / ".git/hooks"
    own = {
        f"hooks/{path.name}": path.read_text("utf-8") for path in hooks.glob("pre-commit*") if "sample" not in path.name
    }
    index = {f"staged {line.partition(chr(9))[2]}": line for line in scratch.git("ls-files", "-s").splitlines()}
    return scratch.snapshot() | own | index


def run(scratch: Scratch, arguments: list[str], kill_at: int | None = None, steps: Path | None = None) -> int | None:
    """The exit code of the program in a process of its own, ``None`` when it was killed before a step; how many steps
    there are goes into the file ``steps``."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.chdir(scratch.root)
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            count = _kill_at(kill_at)
            from jsonschema_tools.cli import main

            sys.argv = ["jst", *arguments]
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        finally:
            if steps is not None:
                steps.write_text(str(next(count)), "utf-8")
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _kill_at(step: int | None) -> Iterator[int]:
    """Count the calls that change files, and kill this process before one of them."""
    count = iter(range(10**6))

    def counted(real: Callable[..., Any], is_step: Callable[..., bool]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if is_step(*arguments) and next(count) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in STEPS:
        opens = name == "open"
        is_step = (lambda _path, flags=0, *_: bool(flags & os.O_CREAT)) if opens else (lambda *_: True)
        setattr(os, name, counted(getattr(os, name), is_step))
    return count


def reset(scratch: Scratch, pristine: Path) -> None:
    shutil.rmtree(scratch.root)
    shutil.copytree(pristine, scratch.root, symlinks=True)
    scratch.git("update-index", "-q", "--refresh") if (scratch.root / ".git/index").exists() else None


def check_killed(scratch: Scratch, old: dict[str, str], new: dict[str, str]) -> None:
    there = everything(scratch)
    for name in {*old, *new, *there}:
        assert there.get(name) in (old.get(name), new.get(name)), name
    hook = scratch.root / ".git/hooks/pre-commit"
    if "hooks/pre-commit" in old and "hooks/pre-commit" in new:
        assert os.access(hook, os.X_OK), "a hook that guarded is off"
    scratch.git("add", "--all")
    names = {line.partition("\t")[2] for line in scratch.git("ls-files", "-s").splitlines()}
    assert names <= {*old, *new} | {name.removeprefix("staged ") for name in (*old, *new)}


def finish(scratch: Scratch, name: str) -> None:
    """Run the command again; `jst new` says where all is there already, `jst clean` where all is gone."""
    code = run(scratch, COMMANDS[name][1])
    assert code == 0 or (code == 2 and name in ("new", "clean")), (name, code)
    if name in THEN:
        assert run(scratch, THEN[name]) == 0


def check_end(scratch: Scratch, new: dict[str, str]) -> None:
    assert everything(scratch) == new
    room = scratch.root / ".git/jst"
    assert not room.exists() or os.listdir(room) == ["lock"]


@pytest.mark.parametrize("name", COMMANDS)
def test_killed_before_a_step(scratch: Scratch, name: str) -> None:
    prepare, arguments = COMMANDS[name]
    prepare(scratch)
    pristine = shutil.copytree(scratch.root, scratch.root.with_name("pristine"), symlinks=True)
    old = everything(scratch)
    counted = scratch.root.with_name("steps")
    assert run(scratch, arguments, steps=counted) == 0
    new = everything(scratch)
    assert new != old
    chance = Random(name)
    steps = int(counted.read_text("utf-8"))
    chosen = sorted(chance.sample(range(steps), min(steps, -(-KILLS // 2 // len(COMMANDS)))))
    print(f"{name}: {len(chosen)} kills at {steps} steps")
    for step in chosen:
        reset(scratch, pristine)
        assert run(scratch, arguments, step) is None, step
        killed = shutil.copytree(scratch.root, scratch.root.with_name("killed"), symlinks=True)
        check_killed(scratch, old, new)
        reset(scratch, killed)
        shutil.rmtree(killed)
        finish(scratch, name)
        check_end(scratch, new)


def test_killed_at_a_random_moment(scratch: Scratch) -> None:
    """The real program, from outside, again and again over what the last one left."""
    chance = Random(3)
    for name, (prepare, arguments) in COMMANDS.items():
        if scratch.root.exists():
            shutil.rmtree(scratch.root)
        scratch.root.mkdir()
        scratch.git("init", "--quiet")
        scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\n")
        (scratch.root / "jsonschema").mkdir()
        prepare(scratch)
        old = everything(scratch)
        pristine = scratch.root.with_name("before")
        shutil.rmtree(pristine, ignore_errors=True)
        shutil.copytree(scratch.root, pristine, symlinks=True)
        start = time.monotonic()
        assert run(scratch, arguments) == 0
        lasts = time.monotonic() - start
        new = everything(scratch)
        for _ in range(-(-KILLS // 2 // len(COMMANDS))):
            reset(scratch, pristine)
            child = os.posix_spawn(sys.executable, _program(scratch, arguments), dict(os.environ))
            time.sleep(chance.uniform(0.1, 0.3 + lasts))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            there = everything(scratch)
            for path in {*old, *new, *there}:
                assert there.get(path) in (old.get(path), new.get(path)), (name, path)
            # A Git that outlives the program ends by itself.
            while (scratch.root / ".git/index.lock").exists():
                time.sleep(0.01)
            finish(scratch, name)
            check_end(scratch, new)


def _program(scratch: Scratch, arguments: list[str]) -> list[str]:
    start = (
        f"import os, sys; os.chdir({str(scratch.root)!r}); null = os.open(os.devnull, os.O_RDWR); os.dup2(null, 1);"
        f" os.dup2(null, 2); sys.argv = ['jst', *{arguments!r}]; from jsonschema_tools.cli import main; main()"
    )
    return [sys.executable, "-c", start]


INTERRUPTED = {
    "materialize-all": [],
    "check": [],
    "ls": [],
    "diff": [],
    "bump": [],
    "materialize": ["-", "--output-dir", "out"],
    "dereference": [],
    "validate": ["-"],
}


@pytest.mark.parametrize("command", INTERRUPTED)
def test_interrupted(scratch: Scratch, command: str) -> None:
    """Ctrl-C ends any command with 130 and without a traceback."""
    due(scratch)
    before = everything(scratch)
    # Where the program does not wait for input, it is interrupted at its first question to Git or read of a schema.
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from jsonschema_tools.documents import reading\n"
        "from jsonschema_tools.repository import discovery\n"
        "def interrupt(*_, **__): os.kill(os.getpid(), signal.SIGINT); [None for _ in range(10**7)]\n"
        "discovery.check_base = discovery._directories = interrupt\n"
        f"sys.argv = ['jst', {command!r}, *{INTERRUPTED[command]!r}]\n"
        "from jsonschema_tools.cli import main; print('ready', flush=True); main()\n"
    )
    waits = command in ("materialize", "dereference", "validate")
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=scratch.root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        if waits:
            time.sleep(0.5)
            running.send_signal(signal.SIGINT)
        said = running.communicate()
    assert running.returncode == 130, said
    assert "Traceback" not in said[1]
    assert everything(scratch) == before
