"""Templates of pages, filled in; and where pages are."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from jsonschema_tools.reports.escaping import readable
from jsonschema_tools.site.markup import first_sentence, markdown
from jsonschema_tools.site.model import SiteSettings

OWN = "-"
"""The folder of what is ours."""


class Renderer:
    """Fills templates in for one site; ``has_streams`` is whether it has pages of streams."""

    def __init__(self, settings: SiteSettings, *, has_streams: bool) -> None:
        self._settings, self._has_streams = settings, has_streams

    def page(self, path: str, template: str, **values: Any) -> bytes:
        """The page at a path below the site, whose links lead from there."""
        root = "../" * path.count("/") or "./"
        text = self.text(
            template,
            has_streams=self._has_streams,
            link=lambda to: root + quoted(to),
            root=root,
            path=path,
            comparison_path=comparison_path,
            stream_path=stream_path,
            **values,
        )
        return text.encode("utf-8", "backslashreplace")

    def text(self, template: str, **values: Any) -> str:
        """A template that needs to know nothing of where it is."""
        found = _templates().get_template(template)
        return found.render(settings=self._settings, version_path=version_path, **values)


def version_path(place: str, number: str) -> str:
    """Where the page of a version is."""
    return f"{OWN}/version/{place}/{number}.html"


def comparison_path(place: str, old: str, new: str) -> str:
    """Where the page of two versions is."""
    return f"{OWN}/compare/{place}/{old}...{new}.html"


def stream_path(name: str) -> str:
    """Where the page of a stream is: its name, with what cannot be in a file's name as ``%XX``."""
    return f"{OWN}/stream/{quote(name, safe='') or '%'}.html"


def quoted(path: str) -> str:
    """A path as it stands in a link."""
    return quote(path, safe="/-._~!$&'()*+,;=:@")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("jsonschema_tools.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: readable(value, keep="\n\t") if type(value) is str else value,
    )
    made.filters |= {"markdown": markdown, "first_sentence": first_sentence}
    made.globals["field_id"] = lambda path: f"fields.{path}"
    return made
