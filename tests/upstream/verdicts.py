"""Verdicts of upstream's repository tests (mocha) in terms of our rules: (rule, title, version, type) -> status."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.upstream.oracle import HERE

Key = tuple[str, str, str, str]
"""Rule id, title, version and content type; empty where a case is not about one."""

_CASES = [
    (r"all materialized files should be in the same directory", "structure-one-directory"),
    (r"all materialized files should be in directory that matches schema title", "structure-title-matches-directory"),
    (r"must contain \S+ schema file", "structure-current-exists"),
    (r"must have a \S+ file", "structure-current-exists"),
    (r"Must be able to find the latest schema version file", "structure-current-exists"),
    (r"must not contain extensionless current symlink", "structure-no-extensionless-current"),
    (r"must contain materialized current schema file as\sthe greatest .*", "structure-current-is-greatest"),
    (r"current version \S+ must be equal to materialized latest version \S+", "structure-current-matches-materialized"),
    (r"Should have (?:latest\.\w+|extensionless latest) symlink .*", "structure-latest-links"),
    (r"must have (?P<type>yaml|json) version in .*", "structure-content-types-exist"),
    (r"must have extensionless symlink version pointing to \w+", "structure-extensionless-link"),
    (r"(?P<type>yaml|json) version must have correct \S+", "structure-title"),
    (r"(?P<type>yaml|json) version must be in directory that matches title", "structure-title-matches-directory"),
    (r"\$id must match directory", "structure-id-matches-path"),
    (r"all materialized content types must be equal", "structure-content-types-equal"),
    (r"must be a valid JSONSchema", "schema-is-valid"),
    (r"must be a secure JSONSchema", "schema-is-secure"),
    (r"properties must be snake_case", "schema-snake-case-properties"),
    (r"has deterministic types .*", "schema-deterministic-types"),
    (r"all required properties must exist", "schema-required-properties-exist"),
    (r"examples must have \$schema == schema's \$id", "schema-examples-$schema-matches-schema-$id"),
    (r"examples must validate against schema", "schema-examples-are-valid"),
    (r"should have minimum and maximum values .*", "schema-enforced-numeric-bounds"),
    (r"(?P<version>\S+) must be compatible with \S+", "schema-version-compatibility"),
]
_PLACE = re.compile(
    r"Schema (?P<family>Structure|Robustness|Compatibility) in Repository \S+|"
    r"Schema Repository Structure in \S+"
)
_FILE = re.compile(r"(?P<version>current|[0-9]+\.[0-9]+\.[0-9]+\S*?)(?:\.(?P<type>yaml|json))?$")


def upstream_verdicts(folder: Path) -> dict[Key, str] | None:
    """``passed``, ``failed`` or ``skipped`` for every case, the worst where several map to one key.

    ``None`` when the tests could not even be declared.
    """
    mocha = HERE / "node_modules" / ".bin" / "mocha"
    done = subprocess.run(
        [str(mocha), "--reporter", "json", "--no-config", "--timeout", "60000", str(HERE / "repository_tests.js")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    start = done.stdout.find("{\n")
    if start < 0 or not done.stdout[start:].startswith('{\n  "stats"'):
        return None
    report = json.loads(done.stdout[start:])
    kinds = (("passed", "passes"), ("failed", "failures"), ("skipped", "pending"))
    return _worst((status, case["fullTitle"], case["title"]) for status, name in kinds for case in report[name])


class Cases:
    """Upstream's repository tests in one long-lived process, without mocha: ``verdicts`` is `upstream_verdicts`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", str(HERE / "repository_cases.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def verdicts(self, folder: Path) -> dict[Key, str] | None:
        self.ask(folder)
        return self.answer()

    def ask(self, folder: Path) -> None:
        """Let the tests run while something else is done; then take the `answer`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(str(folder)) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[Key, str] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the Node.js tool died")
        answer = json.loads(line)
        return None if answer is None else _worst(answer)

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=30)


def _worst(cases: Iterable[Sequence[str]]) -> dict[Key, str]:
    """From status, full title and title of each case."""
    verdicts: dict[Key, str] = {}
    rank = ["passed", "skipped", "failed"]
    for status, full_title, title in cases:
        key = _key(full_title, title)
        verdicts[key] = max(verdicts.get(key, "passed"), status, key=rank.index)
    return verdicts


def _key(full_title: str, title: str) -> Key:
    known = ((rule, m) for pattern, rule in _CASES if (m := re.fullmatch(pattern, title)))
    rule, found = next(known, ("", None))
    assert found is not None, f"upstream has a case that is not known here: {title!r}"
    groups = found.groupdict()
    place = _PLACE.sub("", full_title.removesuffix(title)).strip().removeprefix("Schema with title ")
    words = [word for word in place.split(" ") if word]
    if "Major" in words:
        words = words[: words.index("Major")]
    version, content_type = groups.get("version", ""), groups.get("type", "")
    file = _FILE.match(words[-1]) if len(words) > 1 else None
    if file:
        version = file["version"]
        content_type = content_type or file["type"] or ""
    return rule, words[0] if words else "", version, content_type
