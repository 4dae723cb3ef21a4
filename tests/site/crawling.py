"""A crawler of a site on disk: every page, its links and anchors, and whether it is HTML as it should be."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
HERE = "http://site.test/some/where/"


@dataclass
class Page(HTMLParser):
    """What a page links to, the anchors that it has, and the names of its elements."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.anchors.append(value)
            elif name == "href" and value is not None:
                (self.links if tag == "a" else self.loads).append(value)
            elif name == "src" and value is not None:
                self.loads.append(value)
            elif name.startswith("on"):
                self.handlers.append(name)


def pages_of(site: Path) -> dict[str, Page]:
    """Every page of a site by its path."""
    found = {}
    for path in site.rglob("*.html"):
        page = Page()
        page.feed(path.read_text("utf-8"))
        page.close()
        found[path.relative_to(site).as_posix()] = page
    return found


def broken_links(site: Path, pages: dict[str, Page]) -> list[str]:
    """Links to what is not there, anchors that are twice, and requests to other hosts."""
    wrong = []
    for path, page in pages.items():
        twice = (
            {anchor for anchor in page.anchors if page.anchors.count(anchor) > 1} if len(page.anchors) < 3000 else ()
        )
        wrong += [f"{path}: two elements are #{anchor}" for anchor in twice]
        for link in [*page.links, *page.loads]:
            target, fragment = urldefrag(urljoin(HERE + quote(path), link))
            if urlsplit(target).netloc != urlsplit(HERE).netloc:
                if link in page.loads or not target.lower().startswith(("http://", "https://")):
                    wrong.append(f"{path}: {link} leads elsewhere")
                continue
            if not target.startswith(HERE):
                wrong.append(f"{path}: {link} leads out of the site")
                continue
            name = unquote(target.removeprefix(HERE))
            if not (site / name).is_file():
                wrong.append(f"{path}: {link} leads nowhere")
            elif fragment and unquote(fragment) not in pages[name].anchors:
                wrong.append(f"{path}: {link} has no such anchor")
    return wrong
