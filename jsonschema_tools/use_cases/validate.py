"""Validating events; `jst validate` is one call of `validate_files`."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import RetrievalError, SchemaToolsError, UsageError
from jsonschema_tools.events.model import Obstacle, Verdict
from jsonschema_tools.events.report import Refusal
from jsonschema_tools.events.summary import Summary
from jsonschema_tools.events.targets import LATEST, Target, is_version_of_title
from jsonschema_tools.events.validation import EventValidator, strictness
from jsonschema_tools.events.validators import SchemaValidators
from jsonschema_tools.lookup.opening import open_store, store_settings
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.model import Symlink, WriteFile
from jsonschema_tools.repository.discovery import read_content
from jsonschema_tools.repository.loading import near_version
from jsonschema_tools.schemas.deprecation import Deprecation, deprecation_of
from jsonschema_tools.settings import Config, EventSettings
from jsonschema_tools.sources.files import Form, blocks, sizes
from jsonschema_tools.sources.workers import validated
from jsonschema_tools.use_cases.materialize import plan_all

Progress = Callable[[int, int], None]
"""Told how many of how many bytes are done."""

_DEFAULT = EventSettings()
_Found = TypeVar("_Found")


def validate(
    event: Document | bytes, store: SchemaStore, *, schema: str | None = None, settings: EventSettings = _DEFAULT
) -> Verdict:
    """Validate an event by the schema that it names, or by the one at the URI ``schema``.

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
    """The validator of a store for these settings; the store keeps the schemas that it has compiled."""
    strict = strictness(settings, target)
    key = (SchemaValidators, *strict.values())
    if key not in store.derived:
        # What is compiled must not keep the store alive, which keeps it: no collector sees into the compiled schemas.
        store.derived.setdefault(key, SchemaValidators(_weakly(store.retrieve), lasts=_weakly(store.lasts), **strict))
    return EventValidator(store.derived[key], settings, target)


def _weakly(method: Callable[[str], _Found]) -> Callable[[str], _Found]:
    """A method of a store that does not keep the store."""
    reference = weakref.WeakMethod(method)

    def asked(uri: str) -> _Found:
        found = reference()
        assert found is not None
        return found(uri)

    return asked


def validate_files(
    sources: Sequence[str],
    config: Config,
    *,
    settings: EventSettings | None = None,
    target: Target | None = None,
    form: Form | None = None,
    jobs: int = 1,
    offline: bool = False,
    refused: Callable[[Refusal], None] = lambda _refusal: None,
    failed: Callable[[SchemaToolsError], None] | None = None,
    progress: Progress = lambda _done, _total: None,
    summary: Summary | None = None,
) -> Summary:
    """Validate every event of the files. ``-`` is standard input.

    The schemas are looked up where the configuration says, and its ``events`` count without ``settings``; with a target
    version, current schemas that are not released yet count as if they were. ``refused`` is told of each refused event,
    in order. A target schema that there is not raises `UsageError`. A file that cannot be read does so, too, or is told
    to ``failed`` and left. Memory does not grow with the input. The counts go into ``summary`` as they come.
    """
    opened = _validator_opener(config, settings, target, offline=offline)
    summary = Summary() if summary is None else summary
    total, before = sizes(list(sources)), 0
    for source in sources:
        try:
            for block in validated(blocks(source, form), opened, jobs):
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


def open_validator(
    config: Config, *, settings: EventSettings | None = None, target: Target | None = None, offline: bool = False
) -> EventValidator:
    """The validator for events one by one, with the schemas of a configuration. Raises as `validate_files`."""
    return _validator_opener(config, settings, target, offline=offline)()


def _validator_opener(
    config: Config, settings: EventSettings | None, target: Target | None, *, offline: bool
) -> Callable[[], EventValidator]:
    """What opens a validator, here or in another process. Raises `UsageError` for a target that there is not."""
    target = target or Target()
    open_store = store_opener(config, planned=target.version is not None, offline=offline)
    if target.schema is not None:
        _check_schema(target.schema, open_store(), config)
    return partial(_open_validator, open_store, settings or config.events, target)


def deprecations(summary: Summary, config: Config, *, offline: bool = False) -> dict[str, Deprecation]:
    """The titles among those that events were judged by that are retired, and what they say of it.

    That is what their current file says where it can be looked up, else their latest version: a version that was
    released before does not know.
    """
    store = open_store(config, offline=offline)
    no_verdict = {str(obstacle) for obstacle in Obstacle}
    judged = (uri for uri, found in summary.schemas.items() if found.valid or found.kinds.keys() - no_verdict)
    titles = dict.fromkeys(uri.rpartition("/")[0] for uri in judged if is_version_of_title(uri))
    found = {title: _deprecation(title, store) for title in sorted(titles)}
    return {title: deprecation for title, deprecation in found.items() if deprecation is not None}


def _deprecation(title: str, store: SchemaStore) -> Deprecation | None:
    for name in ("current", LATEST):
        with suppress(SchemaToolsError):
            return deprecation_of(store.retrieve(f"{title}/{name}"))
    return None


def _check_schema(uri: str, store: SchemaStore, config: Config) -> None:
    """Raise `UsageError` for a schema that no base has; one that is down may have it another day."""
    try:
        store.text(uri)
    except RetrievalError as error:
        if not error.down:
            raise UsageError(error.message, remedy=near_version(uri, config) or error.remedy) from error


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
    return EventValidator(open_store(), settings, target)


def cores() -> int:
    """How many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
