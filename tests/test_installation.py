"""Entry points of installed packages are found as `importlib.metadata` finds them."""

from __future__ import annotations

import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from jsonschema_tools.installation import entry_points_of

GROUP = "jsonschema_tools.example"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


def put(folder: Path, name: str, text: str | None, kind: str = "dist-info") -> None:
    info = folder / (f"{name}-1.0.egg/EGG-INFO" if kind == "egg" else f"{name}-1.0.{kind}")
    info.mkdir(parents=True)
    (info / ("METADATA" if kind == "dist-info" else "PKG-INFO")).write_text(METADATA.format(name=name))
    if text is not None:
        (info / "entry_points.txt").write_text(text)


@pytest.mark.parametrize("kind", ["dist-info", "egg-info", "egg"])
def test_as_the_library_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path), str(tmp_path / "missing")])
    put(tmp_path, "other", f"[{GROUP}.more]\na = b:c\n", kind)
    put(tmp_path, "none", None, kind)
    assert entry_points_of(GROUP) == sorted(entry_points(group=GROUP)) == []
    put(tmp_path, "one", f"[{GROUP}]\nz = b:c\na = d:e\n", kind)
    if kind == "egg":
        monkeypatch.syspath_prepend(tmp_path / "one-1.0.egg")
    assert {entry.name for entry in entry_points_of(GROUP)} == {entry.name for entry in entry_points(group=GROUP)}
    assert [entry.name for entry in entry_points_of(GROUP)] == ["a", "z"]


def test_of_a_package_in_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one-1.0.dist-info/METADATA", METADATA.format(name="one"))
        archive.writestr("one-1.0.dist-info/entry_points.txt", f"[{GROUP}]\na = b:c\n")
    monkeypatch.syspath_prepend(tmp_path / "all.zip")
    assert [entry.name for entry in entry_points_of(GROUP)] == ["a"]
