"""A draft has one content in the commits of its branch.

Why: merged commit by commit (rebased, or fast-forward), the first of them releases the version, the next changes it.
Example: a branch commits 1.1.0, then corrects `current.yaml` and commits another 1.1.0.
Instead: squash the commits before such a merge (`git rebase --interactive`). A squash merge or a merge commit needs
nothing: there only the last content counts. How a file is laid out may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jsonschema_tools.documents.reading import parse_file
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import DocumentError
from jsonschema_tools.release.standing import Content
from jsonschema_tools.release.version_files import holds
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule, Severity, Subject
from jsonschema_tools.rules.repository import Collection
from jsonschema_tools.rules.subjects import of_titles


@of_titles
def subjects(collection: Collection, context: Context) -> Iterator[Subject]:
    base = context.config.schema_base_path
    for path, contents in (collection.releases.rewritten() if collection.releases is not None else {}).items():
        title = path.parent.relative_to(base).as_posix()
        version = path.name.rpartition(".")[0]
        yield Subject((path, contents), title, version, path, f"/{title}/{version}")


def check(subject: tuple[Path, Sequence[tuple[str, Content]]], _context: Context) -> Iterator[Problem]:
    path, contents = subject
    commits: list[str] = []
    before: Document = None
    for commit, content in contents:
        try:
            document = parse_file(path, content.read())
        except DocumentError:
            continue
        if not commits or not holds(before, document):
            commits.append(commit)
        before = document
    if len(commits) > 1:
        message = (
            f"the draft {path.name} has {len(commits)} contents in the commits of this branch: {', '.join(commits)}"
        )
        remedy = (
            "Before a merge that keeps the commits (rebase, fast-forward), make them one:"
            f" `git rebase -i {commits[0]}~1`. A squash merge or a merge commit needs nothing."
        )
        yield Problem(message, remedy=remedy)


RULE = Rule(
    "rewritten-draft",
    Family.STRUCTURE,
    "a draft has one content in the commits of its branch",
    subjects,
    check,
    profile=Profile.RECOMMENDED,
    severity=Severity.WARNING,
)
