"""Options that several commands have, and what they mean as settings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jsonschema_tools.cli import completing
from jsonschema_tools.cli.output import say

if TYPE_CHECKING:
    from jsonschema_tools.settings import Config

Command = TypeVar("Command", bound=Callable[..., Any])

_TYPES = ("yaml", "json")


allow_empty_option = click.option("--allow-empty", is_flag=True, help="No schemas at all are no error.")

cache_option = click.option(
    "--no-cache", is_flag=True, help="Use no results of earlier runs, and keep none for later ones."
)

profile_option = click.option(
    "--profile", type=click.Choice(["upstream", "recommended"]), help="Set of rules to start from."
)


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(part for value in values for part in value.split(",") if part))


def pairs(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """What an option that is given several times sets, ``NAME=VALUE`` each."""
    found = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE")
        found[name] = value
    return found


def _content_types(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> list[str]:
    types = _split(context, parameter, values)
    for name in types:
        if name not in _TYPES:
            raise click.BadParameter(f"{name!r} is not one of {', '.join(_TYPES)}")
    return types


def _file_name(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and ("/" in value or not value):
        raise click.BadParameter("this is the name of a file, not a path")
    return value


_BASE_URIS = click.option(
    "-u", "--schema-base-uris", metavar="URI[,URI...]", multiple=True, callback=_split,
    help="Where $refs are looked up, in order; may be given several times.",
)  # fmt: skip
_CONFIG_PATHS = click.option(
    "-C", "--config-paths", metavar="FILE[,FILE...]", multiple=True, callback=_split, shell_complete=completing.files,
    help="Configuration files to read; a later one beats an earlier one. Default: .jsonschema-tools.yaml.",
)  # fmt: skip
_VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Tell more: where schemas are looked for, why checks are skipped."
)
_OFFLINE = click.option("--offline", is_flag=True, help="Fetch nothing: use only what is cached.")

_REFRESH = click.option("--refresh", is_flag=True, help="Fetch anew what is cached, and replace it.")

_RELEASE_REF = click.option(
    "--release-ref", "release_refs", metavar="REF", multiple=True,
    help="What this branch, tag or commit has is released, too; may be given several times.",
)  # fmt: skip

drafts_option = click.option("--drafts", is_flag=True, help="Count versions that are not released, too.")

streams_option = click.option(
    "--streams", metavar="FILE|URL", help="Which streams there are. Default: `streams` of the configuration."
)

_GATE = [
    click.option(
        "--to", metavar="URL|kafka:HOST:PORT",
        help="The gate: http://localhost:8192, or the URL at which it takes events. Or Kafka: events are judged here.",
    ),
    click.option(
        "--timeout", type=click.FloatRange(min=0.001), default=10.0, show_default=True, metavar="SECONDS",
        help="How long to wait for an answer.",
    ),
    click.option(
        "--token-file", type=click.Path(path_type=Path, dir_okay=False), help="The bearer token to name, in a file."
    ),
]  # fmt: skip

_FETCHING = [_OFFLINE, _REFRESH]
_READING = [_BASE_URIS, _CONFIG_PATHS, _VERBOSE, *_FETCHING]

_WRITING = [
    click.option(
        "-o", "--output-dir", type=click.Path(path_type=Path, file_okay=False),
        help="Write here instead of beside each schema.",
    ),
    click.option("-V", "--schema-version-field", help="Field that ends in the version. Default: $id."),
    click.option(
        "-c", "--content-types", metavar="TYPE[,TYPE...]", multiple=True, callback=_content_types,
        help="Files to write for each version: yaml, json. Default: both.",
    ),
    click.option("-N", "--current-name", callback=_file_name, help="Name of the current files. Default: current."),
    click.option("-D", "--no-dereference", is_flag=True, help="Keep $ref and allOf as they are."),
    click.option("-S", "--no-symlink-extensionless", is_flag=True, help="Do not link 1.0.0 to 1.0.0.yaml."),
    click.option("-L", "--no-symlink-latest", is_flag=True, help="Do not link latest to the greatest version."),
    click.option("-n", "--dry-run", is_flag=True, help="Print what would be done, and do nothing."),
    click.option("--check", is_flag=True, help="Like --dry-run; exit with 1 when something would be done."),
    click.option("--force", is_flag=True, help="Overwrite released versions."),
]  # fmt: skip


def configuration_options(command: Command) -> Command:
    """The option of every command that has a configuration to read."""
    return _decorate(command, [_CONFIG_PATHS])


def reading_options(command: Command) -> Command:
    """Options of every command that reads schemas."""
    return _decorate(command, _READING)


def gate_options(command: Command) -> Command:
    """Options of every command that posts events to a gate."""
    return _decorate(command, _GATE)


def gate_token(path: Path | None) -> str | None:
    """The token in a file. Raises `UsageError` where it cannot be read."""
    if path is None:
        return None
    from jsonschema_tools.errors import UsageError
    from jsonschema_tools.files import read_named

    try:
        token = read_named(path, limit=2**14).decode("ascii").strip()
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the token cannot be read: {getattr(error, 'strerror', 'it is not ASCII')}",
            source=str(path),
            remedy="Name a file that holds the token alone.",
        ) from error
    if not token.isprintable() or not token:
        raise UsageError("there is no token", source=str(path), remedy="Name a file that holds the token alone.")
    return token


def fetching_options(command: Command) -> Command:
    """Options of every command that may look schemas up over HTTP; part of `reading_options`."""
    return _decorate(command, _FETCHING)


def writing_options(command: Command) -> Command:
    """Options of every command that materializes."""
    return _decorate(command, [*_WRITING, _RELEASE_REF, *_READING])


def release_options(command: Command) -> Command:
    """The option of every command whose answer depends on what is released."""
    return _decorate(command, [_RELEASE_REF])


def _decorate(command: Command, options: Sequence[Callable[[Any], Any]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


_SETTINGS = {
    "schema_base_uris": "schemaBaseUris",
    "schema_version_field": "schemaVersionField",
    "content_types": "contentTypes",
    "current_name": "currentName",
    "release_refs": "releaseRefs",
    "streams": "streams",
}
_SWITCHES = {
    "no_dereference": ("shouldDereference", False),
    "no_symlink_extensionless": ("shouldSymlinkExtensionless", False),
    "no_symlink_latest": ("shouldSymlinkLatest", False),
    "no_git_add": ("shouldGitAdd", False),
    "staged": ("gitStaged", True),
    "dry_run": ("dryRun", True),
    "check": ("dryRun", True),
    "no_cache": ("cache", False),
}


def is_under_pre_commit() -> bool:
    """Whether a hook of the pre-commit framework started the program, so that it must not touch the index."""
    return os.environ.get("PRE_COMMIT") == "1"


def configured(options: dict[str, Any], base: Path | None = None) -> Config:
    """The configuration of the repository, with what the command line says on top."""
    from jsonschema_tools.repository.configuration import load_config

    overrides = {key: options[name] for name, key in _SETTINGS.items() if options.get(name)}
    overrides |= dict(pair for name, pair in _SWITCHES.items() if options.get(name))
    if options.get("verbose"):
        overrides["logLevel"] = "debug"
    paths = [Path(path) for path in options.get("config_paths", ())] or None
    config = load_config(base, config_paths=paths, overrides=overrides)
    if options.get("refresh"):
        if options.get("offline"):
            raise click.UsageError("--refresh and --offline exclude each other")
        config = replace(config, cached_since=time.time())
    if config.log_level in ("debug", "trace"):
        say(f"settings of {config.root}: schemas in {config.schema_base_path}")
        from jsonschema_tools.lookup.fetching import without_secrets

        say(f"$refs are looked up in {', '.join(map(without_secrets, config.schema_base_uris))}")
    return config


def locked(config: Config, *others: Path | None) -> None:
    """Keep other runs from writing to the repository, and to other folders, until the command ends, unless this one
    writes nothing.

    Before anything is read: what is planned rests on it.
    """
    from jsonschema_tools.repository.locking import exclusive

    if not config.dry_run:
        folders = [config.root, config.schema_base_path, *(other for other in others if other is not None)]
        click.get_current_context().with_resource(exclusive(*folders, waiting=say))
