"""The floors of the house, what is imported when, and the names that the library promises."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import jsonschema_tools

ROOT = Path(__file__).parents[1]
HEAVY = {
    "jsonschema",
    "jsonschema_rs",
    "msgspec",
    "deepdiff",
    "yaml",
    "yaml_rs",
    "urllib.request",
    "http.client",
    "semver",
}


def test_imports_point_down() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent)) or "lint-imports"
    done = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def loaded_by(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    code = "from jsonschema_tools.cli import cli\ntry:\n    cli(['--help'])\nexcept SystemExit:\n    pass"
    assert not loaded_by(code) & HEAVY


def test_importing_the_library_loads_nothing_heavy() -> None:
    assert not loaded_by("import jsonschema_tools") & HEAVY


def test_materializing_an_ordinary_schema_loads_no_slow_validator() -> None:
    code = "from jsonschema_tools import materialize\nmaterialize('example-repo', dry_run=True)"
    assert not loaded_by(code) & {"jsonschema", "deepdiff", "urllib.request"}


@pytest.mark.parametrize("name", jsonschema_tools.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(jsonschema_tools, name).__doc__


def test_unknown_names_are_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = jsonschema_tools.nonsense
