"""Jinja2 templates, ours and those of users: rendered in a sandbox, every error with its file and line."""

from __future__ import annotations

import json
import shlex
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import Position, TemplateError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).parents[1] / "templates"
"""The templates of this package."""


def render(template: Path, values: Mapping[str, Any]) -> str:
    """The text of a template with the values. What it includes is looked up in its own folder.

    Raises `TemplateError` for what Jinja2 cannot read or run, a name without a value included.
    """
    import jinja2

    template = template.absolute()
    environment = _environment(template.parent)
    try:
        return environment.get_template(template.name).render(values)
    except jinja2.TemplateNotFound as error:
        raise _error(f"there is no template {error.name!r}", template, template, None) from error
    except jinja2.TemplateSyntaxError as error:
        source = Path(error.filename) if error.filename else template
        raise _error(error.message or "the template cannot be read", template, source, error.lineno) from error
    except Exception as error:  # whatever an expression of the template raises
        source, line = _place(error, template)
        raise _error(str(error) or type(error).__name__, template, source, line) from error


def _environment(folder: Path) -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"quoted": shlex.quote, "as_yaml": _as_yaml}
    return environment


def _as_yaml(text: str) -> str:
    """The text as a YAML value in one line, quoted where it needs to be."""
    value = serialize(text, "yaml").removesuffix("\n")
    return json.dumps(text, ensure_ascii=False) if "\n" in value else value


def _place(error: Exception, template: Path) -> tuple[Path, int | None]:
    """The innermost place in a template: Jinja2 makes tracebacks show it."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    return next((place for place in reversed(frames) if place[0].parent == template.parent), (template, None))


def _error(message: str, template: Path, source: Path, line: int | None) -> TemplateError:
    return TemplateError(
        message,
        source=str(source),
        position=Position(line, 1) if line else None,
        remedy="Correct the template; it is written in Jinja2, and gets the values that `jst new --help` lists."
        if template.parent != FOLDER
        else "Please report this as a fault of jst.",
    )
