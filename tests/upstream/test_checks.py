"""Checks against upstream's repository tests: the same verdict for every case, also after damage of many kinds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jsonschema_tools.documents.reading import parse
from jsonschema_tools.documents.values import Timestamp
from jsonschema_tools.documents.writing import serialize
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.repository.configuration import load_config
from jsonschema_tools.rules.model import Report, Result
from jsonschema_tools.use_cases.check import check
from tests.needs import example_repository
from tests.test_wmf_primary import repository  # noqa: F401  (a fixture)
from tests.upstream.oracle import installed
from tests.upstream.verdicts import Cases, Key, upstream_verdicts

EXAMPLE = example_repository()
RANK = ["passed", "skipped", "failed"]
OURS = {"structure-files-are-readable", "skips-match", "schema-tests-pass"}
"""Rules of the profile that upstream has no case for."""

PER_TITLE = {"structure-title", "structure-title-matches-directory"}
"""Rules for which upstream has a case per version and type, and we have one check per title or file."""


def collapsed(key: Key) -> Key:
    rule, title, version, content_type = key
    if rule in PER_TITLE:
        return rule, title, "", ""
    if rule == "structure-id-matches-path":
        return rule, title, version, ""
    return rule, title, version, content_type


def worst(verdicts: list[tuple[Key, str]]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for key, status in verdicts:
        found[collapsed(key)] = max(found.get(collapsed(key), "passed"), status, key=RANK.index)
    return found


def our_key(result: Result) -> Key:
    rule, subject = result.check.rule.id, result.check.subject
    version, content_type = subject.schema_version or "", subject.detail
    if isinstance(subject.value, SchemaFile):
        version = "current" if subject.value.is_current else version
        content_type = subject.path.suffix[1:]
    elif content_type.startswith("since ") or (
        rule.startswith("structure-") and type(subject.value).__name__ == "Title"
    ):
        content_type = ""
    if type(subject.value).__name__ == "Title":
        version = ""
    return rule, subject.title or "", version, content_type


def ours(folder: Path) -> tuple[dict[Key, str], Report, list[Any]]:
    report = check(load_config(folder))
    results = [result for result in report.results if result.check.rule.id not in OURS]
    errors = [result for result in report.results if result.check.rule.id == "structure-files-are-readable"]
    return worst([(our_key(result), str(result.verdict)) for result in results]), report, errors


def differences(theirs: dict[Key, str], mine: dict[Key, str]) -> dict[Key, tuple[str, str | None]]:
    """Cases of upstream for which our verdict is another one."""
    return {key: (status, mine.get(key)) for key, status in theirs.items() if mine.get(key) != status}


@pytest.fixture(scope="module", autouse=True)
def _upstream() -> None:
    if reason := installed():
        pytest.skip(reason)


def test_wmf_primary_case_by_case(repository: Any) -> None:  # noqa: F811
    verdicts = upstream_verdicts(repository.root)
    assert verdicts is not None
    theirs = worst(list(verdicts.items()))
    mine, report, errors = ours(repository.root)
    assert differences(theirs, mine) == {}
    assert set(mine) == set(theirs)
    assert errors == []
    assert list(verdicts.values()).count("skipped") == 12
    assert not report.failed


# Damage: each takes a copy of the example repository. -----------------------------------------------------------

Damage = Callable[[Path], None]
ORDER = "jsonschema/shop/order/placed"
CART = "jsonschema/shop/cart/changed"


def edit(name: str, change: Callable[[Any], Any], folder: Path) -> None:
    """Change a document in both content types (a current file: in YAML alone)."""
    for path in sorted((folder / "jsonschema").glob(f"{name}.*")):
        if not path.is_symlink():
            document = parse(path.read_bytes(), source=str(path))
            document = change(document) or document
            path.write_text(serialize(document, path.suffix[1:]), "utf-8")


def at(document: Any, *steps: Any) -> Any:
    for step in steps:
        document = document[step]
    return document


def put(name: str, *steps: Any, value: Any) -> Damage:
    return lambda folder: edit(name, lambda d: at(d, *steps[:-1]).__setitem__(steps[-1], value), folder)


def drop(name: str, *steps: Any) -> Damage:
    return lambda folder: edit(name, lambda d: at(d, *steps[:-1]).__delitem__(steps[-1]), folder)


def remove(*names: str) -> Damage:
    return lambda folder: [(folder / name).unlink() for name in names] and None


def together(*damages: Damage) -> Damage:
    def change(folder: Path) -> None:
        for damage in damages:
            damage(folder)

    return change


def link(name: str, target: str) -> Damage:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return change


def move(name: str, target: str) -> Damage:
    def change(folder: Path) -> None:
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / name, folder / target)

    return change


DATE = Timestamp("2021-01-01T00:00:00.000Z")
NEW, OLD = "shop/order/placed/1.2.0", "shop/order/placed/1.1.0"
PROPS = "properties"
STRING = {"type": "string"}

DAMAGES: dict[str, Damage] = {
    "nothing": lambda _: None,
    "current removed": remove(f"{CART}/current.yaml"),
    "all released removed": lambda folder: [
        p.unlink() for p in (folder / CART).iterdir() if p.name != "current.yaml"
    ] and None,
    "extensionless current": link(f"{CART}/current", "current.yaml"),
    "current ahead": put("shop/cart/changed/current", "$id", value="/shop/cart/changed/1.2.0"),
    "current behind": put("shop/cart/changed/current", "$id", value="/shop/cart/changed/1.0.0"),
    "current changed": put("shop/cart/changed/current", "description", value="other"),
    "current with a broken ref": put("shop/cart/changed/current", "allOf", 0, "$ref", value="/no/1.0.0"),
    "latest removed": remove(f"{CART}/latest"),
    "latest.yaml removed": remove(f"{CART}/latest.yaml"),
    "latest behind": link(f"{CART}/latest", "1.0.0.yaml"),
    "latest.yaml behind": link(f"{CART}/latest.yaml", "1.0.0.yaml"),
    "latest dangles": link(f"{CART}/latest", "9.9.9.yaml"),
    "extensionless removed": remove(f"{CART}/1.0.0"),
    "extensionless to json": link(f"{CART}/1.0.0", "1.0.0.json"),
    "extensionless to another version": link(f"{CART}/1.0.0", "1.1.0.yaml"),
    "json removed": remove(f"{CART}/1.0.0.json"),
    "yaml removed": remove(f"{CART}/1.0.0.yaml"),
    "json differs": lambda folder: (folder / f"{CART}/1.0.0.json").write_text(
        (folder / f"{CART}/1.0.0.json").read_text("utf-8").replace("A customer", "Someone"), "utf-8"
    ) and None,
    "title of one version": put("shop/cart/changed/1.0.0", "title", value="shop/cart/other"),
    "title of the current": put("shop/cart/changed/current", "title", value="shop/cart/other"),
    "no title": drop("shop/cart/changed/1.0.0", "title"),
    "folder renamed": move(CART, "jsonschema/shop/cart/altered"),
    "$id of another folder": put("shop/cart/changed/1.0.0", "$id", value="/shop/cart/other/1.0.0"),
    "$id of another version": put("shop/cart/changed/1.0.0", "$id", value="/shop/cart/changed/1.0.1"),
    "$id without slash": put("shop/cart/changed/1.0.0", "$id", value="shop/cart/changed/1.0.0"),
    "no $id": drop("shop/cart/changed/1.0.0", "$id"),
    "broken YAML": lambda folder: (folder / f"{CART}/1.0.0.yaml").write_text("a: [", "utf-8") and None,
    "invalid type": put(NEW, PROPS, "note", "type", value="strin"),
    "invalid type, nested": put(NEW, PROPS, "meta", PROPS, "id", "type", value=5),
    "required is text": put(NEW, "required", value="dt"),
    "negative maxLength": put(NEW, PROPS, "note", "maxLength", value=-1),
    "bad pattern": put(NEW, PROPS, "note", "pattern", value="("),
    "pattern without maxLength": put(NEW, PROPS, "note", value={"type": "string", "pattern": "a+"}),
    "format without maxLength": put(NEW, PROPS, "dt", value={"type": "string", "format": "date-time"}),
    "pattern without maxLength, deep": put(NEW, PROPS, "prices", "additionalProperties", "not", value={"pattern": "a"}),
    "patternProperties": put(NEW, PROPS, "prices", "patternProperties", value={"^a": {"type": "integer"}}),
    "uniqueItems over objects": put(NEW, PROPS, "note", value={"type": "array", "uniqueItems": True, "items": {"type": "object", "additionalProperties": STRING}}),
    "uniqueItems over strings": put(NEW, PROPS, "note", value={"type": "array", "uniqueItems": True, "items": STRING}),
    "uniqueItems over anything": put(NEW, PROPS, "note", value={"type": "array", "uniqueItems": True}),
    "insecure current": put("shop/cart/changed/current", "allOf", 1, PROPS, "cart_id", "pattern", value="a"),
    "camelCase": put(NEW, PROPS, "noteText", value=STRING),
    "camelCase, nested": put(NEW, PROPS, "meta", PROPS, "noteText", value=STRING),
    "camelCase in a map": put(NEW, PROPS, "prices", "additionalProperties", value={"type": "object", PROPS: {"aB": STRING}}),
    "camelCase in current allOf": put("shop/cart/changed/current", "allOf", 1, PROPS, "cartId", value=STRING),
    "dash": put(NEW, PROPS, "note-text", value=STRING),
    "digit first": put(NEW, PROPS, "1note", value=STRING),
    "list of types": put(NEW, PROPS, "note", "type", value=["string", "null"]),
    "list of types in a map": put(NEW, PROPS, "prices", "additionalProperties", "type", value=["integer", "null"]),
    "array without items": put(NEW, PROPS, "note", value={"type": "array"}),
    "array with untyped items": put(NEW, PROPS, "note", value={"type": "array", "items": {"minLength": 1}}),
    "array of arrays": put(NEW, PROPS, "note", value={"type": "array", "items": {"type": "array"}}),
    "object without properties": put(NEW, PROPS, "note", value={"type": "object"}),
    "object with empty properties": put(NEW, PROPS, "note", value={"type": "object", PROPS: {}}),
    "closed object": put(NEW, PROPS, "note", value={"type": "object", "additionalProperties": False}),
    "null in enum": put(NEW, PROPS, "payment_method", "enum", value=["card", "invoice", "voucher", None]),
    "property without type": put(NEW, PROPS, "note", value={"maxLength": 5}),
    "boolean property": put(NEW, PROPS, "note", value=True),
    "oneOf of two types": put(NEW, PROPS, "note", value={"type": "string", "oneOf": [{"type": "string"}, {"type": "integer"}]}),
    "oneOf of one type": put(NEW, PROPS, "note", value={"type": "string", "oneOf": [{"type": "string"}, {"type": "string", "maxLength": 3}]}),
    "oneOf of objects without required": put(NEW, PROPS, "note", value={"type": "object", "oneOf": [{"type": "object", PROPS: {}}, {"type": "object", PROPS: {}}]}),
    "oneOf of objects with required": put(NEW, PROPS, "note", value={"type": "object", "oneOf": [{"type": "object", "required": ["a"], PROPS: {"a": STRING}}] * 2}),
    "required but unknown": put(NEW, "required", value=["$schema", "meta", "dt", "order_id", "payment_method", "nothing"]),
    "required without properties": put(NEW, PROPS, "note", value={"type": "object", "additionalProperties": STRING, "required": ["a"]}),
    "required and false": put(NEW, PROPS, "order_id", value=False),
    "example of another schema": put(NEW, "examples", 0, "$schema", value="/x/1.0.0"),
    "example without $schema": drop(NEW, "examples", 0, "$schema"),
    "example is null": put(NEW, "examples", value=[None]),
    "example with a wrong type": put(NEW, "examples", 0, "order_id", value="4711"),
    "example without a required property": drop(NEW, "examples", 0, "order_id"),
    "example with a bad date": put(NEW, "examples", 0, "dt", value="yesterday"),
    "example on the 31st of February": put(NEW, "examples", 0, "dt", value="2021-02-31T00:00:00Z"),
    "unknown format": put(NEW, PROPS, "note", value={"type": "string", "format": "isbn", "maxLength": 9}),
    "schema of draft-04": put(NEW, "$schema", value="http://json-schema.org/draft-04/schema#"),
    "no $schema": drop(NEW, "$schema"),
    "no minimum": drop(NEW, PROPS, "order_id", "maximum"),
    "minimum too low": put(NEW, PROPS, "order_id", "minimum", value=-(10**18)),
    "minimum is text": put(NEW, PROPS, "order_id", "minimum", value="1"),
    "no bounds in items": put(NEW, PROPS, "note", value={"type": "array", "items": {"type": "integer"}}),
    "no bounds in if": put(NEW, "if", value={PROPS: {"note": {"type": "integer"}}}),
    "property removed": drop(NEW, PROPS, "prices"),
    "type changed": put(NEW, PROPS, "payment_method", "type", value="number"),
    "required added": put(NEW, "required", value=["$schema", "meta", "dt", "order_id", "payment_method", "note"]),
    "required removed": drop(NEW, "required"),
    "required reordered": put(NEW, "required", value=["payment_method", "order_id", "dt", "meta", "$schema"]),
    "first required": put(NEW, PROPS, "prices", "required", value=["a"]),
    "enum value removed": put(NEW, PROPS, "payment_method", "enum", value=["card"]),
    "enum value added": put(NEW, PROPS, "payment_method", "enum", value=["card", "invoice", "voucher", "cash"]),
    "enum removed": drop(NEW, PROPS, "payment_method", "enum"),
    "description changed": put(NEW, "description", value="other"),
    "maxLength shrinks": put(NEW, PROPS, "dt", "maxLength", value=1),
    "closed": put(NEW, "additionalProperties", value=False),
    "null default kept": together(put(OLD, PROPS, "prices", "default", value=None), put(NEW, PROPS, "prices", "default", value=None)),
    "property named required": together(put(OLD, PROPS, "required", value=STRING), put(NEW, PROPS, "required", value=STRING)),
    "minimum changed": put(NEW, PROPS, "order_id", "minimum", value=2),
    "null property": put(NEW, PROPS, "note", value=None),
    "null property in the current": put("shop/cart/changed/current", "allOf", 1, PROPS, "note", value=None),
    "null in allOf": put(NEW, "allOf", value=[None]),
    "allOf is text": put(NEW, "allOf", value="a"),
    "allOf of the current is text": put("shop/cart/changed/current", "allOf", value="a"),
    "properties are a list": put(NEW, PROPS, "note", value={"type": "object", PROPS: [STRING]}),
    "properties are text": put(NEW, PROPS, "note", value={"type": "object", PROPS: "a"}),
    "oneOf is text": put(NEW, PROPS, "note", value={"type": "string", "oneOf": "ab"}),
    "oneOf is an object": put(NEW, PROPS, "note", value={"type": "string", "oneOf": {}}),
    "null in oneOf": put(NEW, PROPS, "note", value={"type": "string", "oneOf": [STRING, None]}),
    "required is empty text": put(NEW, PROPS, "prices", "required", value=""),
    "required is null": put(NEW, PROPS, "prices", "required", value=None),
    "required and a number": put(NEW, PROPS, "order_id", value=0),
    "items are a list, insecure": put(NEW, PROPS, "note", value={"type": "array", "items": [{"pattern": "a"}]}),
    "latest through latest.yaml": link(f"{CART}/latest", "latest.yaml"),
    "latest through a version": link(f"{CART}/latest", "1.1.0"),
    "latest.yaml through another folder": link(f"{CART}/latest.yaml", "../changed/1.1.0.yaml"),
    "latest.yaml through ./": link(f"{CART}/latest.yaml", "./1.1.0.yaml"),
    "extensionless through ./": link(f"{CART}/1.0.0", "./1.0.0.yaml"),
    "a linked version": link(f"{CART}/2.0.0.yaml", "1.0.0.yaml"),
    "json a link to yaml": link(f"{CART}/1.0.0.json", "1.0.0.yaml"),
    "a linked current version": link(f"{CART}/2.0.0.yaml", "current.yaml"),
    "a fragment without its link": remove("jsonschema/fragment/common/1.1.0"),
    "a fragment moved": move("jsonschema/fragment/common/1.0.0.yaml", "jsonschema/fragment/common/1.0.0-rc.1.yaml"),
    "a date in an example": put(NEW, "examples", 0, "dt", value=DATE),
    "a date as a description": put(NEW, "description", value=DATE),
    "a date as a default": put(NEW, PROPS, "note", "default", value=DATE),
    "a date that becomes text": together(put(OLD, PROPS, "prices", "default", value=DATE), put(NEW, PROPS, "prices", "default", value=str(DATE))),
    "a number that a double does not hold": together(put(OLD, PROPS, "order_id", "maximum", value=2**64), put(NEW, PROPS, "order_id", "maximum", value=2**64 - 1)),
    "an object that becomes null": together(put(OLD, PROPS, "prices", "default", value={"description": 1}), put(NEW, PROPS, "prices", "default", value=None)),
    "an empty enum": put(NEW, PROPS, "payment_method", "enum", value=[]),
    "an enum with duplicates": put(NEW, PROPS, "payment_method", "enum", value=["card", "invoice", "voucher", "card"]),
    "an enum that becomes an object": together(put(OLD, PROPS, "prices", "enum", value=[]), put(NEW, PROPS, "prices", "enum", value={})),
    "an unknown format nobody refers to": put(NEW, "definitions", value={"a": {"format": "isbn", "maxLength": 9}}),
    "an unknown format in an unknown keyword": put(NEW, "unknown", value={"format": "isbn"}),
    "an unknown format in if without then": put(NEW, "if", value={"format": "isbn", "maxLength": 9}),
    "an unknown format, referred to": together(put(NEW, "definitions", value={"a": {"format": "isbn", "maxLength": 9}}), put(NEW, PROPS, "note", value={"type": "string", "allOf": [{"$ref": "#/definitions/a"}]})),
    "a broken $ref nobody refers to": put(NEW, "definitions", value={"a": {"$ref": "/no/1.0.0"}}),
    "a broken $ref": put(NEW, PROPS, "note", value={"type": "string", "$ref": "/no/1.0.0"}),
    "a $ref to itself": put(NEW, PROPS, "note", value={"type": "object", PROPS: {}, "not": {"$ref": "#"}}),
    "a $ref to the metaschema": put(NEW, PROPS, "note", value={"type": "string", "$ref": "http://json-schema.org/draft-07/schema#"}),
    "a $ref to a $id": together(put(NEW, "definitions", value={"a": {"$id": "#a", "type": "integer"}}), put(NEW, PROPS, "order_id", value={"type": "string", "$ref": "#a"})),
    "a pattern of ECMAScript": put(NEW, PROPS, "order_id", value={"type": "string", "maxLength": 9, "pattern": "^[\\w-.]+{$"}),
    "a pattern of Python": put(NEW, PROPS, "note", value={"type": "string", "maxLength": 9, "pattern": "(?P<a>b)"}),
    "a pattern that an example breaks": put(NEW, PROPS, "dt", value={"type": "string", "maxLength": 99, "pattern": "^\\D+$"}),
    "a media type": put(NEW, PROPS, "dt", "contentMediaType", value="application/json"),
    "nullable": put(NEW, PROPS, "order_id", "nullable", value=True),
    "a multiple in doubles": together(put(NEW, PROPS, "order_id", value={"type": "number", "minimum": 0, "maximum": 9, "multipleOf": 0.1}), put(NEW, "examples", 0, "order_id", value=0.3)),
    "an address with zeros": put(NEW, PROPS, "dt", "format", value="ipv4"),
    "$schema of any draft": put(NEW, "$schema", value="http://json-schema.org/schema#"),
    "$schema is empty": put(NEW, "$schema", value=""),
    "$schema is null": put(NEW, "$schema", value=None),
    "an example and no $id": put(NEW, "examples", value=[[]]),
}  # fmt: skip

BETTER: dict[str, set[str]] = {}
"""Damage for which our verdict differs on purpose, with the rules: see docs/decisions.md."""


@pytest.mark.search
def test_same_verdicts_after_damage(tmp_path: Path) -> None:
    wrong: dict[str, Any] = {}
    cases = Cases()
    for number, (name, damage) in enumerate(DAMAGES.items()):
        folder = tmp_path / str(number)
        shutil.copytree(EXAMPLE, folder, symlinks=True)
        damage(folder)
        cases.ask(folder)
        mine, report, errors = ours(folder)
        theirs = cases.answer()
        if theirs is None:
            if not (report.failed or errors):
                wrong[name] = "upstream could not run, we found nothing"
            continue
        found = differences(worst(list(theirs.items())), mine)
        if {key[0] for key in found} != BETTER.get(name, set()):
            wrong[name] = found
    cases.close()
    assert wrong == {}
    assert len(DAMAGES) > 140
