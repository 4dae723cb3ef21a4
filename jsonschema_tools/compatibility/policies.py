"""Policies: which changes from one version to the next are breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from jsonschema_tools.containment.model import MAX_STEPS
from jsonschema_tools.errors import UsageError
from jsonschema_tools.settings import Config


class Direction(StrEnum):
    """Who must understand whom: ``backward`` new readers old events, ``forward`` old readers new events."""

    BACKWARD = "backward"
    FORWARD = "forward"


class ContentModel(StrEnum):
    """What counts as an event: ``strict`` any that is valid, ``declared`` what the version declares of it."""

    STRICT = "strict"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which directions must hold, and whether towards all earlier versions of the major or only the last one.

    ``upstream`` is the rule of the Node.js tool, which has no directions.
    """

    name: str
    summary: str
    directions: tuple[Direction, ...] = ()
    transitive: bool = False
    upstream: bool = False


_BOTH = (Direction.BACKWARD, Direction.FORWARD)
_NEW_READERS = "new readers understand old events"
_OLD_READERS = "old readers understand new events"

POLICIES: Final = {
    policy.name: policy
    for policy in (
        Policy("wikimedia", "what the old version says is still said, as the Node.js tool checks it", upstream=True),
        Policy("backward", _NEW_READERS, (Direction.BACKWARD,)),
        Policy("backward-transitive", f"{_NEW_READERS} of every earlier version", (Direction.BACKWARD,), True),
        Policy("forward", _OLD_READERS, (Direction.FORWARD,)),
        Policy("forward-transitive", f"{_OLD_READERS}, those of every earlier version", (Direction.FORWARD,), True),
        Policy("full", "old and new understand each other", _BOTH),
        Policy("full-transitive", "all versions of a major understand each other", _BOTH, True),
        Policy("none", "nothing is a break"),
    )
}

DEFAULTS: Final = {
    "upstream": ("wikimedia", ContentModel.STRICT),
    "recommended": ("full-transitive", ContentModel.DECLARED),
}
"""Policy and content model of a profile, where the configuration names none."""


def policy_named(name: str) -> Policy:
    """The policy of this name. Raises `UsageError`."""
    if name not in POLICIES:
        raise UsageError(f"there is no policy {name!r}", remedy=f"Use one of {', '.join(POLICIES)}.")
    return POLICIES[name]


@dataclass(frozen=True, slots=True)
class CompatibilitySettings:
    """How two versions are assessed: the policy, and what counts as an event."""

    policy: Policy
    content_model: ContentModel = ContentModel.STRICT
    may_grow: bool = False
    """One more value of an ``enum``, or a higher ``maxLength``, is no break: readers are warned of it."""
    max_steps: int = MAX_STEPS
    """So much is done for one proof before it is given up."""


def compatibility_settings(
    profile: str, policy: str | None, content_model: str | None, max_steps: int = MAX_STEPS
) -> CompatibilitySettings:
    """What the settings say, the profile where they say nothing. Raises `UsageError`."""
    default_policy, default_model = DEFAULTS[profile]
    model = default_model if content_model is None else ContentModel(content_model)
    return CompatibilitySettings(
        policy_named(policy or default_policy), model, may_grow=profile == "recommended", max_steps=max_steps
    )


def settings_of(
    config: Config, policy: str | None = None, content_model: str | None = None, max_steps: int | None = None
) -> CompatibilitySettings:
    """How versions are assessed: as the configuration says, unless a policy, content model or limit is named."""
    settings = compatibility_settings(
        config.profile, config.compatibility, config.content_model, config.compatibility_steps
    )
    if policy is not None:
        settings = replace(settings, policy=policy_named(policy))
    if content_model is not None:
        settings = replace(settings, content_model=ContentModel(content_model))
    return settings if max_steps is None else replace(settings, max_steps=max_steps)
