"""``jst validate --kafka``: are the events in these topics what their schemas say?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsonschema_tools.cli import INTERRUPTED
from jsonschema_tools.cli.kafka_options import ending_in_order, opened_source, say_lag
from jsonschema_tools.cli.output import print_error, say
from jsonschema_tools.errors import SchemaToolsError

if TYPE_CHECKING:
    from jsonschema_tools.settings import Config
    from jsonschema_tools.sources.kafka import KafkaSource


def validate_kafka(
    config: Config,
    options: dict[str, Any],
    how: dict[str, Any],
    end: Callable[[], None],
    flush: Callable[[], object] | None,
    *,
    reports_at_once: bool,
) -> int:
    """Validate the records that the options name; the exit code of what kept it from that.

    Records count as done once what is to be said of them is out: written to the file of ``--errors`` (``flush``), or
    printed, at once or by ``end``.

    Args:
        config: of the repository.
        options: of the command line.
        how: arguments of `validate_records`.
        end: prints the end of the report.
        flush: writes what the file of ``--errors`` has.
        reports_at_once: whether refused events are printed as they come.
    """
    with opened_source(config, options) as source:
        try:
            failure = _validated(source, config, how, flush, waits=not (reports_at_once or flush), end=end)
        except SchemaToolsError as error:
            print_error(error)
            failure = error.exit_code
        say_lag(source)
    if source.lost:
        say("partitions went to others before what was done could be committed: they may report it again")
    if failure == INTERRUPTED:
        say(
            "interrupted; what was reported is committed, and the same command goes on there"
            if options["group"]
            else "interrupted; without --group nothing is committed",
            color="yellow",
        )
    return failure


def _validated(
    source: KafkaSource,
    config: Config,
    how: dict[str, Any],
    flush: Callable[[], object] | None,
    *,
    waits: bool,
    end: Callable[[], None],
) -> int:
    from jsonschema_tools.use_cases.validate_kafka import validate_records

    done: dict[tuple[str, int], int] = {}
    with ending_in_order(source) as signals:
        try:
            for positions in validate_records(source.batches(), config, **how):
                if flush:
                    flush()
                done |= positions
                if not waits:
                    source.done(positions)
        except KeyboardInterrupt:
            pass
        finally:
            end()
        source.done(done)
    return INTERRUPTED if signals else 0
