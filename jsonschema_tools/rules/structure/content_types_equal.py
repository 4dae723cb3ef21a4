"""All content types of a version hold the same schema.

Why: a version is one schema, whatever a reader parses.
Example: a description corrected in `1.0.0.yaml` only.
Instead: restore the file that was changed from Git.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from jsonschema_tools.documents.difference import differences
from jsonschema_tools.nodejs.ecmascript import deep_equal, deep_key
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.repository import Version
from jsonschema_tools.rules.subjects import misplaced, versions


def check(version: Version, context: Context) -> Iterator[Problem]:
    for one, other in pairwise(file for file in version.files if not file.is_current):
        if not deep_equal(one.document, other.document):
            together = one.path.parent == other.path.parent
            name, other_name = [file.path.name if together else file.path for file in (one, other)]
            elsewhere = None if together else misplaced(version.title, context, one, other)
            for difference in differences(one.document, other.document, deep_key):
                yield Problem(
                    f"{other_name} is not {name}: {difference}",
                    remedy="Restore the file that was changed from Git.",
                    path=(elsewhere or other).path,
                )


RULE = Rule(
    "structure-content-types-equal", Family.STRUCTURE, "all content types of a version are equal", versions, check
)
