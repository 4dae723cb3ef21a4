"""What the formats of a review have in common: a title in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.compatibility.kinds import ANNOTATIONS, describe_change
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.named import EDITED
from jsonschema_tools.containment.model import Answer, Witness
from jsonschema_tools.reports.review.model import Review, TitleReview
from jsonschema_tools.reports.wording import counted


def headline(found: Review) -> str:
    """``2 titles since main: 1 new, 1 changed; 1 needs attention``."""
    if not found.titles:
        return f"no schema changed since {found.against}"
    kinds = [kind(title) for title in found.titles]
    parts = ", ".join(f"{kinds.count(each)} {each}" for each in dict.fromkeys(kinds))
    return f"{counted(len(found.titles), 'schema')} since {found.against}: {parts}"


def kind(title: TitleReview) -> str:
    """What became of a title, in one word."""
    if title.new is None and title.error is None:
        return "removed"
    if title.error is not None and title.old == title.new:
        return "unreadable"
    return "new" if title.old is None else "changed"


def versions(title: TitleReview) -> str:
    """``1.0.0 → 1.1.0 (minor)``, and what is due where that is more."""
    new = "not bumped" if title.new and title.new.endswith(EDITED) else title.new or "removed"
    if title.error is not None:
        return "cannot be compared"
    if title.old is None:
        return f"new: {new}"
    if title.old == title.new:
        return f"{title.new}, no new version"
    given = f" ({title.given})" if title.given else ""
    due = f", {title.due} is due" if title.bump_is_too_small else ""
    return f"{title.old} → {new}{given}{due}"


def verdict(title: TitleReview) -> str:
    """Who is broken, in a few words."""
    if title.assessment is None:
        return "" if title.new or title.error else "every reader of it"
    comparison = title.assessment.assessment.comparison
    broken = []
    if comparison.backward.answer is not Answer.YES:
        broken.append("readers of the new version" + _maybe(comparison.backward.answer))
    if comparison.forward.answer is Answer.YES and any(item.why for item in title.assessment.breaks):
        broken.append("readers of the old version (they miss what was removed)")
    elif comparison.forward.answer is not Answer.YES:
        broken.append("readers of the old version" + _maybe(comparison.forward.answer))
    return ", ".join(broken) or "nobody"


def _maybe(answer: Answer) -> str:
    return " (not decided)" if answer is Answer.UNKNOWN else ""


def changes(title: TitleReview) -> tuple[list[Change], list[Change]]:
    """What events may be or mean, and what is only said of it: descriptions, examples."""
    said = [change for change in title.changes if change.kind in ANNOTATIONS]
    return [change for change in title.changes if change.kind not in ANNOTATIONS], said


def sentence(change: Change) -> str:
    """A change in words, with its place."""
    return describe_change(change)


def witnesses(title: TitleReview) -> Iterator[tuple[str, Witness]]:
    """For each direction that breaks: who refuses what, and the event."""
    if title.assessment is None:
        return
    comparison = title.assessment.assessment.comparison
    if comparison.backward.witness is not None:
        yield f"valid under {title.old}, refused by the new version", comparison.backward.witness
    if comparison.forward.witness is not None:
        yield f"valid under the new version, refused by readers of {title.old}", comparison.forward.witness
