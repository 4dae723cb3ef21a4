"""How the version files of a repository stand, as Git knows it."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import GitError
from jsonschema_tools.files import read_file
from jsonschema_tools.release.standing import (
    SHORT,
    TAKEN,
    Content,
    Standing,
    State,
    Unknown,
    standing,
)
from jsonschema_tools.repository.schema_tests import holds_tests, without_tests
from jsonschema_tools.repository.scope import Scope
from jsonschema_tools.settings import Config
from jsonschema_tools.versions import is_version

_MOST_FOLDERS = 500
"""Where more are asked for, Git is asked for everything."""


class Releases:
    """How the version files of a repository stand. Git is asked when an answer depends on it, and then for all at once.

    ``at`` is a commit that counts as the only release branch, with what it holds as the beginning of history: what was
    released there is released, and nothing else. ``offline`` fetches nothing into a partial clone.
    """

    def __init__(self, config: Config, *, at: str | None = None, offline: bool = False) -> None:
        self._config = config
        self._at = at
        self._offline = offline
        self._base_path = Path(os.path.realpath(config.schema_base_path))
        self._own: dict[Path, bool] = {}
        self._only: frozenset[Path] | None = None
        self._scopes: dict[tuple[Path | None, Path, tuple[Path, ...] | None], Scope] = {}

    def narrow(self, folders: Iterable[Path]) -> None:
        """Tell that the questions will be about what is directly in some folders below the base path: Git is asked for
        no more, unless there is another question."""
        only = frozenset(folders)
        is_few = len(only) <= _MOST_FOLDERS and self._base_path == self._config.schema_base_path
        self._only = only if is_few else None

    def prepare(self, paths: Iterable[Path]) -> None:
        """Tell which files will be asked for, so that the history is asked for all of them together."""
        for path in paths:
            self._scope(path).prepared.add(path)

    def standing(self, path: Path, *, history: bool = True) -> Standing:
        """How a version file stands, whether it is there or not.

        Without ``history`` only the tips of the release branches are looked at, which is quick: a withdrawn version
        cannot be told from a draft then. Raises `GitError` when Git fails.
        """
        scope = self._scope(path)
        facts = scope.facts
        if scope.top is None:
            return standing(path.name, facts, present=_is_there(path))
        name = scope.name(path)
        present = _is_there(path)
        ask = functools.partial(scope.history, name) if history else None
        found = standing(name, facts, present=present, history=ask)
        if found.state is State.DRAFT and present and not facts.has(name) and facts.kept and scope.ignores(name):
            return standing(name, facts, present=True, ignored=True)
        return found

    def tip(self, path: Path) -> Content | None:
        """What a release branch holds under the name now; ``None`` where none has it."""
        scope = self._scope(path)
        name = scope.name(path) if scope.top is not None else ""
        having = next((branch for branch in scope.facts.branches if name in branch.files), None)
        return scope.content(having.commit, having.files[name]) if having is not None else None

    def state(self, path: Path) -> str:
        """The state of a version file that is there, told by the tips of the release branches, in one word.

        Beside the names of `State`, ``taken``: a release branch that is not merged here has another content under the
        number.
        """
        found = self.standing(path, history=False)
        tip = self.tip(path) if found.state is State.RELEASED and not found.merged else None
        return TAKEN if tip is not None and not self.has(path, tip) else str(found.state)

    def in_head(self, path: Path) -> bool:
        """Whether the last commit has the file."""
        scope = self._scope(path)
        return scope.top is not None and scope.facts.has(scope.name(path))

    def in_git(self, folder: Path) -> bool:
        """Whether Git keeps the folder."""
        scope = self._scope(folder / "-")
        return scope.top is not None and scope.facts.kept

    def names(self, folder: Path) -> set[str]:
        """The names of the files that release branches have directly in a folder."""
        scope = self._scope(folder / "-")
        if scope.top is None:
            return set()
        return scope.released_names.get(scope.name(folder / "-").rpartition("/")[0], set())

    def has(self, path: Path, content: Content) -> bool:
        """Whether a file on disk has these very bytes, which is quicker to tell than to read both."""
        try:
            return git.is_blob(read_file(path), content.blob)
        except OSError:
            return False

    def left_out(self, folder: Path) -> set[Path]:
        """The files below a folder that a sparse checkout leaves out of the working tree."""
        scope = self._scope(folder / "-")
        if scope.top is None:
            return set()
        return git.left_out(folder, scope.only if folder == scope.folder else None)

    def unknown(self) -> Unknown | None:
        """Why Git cannot tell what is released below the base path; ``None`` where it can."""
        facts = self._base().facts
        return facts.unknown if facts.kept and facts.born else None

    def are_all_known(self) -> bool:
        """Whether Git can tell of every version below the base path that was ever released."""
        facts = self._base().facts
        return not facts.born or (facts.unknown is None and facts.cut_off is None)

    def ever(self, since: str | None = None) -> Mapping[Path, Standing] | None:
        """Every version file below the base path that was ever released, as it stands; ``None`` outside of Git.

        With ``since`` (a commit) only what that commit has and what came after it. Raises `GitError` where Git does not
        say enough.
        """
        scope = self._base()
        if scope.top is None or not scope.facts.kept:
            return None
        for missing in (scope.facts.unknown, None if since else scope.facts.cut_off):
            if missing is not None and scope.facts.born:
                raise GitError(missing.reason, remedy=missing.remedy)
        top = scope.top
        return {
            path: found
            for path in without_tests((top / name for name in scope.ever(since)), self._config)
            if self._is_version_file(path)
            and (found := self._standing_since(scope, scope.name(path), since)).state
            in (State.RELEASED, State.WITHDRAWN)
        }

    def replaced(self, path: Path) -> str | None:
        """What a version file has become that is there and no regular file of its folder any more, in words."""
        if path.is_dir() and not path.is_symlink():
            return "is now a folder"
        base = self._config.schema_base_path
        for folder in path.parents:
            if folder == base or not folder.is_relative_to(base):
                break
            if folder.is_symlink():
                return f"is behind a link now, {folder.relative_to(base).as_posix()}"
        return None

    def out_of_sight(self) -> tuple[str, list[Path]] | None:
        """Where the configuration of a release branch looks for schemas and this one does not, and what is released
        there; ``None`` where all is in sight."""
        scope = self._base()
        top = scope.top
        if top is None:
            return None
        for branch in scope.facts.branches:
            before = scope.settings_at(branch.commit)
            folder = Path(os.path.realpath(scope.settings_folder / str(before.get("schemaBasePath") or ".")))
            if folder.is_relative_to(self._base_path) or not folder.is_relative_to(top):
                continue
            names = git.tree_files(top, branch.commit, folder, offline=self._offline)
            paths = without_tests((top / name for name in names), self._config)
            found = [path for path in paths if not path.is_relative_to(self._base_path) and self._is_version_file(path)]
            if found:
                return folder.relative_to(top).as_posix(), found
        return None

    def rewritten(self) -> Mapping[Path, list[tuple[str, Content]]]:
        """The drafts that commits of this branch alone gave more than one content: each commit with what it gave."""
        scope = self._base()
        facts, top = scope.facts, scope.top
        head = git.head_commit(top) if top is not None else None
        if top is None or head is None or not facts.branches or scope.only == ():
            return {}
        made = git.contents_of_commits(top, head, [branch.commit for branch in facts.branches], scope.below)
        released = {name for branch in facts.branches for name in branch.files}
        return {
            top / name: [(commit[:SHORT], scope.content(commit, blob)) for commit, blob in contents]
            for name, contents in made.items()
            if len({blob for _, blob in contents}) > 1
            and name not in released
            and facts.has(name)
            and self._is_version_file(top / name)
            and not holds_tests((top / name).parent, self._config)
        }

    def tips(self) -> list[str]:
        """The commits at the tips of the release branches of the base path; none where Git cannot tell."""
        scope = self._base()
        return [branch.commit for branch in scope.facts.branches] if scope.top is not None else []

    def branches(self) -> list[str]:
        """The names of the release branches of the base path; none where Git cannot tell."""
        scope = self._base()
        return [branch.name for branch in scope.facts.branches] if scope.top is not None else []

    def commits(self) -> dict[tuple[Path, Path], tuple[str, ...]]:
        """The commits that the answers so far rest on, by the root of a working tree and the folder in it."""
        return {
            (scope.top, scope.folder): scope.asked
            for scope in self._scopes.values()
            if scope.top is not None and scope.asked is not None and self._at is None
        }

    @property
    def was_asked(self) -> bool:
        """Whether an answer depends on Git."""
        return bool(self._scopes)

    @property
    def is_repeatable(self) -> bool:
        """Whether the answers so far are the same as long as commits, their names, the index and settings are: not
        where a file of the user's says what is ignored, or a name is one of a time, such as ``main@{yesterday}``."""
        since = str(self._config.rules.get("released-versions-are-immutable", {}).get("since", ""))
        names = (*self._config.release_refs, *(self._config.release_branches or ()), since, self._at or "")
        by_name = all("@{" not in name and not name.startswith("-") for name in names)
        return by_name and not any(scope.asked_for_ignored for scope in self._scopes.values())

    def _standing_since(self, scope: Scope, name: str, since: str | None) -> Standing:
        present = scope.top is not None and _is_there(scope.top / name)
        return standing(name, scope.facts, present=present, history=lambda: scope.ever(since).get(name))

    def _is_version_file(self, path: Path) -> bool:
        stem, extension = os.path.splitext(path.name)
        return extension[1:] in self._content_types and is_version(stem)

    @functools.cached_property
    def _content_types(self) -> set[str]:
        """Those of this configuration and of the release branches': one that is dropped hides nothing."""
        scope, found = self._base(), set(self._config.content_types)
        for branch in scope.facts.branches if scope.top is not None else ():
            named = scope.settings_at(branch.commit).get("contentTypes", ["yaml", "json"])
            found |= {name for name in named if isinstance(name, str)} if isinstance(named, list) else set()
        return found

    def _base(self) -> Scope:
        return self._scope(self._base_path / "-")

    def _has_own_git(self, folder: Path) -> bool:
        """Whether a folder below the base path is in a Git repository of its own, such as a submodule."""
        if folder == self._base_path:
            return False
        if folder not in self._own:
            self._own[folder] = os.path.lexists(folder / ".git") or self._has_own_git(folder.parent)
        return self._own[folder]

    def _scope(self, path: Path) -> Scope:
        """The part of a Git repository that a path is looked at in: the base path, or the folder it is in elsewhere."""
        base = self._base_path
        inside = path.is_relative_to(base) and not self._has_own_git(path.parent)
        folder = base if inside else next(parent for parent in path.parents if parent.is_dir())
        while not folder.is_dir():
            folder = folder.parent
        # A folder of the base path stands for all of it.
        narrowed = self._only is not None and inside and (path.parent in self._only or path == base / "-")
        only = tuple(sorted(self._only)) if self._only is not None and narrowed else None
        key = (git.top_level(folder), folder, only)
        if key not in self._scopes:
            self._scopes[key] = Scope(*key[:2], self._config, self._at, self._offline, only)
        return self._scopes[key]


def commits_now(top: Path, folder: Path, config: Config) -> tuple[str, ...]:
    """What `Releases.commits` says of a folder when it is asked now."""
    scope = Scope(top, folder, config, None, False)
    return scope.commits(scope.refs(git.head_commit(top)))


def _is_there(path: Path) -> bool:
    """Whether a file or link is there."""
    return path.is_file() or path.is_symlink()
