"""Checking a repository of which an earlier run may know everything: then no schema is read as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema_tools.installation import RULE_GROUP, entry_points_of
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.remembered import Asked, results_of, whole_run

if TYPE_CHECKING:
    from jsonschema_tools.rules.model import Report


def check_again(config: Config, fields: Mapping[str, Any], progress: Callable[[int, int], None]) -> Report:
    """As `check.check`, with the fields of a `Selection`. Where an earlier run read the same, the report is its own,
    and its checks cannot be run."""
    from jsonschema_tools.rules.recorded import recorded, restored

    with results_of(config) as cache:
        is_whole = not fields.get("titles") and fields.get("against") is None
        # Rules of packages may read anything.
        is_known = cache is not None and is_whole and not entry_points_of(RULE_GROUP)
        run = whole_run(cache, "check", config, sorted(fields.items())) if is_known else None
        known = None if run is None else run.known()
        if known is not None:
            return restored(known, config, _lines)
        from jsonschema_tools.rules.engine import run_all
        from jsonschema_tools.rules.selection import Selection
        from jsonschema_tools.use_cases.check import plan_known

        asked = Asked()
        report = run_all(plan_known(config, Selection(**fields), cache, asked), progress)
        if run is not None:
            run.keep(recorded(report), asked)
        return report


def _lines(path: Path) -> Sequence[str]:
    from jsonschema_tools.repository.places import lines_of

    return lines_of(path)
