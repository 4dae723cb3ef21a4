"""`latest` and `latest.<content type>` link to the greatest version.

Why: they are looked up like versions.
Example: `latest.yaml` missing, no link, or a link to 1.0.0.yaml when there is 1.1.0.yaml.
Instead: run `jst materialize`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.checks import Context, Family, Problem, Rule, Title
from jsonschema_tools.rules.subjects import titles_in_order


def check(title: Title, context: Context) -> Iterator[Problem]:
    config = context.config
    content_type = config.content_types[0]
    target = f"{title.released(content_type)[-1].version}.{content_type}"
    names = [f"latest.{content_type}", *(["latest"] if config.should_symlink_extensionless else [])]
    for name in names if config.should_symlink_latest else ():
        path = title.directory / name
        found = context.link(path)
        if found != target:
            said = f"links to {found}" if found else "is missing or no link"
            yield Problem(f"{name} {said}, it should link to {target}", remedy="Run `jst materialize`.", path=path)


RULE = Rule("structure-latest-links", Family.STRUCTURE, "latest links to the greatest version", titles_in_order, check)
