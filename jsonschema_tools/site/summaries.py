"""What pages about many titles have of each, and the orders in which they show them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jsonschema_tools.site.fields import field_tree, walked
from jsonschema_tools.site.markup import first_sentence
from jsonschema_tools.site.model import SiteTitle, Summary


def broke(title: SiteTitle) -> dict[str, str]:
    """What a version did to readers, by its number: ``breaks`` or ``allowed``."""
    found = {}
    for version in title.versions:
        if version.step is not None and version.step.breaks and version.step.must_fit:
            found[version.number] = "breaks"
        elif version.step is not None and version.step.allowed:
            found[version.number] = "allowed"
    return found


def summary_of(title: SiteTitle) -> Summary:
    """What is kept of a title."""
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
        "breaks" in broke(title).values(),
        tuple(released),
        title.used_by,
    )


def folders_of(places: Iterable[str]) -> Iterator[str]:
    """The folders above places, with repetitions; the uppermost is ``""``."""
    for place in places:
        steps = place.split("/")
        yield from ("/".join(steps[:end]) for end in range(len(steps)))


def counted(summaries: Sequence[Summary]) -> list[tuple[str, int]]:
    """The uppermost folders, and how many titles are in each."""
    counts: dict[str, int] = {}
    for summary in summaries:
        first = summary.place.partition("/")[0]
        counts[first] = counts.get(first, 0) + 1
    return sorted(counts.items())


def tree_of(summaries: Sequence[Summary], above: str) -> list[dict[str, Any]]:
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
        entry: dict[str, Any] = {"name": name, "place": place, "summary": own, "inside": tree_of(below, place)}
        while entry["summary"] is None and len(entry["inside"]) == 1:
            (only,) = entry["inside"]
            entry = {**only, "name": f"{entry['name']}/{only['name']}"}
        tree.append(entry)
    return tree


def titles_json(summaries: Sequence[Summary]) -> bytes:
    """The list of titles for programs."""
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
