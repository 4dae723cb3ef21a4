"""Versions: what is coerced to which, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from jsonschema_tools.errors import SchemaError
from jsonschema_tools.versions import field, is_version, schema_version, sort_versions, version_range


@pytest.mark.parametrize(
    ("value", "version"),
    [
        ("/user/create/1.2.3", "1.2.3"),
        ("/user/create/1.2", "1.2.0"),
        ("/user/create/1", "1.0.0"),
        ("/user/create/v2", "2.0.0"),
        ("/user/create/1.2.3.yaml", "1.2.3"),
        ("/user/create/1.2.3-rc1", "1.2.3"),
        ("/user/create/1.2.3/", "1.2.3"),
        ("1.2.3", "1.2.3"),
        ("https://example.org/3.0.0", "3.0.0"),
    ],
)
def test_coerced(value: str, version: str) -> None:
    assert schema_version({"$id": value}) == version


@pytest.mark.parametrize(
    "document",
    [{}, {"$id": None}, {"$id": 1.0}, {"$id": "/user/create"}, {"$id": "/1.0.0/x"}, {"$id": "/x/01.0.0"}, {"$id": ""}, [], "x",
     {"$id": "/x/9999999999999999.0.0"}],
)  # fmt: skip
def test_refused(document: Any) -> None:
    with pytest.raises(SchemaError) as caught:
        schema_version(document)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("path", "value"),
    [("$id", 1), ("a.b", 2), ("a.c[1]", 4), ('a["b"]', 2), ("a.b.c", None), ("no", None), ("d.e", 5), ("a.c[9]", None)],
)
def test_field_paths(path: str, value: Any) -> None:
    assert field({"$id": 1, "a": {"b": 2, "c": [3, 4]}, "d.e": 5}, path) == value


def test_order() -> None:
    assert sort_versions(["1.10.0", "1.2.0", "1.2.0-rc1", "0.9.0"]) == ["0.9.0", "1.2.0-rc1", "1.2.0", "1.10.0"]


@pytest.mark.parametrize("name", ["1.0.0\n", "1.0.٣", "１.0.0", "1.0.0-é", " 1.0.0", "1.0", "01.0.0"])
def test_names_that_are_no_version(name: str) -> None:
    assert not is_version(name)


KNOWN = [
    "0.0.3",
    "0.0.4",
    "0.2.3",
    "0.3.0",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.9",
    "1.1.0",
    "1.2.0",
    "1.2.9",
    "1.10.0",
    "2.0.0-rc.1",
    "2.0.0",
]


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        (">=1.2.0", KNOWN[8:]),
        (">= 1.2.0 <2", KNOWN[8:11]),
        (">1.1", KNOWN[8:]),
        ("<=1.1", KNOWN[:8]),
        ("<1.0.0", KNOWN[:5]),
        ("=1.0.0", ["1.0.0"]),
        ("v1.0.0", ["1.0.0"]),
        ("1.0.0-rc.1", ["1.0.0-rc.1"]),
        ("1", KNOWN[4:11]),
        ("1.x", KNOWN[4:11]),
        ("1.2.*", ["1.2.0", "1.2.9"]),
        ("*", KNOWN),
        ("^1.1.0", KNOWN[7:11]),
        ("^0.2.3", ["0.2.3"]),
        ("^0.0.3", ["0.0.3"]),
        ("^0.0", ["0.0.3", "0.0.4"]),
        ("^0", KNOWN[:4]),
        ("~1.2", ["1.2.0", "1.2.9"]),
        ("~1.2.3", ["1.2.9"]),
        ("~1", KNOWN[4:11]),
        ("0.3.0 || ^1.2.0 || 2", ["0.3.0", "1.2.0", "1.2.9", "1.10.0", "2.0.0-rc.1", "2.0.0"]),
    ],
)
def test_ranges(text: str, versions: list[str]) -> None:
    found = version_range(text)
    assert [version for version in KNOWN if version in found] == versions


@pytest.mark.parametrize(
    "text",
    ["", " ", "latest", ">=", "1.0.0 - 2.0.0", ">=1.0.0,<2", "1.0.0 ||", "1.x.3", "<*", "01x", "=>1.0.0", "1.2.3.4"],
)
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        version_range(text)
