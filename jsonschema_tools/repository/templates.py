"""Jinja2 templates, ours and those of users: rendered in a sandbox, every error with its file and line."""

from __future__ import annotations

import json
import os
import shlex
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.errors import Position, TemplateError
from jsonschema_tools.files import Refused, enclosing, read_file
from jsonschema_tools.repository.template_process import render_apart

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

FOLDER = Path(__file__).parents[1] / "templates"
"""The templates of this package."""


def render(template: Path, values: Mapping[str, Any], *, within: Path | None = None) -> str:
    """The text of a template with the values, plain data. What it includes is looked up in its own folder.

    No link leads out of ``within``; without it, a template may be a link itself, but nothing that it includes leads out
    of the repository that it is in. Raises `TemplateError` for what Jinja2 cannot read or run, a name without a value
    included, and for what takes too long or too much memory.
    """
    if template.absolute().parent == FOLDER:
        return render_here(template, values, within=within)
    return render_apart(template.absolute(), values, within)


def render_here(template: Path, values: Mapping[str, Any], *, within: Path | None = None) -> str:
    """As `render`, in this process, however long it takes."""
    import jinja2

    template = template.absolute()
    environment = _environment(template, within)
    try:
        return environment.get_template(template.name).render(values)
    except jinja2.TemplateNotFound as error:
        reason = f": it {error.__cause__.strerror}" if isinstance(error.__cause__, Refused) else ""
        raise _error(f"there is no template {error.name!r}{reason}", template, template, None) from error
    except jinja2.TemplateSyntaxError as error:
        source = Path(error.filename) if error.filename else template
        raise _error(error.message or "the template cannot be read", template, source, error.lineno) from error
    except RecursionError as error:
        raise _error("it includes or calls itself without end", template, template, None) from error
    except MemoryError:
        raise
    except Exception as error:  # whatever an expression of the template raises
        source, line = _place(error, template)
        raise _error(str(error) or type(error).__name__, template, source, line) from error


def _environment(template: Path, within: Path | None) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        loader=FunctionLoader(partial(_loaded, template, within)),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"quoted": shlex.quote, "as_yaml": _as_yaml}
    return environment


def _loaded(template: Path, within: Path | None, name: str) -> tuple[str, str, None] | None:
    """The text of a template that another one names, and its path; `FunctionLoader` knows ``None`` as not found."""
    import jinja2

    names = name.split("/")
    if any(part in ("", ".", "..") or os.sep in part for part in names):
        return None
    path = template.parent.joinpath(*names)
    is_ours = template.parent == FOLDER
    inside = None if is_ours or (path == template and within is None) else within or enclosing(template)
    try:
        return read_file(path, within=inside).decode("utf-8"), str(path), None
    except OSError as error:
        raise jinja2.TemplateNotFound(name) from error


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
