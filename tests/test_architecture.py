"""The floors of the house, what is imported when, and the names that the library promises."""

from __future__ import annotations

import ast
import copy
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import jsonschema_tools
from jsonschema_tools.errors import (
    DocumentError,
    MergeConflict,
    Position,
    ReferenceCycle,
    RetrievalError,
    SchemaToolsError,
)
from tests.needs import example_repository

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
    "jsonschema_tools.patterns.syntax",
    "jsonschema_tools.schemas.vocabulary",
    "jsonschema_tools.tables.model",
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
    code = f"from jsonschema_tools import materialize\nmaterialize({str(example_repository())!r}, dry_run=True)"
    assert not loaded_by(code) & {"jsonschema", "deepdiff", "urllib.request"}


def test_checking_a_title_loads_what_it_needs() -> None:
    code = f"from jsonschema_tools import check\ncheck({str(example_repository())!r}, titles='shop/order')"
    assert "yaml_rs" in (loaded := loaded_by(code))
    assert not loaded & {
        "yaml",
        "importlib.metadata",
        "zipfile",
        "http.client",
        "urllib.request",
        "deepdiff",
        "jsonschema_tools.tables.model",
    }


@pytest.mark.parametrize("name", jsonschema_tools.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(jsonschema_tools, name).__doc__


def test_unknown_names_are_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = jsonschema_tools.nonsense


def test_errors_are_values() -> None:
    """Who has more to say of an error makes another one: `SchemaToolsError.replaced`."""
    wrong = []
    for path in (ROOT / "jsonschema_tools").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            caught = (
                [h for h in ast.walk(node) if isinstance(h, ast.ExceptHandler)] if isinstance(node, ast.Try) else []
            )
            for handler in caught:
                for found in ast.walk(handler):
                    target = found.targets[0] if isinstance(found, ast.Assign) else None
                    if isinstance(target, ast.Attribute) and getattr(target.value, "id", None) == (handler.name or 0):
                        wrong.append(f"{path.name}:{found.lineno}")
    assert not wrong


@pytest.mark.parametrize(
    "error",
    [
        ReferenceCycle("a", chain=("b",), source="c"),
        MergeConflict("a", keyword="type", values=(1, 2), sources=("#/b",)),
        RetrievalError("a", attempts=("b",), down=("c",), remedy="d"),
        DocumentError("a", position=Position(1, 2), pointer="/b"),
    ],
)
def test_an_error_with_other_data_is_another_one(error: SchemaToolsError) -> None:
    before = dict(vars(error))
    other = error.replaced(pointer="/x")
    assert (type(other), vars(other)) == (type(error), {**before, "pointer": "/x"})
    assert vars(error) == before
    assert error.replaced(remedy=error.remedy) is error
    for same in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(same), vars(same), str(same)) == (type(error), before, str(error))
