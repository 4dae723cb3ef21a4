"""Validating the few events of a request: as fast as it can be where most of them are valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from jsonschema_tools.errors import is_panic
from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.reading import LONGEST_SHALLOW, may_be_deep, reader
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import ODD, EventValidator, is_utf_8


class RequestValidator(EventValidator):
    """An `EventValidator` that tells of the refused events only."""

    def by_schema(self, uri: str) -> Self:
        """A validator of every event by one schema, whatever it names; compiled schemas are shared."""
        return type(self)(self._validators, self._settings, Target(schema=uri))

    def refusals(self, texts: Sequence[bytes]) -> dict[int, Verdict]:
        """The verdicts on those texts of events that are refused, by index.

        An event passes by its shape, else by its whole schema; all others go the careful way.
        """
        shapes = self._shapes.reader() if self._shaped else None
        read_shaped, tests = (shapes.read, shapes.tests) if shapes is not None else (None, {})
        checks: dict[Any, Callable[[Any], bool]] = {}
        refused: dict[int, Verdict] = {}
        for index, text in enumerate(texts):
            if len(text) <= LONGEST_SHALLOW or not may_be_deep(text):
                if read_shaped is not None:
                    try:
                        shaped = read_shaped(text)
                        # What no schema describes, that reader passes over.
                        if tests[type(shaped)][1](shaped) and (text.isascii() or is_utf_8(text)):
                            continue
                    except ODD:
                        pass
                try:
                    if self._is_valid(reader()(text), checks):
                        continue
                except ODD:
                    pass
                except BaseException as error:
                    if not is_panic(error):
                        raise
            verdict = self.verdict_on_text(text)
            if not verdict.valid:
                refused[index] = verdict
        return refused

    def _is_valid(self, event: Any, checks: dict[Any, Callable[[Any], bool]]) -> bool:
        """Whether an event is valid by its schema; may raise one of `ODD`."""
        named = self._uri_of(event)
        check = checks.get(named)
        if check is None:
            check = checks[named] = self._check(self._schema_uri(named))
        if not check(event):
            return False
        if self._shaped:
            self._shapes.learn(named, self._schema_uri(named), 1)
        return True
