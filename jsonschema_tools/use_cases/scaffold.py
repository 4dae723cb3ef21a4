"""A new schema repository."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from jsonschema_tools import git, installation
from jsonschema_tools.errors import GitError, UsageError
from jsonschema_tools.files import read_file
from jsonschema_tools.model import Action, WriteFile
from jsonschema_tools.repository.configuration import CONFIG_NAME, load_config, settings_schema_text
from jsonschema_tools.repository.discovery import discover
from jsonschema_tools.repository.locking import exclusive
from jsonschema_tools.repository.templates import FOLDER, render
from jsonschema_tools.repository.worktree import WorkTree
from jsonschema_tools.repository.writing import apply

CI = {"github": (".github/workflows/schemas.yml", "github.yml.j2"), "gitlab": (".gitlab-ci.yml", "gitlab-ci.yml.j2")}
"""Each CI system with the file that `init` writes for it, and its template."""

SITE_ON_GITHUB = (".github/workflows/site.yml", "github-site.yml.j2")
"""The same for the site; GitLab has one file for all."""

_SCHEMA_NAME = ".jsonschema-tools.schema.json"


@dataclass(frozen=True, slots=True)
class Initialization:
    """What makes a folder a schema repository: the files to write, and those that are there and stay as they are.

    ``lacking`` are those of them that should call jst for this folder and do not, each with the text of one that does;
    ``adopts`` says that there are schemas already, which more rules and a baseline are for.
    """

    actions: tuple[Action, ...]
    kept: tuple[Path, ...]
    lacking: tuple[tuple[Path, str], ...] = ()
    adopts: bool = False


def init(
    directory: Path,
    *,
    ci: str | None = None,
    site: bool = False,
    requirement: str | None = None,
    dry_run: bool = False,
) -> Initialization:
    """Make a folder a schema repository: configuration, hooks for pre-commit, a test, and a workflow for ``ci``.

    ``ci`` is one of `CI`, with ``site`` it also publishes the schemas; ``requirement`` is what pip is to install there,
    by default what this program was installed from, where others can install from there. What belongs to the whole Git
    repository goes into its root. Nothing is overwritten, so a repository of the Node.js tool keeps its configuration.
    Raises `UsageError` when something is in the way; then nothing is written.
    """
    if ci is not None and (requirement := requirement or installation.source()) is None:
        raise UsageError(
            "what CI is to install is not known: this program was not installed from a place where others can get it",
            remedy="Name it: --requirement 'jsonschema-tools @ git+https://HOST/REPOSITORY.git@COMMIT'",
        )
    directory = Path(os.path.realpath(directory))
    with nullcontext() if dry_run else exclusive(directory):
        made = _initialization(directory, ci, requirement, site=site)
        if made.actions and not dry_run:
            # The configuration last: with it the folder is a repository, and before it another run does the rest.
            apply(sorted(made.actions, key=_is_configuration), _below_top(directory)[0])
        return made


def _is_configuration(action: Action) -> bool:
    return isinstance(action, WriteFile) and action.path.name == CONFIG_NAME


def _initialization(directory: Path, ci: str | None, requirement: str | None, *, site: bool) -> Initialization:
    top, base = _below_top(directory)
    tree = WorkTree(base=top)
    actions: list[Action] = []
    kept = []
    lacking = []
    for path, content in _files(directory, ci, requirement, site=site):
        if os.path.lexists(path):
            kept.append(path)
            is_shared = path.suffix in (".yaml", ".yml") and "jst " in content
            if is_shared and not _calls_jst(path, base, "jst site" if "jst site" in content else "jst "):
                lacking.append((path, content))
            continue
        if (obstacle := tree.obstacle(path)) is not None:
            raise UsageError(f"this stands in the way of {path}", source=str(obstacle), remedy="Move or remove it.")
        actions.append(WriteFile(path, content.encode("utf-8")))
    adopts = _adopts(directory) and load_config(directory).profile == "upstream"
    return Initialization(tuple(actions), tuple(kept), tuple(lacking), adopts)


def _adopts(directory: Path) -> bool:
    """Whether a folder is a repository with schemas, which has findings that nobody knows of: a hook that checks all of
    them would refuse every commit.
    """
    if not os.path.lexists(directory / CONFIG_NAME):
        return False
    config = load_config(directory)
    return config.baseline is None and config.schema_base_path.is_dir() and bool(discover(config).directories)


def _below_top(directory: Path) -> tuple[Path, str]:
    """The root of the Git repository that the folder is in, else the folder; and the folder seen from there."""
    existing = next(folder for folder in (directory, *directory.parents) if os.path.lexists(folder))
    top = (git.top_level(existing) if existing.is_dir() else None) or directory
    return top, os.path.relpath(directory, top)


def _calls_jst(path: Path, base: str, command: str) -> bool:
    """Whether a file that is there has a command, and for the folder where that is not the root of the repository."""
    text = ""
    with suppress(OSError):
        text = read_file(path).decode("utf-8", "replace")
    return command in text and (base == "." or base in text)


def _files(directory: Path, ci: str | None, requirement: str | None, *, site: bool) -> Iterator[tuple[Path, str]]:
    top, base = _below_top(directory)
    values = {
        "schema": f"./{_SCHEMA_NAME}",
        "base": "" if base == "." else f" {shlex.quote(base)}",
        "requirement": requirement,
        "branch": _release_branch(top),
        "adopts": _adopts(directory),
        "site": site,
        "packages": installation.packages_of("site") if site else [],
    }
    is_new = not os.path.lexists(directory / CONFIG_NAME)
    schemas = directory / "jsonschema" if is_new else load_config(directory).schema_base_path
    yield directory / CONFIG_NAME, render(FOLDER / "config.yaml.j2", values)
    if is_new:
        yield directory / _SCHEMA_NAME, settings_schema_text()
    if schemas.is_relative_to(directory) and (not schemas.exists() or _is_empty(schemas)):
        yield schemas / ".gitkeep", ""
    yield top / ".pre-commit-config.yaml", render(FOLDER / "pre-commit-config.yaml.j2", values)
    yield directory / "tests" / "test_schemas.py", render(FOLDER / "test_schemas.py.j2", values)
    if ci is not None:
        name, template = CI[ci]
        yield top / name, render(FOLDER / template, values)
    if ci == "github" and site:
        name, template = SITE_ON_GITHUB
        yield top / name, render(FOLDER / template, values)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and next(folder.iterdir(), None) is None


def is_in_git(directory: Path) -> bool:
    """Whether a folder, which need not be there yet, is in a Git repository that does not ignore it."""
    directory = Path(os.path.realpath(directory))
    existing = next(folder for folder in (directory, *directory.parents) if os.path.lexists(folder))
    top = git.top_level(existing) if existing.is_dir() else None
    if top is None:
        return False
    try:
        return directory == top or not git.ignored(top, [directory.relative_to(top).as_posix()])
    except GitError:
        # A repository that is not in order is one; what is wrong with it, Git says whenever it is needed.
        return True


def _release_branch(top: Path) -> str:
    """The branch that a new repository releases from: that of its remote, else main or master, else where it is."""
    if git.top_level(top if top.is_dir() else Path.cwd()) != top:
        return "main"
    refs = git.branch_refs(top)
    heads = [target for name, (_, target) in refs.items() if name.endswith("/HEAD") and target]
    if heads:
        return heads[0].removeprefix("refs/remotes/").partition("/")[2]
    named = [name for name in ("main", "master") if f"refs/heads/{name}" in refs]
    return named[0] if named else git.head_branch(top).replace("HEAD", "main")
