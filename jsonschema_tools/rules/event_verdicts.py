"""The versions of a title, each judging events as `jst validate` does."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import UsageError
from jsonschema_tools.events.model import Verdict
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator, strictness
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.release.version_files import holds
from jsonschema_tools.rules.editable import materialized
from jsonschema_tools.rules.model import Context
from jsonschema_tools.rules.repository import Title
from jsonschema_tools.versions import VersionRange, sort_versions


@dataclass(frozen=True, slots=True)
class Judge:
    """A version of a title: ``name`` is what to call it, ``validator`` judges events by it."""

    name: str
    version: str
    validator: EventValidator


class Judges:
    """The versions of a title, the lowest first and the current file last; each is compiled when it is first asked.

    A current file that says what its version file says is not asked a second time.
    """

    def __init__(self, title: Title, context: Context) -> None:
        self._title, self._context = title, context
        self._documents: dict[str, Document] = {}
        target = Target(schema="")
        self._validators = SchemaValidators(self._retrieve, **strictness(context.config.events, target))

    @functools.cached_property
    def released(self) -> list[Judge]:
        """The version files, one for each version."""
        return [self._judge(version, version, file.document) for version, file in self._files.items()]

    @functools.cached_property
    def current(self) -> Judge | None:
        """The current file, where it says something else than a version file. Raises `NotApplicable` where it cannot
        be materialized."""
        file = self._title.current
        if file is None:
            return None
        document = materialized(file, self._context)
        known = self._files.get(file.version)
        if known is not None and holds(known.document, document):
            return None
        return self._judge(f"{file.path.name} ({file.version})", file.version, document)

    @property
    def versions(self) -> list[str]:
        """The versions there are."""
        current = self._title.current
        return sort_versions({*self._files, *([current.version] if current is not None else [])})

    def verdicts(self, event: Document, versions: VersionRange) -> Iterator[tuple[Judge, Verdict]]:
        """What the versions in a range say of an event. Raises `NotApplicable` as `current` does, at the end."""
        for judge in self.released:
            if judge.version in versions:
                yield judge, judge.validator.verdict(event)
        file = self._title.current
        if file is not None and file.version in versions and self.current is not None:
            yield self.current, self.current.validator.verdict(event)

    @functools.cached_property
    def _files(self) -> dict[str, SchemaFile]:
        """A file for each version, of the first content type that it has."""
        order = {name: index for index, name in enumerate(self._context.config.content_types)}
        files = [file for file in self._title.files if not file.is_current]
        first = {file.version: file for file in sorted(files, key=lambda f: -order.get(f.content_type, len(order)))}
        return {version: first[version] for version in sort_versions(first)}

    def _judge(self, name: str, version: str, document: Document) -> Judge:
        uri = f"/{self._title.name}/{version if name == version else 'current'}"
        self._documents[uri] = document
        settings = self._context.config.events
        return Judge(name, version, EventValidator(self._validators, settings, Target(schema=uri)))

    def _retrieve(self, uri: str) -> Document:
        if uri in self._documents:
            return self._documents[uri]
        if self._context.retrieve is None:
            raise UsageError(f"{uri} cannot be looked up here")
        return self._context.retrieve(uri)
