"""``jst load``: events into tables, validated, each exactly once."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli import INTERRUPTED, completing
from jsonschema_tools.cli.event_options import (
    event_options,
    event_settings,
    form_option,
    table_by_option,
    timestamps_option,
)
from jsonschema_tools.cli.kafka_options import ending_in_order, kafka_reading_options, opened_source, without_kafka
from jsonschema_tools.cli.options import configured, drafts_option, reading_options, release_options, streams_option
from jsonschema_tools.cli.output import print_error, progress, say, shown

if TYPE_CHECKING:
    from jsonschema_tools.events.report import Refusal
    from jsonschema_tools.settings import Config
    from jsonschema_tools.sources.kafka_records import KafkaRecord
    from jsonschema_tools.use_cases.load import Records
    from jsonschema_tools.use_cases.load_rows import LoadSettings


@click.command("load", short_help="Load events into the tables of their schemas, each exactly once.")
@click.argument("files", nargs=-1, metavar="[FILE...|-]", shell_complete=completing.files)
@click.option("--to", "target", metavar="TARGET", required=True, help="Where the rows go: sqlite:FILE, jsonl:DIR, ...")
@table_by_option
@click.option(
    "--key", metavar="PATH", help="Drop an event whose value here, such as meta.id, was loaded with --key before."
)
@click.option("--skip-canary", is_flag=True, help="Leave out events whose meta.domain is canary.")
@click.option("--rest", is_flag=True, help="Keep what no column has as JSON, in the column _rest.")
@click.option("--refused", type=click.Path(path_type=Path, dir_okay=False), help="Write refused events here.")
@click.option("--max-refused", type=click.IntRange(min=0), help="End when more events than that are refused.")
@click.option("--batch", type=click.IntRange(min=1), help="Events in one commit, about. Default: 20000.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that validate and make rows. Default: 1.")
@click.option("--again", is_flag=True, help="Load the FILEs from their beginning, whatever was loaded of them.")
@click.option("-n", "--dry-run", is_flag=True, help="Print the tables of the events, and load nothing.")
@drafts_option
@timestamps_option
@form_option
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Of the report.")
@event_options
@kafka_reading_options
@streams_option
@reading_options
@release_options
def command(files: tuple[str, ...], target: str, format_: str, form: str, refused: Path | None, **options: Any) -> None:
    """Validate the events in the FILEs, and put each valid one as a row into the table of its title, which is made and
    changed as released versions need it.

    How far each FILE is loaded is stored with the rows: run the same command again, and it goes on there, after a
    crash, too. Standard input is at least once. With --kafka, the topics of all streams are read, or of each --stream
    or --topic, from the offsets on that are stored with the rows.

    Exits with 1 when an event is refused, with 2 when a FILE cannot be read or the target fails.
    """
    from jsonschema_tools.events.report import EventReport
    from jsonschema_tools.reports import load as reports
    from jsonschema_tools.reports.load import LoadReport
    from jsonschema_tools.sources.files import Form
    from jsonschema_tools.targets.opening import dry_target_of, target_of
    from jsonschema_tools.targets.refused import RefusedFile
    from jsonschema_tools.use_cases.load import load_files

    _check_kafka(options, files, form)
    config = configured(options)
    _check_refused(refused, files)
    dry = options["dry_run"]
    chosen = dry_target_of(target, click.echo) if dry else target_of(target)
    report, kept = LoadReport(), EventReport()

    def told(refusal: Refusal) -> bytes | None:
        json = import_module("jsonschema_tools.reports.events.json")
        if kept.add(refusal) and format_ == "text" and not dry:
            text = import_module("jsonschema_tools.reports.events.text").render_refusal(refusal, shown)
            click.echo(text.encode("utf-8", "replace"), nl=False)
        return json.render_refusal(refusal, shown) if refused is not None else None

    code = 0
    try:
        load_files(
            files if files or options["kafka"] else ("-",),
            chosen,
            config,
            settings=_settings(options),
            events=event_settings(options, config.events),
            form=None if form == "auto" else Form(form),
            offline=options["offline"],
            jobs=options["jobs"] or 1,
            records=_records(config, options) if options["kafka"] else None,
            refused_file=RefusedFile(refused) if refused is not None and not dry else None,
            refused=told,
            progress=progress(),
            report=report,
        )
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        from jsonschema_tools.errors import SchemaToolsError

        if not isinstance(error, SchemaToolsError):
            raise
        print_error(error)
        code = error.exit_code
    for note in report.notes:
        say(note, color="yellow")
    if not dry:
        text = reports.as_json(report) if format_ == "json" else reports.as_text(report)
        click.echo(text.encode("utf-8", "replace"), nl=False)
    sys.exit(max(code, int(report.summary.refused > 0)))


def _check_kafka(options: dict[str, Any], files: tuple[str, ...], form: str) -> None:
    """See that options which exclude each other are not together. Raises `click.UsageError`."""
    if not options["kafka"]:
        without_kafka(options)
    elif files or form != "auto" or options["jobs"]:
        raise click.UsageError("--kafka excludes FILEs, --input and --jobs")
    elif options["group"]:
        raise click.UsageError("--group is of no use here: how far topics are loaded is stored with the rows")


def _records(config: Config, options: dict[str, Any]) -> Records:
    """The records that the options name; SIGINT and SIGTERM end the reading, and what came is committed."""
    from jsonschema_tools.use_cases.load import CHUNK

    def records(start_at: Mapping[tuple[str, int], int]) -> Iterator[list[KafkaRecord]]:
        with opened_source(config, options, start_at) as source, ending_in_order(source):
            yield from source.batches(CHUNK)

    return records


def _check_refused(refused: Path | None, files: tuple[str, ...]) -> None:
    """An input is never written over."""
    for name in files if refused is not None and refused.exists() else ():
        assert refused is not None
        if name != "-" and Path(name).exists() and refused.samefile(name):
            raise click.UsageError(f"--refused {refused} would write into the events")


def _settings(options: dict[str, Any]) -> LoadSettings:
    from jsonschema_tools.tables.model import Types
    from jsonschema_tools.use_cases.load_rows import BATCH, LoadSettings

    return LoadSettings(
        by_stream=options["table_by"] == "stream",
        key=options["key"],
        skip_canary=options["skip_canary"],
        rest=options["rest"],
        batch=options["batch"] or BATCH,
        most_refused=options["max_refused"],
        again=options["again"],
        drafts=options["drafts"],
        types=Types(options["timestamps"] == "timestamp"),
    )
