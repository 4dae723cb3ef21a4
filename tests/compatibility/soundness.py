"""A search for wrong answers: ``python -m tests.compatibility.soundness 20000 [seed]``.

Pairs of schemas are drawn, both directions are asked, and each *yes* is attacked with events: no event may be accepted
by the one and refused by the other under both validators. Each witness is held against the second validator.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from jsonschema_tools.containment.model import Answer
from jsonschema_tools.containment.proof import contained
from tests.compatibility.soups import DRAFTS, Soup, edited, events, repaired
from tests.needs import WMF_PRIMARY

EVENTS = 60


@dataclass
class Tally:
    answers: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    undecided_shown: str = ""
    """Part of the reasons whose undecided pairs are printed."""

    def shows(self, reason: str) -> bool:
        return self.undecided_shown != "" and self.undecided_shown in reason


def pair(random: Random, real: list[Any]) -> tuple[str, Any, Any]:
    """A draft and two schemas: of one kind or related by edits or by combination."""
    draft = random.choice(DRAFTS)
    soup = Soup(random, draft)
    draw = random.random()
    if real and draw < 0.15:
        first = random.choice(real)
        return "draft-07", first, edited(random, first, Soup(random, "draft-07"))
    first = soup.document()
    if draw < 0.65:
        return draft, first, edited(random, first, soup)
    if draw < 0.75:
        definitions = {key: first[key] for key in (soup.definitions,) if isinstance(first, dict) and key in first}
        return draft, repaired({"allOf": [first, soup.schema(2)], **definitions}, soup.definitions), first
    return draft, first, soup.document()


def examine(random: Random, draft: str, sub: Any, sup: Any, tally: Tally) -> None:
    """Ask whether one is contained in the other, and attack the answer."""
    answer = contained(sub, sup, draft=draft)
    tally.answers[answer.answer.value] += 1
    if answer.answer is Answer.UNKNOWN:
        tally.reasons[answer.reason] += 1
        if tally.shows(answer.reason):
            print(json.dumps({"draft": draft, "sub": sub, "sup": sup, "unknown": answer.reason}))
        return
    validators = _validators(draft, sub), _validators(draft, sup)
    if answer.answer is Answer.NO:
        assert answer.witness is not None
        if _refutes(answer.witness.event, *validators) is False:
            tally.wrong.append({"draft": draft, "sub": sub, "sup": sup, "witness": answer.witness.event})
        return
    for event in events(random, [sub, sup], EVENTS):
        if _refutes(event, *validators):
            tally.wrong.append({"draft": draft, "sub": sub, "sup": sup, "refuted by": event})
            return


def _validators(draft: str, schema: Any) -> Any:
    """The fast validator and the reference, or ``None`` where one of them cannot read the schema."""
    import jsonschema
    import jsonschema_rs

    name = {"draft-04": "4", "draft-06": "6", "draft-07": "7", "2019-09": "201909", "2020-12": "202012"}[draft]
    reference = getattr(jsonschema, f"Draft{name}Validator")
    if isinstance(schema, bool) and draft == "draft-04":
        schema = {} if schema else {"not": {}}
    try:
        fast = getattr(jsonschema_rs, f"Draft{name}Validator")(schema, validate_formats=True, formats=_formats())
    except ValueError:
        return None
    return fast, reference(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def _formats() -> dict[str, Any]:
    """The formats of the reference for the fast validator, under every draft."""
    from jsonschema import Draft202012Validator

    checker = Draft202012Validator.FORMAT_CHECKER
    return {name: lambda text, name=name: checker.conforms(text, name) for name in checker.checkers}


def _refutes(event: Any, sub: Any, sup: Any) -> bool | None:
    """Whether the event is accepted by the one and refused by the other; ``None`` where validators disagree."""
    if sub is None or sup is None:
        return None
    try:
        if not sub[0].is_valid(event) or sup[0].is_valid(event):
            return False
        return True if sub[1].is_valid(event) and not sup[1].is_valid(event) else None
    except (ValueError, TypeError, RecursionError):  # the reference cannot read `items: true` beside additionalItems
        return None


def run(count: int, seed: int, real: list[Any], undecided_shown: str = "") -> Tally:
    tally = Tally(undecided_shown=undecided_shown)
    for number in range(count):
        random = Random(f"{seed}-{number}")
        draft, first, second = pair(random, real)
        before = len(tally.wrong)
        examine(random, draft, first, second, tally)
        examine(random, draft, second, first, tally)
        for wrong in tally.wrong[before:]:
            print(number, json.dumps(wrong), flush=True)
    return tally


def real_schemas(folder: Path) -> list[Any]:
    """The newest versions of a repository of schemas."""
    import re

    from jsonschema_tools.documents.reading import parse

    paths = [path for path in sorted(folder.rglob("*.yaml")) if re.fullmatch(r"\d+\.\d+\.\d+\.yaml", path.name)]
    newest = {path.parent: path for path in paths}
    return [parse(path.read_text("utf-8"), source=str(path)) for path in newest.values()]


if __name__ == "__main__":
    corpus = WMF_PRIMARY / "jsonschema"
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    found = run(asked, int(sys.argv[2]) if len(sys.argv) > 2 else 0, real_schemas(corpus) if corpus.is_dir() else [])
    print(dict(found.answers), found.reasons.most_common(12), f"{len(found.wrong)} wrong", sep="\n")
