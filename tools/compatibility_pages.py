"""Write docs/compatibility.md and docs/policies.md from the code and from tests/cases/changes/kinds.yaml.

python tools/compatibility_pages.py
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonschema_tools.compatibility.assessment import assess
from jsonschema_tools.compatibility.breaks import Break
from jsonschema_tools.compatibility.bump import due_bump
from jsonschema_tools.compatibility.comparison import compare
from jsonschema_tools.compatibility.kinds import describe_change
from jsonschema_tools.compatibility.policies import (
    POLICIES,
    CompatibilitySettings,
    ContentModel,
    Direction,
    compatibility_settings,
)
from jsonschema_tools.containment.model import Answer, Containment
from jsonschema_tools.documents.reading import parse
from jsonschema_tools.nodejs.compatibility import missing

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases" / "changes" / "kinds.yaml"
PAGES = {"compatibility": ROOT / "docs" / "compatibility.md", "policies": ROOT / "docs" / "policies.md"}
NOTE = "<!-- Written by tools/compatibility_pages.py: change that, or tests/cases/changes/kinds.yaml. -->\n"

COMPATIBILITY = """# Changes, and whom they break

One change of each kind, as `jst compat` explains it. *Backward*: readers of the new version understand every event of
the old one. *Forward*: readers of the old version understand every event of the new one. A *no* comes with an event
that the validator accepts under the one version and refuses under the other. Which of these are breaks for you is a
matter of [policy](policies.md).
"""

POLICIES_TEXT = """# Which policy do I want?

`compatibility` in the configuration names the policy, `contentModel` what counts as an event.

- **Nothing to decide**: you come from the Node.js tool and want its verdicts. That is `wikimedia`, the default. It
  finds what the old version says and the new one does not; it does not see what is added, such as a first `required`.
- **Readers are updated before writers** (you own all the consumers, old events lie in a store): `backward`.
- **Writers are updated before readers** (others consume, when they find the time): `forward`.
- **Nobody waits for anybody**: `full`. With old events kept, or readers several versions behind: `full-transitive`,
  since a field that is removed and added again under another type slips past pairs of versions.
- **Nothing yet**: `none`. Below 1.0.0 that is no need: `version-bump` leaves those versions alone.

{policies}

Each but `wikimedia` is about events, not about texts: other words for the same are no break. A break is proved by an
event; compatibility is proved, or said to be undecided, which counts as a break.

## What counts as an event

`strict`: everything that is valid. Then an optional property cannot be added to an object that allows additional
properties: an old event may have had it, with any value. Few repositories can live with that.

`declared`: what the version declares of it. Writers send only declared properties, and readers drop what they do not
know, as everyone does who puts events into typed columns. An optional property may be added at any time; removing one
breaks its readers (`forward`), and so do other types and looser values. Objects that declare no property, and maps
(`additionalProperties` is a schema), are compared as they are.

So `jst compat` can say `backward: yes`, `forward: yes`, and `broken` all the same. Yes means that no event is refused.
A removed property is missing in valid events: the readers who use it get nothing any more, and `why:` under the break
says so.

`profile: recommended` uses `full-transitive` and `declared`. There one more value of an `enum` is not a break but a
warning, `enums-growing`, and so is a higher `maxLength`, `lengths-growing`. All other looser values stay breaks.

## An intended break

```yaml
allow:
  - title: shop/order
    versions: [1.4.0]
    fingerprint: 3b1aa8d4f4f7ce02
    reason: nobody ever sent it
    expires: 2027-01-31
```

allows just this change. `jst compat OLD NEW` prints the fingerprints; `pointer` and `kind` may stand for one. The check
is reported as skipped, with the reason; an entry that matches nothing, or is over, is reported by `allowances-match`.

What cannot be decided has a fingerprint too, and the kind `undecided`. Where the reason is that a proof was given up,
first try more steps: `compatibilitySteps` in the configuration, or `jst compat --steps`.

## Kinds of changes and policies

What each policy says of the change of each kind on the page on [compatibility](compatibility.md). Larger schemas decide
for themselves: a narrowed type breaks nobody where another keyword has excluded the rest all along. `-transitive`
policies say of two versions what the plain ones say. **x** is a break, **w** a warning, **?** undecided.

{table}
"""

STRICT, DECLARED = (CompatibilitySettings(POLICIES["full"], model) for model in ContentModel)
RECOMMENDED = compatibility_settings("recommended", None, None)
DIRECTIONS = {"backward": {Direction.BACKWARD}, "forward": {Direction.FORWARD}, "full": set(Direction)}
COLUMNS = ["wikimedia", *DIRECTIONS, *(f"{name}, declared" for name in DIRECTIONS), "recommended", "bump there"]


def compatibility_page() -> str:
    """The page of changes."""
    return "\n".join([NOTE, COMPATIBILITY, *(_change(kind, case) for kind, case in _cases().items())])


def policies_page() -> str:
    """The page of policies."""
    rows = [["policy", "says"], *([f"`{policy.name}`", policy.summary] for policy in POLICIES.values())]
    table = [["kind", *COLUMNS], *([f"`{kind}`", *_verdicts(case)] for kind, case in _cases().items())]
    return f"{NOTE}\n" + POLICIES_TEXT.format(policies=_table(rows), table=_table(table))


def _cases() -> dict[str, Any]:
    return dict(parse(CASES.read_bytes(), source=str(CASES)))


def _draft(case: dict[str, Any]) -> str | None:
    return str(case["draft"]) if "draft" in case else None


def _change(kind: str, case: dict[str, Any]) -> str:
    comparison = compare(case["old"], case["new"], _draft(case))
    lines = [f"## {kind}", "", "```yaml", f"old: {_inline(case['old'])}", f"new: {_inline(case['new'])}", "```", ""]
    lines += [describe_change(comparison.changes[0]) + "."]
    lines += ["", f"- {_answer('Backward', comparison.backward)}", f"- {_answer('Forward', comparison.forward)}", ""]
    return "\n".join(lines)


def _answer(direction: str, containment: Containment) -> str:
    witness = containment.witness
    if witness is None:
        return f"{direction}: {containment.answer}."
    return f"{direction}: no. `{_inline(witness.event)}` is refused: {'; '.join(witness.refusals)}"


def _verdicts(case: dict[str, Any]) -> list[str]:
    """What the policies say, and the bump that is due under the last of them."""
    old, new = case["old"], case["new"]
    found = ["x" if next(missing(old, new), None) else ""]
    for settings in (STRICT, DECLARED):
        breaks = assess(old, new, settings, _draft(case)).breaks
        found += [_mark([item for item in breaks if item.direction in wanted]) for wanted in DIRECTIONS.values()]
    assessment = assess(old, new, RECOMMENDED, _draft(case))
    warned = bool(assessment.breaks) and all(item.growth for item in assessment.breaks)
    return [*found, "w" if warned else _mark(assessment.breaks), str(due_bump(assessment, RECOMMENDED).part)]


def _mark(breaks: Sequence[Break]) -> str:
    return "" if not breaks else "?" if all(item.answer is Answer.UNKNOWN for item in breaks) else "x"


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(rows: list[list[str]]) -> str:
    rows = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    PAGES["compatibility"].write_text(compatibility_page(), "utf-8")
    PAGES["policies"].write_text(policies_page(), "utf-8")
