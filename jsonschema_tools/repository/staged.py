"""The index as a repository of its own, so that the next commit can be checked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from jsonschema_tools import git
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.lookup.bases import split_prefix
from jsonschema_tools.rules.model import Finding, Report, Result
from jsonschema_tools.settings import Config


@dataclass(frozen=True, slots=True)
class StagedTree:
    """A temporary working tree of ``top`` at ``folder`` that holds what the index has; ``config`` leads into it, and
    ``original`` is that of the repository."""

    top: Path
    folder: Path
    config: Config
    original: Config

    @property
    def has_commits(self) -> bool:
        """Whether there is a commit to compare with."""
        return git.has_commits(self.top)

    def moved(self, path: Path) -> Path:
        """Where something of the working tree is here; what is elsewhere stays there."""
        return _moved(path, self.top, self.folder)

    def put_back(self, report: Report) -> Report:
        """The report with every path as it is in the working tree."""
        return Report(tuple(self._result(result) for result in report.results))

    def _result(self, result: Result) -> Result:
        subject = replace(result.check.subject, path=_moved(result.check.subject.path, self.folder, self.top))
        context = replace(result.check.context, config=self.original)
        findings = tuple(self._finding(finding) for finding in result.findings)
        return replace(result, check=replace(result.check, subject=subject, context=context), findings=findings)

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
    """Check what is staged out into a temporary folder, as far as schemas and their look-up need it.

    The configuration itself is that of the working tree. Raises `GitError`, outside of a Git repository too.
    """
    top = git.top_of(config.schema_base_path, "Check without --staged, or inside of a Git repository.")
    paths = [
        config.schema_base_path,
        *(Path(split_prefix(uri)[1]) for uri in config.schema_base_uris),
        *(r.schema for r in config.schema_rules),
        *([config.tests] if config.tests else []),
    ]
    with tempfile.TemporaryDirectory(prefix="jst-staged-") as name:
        folder = Path(os.path.realpath(name))
        git.check_out_index(top, {path for path in paths if path.is_relative_to(top)}, folder)
        tree = StagedTree(top, folder, _staged_config(config, top, folder), config)
        tree.config.schema_base_path.mkdir(parents=True, exist_ok=True)
        try:
            yield tree
        except SchemaToolsError as error:
            raise tree.put_back_error(error) from error


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old) if path.is_relative_to(old) else path


def _staged_config(config: Config, top: Path, folder: Path) -> Config:
    base = _moved(config.schema_base_path, top, folder)

    def look_up(uri: str) -> str:
        prefix, path = split_prefix(uri)
        moved = _moved(Path(path), top, folder)
        # What Git does not track, such as a folder of installed packages, is where it was.
        if not (moved.exists() or moved == base):
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
