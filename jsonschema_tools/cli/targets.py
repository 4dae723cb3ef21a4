"""Where events are posted to: the gate, or Kafka, that ``--to`` names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.cli.options import gate_token

if TYPE_CHECKING:
    from jsonschema_tools.posting import Poster
    from jsonschema_tools.settings import Config
    from jsonschema_tools.use_cases.producing import KafkaPoster


def opened_target(
    to: str, config: Config, options: dict[str, Any], timeout: float, token_file: Path | None
) -> Poster | KafkaPoster:
    """What takes events: a gate at a URL, or ``kafka:HOST:PORT``. Raises what they raise.

    Args:
        to: the value of ``--to``.
        config: of the repository.
        options: of the command line; ``kafka_options`` are for Kafka.
        timeout: for an answer of a gate, in seconds.
        token_file: the file with the token for a gate.
    """
    from jsonschema_tools.posting import Poster
    from jsonschema_tools.use_cases.producing import KafkaPoster, brokers_in
    from jsonschema_tools.use_cases.streams import open_streams

    brokers = brokers_in(to)
    if brokers is None:
        return Poster(to, timeout=timeout, token=gate_token(token_file))
    streams = open_streams(config, offline=options["offline"]).table if config.streams is not None else None
    given = {**config.serve.kafka, **options["kafka_options"]}
    return KafkaPoster(brokers, config, streams, options=given, offline=options["offline"])
