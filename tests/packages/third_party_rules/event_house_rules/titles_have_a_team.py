"""Every title begins with the name of a team.

Why: so that there is somebody to ask.
Example: `user/create`, when no team is called `user`.
Instead: `accounts/user/create`. The option `teams` names the teams.
"""

from collections.abc import Iterator

from jsonschema_tools import Context, Family, Problem, Rule, Title, every_title


def check(title: Title, context: Context) -> Iterator[Problem]:
    team = title.name.split("/")[0]
    if team not in context.options["teams"]:
        yield Problem(f"no team is called {team!r}", "/title", "Begin the title with the name of a team.")


RULE = Rule(
    "house-titles-have-a-team",
    Family.STRUCTURE,
    "every title begins with a team",
    every_title,
    check,
    options={"teams": {"type": "array", "items": {"type": "string"}, "default": ["accounts"]}},
)
