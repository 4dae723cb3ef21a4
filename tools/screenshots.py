"""The pictures of pages in the documentation, made anew: ``python tools/screenshots.py``

It makes the site of ``example-repo``, serves it and a plain listing of the same schemas, and takes pictures with
Chromium, by the packages of the extra ``browser``. One more argument is another folder for the pictures.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
TITLE = "shop/order/placed"


class Picture(NamedTuple):
    """A picture: its name, the folder and the path that it is of, and what is typed into the search before."""

    name: str
    folder: str
    path: str
    scheme: str = "light"
    search: str = ""


PICTURES = (
    Picture("site-title", "site", f"{TITLE}/index.html"),
    Picture("site-comparison", "site", "-/compare/shop/order/placed/1.1.0...1.2.0.html"),
    Picture("site-search", "site", "index.html", "dark", "order"),
    Picture("listing-folder", "listing", f"{TITLE}/"),
    Picture("listing-schema", "listing", f"{TITLE}/1.2.0.json"),
)
SIZE = {"width": 1000, "height": 640}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The URL at which a folder is served."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def take(images: Path, chromium: str) -> None:
    """Write all pictures into a folder."""
    from playwright.sync_api import sync_playwright

    images.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        site = Path(name) / "site"
        call = [sys.executable, "-m", "jsonschema_tools", "site", str(ROOT / "example-repo"), "--output", str(site)]
        subprocess.run([*call, "--title", "Events of the bookshop"], check=True, capture_output=True, cwd=ROOT)
        with served(site) as one, served(ROOT / "example-repo" / "jsonschema") as other, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for picture in PICTURES:
                page = browser.new_page(viewport=SIZE, color_scheme=picture.scheme)
                page.goto(f"{one if picture.folder == 'site' else other}/{picture.path}")
                if picture.search:
                    page.fill("#search", picture.search)
                    page.wait_for_selector("#found a")
                page.screenshot(path=images / f"{picture.name}.png")
                page.close()
            browser.close()


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is not installed")
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES, chromium)


if __name__ == "__main__":
    main()
