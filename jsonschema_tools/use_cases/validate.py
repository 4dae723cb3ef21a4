"""The use cases of holding events against their schemas; `jst validate` is one call of `validate_files`."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.events.model import EventSettings, Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.summary import Summary
from jsonschema_tools.events.targets import Target
from jsonschema_tools.events.validation import EventValidator
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.lookup.opening import store_settings
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import Symlink, WriteFile
from jsonschema_tools.repository.discovery import read_content
from jsonschema_tools.settings import Config
from jsonschema_tools.sources.files import Form, blocks, sizes
from jsonschema_tools.sources.workers import validated
from jsonschema_tools.use_cases.materialize import plan_all

Progress = Callable[[int, int], None]
"""Told how many of how many bytes are done."""

_DEFAULT = EventSettings()
_validators: weakref.WeakKeyDictionary[SchemaStore, dict[tuple[bool, bool], SchemaValidators]] = (
    weakref.WeakKeyDictionary()
)


def validate(
    event: Document | bytes, store: SchemaStore, *, schema: str | None = None, settings: EventSettings = _DEFAULT
) -> Verdict:
    """Hold an event against the schema that it names, or against the one at the URI ``schema``.

    ``event`` is plain data, or the JSON text as bytes; it is never changed. Whatever is wrong with it or its schema is
    in the verdict: nothing is raised. Compiled schemas are kept with the store. Threads may call this at once.
    """
    validator = _validator(store, settings, Target(schema=schema))
    return validator.verdict_on_text(event) if isinstance(event, bytes) else validator.verdict(event)


def validate_events(
    events: Iterable[Document | bytes],
    store: SchemaStore,
    *,
    schema: str | None = None,
    settings: EventSettings = _DEFAULT,
    batch_size: int = 1000,
) -> Iterator[list[Verdict]]:
    """The verdicts of the events in order, in lists of ``batch_size``; no more events are read than are asked for."""
    validator = _validator(store, settings, Target(schema=schema))
    remaining = iter(events)
    while batch := list(islice(remaining, batch_size)):
        yield [validator.verdict_on_text(e) if isinstance(e, bytes) else validator.verdict(e) for e in batch]


def _validator(store: SchemaStore, settings: EventSettings, target: Target) -> EventValidator:
    kept = _validators.setdefault(store, {})
    key = (_allows_insecure(settings, target), settings.quick_formats)
    validators = kept.get(key)
    if validators is None:
        # A bound method would keep the store alive as long as this table.
        retrieve = partial(_retrieve, weakref.ref(store))
        validators = kept.setdefault(key, _new_validators(retrieve, settings, target))
    return EventValidator(validators, settings, target)


def _new_validators(retrieve: Callable[[str], Document], settings: EventSettings, target: Target) -> SchemaValidators:
    allow_insecure = _allows_insecure(settings, target)
    return SchemaValidators(retrieve, allow_insecure=allow_insecure, quick_formats=settings.quick_formats)


def _allows_insecure(settings: EventSettings, target: Target) -> bool:
    """A schema that the caller names is the caller's choice; the others are what events say."""
    return settings.allow_insecure or target.schema is not None


def _retrieve(store: weakref.ref[SchemaStore], uri: str) -> Document:
    found = store()
    assert found is not None
    return found.retrieve(uri)


def validate_files(
    sources: Sequence[str],
    config: Config,
    *,
    settings: EventSettings = _DEFAULT,
    target: Target | None = None,
    form: Form | None = None,
    jobs: int = 1,
    offline: bool = False,
    refused: Callable[[Refusal], None] = lambda _refusal: None,
    failed: Callable[[SchemaToolsError], None] | None = None,
    progress: Progress = lambda _done, _total: None,
    summary: Summary | None = None,
) -> Summary:
    """Hold every event of the files against its schema. ``-`` is standard input.

    The schemas are looked up where the configuration says; with a target version, current schemas that are not
    released yet count as if they were. ``refused`` is told of each refused event, in order. A file that cannot be read
    raises `UsageError`, or is told to ``failed`` and left. Memory does not grow with the input. The counts go into
    ``summary`` as they come.
    """
    target = target or Target()
    open_store = store_opener(config, planned=target.version is not None, offline=offline)
    open_validator = partial(_open_validator, open_store, settings, target)
    summary = Summary() if summary is None else summary
    total, before = sizes(list(sources)), 0
    for source in sources:
        try:
            for block in validated(blocks(source, form), open_validator, jobs):
                summary.add_all(block.result.summary)
                for event in block.result.refused:
                    refused(Refusal(source, block.line + event.line, event.text, event.verdict))
                if total:
                    progress(min(before + block.done, total), total)
        except SchemaToolsError as error:
            if failed is None:
                raise
            failed(error)
        before += sizes([source]) or 0
    if total:
        progress(total, total)
    return summary


def store_opener(config: Config, *, planned: bool = False, offline: bool = False) -> Callable[[], SchemaStore]:
    """What opens the store of a configuration, here or in another process. ``planned``: with what materializing would
    write. Raises the first error of the plan."""
    overlay = _planned_files(config) if planned else None
    return partial(
        SchemaStore,
        config.schema_base_uris,
        overlay=overlay.get if overlay else None,
        **store_settings(config, offline=offline),
    )


def _planned_files(config: Config) -> dict[Path, bytes]:
    """What each file would hold if every current schema were materialized now; a link holds what its target does."""
    if not os.path.isdir(config.schema_base_path):  # noqa: PTH112
        return {}
    plan = plan_all(config)
    for error in plan.errors:
        raise error
    written = {action.path: action.content for action in plan.actions if isinstance(action, WriteFile)}
    links = [action for action in plan.actions if isinstance(action, Symlink)]
    return written | {link.path: _linked(link, written) for link in links}


def _linked(link: Symlink, written: dict[Path, bytes]) -> bytes:
    path = link.path.with_name(link.target)
    return written[path] if path in written else read_content(path)


def _open_validator(open_store: Callable[[], SchemaStore], settings: EventSettings, target: Target) -> EventValidator:
    return EventValidator(_new_validators(open_store().retrieve, settings, target), settings, target)


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
