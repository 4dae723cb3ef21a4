"""Streams: which there are, and whether they are in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from jsonschema_tools.documents.positions import locate_entry
from jsonschema_tools.errors import UsageError
from jsonschema_tools.files import cache_directory
from jsonschema_tools.lookup.stream_texts import StreamText, fetched, is_url, read_text, streams_schema
from jsonschema_tools.lookup.streams import Streams
from jsonschema_tools.repository.loading import load
from jsonschema_tools.rules.engine import Progress, run_all
from jsonschema_tools.rules.engine import plan as plan_checks
from jsonschema_tools.rules.model import Context, Family, Finding, Place, Report
from jsonschema_tools.rules.selection import Selection, unknown
from jsonschema_tools.rules.stream_file import StreamFile
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.check import context_of
from jsonschema_tools.use_cases.explain import rules_in_effect, rules_of

_FEW = 10


def open_streams(config: Config, *, offline: bool = False) -> Streams:
    """The streams that a configuration names; of a server the last good copy where it does not answer.

    Raises `UsageError` where it names none, and as `Streams.load`.
    """
    return Streams.load(
        _source(config),
        time_to_live=config.streams_seconds,
        allowed_hosts=config.allowed_ref_hosts,
        cache_directory=cache_directory(),
        offline=offline,
        folders=[config.root],
    )


def _source(config: Config) -> str:
    if config.streams is None:
        raise UsageError(
            "no streams are configured",
            remedy="Name their file or URL: `streams:` in the configuration, or --streams.",
        )
    return config.streams


def named(streams: Streams, names: Iterable[str]) -> list[str]:
    """The names, each of which is a stream. Raises `UsageError` with the nearest name for one that is none."""
    names = list(names)
    for name in names:
        if streams.stream(name) is None:
            known = streams.table.names
            otherwise = "`jst streams ls` lists them." if len(known) > _FEW else None
            raise unknown(f"there is no stream {name!r}", name, known, otherwise=otherwise)
    return names


def check_streams(config: Config, selection: Selection, progress: Progress | None = None) -> Report:
    """Check the streams of a configuration by the rules of the family ``streams``.

    Of the selection count ``select``, ``extend_select``, ``ignore`` and ``offline``. Raises `UsageError` where no
    streams are configured, and `ConfigurationError` and `DocumentError` where they cannot be read.
    """
    text = _text(_source(config), config, offline=selection.offline)
    file = StreamFile(Path(text.source), text.document(), streams_schema())
    collection, rules = load(config), rules_of(config)
    active = rules_in_effect(config, rules, selection)
    context = context_of(collection, config, rules, offline=selection.offline)
    context = replace(context, streams=file, locate=_located(context, file, text))
    checks = plan_checks((each for each in active if each.rule.family is Family.STREAMS), context)
    report = run_all(checks, *([progress] if progress else []))
    return _put_back(report, text, config) if is_url(_source(config)) else report


def _text(source: str, config: Config, *, offline: bool) -> StreamText:
    if not is_url(source):
        return read_text(source, config.root)
    return fetched(source, _SECONDS, frozenset(config.allowed_ref_hosts), offline=offline)


_SECONDS = 10.0
"""How long to wait for a server."""


def _located(context: Context, file: StreamFile, text: StreamText) -> Callable[[Path, str], Place]:
    """Places in the text that was read, which need not be a file, and in all others as before."""

    def locate(path: Path, pointer: str) -> Place:
        if path != file.path:
            return context.locate(path, pointer)
        found = locate_entry(text.content, pointer, source=text.source)
        return Place(path, found[0].line, found[0].column) if found else Place(path)

    return locate


def _put_back(report: Report, text: StreamText, config: Config) -> Report:
    """The report on an answer of a server: what it finds stands at the configuration, which refers to the server."""
    place = config.path or config.root
    results = []
    for result in report.results:
        subject = result.check.subject
        if subject.path == Path(text.source):
            check = replace(result.check, subject=replace(subject, path=place))
            findings = tuple(_at_url(finding, text, place) for finding in result.findings)
            result = replace(result, check=check, findings=findings)  # noqa: PLW2901
        results.append(result)
    return Report(tuple(results))


def _at_url(finding: Finding, text: StreamText, place: Path) -> Finding:
    if finding.file != Path(text.source):
        return finding
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    message = f"{':'.join([text.source, *numbers])}: {finding.message}"
    return replace(finding, message=message, file=place, line=None, column=None)
