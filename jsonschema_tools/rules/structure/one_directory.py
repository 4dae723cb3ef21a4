"""All files of a title are in one folder.

Why: the folder is the title; a version elsewhere cannot be looked up by it.
Example: `user/create/1.0.0.yaml` and `users/create/1.1.0.yaml`, both titled `user/create`.
Instead: move the file, or correct its title.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import COPY_REMEDY, every_title


def check(title: Title, context: Context) -> Iterator[Problem]:
    home = title.home(context.config.schema_base_path)
    for file in title.files:
        if file.path.parent != home:
            yield Problem(
                f"titled {title.name!r}, but not in the folder {home}",
                f"/{context.config.schema_title_field}",
                COPY_REMEDY,
                path=file.path,
            )


RULE = Rule("structure-one-directory", Family.STRUCTURE, "all files of a title are in one folder", every_title, check)
