"""The schema of properties and items that are not declared one by one."""

from __future__ import annotations

from dataclasses import dataclass

from jsonschema_tools.compatibility.facts import Fact, Found, Pair
from jsonschema_tools.compatibility.view import At, View


@dataclass(frozen=True, slots=True)
class Rest:
    """What applies to the members that are not declared one by one; ``keyword`` is what says so."""

    keyword: str
    view: View

    @property
    def at(self) -> At | None:
        """The value of the keyword where only one place has it."""
        return At(self.view.pointer or "", self.view.schema) if self.view.origins else None


def rest(stem: str, before: Rest, after: Rest) -> Found:
    """Members that are not declared were allowed, forbidden, or got or lost a schema."""
    if before.view.is_true and after.view.is_true:
        return
    if before.view.is_false != after.view.is_false:
        kind = f"{stem}-closed" if after.view.is_false else f"{stem}-opened"
        yield Fact(_named(kind, (after if after.view.is_false else before).keyword), before.at, after.at)
    elif before.view.is_true or after.view.is_true:
        kind = f"{stem}-added" if before.view.is_true else f"{stem}-removed"
        yield Fact(_named(kind, (after if before.view.is_true else before).keyword), before.at, after.at)
    elif not before.view.is_false:
        yield Pair((before.keyword,), before.view, after.view)


def _named(kind: str, keyword: str) -> str:
    if keyword.startswith("unevaluated"):
        return kind.replace("additional-", "unevaluated-")
    return kind if keyword.startswith("additional") else kind.replace("additional-items-", "items-")
