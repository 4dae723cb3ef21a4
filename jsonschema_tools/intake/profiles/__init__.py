"""How a gate answers. A profile renders what was decided; it decides nothing about an event."""

from __future__ import annotations

from jsonschema_tools.intake.answers import Profile
from jsonschema_tools.settings import Config


def profile_of(config: Config) -> Profile:
    """The profile that a configuration chooses."""
    if config.serve.profile == "eventgate":
        from jsonschema_tools.intake.profiles.eventgate import EventGateProfile

        return EventGateProfile(config.serve, config.events.schema_uri_fields)
    from jsonschema_tools.intake.profiles.default import DefaultProfile

    return DefaultProfile(config.serve.cors)
