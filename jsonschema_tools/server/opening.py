"""A gate and what belongs to it, made of the settings of a repository."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from jsonschema_tools.errors import UsageError
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.intake.judging import Intake
from jsonschema_tools.intake.profiles import profile_of
from jsonschema_tools.intake.tokens import TokenTable
from jsonschema_tools.kafka.topics import TopicSettings
from jsonschema_tools.lookup.opening import open_store
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.lookup.stream_texts import is_url
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.server.application import Application
from jsonschema_tools.server.counts import OTHER
from jsonschema_tools.server.gate import Gate
from jsonschema_tools.server.ids import new_ids
from jsonschema_tools.server.intake import IntakeEndpoint
from jsonschema_tools.server.refused import ErrorEvents, RefusedFile
from jsonschema_tools.server.reloading import Reloader
from jsonschema_tools.server.site_pages import SitePages
from jsonschema_tools.server.tallies import Tally, TallyFolder, tally_of
from jsonschema_tools.server.token_file import read_tokens
from jsonschema_tools.settings import Config
from jsonschema_tools.sinks.file_names import worker_file
from jsonschema_tools.sinks.opening import open_sink
from jsonschema_tools.use_cases.intake import open_intake
from jsonschema_tools.use_cases.kafka_topics import topic_settings
from jsonschema_tools.use_cases.site import has_packages
from jsonschema_tools.use_cases.streams import open_streams

_PACKAGES = ("uvicorn", "uvloop", "httptools", "starlette", "prometheus_client")
_NATIVE = ("yaml_rs", "jsonschema_rs", "regress", "msgspec")
"""What brings an allocator of its own belongs to the thread that loads it, and must not outlive that."""


def check_installed() -> None:
    """Raise `UsageError` where the packages of the extra ``server`` are not installed."""
    for name in _PACKAGES:
        try:
            import_module(name)
        except ImportError as error:
            raise UsageError(f"jst serve needs the package {name}", remedy=remedy_of("server")) from error
    for name in _NATIVE:
        import_module(name)


class Serving:
    """A gate, the application that serves it, and what keeps it up to date; nothing is opened for writing yet.

    Args:
        config: the settings of the repository.
        worker: the number of the process, where there are several.
        say: tells people what they should know while it runs.
        tallies: where several processes tell each other what they count.
    """

    def __init__(
        self,
        config: Config,
        worker: int | None = None,
        say: Callable[[str], None] = lambda _: None,
        tallies: TallyFolder | None = None,
    ) -> None:
        self.tallies = tallies
        self.config, self.settings = config, config.serve
        self.streams: Streams | None = open_streams(config) if config.streams else None
        self.store: SchemaStore = open_store(config)
        self._new_id = partial(next, new_ids())
        self._read_tokens = partial(read_tokens, Path(config.serve.tokens)) if config.serve.tokens else None
        self.gate = Gate(
            config.serve,
            profile_of(config),
            self._intake(self.store),
            open_sink(config.serve, worker, self._wanted),
            tokens=self._tokens(),
            new_id=self._new_id,
        )
        self.gate.counts.label_of = self.label_of
        self._keep_refused(worker)
        has_pages = "schemas" in config.serve.only and has_packages()
        self.pages = SitePages(config) if has_pages else None
        self.application = Application(self.gate, self._others)
        watched = [Path(uri) for uri in config.schema_base_uris if Path(uri).is_absolute()]
        watched += [Path(config.streams)] if config.streams and not is_url(config.streams) else []
        watched += [Path(config.serve.tokens)] if config.serve.tokens else []
        self._reloading = partial(Reloader, self.gate, self._made_again, self.streams, self._read_tokens, watched, say)

    def label_of(self, stream: str) -> str:
        """A stream as the configuration calls it: by its name, its pattern, or as one of the others."""
        found = self.streams.table.stream(stream) if self.streams is not None else None
        return found.key if found is not None else OTHER

    def tally(self) -> Tally:
        """What this process has counted until now."""
        gate = self.gate
        configured_at = time.time() - self.streams.age if self.streams is not None else gate.replaced_at
        return tally_of(
            gate.counts,
            requests=gate.admission.requests,
            size=gate.admission.bytes,
            configured_at=configured_at,
            of_sink=getattr(gate.sink, "numbers", tuple)(),
        )

    def _wanted(self, name: str) -> TopicSettings | None:
        """How the topics of a stream are to be."""
        stream = self.streams.table.stream(name) if self.streams is not None else None
        return topic_settings(stream) if stream is not None else None

    def output_name(self) -> str:
        """What the files of workers are called."""
        path = Path(self.settings.output)
        is_folder = self.settings.output.endswith("/") or path.is_dir()
        return str(path / "N") if is_folder else worker_file(path, "N").name

    def reloader(self) -> Reloader:
        """What keeps the gate up to date, on the loop that runs."""
        return self._reloading()

    def close(self) -> None:
        """Remove what was made only for as long as it is open."""
        if self.pages is not None:
            self.pages.close()

    def _tokens(self) -> TokenTable | None:
        return self._read_tokens() if self._read_tokens is not None else None

    def _intake(self, store: SchemaStore) -> Intake:
        table = self.streams.table if self.streams is not None else None
        return open_intake(self.config, store, table, new_id=self._new_id)

    def _made_again(self) -> Intake:
        self.store = open_store(self.config)
        return self._intake(self.store)

    def _keep_refused(self, worker: int | None) -> None:
        settings, gate = self.settings, self.gate
        if settings.errors is not None:
            path = Path(settings.errors).absolute()
            kept = RefusedFile(path if worker is None else worker_file(path, worker), gate)
            gate.sinks.append(kept.sink)
            gate.told.append(kept)
        if settings.error_stream is not None:
            gate.told.append(ErrorEvents(gate, settings.error_stream, settings.error_schema))

    def _others(self, events: IntakeEndpoint) -> Any:
        from jsonschema_tools.server.openapi import page_of, spec_of
        from jsonschema_tools.server.routes import routes

        spec = spec_of(self.settings)
        found = routes(self, spec)
        if self.settings.profile != "eventgate":
            return found
        from jsonschema_tools.server.eventgate_site import EventGateSite

        return EventGateSite(self.gate, events, spec, page_of(spec), found)
