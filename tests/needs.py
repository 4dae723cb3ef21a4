"""What tests need beyond this repository: real material beside it, or from a registry, pinned and cached."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"
"""Real repositories and suites, where somebody has put them beside this one."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jst-tests"
SUITE_FROM = "jsonschema==4.26.0"
SUITE_SHA_256 = "0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326"
DRAFTS = ("draft4", "draft6", "draft7", "draft2019-09", "draft2020-12")
SECONDS_UNTIL_TRIED_AGAIN = 600

NO_SUITE = "the JSON Schema Test Suite is not here, and cannot be fetched from the package index"
NO_CORPUS = "the wmf-primary corpus is not here"


@cache
def json_schema_test_suite() -> Path:
    """The folder of the suite, with a folder for each draft and one of remote documents; it may not be there.

    It comes from the source distribution of `jsonschema`, once for all processes and runs.
    """
    beside = CORPORA / "json-schema-test-suite"
    if beside.is_dir():
        return beside
    kept = CACHE / f"json-schema-test-suite-{SUITE_SHA_256[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    failed = CACHE / "failed"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        recently = failed.exists() and time.time() - failed.stat().st_mtime < SECONDS_UNTIL_TRIED_AGAIN
        if not kept.is_dir() and not recently:
            try:
                _fetch(kept)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                failed.write_text(str(error))
    return kept


def is_pinned(suite: Path) -> bool:
    """Whether a suite is the one of the package index, and not a newer one beside this repository."""
    return suite.is_relative_to(CACHE)


def _fetch(kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        folder = Path(name)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1"]
        arguments = ["--no-deps", "--no-binary", ":all:", "--dest", name, SUITE_FROM]
        subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=300)
        [archive] = folder.glob("*.tar.gz")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != SUITE_SHA_256:
            message = f"{SUITE_FROM} has the digest {found}"
            raise ValueError(message)
        with tarfile.open(archive) as opened:
            opened.extractall(folder / "all", filter="data")
        [source] = (folder / "all").glob("*/json")
        made = folder / "suite"
        for draft in DRAFTS:
            shutil.copytree(source / "tests" / draft, made / draft)
        shutil.copytree(source / "remotes", made / "remotes")
        made.rename(kept)


WMF_PRIMARY = CORPORA / "wmf-primary"
"""Wikimedia's primary repository of event schemas."""


@cache
def example_repository() -> Path:
    """The example repository as it was committed, in a Git repository of its own: not to be changed.

    Whoever follows the README changes the one in the checkout; no test must fail for that.
    """
    folder = Path(tempfile.mkdtemp(prefix="jst-example-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if (ROOT / ".git").exists():
        command = ["git", "archive", "HEAD", "example-repo"]
        archive = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            opened.extractall(folder, filter="data")
    else:
        shutil.copytree(ROOT / "example-repo", folder / "example-repo", symlinks=True)
    who = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    for arguments in (["init"], ["add", "--all"], [*who, "commit", "--message", "all"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    return folder / "example-repo"
