"""The files of a site: pages, and the schemas at their URIs.

Titles come one after the other, and of each only a summary is kept: what a site takes does not grow with its pages.
What stands at the URI of a schema is the schema; what is ours stands below ``-/``, where no title can be, but for the
``index.html`` of folders.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema_tools.reports.escaping import json_text
from jsonschema_tools.site.comparisons import comparison_view
from jsonschema_tools.site.diagram import diagram
from jsonschema_tools.site.fields import field_tree, since_of, walked
from jsonschema_tools.site.model import GoneTitle, SiteRule, SiteSettings, SiteStream, SiteTitle, SiteVersion, Summary
from jsonschema_tools.site.rendering import OWN, Renderer, comparison_path, quoted, stream_path, version_path
from jsonschema_tools.site.search import index
from jsonschema_tools.site.side_by_side import side_by_side
from jsonschema_tools.site.summaries import broke, counted, folders_of, summary_of, titles_json, tree_of

_MOST_AT_HOME = 300
_MOST_LATELY = 12
_MOST_IN_FEED = 50
_ASSETS = ("site.css", "site.js")

File = tuple[str, bytes]
"""A path below the site, and what is there."""

Gone = Callable[[Container[str]], Iterable[GoneTitle]]
"""From the places of titles to those titles that are no more."""


class Site:
    """Makes the files of a site.

    Args:
        settings: how it is called, and where it will be.
        streams: those that there are.
        rules: those in force.
        warnings: what readers of the whole should know.
    """

    def __init__(
        self,
        settings: SiteSettings,
        streams: Sequence[SiteStream] = (),
        rules: Sequence[SiteRule] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self._settings, self._streams, self._rules, self._warnings = settings, streams, rules, warnings
        self._renderer = Renderer(settings, has_streams=bool(streams))
        self._summaries: list[Summary] = []

    def files(self, titles: Iterable[SiteTitle], gone: Gone) -> Iterator[File]:
        """Every file, those of the titles first.

        Args:
            titles: may be made while it goes on.
            gone: asked once they are made.
        """
        places: dict[str, str] = {}
        for title in titles:
            summary = summary_of(title)
            self._summaries.append(summary)
            places[title.name] = title.place
            yield from self._of_title(title)
        yield from self._of_all(places, list(gone(set(places.values()))))

    def _of_title(self, title: SiteTitle) -> Iterator[File]:
        trees = [field_tree(version.document) for version in title.versions]
        seen = [
            (version.number, {node.path for node in walked(tree)})
            for version, tree in zip(title.versions, trees, strict=True)
        ]
        newest = title.newest
        steps = {
            version.number: comparison_path(title.place, version.step.old.name, version.number)
            for version in title.versions
            if version.step is not None
        }
        known_fields = seen[-1][1]
        known = {"title": title, "here": title.place, "broke": broke(title), "steps": steps}
        yield self._page(
            f"{title.place}/index.html",
            "title.html",
            fields=trees[-1],
            since=since_of(seen),
            examples=_examples(newest),
            **known,
        )
        for number, version in enumerate(title.versions):
            yield from self._schemas(title, version)
            yield self._page(
                version_path(title.place, version.number),
                "version.html",
                version=version,
                fields=trees[number],
                since=since_of(seen[: number + 1]),
                text=_shown(version, self._settings),
                **known,
            )
            for old, found in ((number - 1, version.step), (number, version.newest)):
                if found is None:
                    continue
                pair = (title.versions[old], version) if found is version.step else (version, newest)
                yield self._page(
                    comparison_path(title.place, pair[0].number, pair[1].number),
                    "comparison.html",
                    view=comparison_view(found),
                    known_fields=known_fields,
                    rows=side_by_side(*(_shown(each, self._settings) for each in pair)),
                    **known,
                )
        yield from self._latest(title)

    def _schemas(self, title: SiteTitle, version: SiteVersion) -> Iterator[File]:
        for content_type, content in version.files.items():
            yield f"{title.place}/{version.number}.{content_type}", content
        yield f"{title.place}/{version.number}", _extensionless(version, self._settings)

    def _latest(self, title: SiteTitle) -> Iterator[File]:
        released = [version for version in title.versions if version.state != "draft"] or title.versions
        for content_type, content in released[-1].files.items():
            yield f"{title.place}/latest.{content_type}", content
        yield f"{title.place}/latest", _extensionless(released[-1], self._settings)

    def _of_all(self, places: dict[str, str], gone: Sequence[GoneTitle]) -> Iterator[File]:
        summaries = sorted(self._summaries, key=lambda each: each.place)
        known = {summary.place for summary in summaries}
        folders = sorted(set(folders_of(known)) - known - {""})
        lately = sorted(
            ((date, each, number, author) for each in summaries for date, number, author in each.released),
            key=lambda entry: (entry[0], entry[1].place),
            reverse=True,
        )
        many = len(summaries) > _MOST_AT_HOME
        yield self._page(
            "index.html",
            "home.html",
            tree=tree_of([] if many else summaries, ""),
            folders=counted(summaries) if many else [],
            count=len(summaries),
            versions=sum(len(each.released) or 1 for each in summaries),
            lately=lately[:_MOST_LATELY],
            warnings=self._warnings,
            here="",
            streams=self._streams,
        )
        for folder in folders:
            inside = [each for each in summaries if each.place.startswith(f"{folder}/")]
            yield self._page(
                f"{folder}/index.html", "folder.html", folder=folder, tree=tree_of(inside, folder), here=folder
            )
        gone_pages = {each.place for each in gone} - set(folders)
        for title in gone:
            if title.place in gone_pages:
                yield self._page(f"{title.place}/index.html", "gone.html", gone=title, here="")
        yield self._page(
            f"{OWN}/changelog.html", "changelog.html", entries=lately, gone=gone, gone_pages=gone_pages, here=""
        )
        fragments = sorted((each for each in summaries if each.used_by), key=lambda each: -len(each.used_by))
        yield self._page(f"{OWN}/fragments.html", "fragments.html", fragments=fragments, here="")
        yield self._page(f"{OWN}/rules.html", "rules.html", rules=self._rules, here="")
        if self._streams:
            svg = diagram(self._streams, places)
            yield self._page(
                f"{OWN}/streams.html", "streams.html", streams=self._streams, places=places, svg=svg, here=""
            )
        for stream in self._streams:
            settings = json_text(dict(stream.settings))
            yield self._page(
                stream_path(stream.name), "stream.html", stream=stream, places=places, settings_text=settings, here=""
            )
        yield f"{OWN}/feed.xml", self._feed(lately[:_MOST_IN_FEED])
        yield f"{OWN}/titles.json", titles_json(summaries)
        yield f"{OWN}/search.js", index(summaries)
        for name in _ASSETS:
            yield f"{OWN}/{name}", _asset(name)

    def _feed(self, lately: Sequence[tuple[str, Summary, str, str]]) -> bytes:
        return self._renderer.text("feed.xml", entries=lately, quoted=quoted).encode("utf-8")

    def _page(self, path: str, template: str, **values: Any) -> File:
        return path, self._renderer.page(path, template, **values)


@cache
def _asset(name: str) -> bytes:
    return files("jsonschema_tools.site").joinpath("assets", name).read_bytes()


def _shown(version: SiteVersion, settings: SiteSettings) -> str:
    return _extensionless(version, settings).decode("utf-8", "replace")


def _extensionless(version: SiteVersion, settings: SiteSettings) -> bytes:
    return version.files.get(settings.extensionless, version.files["json"])


def _examples(version: SiteVersion) -> list[str]:
    document = version.document
    found = document.get("examples") if isinstance(document, dict) else None
    return [json_text(example) for example in found[:3]] if isinstance(found, list) else []
