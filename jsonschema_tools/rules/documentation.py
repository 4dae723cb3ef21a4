"""What rules say about themselves, for the terminal, for programs and as a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from jsonschema_tools.rules.model import Family, Profile, Rule, Severity

_PART = re.compile(r"^(Why|Example|Instead):\s*", re.MULTILINE)
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class InEffect:
    """A rule as a configuration has it: ``severity`` is ``None`` where it is off."""

    rule: Rule
    severity: Severity | None
    options: Mapping[str, Any]

    @property
    def state(self) -> str:
        """The severity as a word, ``off`` for none."""
        return self.severity or "off"


def parts(documentation: str) -> dict[str, str]:
    """The parts by name, in order, each on one line: ``What`` comes first, others where the documentation has them."""
    what, *rest = _PART.split(documentation)
    found = {"What": what, **dict(zip(rest[::2], rest[1::2], strict=True))}
    return {name: " ".join(text.split()) for name, text in found.items()}


def as_text(rules: Iterable[InEffect]) -> str:
    """A line for each rule."""
    rows = [(e.rule.id, e.rule.family, e.rule.profile, e.state, e.rule.summary) for e in rules]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows]
    return "".join(f"{line}\n" for line in lines)


def as_json(rules: Iterable[InEffect]) -> str:
    """A list of objects; ``options`` has the JSON Schema and the value in effect of each option."""
    return json.dumps([_object(entry) for entry in rules], indent=2, ensure_ascii=False) + "\n"


def _object(entry: InEffect) -> dict[str, Any]:
    rule = entry.rule
    return {
        "id": rule.id,
        "family": str(rule.family),
        "profile": str(rule.profile),
        "severity": entry.state,
        "summary": rule.summary,
        **{name.lower(): text for name, text in parts(rule.documentation).items()},
        "options": {n: {"schema": dict(s), "value": entry.options.get(n)} for n, s in rule.options.items()},
    }


def as_markdown(rules: Iterable[InEffect]) -> str:
    """A page with a table and a section for each rule."""
    entries = list(rules)
    lines = [_INTRODUCTION, "| Rule | Profile | Severity | |", "| --- | --- | --- | --- |"]
    for entry in entries:
        anchor = re.sub(r"[^a-z0-9_-]", "", entry.rule.id)
        lines.append(
            f"| [`{entry.rule.id}`](#{anchor}) | {entry.rule.profile} | {entry.state} | {_cell(entry.rule.summary)} |"
        )
    for family in Family:
        own = [entry for entry in entries if entry.rule.family is family]
        if own:
            lines += ["", f"## {family.capitalize()}", *(line for entry in own for line in _section(entry))]
    return "\n".join(lines) + "\n"


_INTRODUCTION = """\
# Rules of `jst check`

Written by `jst rules --format markdown`; `jst explain RULE` says the same about one of them. The severity is the one
in effect. A rule of profile `recommended` is on with `profile: recommended` in the configuration, with
`--profile recommended`, or when `rules:` names it. See [configuration](configuration.md) for severities, options and
skips, and [writing rules](writing-rules.md) for rules of your own. Those on [streams](streams.md) are the rules of
`jst streams check`, and `jst check` does not run them.
"""


def _cell(text: str) -> str:
    return _page(text).replace("|", "\\|")


_SPAN = re.compile(r"((?<!`)(`+)(?!`).+?(?<!`)\2(?!`))")
_HTML = re.compile(r"<(?=[a-zA-Z/!?])|!(?=\[)")


def _page(text: str) -> str:
    """What a rule says of itself, which is Markdown: without HTML and images, which rules of others may have."""
    pieces = _SPAN.split(text)
    return "".join(
        part if index % 3 else _HTML.sub(lambda found: "&lt;" if found[0] == "<" else "\\!", part)
        for index, part in enumerate(pieces)
        if index % 3 != 2
    )


def _section(entry: InEffect) -> Iterator[str]:
    told = parts(entry.rule.documentation)
    yield from ("", f"### {entry.rule.id}", "", _page(told.pop("What")))
    for name, text in told.items():
        yield from ("", f"*{name}:* {_page(text)}")
    for line in _options(entry.rule):
        yield from ("", f"*Option* {line}")


def _options(rule: Rule) -> Iterator[str]:
    for name, schema in rule.options.items():
        default = f" Default: `{json.dumps(schema['default'], ensure_ascii=False)}`." if "default" in schema else ""
        yield f"`{name}`: {schema.get('description', '')}{default}"


def explain(entry: InEffect) -> str:
    """All about one rule, with how to change what it means here."""
    rule, told = entry.rule, parts(entry.rule.documentation)
    lines = [
        f"{rule.id}: {entry.state} here ({rule.family}, profile {rule.profile})",
        "",
        fill(told.pop("What"), _WIDTH, break_on_hyphens=False),
    ]
    for name, text in told.items():
        lines += ["", fill(f"{name}: {text}", _WIDTH, break_on_hyphens=False)]
    for line in _options(rule):
        lines += ["", fill(f"Option {line}", _WIDTH, break_on_hyphens=False)]
    if entry.options:
        lines += ["", f"Options here: {json.dumps(dict(entry.options), ensure_ascii=False, default=str)}"]
    key = rule.id if re.fullmatch(r"[a-z0-9-]+", rule.id) else f"'{rule.id}'"
    of_streams = rule.family is Family.STREAMS
    by_profile = rule.profile is Profile.RECOMMENDED and rule.severity is not None and not of_streams
    by_name = of_streams and rule.id.startswith("stream")
    searched, example = ("name of streams", "^user\\.") if by_name else ("$id of schemas", "/user/create/.*")
    on = f"off; or profile: {Profile.RECOMMENDED}" if by_profile else "off"
    lines += [
        "",
        "In .jsonschema-tools.yaml:",
        "",
        "  rules:",
        f"    {key}: warning    # or error, or {on}",
        "  skipSchemaTestCases:",
        f"    '{example}': [{key}]    # a regular expression on the {searched}",
    ]
    return "\n".join(lines) + "\n"
