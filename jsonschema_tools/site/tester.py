"""The page on which people see what a gate would say of an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jsonschema_tools.events.model import EventError
from jsonschema_tools.site.model import SiteSettings
from jsonschema_tools.site.rendering import OWN, Renderer

TESTER = f"{OWN}/test"
"""Where it is, below the site."""


@dataclass(frozen=True, slots=True)
class WrongValue:
    """One thing that is wrong: ``pointer`` is where in the event, ``place`` where the schema says so."""

    pointer: str
    message: str
    place: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, error: EventError) -> WrongValue:
        """The same as an error of an event."""
        return cls(error.pointer, error.message, error.schema_uri or "", error.remedy or "")


@dataclass(frozen=True, slots=True)
class TestedEvent:
    """What became of an event: its schema and stream as far as they are known, and what is wrong with it."""

    uri: str
    stream: str
    errors: tuple[WrongValue, ...] = ()


def tester_page(
    settings: SiteSettings,
    text: str,
    verdicts: Sequence[TestedEvent] = (),
    fault: WrongValue | None = None,
    *,
    has_streams: bool = False,
) -> bytes:
    """The page with the text of events and what became of them; ``fault`` is why there are no verdicts."""
    renderer = Renderer(settings, has_streams=has_streams)
    return renderer.page(TESTER, "test.html", text=text, verdicts=verdicts, fault=fault)
