"""`latest` and `latest.<content type>` link to the greatest version.

Why: they are looked up like versions.
Example: `latest.yaml` missing, no link, or a link to 1.0.0.yaml when there is 1.1.0.yaml.
Instead: run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath

from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import COPY_REMEDY, misplaced, titles_in_order, unreadable

_REMEDY = "Run `jst materialize`."
_MOST_LINKS = 20


def check(title: Title, context: Context) -> Iterator[Problem]:
    config = context.config
    content_type = config.content_types[0]
    greatest = title.released(content_type)[-1]
    target = f"{greatest.version}.{content_type}"
    if any(path.parent == title.directory for path in unreadable(context)):
        raise NotApplicable("a file of the title cannot be read, which may be the greatest version")
    elsewhere = misplaced(title, context, greatest)
    names = [f"latest.{content_type}", *(["latest"] if config.should_symlink_extensionless else [])]
    for name in names if config.should_symlink_latest else ():
        path = title.directory / name
        found = context.link(path)
        if found is None or name not in context.names(path.parent):
            yield Problem(f"{name} is missing or no link, it should link to {target}", remedy=_REMEDY, path=path)
        elif _end(path, context) != _end(title.directory / target, context):
            message = f"{name} links to {found}, it should link to {target}"
            yield Problem(
                message, remedy=COPY_REMEDY if elsewhere else _REMEDY, path=elsewhere.path if elsewhere else path
            )


def _end(path: Path, context: Context) -> Path:
    """Where a link leads to in the end."""
    for _ in range(_MOST_LINKS):
        target = context.link(path)
        if target is None:
            break
        path = Path(normpath(path.parent / target))
    return path


RULE = Rule("structure-latest-links", Family.STRUCTURE, "latest links to the greatest version", titles_in_order, check)
