"""A version is compatible with the one before it, as the policy of the repository has it.

Why: software that knows the old version goes on reading the new one.
Example: a property removed, its type changed, a value taken out of an `enum`, `required` changed.
Instead: a new major version, or an entry in `allow` for a break that is intended. The key `compatibility` names the
policy. `wikimedia`, the default, is the rule of the Node.js tool: what is in the old schema must be in the new one,
unchanged; only `$id`, `description`, `examples` and `maxLength` may change, and an `enum` may gain values. New keys are
free. The other policies prove that readers understand events, or show one that they do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from jsonschema_tools.errors import SchemaToolsError
from jsonschema_tools.nodejs.compatibility import Missing, missing_to_upstream
from jsonschema_tools.rules.compatibility.assessed import (
    assessment,
    evidence,
    judgements,
    located,
    settings_for,
    with_earlier,
)
from jsonschema_tools.rules.model import Context, Family, NotApplicable, Problem, Rule, Subject
from jsonschema_tools.rules.repository import Collection, VersionPair
from jsonschema_tools.rules.subjects import of_titles, version_pairs

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.breaks import Break


@of_titles
def subjects(collection: Collection, context: Context) -> Iterable[Subject]:
    policy = settings_for(context).policy
    if policy.upstream:
        return version_pairs(collection, context)
    pairs = with_earlier(collection, context) if policy.directions else ()
    return (subject for subject in pairs if policy.transitive or not subject.value.between)


def check(pair: VersionPair, context: Context) -> Iterator[Problem]:
    if settings_for(context).policy.upstream and next(_missing(pair), None) is None:
        return
    from jsonschema_tools.compatibility.allowing import allowed

    reasons: list[str] = []
    found: dict[tuple[str, str], list[Break]] = {}
    for item in _breaks(pair, context):
        entry = allowed(item, context.config.allow, pair.title, pair.new.version, context.today)
        if entry is None:
            found.setdefault((item.pointer, item.message), []).append(item)
        else:
            reasons.append(f"{item.pointer or '/'}: {item.message} is allowed: {entry.reason}")
    if reasons and not found:
        raise NotApplicable("; ".join(reasons))
    yield from located((_problem(items, pair) for items in found.values()), pair.new, context)


def _breaks(pair: VersionPair, context: Context) -> list[Break]:
    from jsonschema_tools.compatibility.assessment import upstream_breaks
    from jsonschema_tools.compatibility.bump import is_breaking

    settings = settings_for(context)
    if not settings.policy.upstream:
        found = judgements(context).broken_since((pair.old, *pair.between, pair.new))
        return [item for item in found if is_breaking(item, settings)]
    try:
        changes = assessment(pair.old, pair.new, context).comparison.changes
    except (NotApplicable, SchemaToolsError, RecursionError):
        # The Node.js tool compares texts, whether or not they are schemas.
        changes = ()
    return list(upstream_breaks(_missing(pair), changes))


def _missing(pair: VersionPair) -> Iterator[Missing]:
    return missing_to_upstream(pair.old.document, pair.new.document)


def _problem(items: list[Break], pair: VersionPair) -> Problem:
    """The problem of a change that breaks readers of one version, or of both."""
    from jsonschema_tools.compatibility.bump import Part, bumped

    first, *others = items
    directions = [str(item.direction) for item in items if item.direction]
    who = f" ({', '.join(directions)})" if directions else ""
    message = f"{first.pointer or '/'}: {first.message} since {pair.old.version}{who}"
    details = dict(evidence(first))
    for other in others:
        if other.direction is not None:
            details["direction"] = ", ".join(directions)
            kept = {name: value for name, value in evidence(other).items() if name in _OF_A_DIRECTION}
            details |= {f"{name} ({other.direction})": value for name, value in kept.items()}
    remedy = f"Undo the change, or release it as {bumped(pair.old.version, Part.MAJOR)}."
    return Problem(message, first.pointer, remedy, details=details)


_OF_A_DIRECTION = ("compatible", "event", "refused")

RULE = Rule("schema-version-compatibility", Family.COMPATIBILITY, "compatible with the version before", subjects, check)
