"""Write docs/http.md, which says what `jst serve` answers, from the cases that the tests run.

`python tools/http_reference.py` writes it, with `-` it is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases" / "intake" / "http.yaml"
PAGE = ROOT / "docs" / "http.md"

HEAD = """\
# What `jst serve` answers

Of the profile `default`. This page is made of the cases that the tests run (`tools/http_reference.py`).
[Serving](serving.md) says how to begin, [for producers](producers.md) what to send again and when.

An event that is not accepted is told by its index, with what is wrong; no event is sent back:

```json
{"accepted": 1, "events": [{"index": 1, "status": "refused", "retry": false, "errors": [
  {"pointer": "/id", "keyword": "type", "message": "2 is not of type \\"string\\"",
   "schema_uri": "/shop/order/1.0.0#/properties/id/type", "remedy": "..."}]}]}
```

`status` is `refused` where the same event would be refused again, and `failed` (with `retry`) where nothing is wrong
with it. An error has a `keyword` of JSON Schema, or an `obstacle` that kept the event from being validated or taken.
201 is all, 207 some, 400 none; 503 is none, and all of them may be sent again. A request that is refused as a whole is
answered with a problem (RFC 9457, `application/problem+json`); its `reason` is a word for programs.
"""


def main() -> None:
    text = HEAD
    for part in yaml.safe_load(CASES.read_text("utf-8"))["cases"]:
        text += f"\n## {part['title']}\n\n| request | status | answer |\n| --- | --- | --- |\n"
        for row in part["rows"]:
            text += f"| {_request(row)}{row['does']} | {row['status']} | {_answer(row)} |\n"
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, "utf-8")


def _request(row: dict[str, Any]) -> str:
    if "path" not in row and "method" not in row:
        return ""
    path = str(row.get("path", "/v1/events")).replace("|", "\\|")
    return f"`{row.get('method', 'POST')} {path}`: "


def _answer(row: dict[str, Any]) -> str:
    said = []
    if "reason" in row:
        said.append(f"`{row['reason']}`")
    for error in row.get("errors", ()):
        kind = "keyword" if "keyword" in error else "obstacle"
        place = f" at `{error['pointer']}`" if error.get("pointer") else ""
        said.append(f"{kind} `{error[kind]}`{place}{', may be sent again' if error.get('retry') else ''}")
    said += [f"`{name}: {value}`" for name, value in row.get("headers", {}).items()]
    return ", ".join(said)


if __name__ == "__main__":
    main()
