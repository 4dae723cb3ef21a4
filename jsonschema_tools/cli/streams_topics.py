"""``jst streams topics --kafka``: the topics that streams want, and those that Kafka has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from jsonschema_tools.cli.kafka_options import librdkafka_options
from jsonschema_tools.cli.output import print_error, put, say
from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.reports.wording import counted

if TYPE_CHECKING:
    from jsonschema_tools.kafka.topics import TopicSettings
    from jsonschema_tools.lookup.streams import Streams
    from jsonschema_tools.settings import Config
    from jsonschema_tools.use_cases.kafka_topics import TopicState


def compare(
    streams: Streams, names: Sequence[str], config: Config, options: dict[str, Any], create: bool, format_: str
) -> int:
    """Print how the topics of streams are in Kafka; the exit code.

    Args:
        streams: all that there are.
        names: of streams; none: all.
        config: of the repository.
        options: of the command line.
        create: whether missing topics are made.
        format_: ``text`` or ``json``.
    """
    from jsonschema_tools.kafka.topics import Topics
    from jsonschema_tools.use_cases.kafka_topics import compared_topics, wanted_topics

    wanted = wanted_topics(streams, names)
    states = compared_topics(Topics(librdkafka_options(config, options)), wanted, creates=create)
    if format_ == "json":
        click.echo(json_text([_fields(state) for state in states]))
    else:
        for state in states:
            put(f"{state.name}: {_said(state)}")
    for state in states:
        if state.problem is not None:
            print_error(state.problem)
    _say_rest(states)
    return 0 if all(state.as_wanted for state in states) else 1


def _said(state: TopicState) -> str:
    wanted = _settings(state.wanted)
    if state.created:
        return f"created{wanted}"
    if state.found is None:
        return f"missing{wanted}"
    if not state.differences:
        return "as wanted"
    return ", ".join(
        f"{name} is {'not known' if found is None else found}, wanted is {wanted}"
        for name, (found, wanted) in state.differences.items()
    )


def _settings(settings: TopicSettings) -> str:
    given = [f"{name} {value}" for name, value in asdict(settings).items() if value is not None]
    return f" ({', '.join(given)})" if given else ""


def _say_rest(states: Sequence[TopicState]) -> None:
    missing = sum(state.found is None for state in states)
    others = sum(bool(state.differences) for state in states)
    say(f"{counted(len(states), 'topic')}, {missing} missing, {others} otherwise than wanted")
    if missing and not any(state.problem for state in states):
        say("    remedy: --create makes those that are missing")
    if others:
        say("    remedy: kafka-topics.sh --alter and kafka-configs.sh --alter change topics, or correct the streams")


def _fields(state: TopicState) -> dict[str, Any]:
    return {
        "topic": state.name,
        "wanted": asdict(state.wanted),
        "found": None if state.found is None else asdict(state.found),
        "differences": list(state.differences),
        "created": state.created,
    }
