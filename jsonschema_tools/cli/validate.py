"""``jst validate``: are these events what their schemas say?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import INTERRUPTED, completing
from jsonschema_tools.cli.event_options import event_options, event_settings, form_option
from jsonschema_tools.cli.kafka_options import kafka_reading_options, without_kafka
from jsonschema_tools.cli.options import configured, reading_options, streams_option
from jsonschema_tools.cli.output import print_error, progress, say, shown

if TYPE_CHECKING:
    from jsonschema_tools.errors import SchemaToolsError
    from jsonschema_tools.events.targets import Target
    from jsonschema_tools.settings import Config
    from jsonschema_tools.sinks.line_file import LineOutput

_FORMATS = ("text", "json", "github", "junit")


@click.command("validate", short_help="Validate events by the schemas they name.")
@click.argument("files", nargs=-1, metavar="[FILE...|-]", shell_complete=completing.files)
@reading_options
@click.option(
    "--schema",
    metavar="TITLE[@VERSION]|URI",
    shell_complete=completing.titles,
    help="Validate every event by this schema; default: its latest.",
)
@click.option("--as-of", metavar="VERSION", help="Validate each event by this version of its schema.")
@click.option("--against-latest", is_flag=True, help="Validate each event by the latest version of its schema.")
@form_option
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True, help="Output.")
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False), help="Write refused events here, a line each."
)
@event_options
@click.option("--portable", is_flag=True, help="Refuse valid events that not every store and engine reads alike.")
@kafka_reading_options
@streams_option
@click.option("--jobs", type=click.IntRange(min=1), help="Processes at work. Default: as many as there are cores.")
def command(files: tuple[str, ...], format_: str, form: str, errors: Path | None, **options: Any) -> None:
    """Validate each event in the FILEs, or with --kafka in topics of Kafka, by the schema that it names in $schema.

    A FILE is JSON, JSON lines or YAML, compressed or not; - is standard input, and the default. What comes through a
    pipe is judged as it comes. Exits with 1 when an event is refused, with 2 when a FILE cannot be read to the end;
    Ctrl-C prints the counts so far.

    Of Kafka, the topics of all streams are read, or of each --stream or --topic. With --group, what was reported is
    committed, and the same command goes on there.

    With --portable, an event is refused that stores read differently though it is valid: 3.0 for an integer, a time
    that is not in UTC, or with more than three digits of a second.

    --as-of and --against-latest also know the versions that materializing the current schemas would write: try a
    change on real events before you release it.
    """
    from jsonschema_tools.events.report import EventReport, Refusal
    from jsonschema_tools.use_cases import validate

    _check(options, files, form)
    config = configured(options)
    report, renderer = EventReport(), import_module(f"jsonschema_tools.reports.events.{format_}")
    sources = files or ("-",)
    with _opened(errors, sources, appends=options["group"] is not None) as output:

        def refused(refusal: Refusal) -> None:
            if output:
                output.write(import_module("jsonschema_tools.reports.events.json").render_refusal(refusal, shown))
                if refusal.source == "-":
                    output.flush()
            if report.add(refusal) and format_ == "text":
                _print(renderer.render_refusal(refusal, shown))

        def end(*, interrupted: bool = False) -> None:
            if not interrupted:
                report.deprecated = validate.deprecations(report.summary, config, offline=options["offline"])
            _print(renderer.render_end(report) if format_ == "text" else renderer.render(report, shown))

        how = {
            "settings": event_settings(options, config.events),
            "target": _target(options, config),
            "offline": options["offline"],
            "refused": refused,
            "summary": report.summary,
        }
        if options["kafka"]:
            from jsonschema_tools.cli.validate_kafka import validate_kafka

            flush = output.flush if output else None
            failure = validate_kafka(config, options, how, end, flush, reports_at_once=format_ == "text")
        else:
            failure = _files(sources, config, form, options["jobs"], how)
            end(interrupted=failure == INTERRUPTED)
    for title, deprecation in report.deprecated.items():
        say(f"warning: {title}: {deprecation}", color="yellow")
    sys.exit(max(int(report.summary.refused > 0), failure))


def _check(options: dict[str, Any], files: Sequence[str], form: str) -> None:
    """See that options which exclude each other are not together. Raises `click.UsageError`."""
    if not options["kafka"]:
        without_kafka(options)
    elif files or form != "auto" or options["jobs"]:
        raise click.UsageError("--kafka excludes FILEs, --input and --jobs")


def _files(sources: Sequence[str], config: Config, form: str, jobs: int | None, how: dict[str, Any]) -> int:
    """Validate the events of files; the exit code of what kept it from that."""
    from jsonschema_tools.sources.files import Form
    from jsonschema_tools.use_cases import validate

    failures = [0]

    def failed(error: SchemaToolsError) -> None:
        failures.append(error.exit_code)
        print_error(error)

    try:
        validate.validate_files(
            sources,
            config,
            form=None if form == "auto" else Form(form),
            jobs=jobs or validate.cores(),
            failed=failed,
            progress=progress(),
            **how,
        )
    except KeyboardInterrupt:
        return INTERRUPTED
    return max(failures)


def _print(text: str) -> None:
    click.echo(text.encode("utf-8", "replace"), nl=False)


def _target(options: dict[str, Any], config: Config) -> Target:
    from jsonschema_tools.events.targets import LATEST, Target
    from jsonschema_tools.repository.words import uri_meant

    chosen = [name for name in ("schema", "as_of", "against_latest") if options[name]]
    if len(chosen) > 1:
        raise click.UsageError(" and ".join(f"--{name.replace('_', '-')}" for name in chosen) + " exclude each other")
    schema = uri_meant(options["schema"], config) if options["schema"] else None
    return Target(schema, LATEST if options["against_latest"] else options["as_of"])


@contextmanager
def _opened(path: Path | None, sources: Sequence[str], *, appends: bool) -> Iterator[LineOutput | None]:
    """The file for refused events. An input is never written over; a group that goes on does so in the file, too."""
    if path is None:
        yield None
        return
    if any(source != "-" and Path(source).exists() and path.exists() and path.samefile(source) for source in sources):
        raise click.UsageError(f"--errors {path} would overwrite the events")
    if appends:
        from jsonschema_tools.sinks.line_file import LineFile

        with LineFile(path, "--errors") as file:
            yield file
        return
    with path.open("wb") as stream:
        yield stream
