"""What Git says of one folder: its release branches, and their history when it is needed."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jsonschema_tools import git
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.errors import DocumentError, GitError
from jsonschema_tools.release.branches import Ref, release_refs
from jsonschema_tools.release.standing import (
    SHORT,
    Content,
    Facts,
    History,
    ReleaseBranch,
    Unknown,
)
from jsonschema_tools.repository.configuration import CONFIG_NAME
from jsonschema_tools.repository.mainline import first_contents
from jsonschema_tools.settings import Config

_MOST_NAMES = 200
"""Names that one question to the history lists; for more it is asked for the whole folder."""

_SHALLOW = Unknown("the clone is shallow: what was ever released is not all here", git.SHALLOW_REMEDY)

_PARTIAL = Unknown(
    "the clone is a partial one, what this needs is not all here, and nothing is fetched",
    "Run the command without --offline once.",
)


def _names_of(branch: str) -> set[str]:
    """What messages of merges may call a branch: ``origin/main`` is ``main`` where it is at home."""
    return {branch, branch.partition("/")[2]} - {""}


@dataclass
class Scope:
    """A folder in one Git working tree (``top`` is ``None`` outside of one), and what Git said of it so far."""

    top: Path | None
    folder: Path
    config: Config
    at: str | None
    offline: bool
    only: tuple[Path, ...] | None = None
    """Folders in it, where nothing else will be asked for."""
    prepared: set[Path] = field(default_factory=set)
    asked: tuple[str, ...] | None = None
    """The parents of the next commit and the refs that releases are on, once they were asked for."""
    asked_for_ignored: bool = False
    """Whether it counted what Git is told to ignore, in whatever file that is said."""
    _asked: dict[str, History | None] = field(default_factory=dict)
    _ignored: dict[str, bool] = field(default_factory=dict)
    _trees: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def settings_folder(self) -> Path:
        """Where paths in the configuration start."""
        return Path(os.path.realpath(self.config.root))

    def settings_at(self, commit: str) -> dict[str, Any]:
        """The settings of the configuration in a commit, as they are written; none where there was no such file."""
        path = Path(os.path.realpath(self.config.path or self.config.root / CONFIG_NAME))
        if self.top is not None and not path.is_relative_to(self.top):
            # That of the working tree counts, whatever tree this is.
            path = self.settings_folder / path.name
        if self.top is None or not path.is_relative_to(self.top):
            return {}
        try:
            found = parse(git.content(self.top, f"{commit}:{self.name(path)}", offline=self.offline), source=str(path))
        except (GitError, DocumentError):
            return {}
        return found if isinstance(found, dict) else {}

    def name(self, path: Path) -> str:
        """The name of a path, relative to the top."""
        assert self.top is not None
        return path.relative_to(self.top).as_posix()

    @functools.cached_property
    def facts(self) -> Facts:
        """What Git says, without the history."""
        if self.top is None:
            return Facts(kept=False)
        top = self.top
        try:
            parents = self._parents
            commit = parents[0] if parents else None
            head = self._files_of(reversed(parents)) if commit else None
            if not head and not self._is_kept(top):
                return Facts(kept=False)
            refs = self.refs(commit)
            self.asked = self.commits(refs)
            branches = () if isinstance(refs, Unknown) else tuple(self._branches(top, refs, parents))
        except GitError:
            if not (self.offline and git.is_partial(top)):
                raise
            return Facts(unknown=_PARTIAL, cut_off=_PARTIAL)
        shallow = self.at is None and git.is_shallow(top)
        if isinstance(refs, Unknown) and shallow:
            refs = replace(refs, remedy=refs.remedy.replace("git fetch ", "git fetch --unshallow "))
        return Facts(
            born=commit is not None or bool(branches),
            branches=branches,
            unknown=refs if isinstance(refs, Unknown) else None,
            cut_off=_SHALLOW if shallow else None,
            head=head,
            read=functools.partial(git.content, top, offline=self.offline),
        )

    def _is_kept(self, top: Path) -> bool:
        """Whether Git keeps the folder, though the last commit has nothing in it that was asked for."""
        if git.is_tracked(self.folder):
            return True
        self.asked_for_ignored = True
        is_own = top in (self.folder, Path(os.path.realpath(self.config.root)))
        return is_own and (self.folder == top or not git.ignored(top, [self.name(self.folder)]))

    def commits(self, refs: list[Ref] | Unknown) -> tuple[str, ...]:
        """The parents of the next commit, and the refs."""
        return (*self._parents, *map(str, [refs] if isinstance(refs, Unknown) else refs))

    def refs(self, commit: str | None) -> list[Ref] | Unknown:
        """What releases are on, seen from a commit."""
        assert self.top is not None
        top = self.top
        if self.at is not None:
            return [Ref(self.at[:SHORT], self.at)]
        head = Ref(git.head_branch(top), commit) if commit else None
        named = [Ref(name, git.commit_of(top, name)) for name in self.config.release_refs]
        found = release_refs(git.branch_refs(top), git.remotes(top), self.config.release_branches, head)
        if isinstance(found, Unknown):
            return named or found
        return list({ref.commit: ref for ref in reversed([*found, *named])}.values())[::-1]

    @functools.cached_property
    def _parents(self) -> list[str]:
        """The parents of the next commit: HEAD, and what a merge under way brings in."""
        assert self.top is not None
        head = git.head_commit(self.top)
        return [head, *git.merged_commits(self.top)] if head is not None else []

    def _files_of(self, commits: Iterable[str]) -> dict[str, str]:
        """The files of some commits with their blobs; where two have one, that of the last."""
        return {name: blob for commit in commits for name, blob in self._tree(commit).items()}

    def _tree(self, commit: str) -> Mapping[str, str]:
        """The files of a commit. HEAD is often a release branch, too."""
        assert self.top is not None
        if commit not in self._trees:
            self._trees[commit] = git.tree_files(self.top, commit, *self._folders, offline=self.offline)
        return self._trees[commit]

    def _branches(self, top: Path, refs: Iterable[Ref], parents: Sequence[str]) -> Iterator[ReleaseBranch]:
        for ref in refs:
            fork = functools.cache(functools.partial(self._fork_files, top, ref.commit, parents))
            yield ReleaseBranch(ref.name, ref.commit, self._files_of([ref.commit]), fork)

    def _fork_files(self, top: Path, commit: str, parents: Sequence[str]) -> Mapping[str, str]:
        forks = {git.fork_point(top, parent, commit) for parent in parents}
        return self._files_of(fork for fork in forks if fork is not None)

    @functools.cached_property
    def released_names(self) -> Mapping[str, set[str]]:
        """By folder, the names of the files that release branches have directly in it."""
        found: dict[str, set[str]] = {}
        for branch in self.facts.branches:
            for path in branch.files:
                folder, _, name = path.rpartition("/")
                found.setdefault(folder, set()).add(name)
        return found

    def history(self, name: str) -> History | None:
        """What the release branches held first under a name; asked for all prepared names at once."""
        if name not in self._asked:
            tips = [branch.files for branch in self.facts.branches]
            waiting = {self.name(path) for path in self.prepared}
            names = {each for each in waiting if not any(each in files for files in tips)} | {name}
            # Whoever is asked a second time is likely to be asked a third: then all of it.
            many = bool(self._asked) or len(names) > _MOST_NAMES
            found = dict(self.ever() if many else self._first(sorted(names), None))
            if self._since is not None:
                # What counts is what a baseline holds; a number that was spent before it stays spent.
                found |= self.ever(self._since) if many else self._first(sorted(names), self._since)
            self._asked |= {**dict.fromkeys(names), **found}
        return self._asked[name]

    @property
    def _since(self) -> str | None:
        return self.config.rules.get("released-versions-are-immutable", {}).get("since")

    def ever(self, since: str | None = None) -> Mapping[str, History]:
        """The same for every file below the folder."""
        if since not in self._ever:
            self._ever[since] = self._first(self.below, since) if self._folders else {}
        return self._ever[since]

    @property
    def _folders(self) -> tuple[Path, ...]:
        return (self.folder,) if self.only is None else self.only

    @property
    def below(self) -> list[str]:
        """The names of the folders, relative to the top; none where it is the top itself."""
        return [] if self.top in self._folders else [self.name(folder) for folder in self._folders]

    @functools.cached_property
    def _ever(self) -> dict[str | None, Mapping[str, History]]:
        return {}

    def _first(self, names: list[str], since: str | None) -> dict[str, History]:
        """What the release branches ever held at or below the names, first content first."""
        top = self.top
        tips = {branch.commit: _names_of(branch.name) for branch in self.facts.branches}
        if top is None or not tips:
            return {}
        start = git.commit_of(top, since) if since is not None else self.at
        try:
            found = first_contents(top, tips, names, since=start, offline=self.offline)
        except GitError:
            if not (self.offline and git.is_partial(top)):
                raise
            raise GitError(_PARTIAL.reason, remedy=_PARTIAL.remedy) from None
        return {name: self._history(name, commit, blob) for name, (commit, blob) in found.items()}

    def _history(self, name: str, commit: str, blob: str) -> History:
        """A first content, and what tips hold that do not come from it."""
        top, branches = self.top, self.facts.branches
        assert top is not None
        if len(branches) == 1:
            return History(branches[0].name, self.content(commit, blob))
        others = [b for b in branches if b.files.get(name, blob) != blob and not git.is_ancestor(top, commit, b.commit)]
        having = next((branch for branch in branches if branch.files.get(name) == blob), branches[0])
        alternatives = tuple(self.content(branch.commit, branch.files[name]) for branch in others)
        return History(having.name, self.content(commit, blob), alternatives)

    def content(self, commit: str, blob: str) -> Content:
        """A content that some commit put there."""
        assert self.top is not None
        return Content(commit[:SHORT], blob, functools.partial(git.content, self.top, blob, offline=self.offline))

    def ignores(self, name: str) -> bool:
        """Whether Git is told to ignore a file."""
        if name not in self._ignored:
            assert self.top is not None
            self.asked_for_ignored = True
            names = {self.name(path) for path in self.prepared if os.path.lexists(path)} | {name}
            names = {each for each in names if not self.facts.has(each)}
            found = git.ignored(self.top, sorted(names))
            self._ignored |= {each: each in found for each in names}
        return self._ignored[name]
