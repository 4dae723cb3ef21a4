"""The folder of a schema is its title.

Why: `/user/create/1.0.0` is looked up as `user/create/1.0.0` below the base path.
Example: a file titled `user/create` in the folder `user/created`.
Instead: rename the folder, or correct the title.
"""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.rules.subjects import every_title


def check(title: Title, context: Context) -> Iterator[Problem]:
    told: set[str] = set()
    # One for each folder, where people edit.
    for file in sorted(title.files, key=lambda file: not file.is_current):
        folder = file.path.parent.relative_to(context.config.schema_base_path).as_posix()
        if folder != title.name and folder not in told:
            told.add(folder)
            yield Problem(
                f"titled {title.name!r}, but in the folder {folder!r}",
                f"/{context.config.schema_title_field}",
                "Rename the folder, or correct the title.",
                path=file.path,
            )


RULE = Rule(
    "structure-title-matches-directory", Family.STRUCTURE, "the folder of a schema is its title", every_title, check
)
