"""The user's own settings: the only ones that may name programs."""

from __future__ import annotations

import os
from pathlib import Path

from jsonschema_tools.errors import ConfigurationError
from jsonschema_tools.repository.configuration import read_settings


def path() -> Path:
    """Where the file is: below ``$XDG_CONFIG_HOME``, else ``~/.config``. Source: XDG Base Directory Specification."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    # A relative path is to be ignored, says the specification.
    folder = Path(home) if home and Path(home).is_absolute() else Path.home() / ".config"
    return folder / "jsonschema-tools" / "config.yaml"


def diff_command() -> str | None:
    """The command with which the user wants to see differences. Raises `ConfigurationError` and `DocumentError`."""
    file = path()
    if not file.is_file():
        return None
    settings = read_settings(file)
    for key in settings.keys() - {"diffCommand"}:
        raise ConfigurationError(
            f"{key} is a setting of a repository, not of a user",
            source=str(file),
            remedy="Only diffCommand counts here; move the others to .jsonschema-tools.yaml of a repository.",
        )
    command: str | None = settings.get("diffCommand")
    return command
