"""The files of a site: pages, and the schemas at their URIs.

Titles come one after the other, and of each only a summary is kept: what a site takes does not grow with its pages.
What stands at the URI of a schema is the schema; what is ours stands below ``-/``, where no title can be, but for the
``index.html`` of folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from jsonschema_tools.reports.escaping import json_text, readable
from jsonschema_tools.site.comparisons import comparison_view
from jsonschema_tools.site.diagram import diagram
from jsonschema_tools.site.fields import field_tree, since_of, walked
from jsonschema_tools.site.markup import first_sentence, markdown
from jsonschema_tools.site.model import SiteRule, SiteSettings, SiteStream, SiteTitle, SiteVersion, Summary
from jsonschema_tools.site.search import index
from jsonschema_tools.site.side_by_side import side_by_side

OWN = "-"
"""The folder of what is ours."""

_MOST_AT_HOME = 300
_MOST_LATELY = 12
_MOST_IN_FEED = 50
_ASSETS = ("site.css", "site.js")

File = tuple[str, bytes]
"""A path below the site, and what is there."""


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
        self._templates = _templates()
        self._summaries: list[Summary] = []

    def files(self, titles: Iterable[SiteTitle]) -> Iterator[File]:
        """Every file, those of the titles first. ``titles`` may be made while it goes on."""
        places: dict[str, str] = {}
        for title in titles:
            summary = _summary(title)
            self._summaries.append(summary)
            places[title.name] = title.place
            yield from self._of_title(title)
        yield from self._of_all(places)

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
        known = {"title": title, "here": title.place, "broke": _broke(title), "steps": steps}
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
                    rows=side_by_side(*(_shown(each, self._settings) for each in pair)),
                    **known,
                )
        yield from self._latest(title)

    def _schemas(self, title: SiteTitle, version: SiteVersion) -> Iterator[File]:
        contents = schema_files(version)
        for content_type, content in contents.items():
            yield f"{title.place}/{version.number}.{content_type}", content
        yield f"{title.place}/{version.number}", contents[self._settings.extensionless]

    def _latest(self, title: SiteTitle) -> Iterator[File]:
        released = [version for version in title.versions if version.state != "draft"] or title.versions
        contents = schema_files(released[-1])
        for content_type, content in contents.items():
            yield f"{title.place}/latest.{content_type}", content
        yield f"{title.place}/latest", contents[self._settings.extensionless]

    def _of_all(self, places: dict[str, str]) -> Iterator[File]:
        summaries = sorted(self._summaries, key=lambda each: each.place)
        known = {summary.place for summary in summaries}
        folders = sorted(set(_folders(known)) - known - {""})
        lately = sorted(
            ((date, each, number, author) for each in summaries for date, number, author in each.released),
            key=lambda entry: (entry[0], entry[1].place),
            reverse=True,
        )
        many = len(summaries) > _MOST_AT_HOME
        yield self._page(
            "index.html",
            "home.html",
            tree=_tree([] if many else summaries, ""),
            folders=_counted(summaries) if many else [],
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
                f"{folder}/index.html", "folder.html", folder=folder, tree=_tree(inside, folder), here=folder
            )
        own = {"summaries": summaries, "here": ""}
        yield self._page(f"{OWN}/changelog.html", "changelog.html", entries=lately, **own)
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
        yield f"{OWN}/titles.json", _titles_json(summaries)
        yield f"{OWN}/search.js", index(summaries)
        for name in _ASSETS:
            yield f"{OWN}/{name}", _asset(name)

    def _feed(self, lately: Sequence[tuple[str, Summary, str, str]]) -> bytes:
        template = self._templates.get_template("feed.xml")
        text = template.render(settings=self._settings, entries=lately, version_path=version_path, quoted=_quoted)
        return text.encode("utf-8")

    def _page(self, path: str, template: str, **values: Any) -> File:
        root = "../" * path.count("/") or "./"
        text = self._templates.get_template(template).render(
            settings=self._settings,
            has_streams=bool(self._streams),
            link=lambda to: root + _quoted(to),
            root=root,
            path=path,
            version_path=version_path,
            comparison_path=comparison_path,
            stream_path=stream_path,
            **values,
        )
        return path, text.encode("utf-8", "backslashreplace")


def version_path(place: str, number: str) -> str:
    """Where the page of a version is."""
    return f"{OWN}/version/{place}/{number}.html"


def comparison_path(place: str, old: str, new: str) -> str:
    """Where the page of two versions is."""
    return f"{OWN}/compare/{place}/{old}...{new}.html"


def stream_path(name: str) -> str:
    """Where the page of a stream is: its name, with what cannot be in a file's name as ``%XX``."""
    return f"{OWN}/stream/{quote(name, safe='') or '%'}.html"


def schema_files(version: SiteVersion) -> dict[str, bytes]:
    """The texts of a version by content type, as they are; JSON is made where there is none."""
    found = dict(version.files)
    if "json" not in found:
        found["json"] = f"{json_text(version.document)}\n".encode("utf-8", "surrogatepass")
    return found


def _quoted(path: str) -> str:
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


@cache
def _asset(name: str) -> bytes:
    return files("jsonschema_tools.site").joinpath("assets", name).read_bytes()


def _shown(version: SiteVersion, settings: SiteSettings) -> str:
    contents = schema_files(version)
    return contents.get(settings.extensionless, contents["json"]).decode("utf-8", "replace")


def _examples(version: SiteVersion) -> list[str]:
    document = version.document
    found = document.get("examples") if isinstance(document, dict) else None
    return [json_text(example) for example in found[:3]] if isinstance(found, list) else []


def _broke(title: SiteTitle) -> dict[str, str]:
    """What a version did to readers, by its number: ``breaks`` or ``allowed``."""
    found = {}
    for version in title.versions:
        if version.step is not None and version.step.breaks and version.step.must_fit:
            found[version.number] = "breaks"
        elif version.step is not None and version.step.allowed:
            found[version.number] = "allowed"
    return found


def _summary(title: SiteTitle) -> Summary:
    nodes = list(walked(field_tree(title.newest.document)))
    released = [
        (version.commit.date, version.number, version.commit.author) for version in title.versions if version.commit
    ]
    return Summary(
        title.name,
        title.place,
        title.newest.number,
        first_sentence(title.description),
        title.deprecation is not None,
        [node.path for node in nodes],
        sorted({value.strip('"') for node in nodes for value in node.values}),
        "breaks" in _broke(title).values(),
        tuple(released),
    )


def _folders(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        steps = place.split("/")
        yield from ("/".join(steps[:end]) for end in range(len(steps)))


def _counted(summaries: Sequence[Summary]) -> list[tuple[str, int]]:
    """The uppermost folders, and how many titles are in each."""
    counts: dict[str, int] = {}
    for summary in summaries:
        first = summary.place.partition("/")[0]
        counts[first] = counts.get(first, 0) + 1
    return sorted(counts.items())


def _tree(summaries: Sequence[Summary], above: str) -> list[dict[str, Any]]:
    """Titles by folder: each entry has its ``name`` and ``place``, its ``summary`` if it is one, and what is inside."""
    start = f"{above}/" if above else ""
    groups: dict[str, list[Summary]] = {}
    for summary in summaries:
        groups.setdefault(summary.place[len(start) :].partition("/")[0], []).append(summary)
    tree = []
    for name, inside in sorted(groups.items()):
        place = f"{start}{name}"
        own = next((each for each in inside if each.place == place), None)
        below = [each for each in inside if each.place != place]
        # A folder with nothing but one folder in it is one entry with it.
        entry: dict[str, Any] = {"name": name, "place": place, "summary": own, "inside": _tree(below, place)}
        while entry["summary"] is None and len(entry["inside"]) == 1:
            (only,) = entry["inside"]
            entry = {**only, "name": f"{entry['name']}/{only['name']}"}
        tree.append(entry)
    return tree


def _titles_json(summaries: Sequence[Summary]) -> bytes:
    entries = [
        {
            "title": each.name,
            "uri": f"/{each.place}",
            "latest": each.newest,
            "description": each.description,
            "deprecated": each.deprecated,
        }
        for each in summaries
    ]
    return f"{json.dumps(entries, ensure_ascii=False, indent=1)}\n".encode("utf-8", "backslashreplace")
