"""Materializing a whole repository, of which an earlier run may know that nothing is to be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema_tools.model import Plan, Release
from jsonschema_tools.settings import Config
from jsonschema_tools.use_cases.remembered import Asked, results_of, whole_run


def plan_due(config: Config, *, output_directory: Path | None = None, progress: Any, **options: Any) -> Plan:
    """As `materialize.plan_all`. Where an earlier run that read the same had nothing to do, neither has this one, and
    its releases have no documents."""
    with results_of(config) as cache:
        run = None
        if output_directory is None:
            run = whole_run(cache, "materialize", replace(config, dry_run=False), sorted(options.items()))
        known = None if run is None else run.known()
        if known is not None:
            return _restored(known)
        from jsonschema_tools.use_cases.materialize import plan_all

        asked = Asked()
        planned = plan_all(config, output_directory=output_directory, progress=progress, asked=asked, **options)
        if run is not None and not planned.actions and not planned.errors:
            run.keep(_recorded(planned), asked)
        return planned


def _recorded(planned: Plan) -> Any:
    releases = [
        (str(each.source), each.title, str(each.directory), each.version, [str(path) for path in each.outputs])
        for each in planned.releases
    ]
    return releases, [str(path) for path in planned.misnamed]


def _restored(data: Any) -> Plan:
    releases, misnamed = data
    found = (
        Release(Path(source), title, Path(directory), version, None, tuple(map(Path, outputs)))
        for source, title, directory, version, outputs in releases
    )
    return Plan(releases=tuple(found), misnamed=tuple(map(Path, misnamed)))
