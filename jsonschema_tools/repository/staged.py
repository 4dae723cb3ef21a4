"""The index as a repository of its own, so that the next commit can be checked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from jsonschema_tools import git
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.bases import split_prefix
from jsonschema_tools.rules.model import Finding, Report, Result
from jsonschema_tools.settings import Config

_ATTRIBUTES = ".gitattributes"
"""How Git writes files, by the folders above them."""


@dataclass(frozen=True, slots=True)
class StagedTree:
    """A temporary working tree of ``top`` at ``folder`` for what the index has; of that, what was brought is there.

    ``config`` leads into it, and ``original`` is that of the repository. ``tree`` is that of the next commit.
    """

    top: Path
    folder: Path
    tree: str
    config: Config
    original: Config
    _here: set[Path] = field(default_factory=set)
    """The folders of which all is there that is directly in them."""
    _all_here: list[bool] = field(default_factory=list)
    """Something in it: all of them are there."""

    def touched(self, reference: str | None) -> tuple[str | None, set[Path] | None]:
        """The commit from which the branch left ``reference``, and the folders of schemas and their tests with files
        that the next commit would have otherwise; without a reference, and where there is a last commit, those that it
        would have otherwise than that one. Raises `GitError`."""
        start = git.head_commit(self.top) if reference is None else git.merge_base(self.top, reference)
        if start is None:
            return None, None
        folders = [self.original.schema_base_path, *([self.original.tests] if self.original.tests else [])]
        inside = (folder for folder in folders if folder.is_relative_to(self.top))
        files = (path for folder in inside for path in git.differing_from(self.top, start, self.tree, folder))
        return None if reference is None else start, {self.moved(path.parent) for path in files}

    def bring(self, folders: Iterable[Path]) -> None:
        """Check out what is directly in folders, and where links in it lead."""
        wanted = {each for each in folders if each.is_relative_to(self.folder)} - self._here
        if not wanted:
            return
        self._here.update(wanted)
        names = {_name(folder, self.folder) for folder in wanted}
        settings = {f"{above}{_ATTRIBUTES}" for name in names for above in _prefixes(name)}
        asked = [f"{name}/" if name else "" for name in names]
        listed = git.tree_entries(self.top, self.tree, [*asked, *settings])
        found = {name: entry for name, entry in listed.items() if name.rpartition("/")[0] in names}
        missing = names - {name.rpartition("/")[0] for name in found}
        above = git.tree_entries(self.top, self.tree, [a for name in missing for a in _above(name)]) if missing else {}
        self._put(found, {name: entry for name, entry in listed.items() if name in settings})
        if any(map(git.is_link, above.values())):
            # What is behind a link to a folder can be anywhere.
            self.bring_all()

    def bring_below(self, paths: Iterable[Path]) -> None:
        """Check out all that is at or below paths."""
        names = [_name(path, self.folder) for path in paths if path.is_relative_to(self.folder)]
        if names:
            settings = {f"{above}{_ATTRIBUTES}" for name in names for above in _prefixes(name)}
            listed = git.tree_entries(self.top, self.tree, settings)
            self._put(git.tree_entries(self.top, self.tree, names, below=True), listed)

    def bring_all(self) -> None:
        """Check out everything that schemas and their look-up may need."""
        if not self._all_here:
            self._all_here.append(True)
            paths = {self.moved(path) for path in _places(self.original) if path.is_relative_to(self.top)}
            self.bring_below(paths)

    def _put(self, entries: Mapping[str, bytes], settings: Mapping[str, bytes]) -> None:
        """Check out entries, as files with settings say."""
        if not entries:
            return
        git.check_out(self.folder, entries.values(), [settings[name] for name in settings.keys() - entries.keys()])
        links = [self.folder / name for name, entry in entries.items() if git.is_link(entry)]
        targets = (Path(os.path.normpath(link.parent / link.readlink())) for link in links if link.is_symlink())
        lead = [target for link, target in zip(links, targets, strict=False) if target.parent != link.parent]
        self.bring([each for target in lead for each in (target, target.parent)])

    def moved(self, path: Path) -> Path:
        """Where something of the working tree is here; what is elsewhere stays there."""
        return _moved(path, self.top, self.folder)

    def put_back(self, report: Report) -> Report:
        """The report with every path as it is in the working tree."""
        return Report(tuple(self._result(result) for result in report.results))

    def _result(self, result: Result) -> Result:
        subject = replace(result.check.subject, path=_moved(result.check.subject.path, self.folder, self.top))
        context = replace(result.check.context, config=self.original)
        return replace(
            result,
            check=replace(result.check, subject=subject, context=context),
            findings=tuple(map(self._finding, result.findings)),
            reason=result.reason and self._text(result.reason),
            consequences=tuple(map(self._finding, result.consequences)),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            file=_moved(finding.file, self.folder, self.top),
            message=self._text(finding.message),
            remedy=finding.remedy and self._text(finding.remedy),
        )

    def _text(self, text: str) -> str:
        return text.replace(str(self.folder), str(self.top))

    def put_back_error(self, error: SchemaToolsError) -> SchemaToolsError:
        """The error as it speaks of the working tree."""
        return error.replaced(
            message=self._text(error.message),
            source=error.source and self._text(error.source),
            remedy=error.remedy and self._text(error.remedy),
        )


@contextmanager
def staged_tree(config: Config) -> Iterator[StagedTree]:
    """A temporary folder for what is staged, which is checked out there when it is asked for.

    The configuration itself is that of the working tree. Raises `GitError`, outside of a Git repository too.
    """
    top = git.top_of(config.schema_base_path, "Check without --staged, or inside of a Git repository.")
    tree = git.staged_tree(top)
    with tempfile.TemporaryDirectory(prefix="jst-staged-") as name:
        folder = Path(os.path.realpath(name))
        git.open_working_tree(top, folder)
        staged = StagedTree(top, folder, tree, _staged_config(config, top, folder, tree), config)
        staged.config.schema_base_path.mkdir(parents=True, exist_ok=True)
        staged.bring_below(staged.moved(rule.schema) for rule in config.schema_rules)
        try:
            yield staged
        except SchemaToolsError as error:
            raise staged.put_back_error(error) from error


def _places(config: Config) -> list[Path]:
    """What checking may read."""
    return [
        config.schema_base_path,
        *(Path(split_prefix(uri)[1]) for uri in config.schema_base_uris),
        *(r.schema for r in config.schema_rules),
        *([config.tests] if config.tests else []),
    ]


def _name(path: Path, top: Path) -> str:
    return "" if path == top else path.relative_to(top).as_posix()


def _above(name: str) -> list[str]:
    """A name and those of the folders above it."""
    return [name, *(str(each) for each in PurePosixPath(name).parents)][:-1] if name else []


def _prefixes(name: str) -> list[str]:
    return ["", *(f"{each}/" for each in _above(name)[1:])]


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path


def _staged_config(config: Config, top: Path, folder: Path, tree: str) -> Config:
    base = _moved(config.schema_base_path, top, folder)

    def is_staged(moved: Path) -> bool:
        return moved.is_relative_to(folder) and bool(git.tree_entries(top, tree, [_name(moved, folder)], below=True))

    def look_up(uri: str) -> str:
        prefix, path = split_prefix(uri)
        moved = _moved(Path(path), top, folder)
        # What Git does not track, such as a folder of installed packages, is where it was.
        if not (moved == base or is_staged(moved)):
            return uri
        return str(moved) if prefix is None else f"{prefix}={moved}"

    return replace(
        config,
        root=_moved(config.root, top, folder),
        schema_base_path=base,
        tests=config.tests and _moved(config.tests, top, folder),
        schema_base_uris=tuple(map(look_up, config.schema_base_uris)),
        schema_rules=tuple(replace(rule, schema=_moved(rule.schema, top, folder)) for rule in config.schema_rules),
    )
