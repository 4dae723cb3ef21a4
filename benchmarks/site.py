"""What the site of repositories of more and more titles costs: ``python -m benchmarks.site``

``[--titles 149 1000 10000] [--versions 5] [--keep FOLDER] [--repository FOLDER ...]``: processor time and peak memory
of `jst site` at first, and when nothing has changed; the sizes of the home page and of the search's index; and, with
Node.js, how long the program of the search takes for its index and for the first results of a query. Other
repositories than the generated ones are named by ``--repository``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.scale import JST, cost, generate

QUERIES = ("field_3", "title_00", "action_1", "user did", "labels", "meta.stream")

_SEARCH = """
const fs = require("fs");
const text = fs.readFileSync(process.argv[1], "utf8"), program = fs.readFileSync(process.argv[2], "utf8");
const window = {}; global.window = window;
let start = process.hrtime.bigint();
const passed = () => { const now = process.hrtime.bigint(), ms = Number(now - start) / 1e6; start = now; return ms; };
(0, eval)(text);
const part = program.match(/\\/\\* search \\*\\/([^]*)\\/\\* end of search \\*\\//)[1];
const { prepared, find } = (0, eval)("(() => {" + part + "; return { prepared, find: found }; })()");
const data = prepared(window.jstSearch);
const loading = passed();
const times = JSON.parse(process.argv[3]).map((query) => { find(data, query); return passed(); });
console.log(JSON.stringify([loading, Math.max(...times)]));
"""


def search_times(site: Path) -> str:
    """Milliseconds until the index is there, and for the slowest query."""
    node = shutil.which("node")
    if node is None:
        return ""
    own = site / "-"
    call = [node, "-e", _SEARCH, str(own / "search.js"), str(own / "site.js"), json.dumps(QUERIES)]
    loading, slowest = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
    return f"index read in {loading:.0f} ms, slowest query {slowest:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, nargs="*", default=[149, 1000, 10_000])
    parser.add_argument("--versions", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--repository", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or Path(name)
        repositories = [folder / f"{n}x{options.versions}" for n in options.titles]
        for titles, repository in zip(options.titles, repositories, strict=True):
            if not repository.exists():
                generate(repository, titles, options.versions)
        for repository in [*repositories, *options.repository]:
            with tempfile.TemporaryDirectory() as out:
                site = Path(out) / "site"
                first, memory = cost([*JST, "site", "--output", str(site)], repository)
                again, _ = cost([*JST, "site", "--output", str(site)], repository)
                home, index = ((site / name).stat().st_size / 1000 for name in ("index.html", "-/search.js"))
                print(
                    f"{repository.name:16} {first:8.1f} s, {memory:5.0f} MiB; again {again:.2f} s; "
                    f"home {home:.0f} kB, index of the search {index:.0f} kB; {search_times(site)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
