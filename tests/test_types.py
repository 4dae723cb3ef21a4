"""`jst types`: Python types that compile, take the examples of their schema, and are no more than types."""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from jsonschema_tools import SchemaStore, load_config
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.schemas.plain import plain
from jsonschema_tools.use_cases.type_generation import KINDS, class_name, python_types
from jsonschema_tools.use_cases.types import make_types
from tests.conftest import Scratch
from tests.needs import NO_CORPUS, WMF_PRIMARY, example_repository
from tests.test_readme import shell, told

ORDER = {
    "$schema": "/shop/order/placed/1.2.0",
    "dt": "2026-01-01T00:00:00Z",
    "meta": {"id": "7a3d0c9e-6f2b-4c55-9d1e-0a4f5b6c7d8e", "stream": "shop.order.placed"},
    "order_id": 4711,
    "payment_method": "card",
    "prices": {"9780131103627": 4999},
}
REFUSED = [{"order_id": "x"}, {"order_id": 0}, {"payment_method": "cash"}, {"meta": {}}, {"prices": {"a": "b"}}]
ALLOWED = {"__future__", "typing", "typing_extensions", "enum", "datetime", "uuid", "pydantic", "msgspec"}


@contextmanager
def module_of(text: str) -> Iterator[ModuleType]:
    """The module that a text is the source of, imported."""
    name = "types_under_test"
    spec = importlib.util.spec_from_loader(name, loader=None)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(compile(text, name, "exec"), vars(module))
        yield module
    finally:
        del sys.modules[name]


def converted(event: Any, type_: Any) -> Any:
    """An event as a value of a generated type, whatever kind that is; raises what its library raises."""
    is_model = isinstance(type_, type) and issubclass(type_, BaseModel)
    return TypeAdapter(type_).validate_python(event) if is_model else msgspec.convert(event, type_)


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    """A working directory outside of the example repository, which is a base."""
    return Scratch(tmp_path)


BASE = str(example_repository() / "jsonschema")


def made(there: Scratch, *arguments: str) -> str:
    done = there.jst("types", *arguments, "-u", BASE)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout)


@pytest.mark.parametrize("kind", KINDS)
class TestEachKind:
    def test_an_event_is_one_and_a_wrong_one_is_none(self, shop: Scratch, kind: str) -> None:
        with module_of(made(shop, "shop/order/placed", "--to", kind)) as module:
            converted(ORDER, module.ShopOrderPlaced)
            wrong = REFUSED if kind != "typeddict" else [each for each in REFUSED if each != {"order_id": 0}]
            for change in wrong:
                with pytest.raises((ValidationError, msgspec.ValidationError)):
                    converted({**ORDER, **change}, module.ShopOrderPlaced)

    def test_what_is_read_is_written_as_it_was(self, shop: Scratch, kind: str) -> None:
        with module_of(made(shop, "shop/order/placed", "--to", kind)) as module:
            event = converted(ORDER, module.ShopOrderPlaced)
            text = (
                event.model_dump_json(by_alias=True, exclude_unset=True)
                if kind == "pydantic"
                else msgspec.json.encode(event)
            )
            assert json.loads(text) == ORDER

    def test_it_is_the_same_each_time_wherever_it_runs(self, shop: Scratch, kind: str) -> None:
        text = made(shop, "shop/order/placed", "--to", kind)
        shop.write(
            "pyproject.toml",
            "[tool.black]\nline-length = 20\n[tool.isort]\nprofile = 'black'\n[tool.datamodel-codegen]\nsnake-case-field = true\n",
        )
        assert made(shop, "/shop/order/placed/1.2.0", "--to", kind) == text
        head = text.splitlines()[:2]
        assert head[0].startswith("# The events of /shop/order/placed/1.2.0, sha256 ")
        assert head[1].startswith(
            f"# Made by `jst types shop/order/placed@1.2.0 --to {kind}` (datamodel-code-generator "
        )
        assert str(shop.root) not in text
        assert text.endswith("\n")

    @pytest.mark.search
    def test_a_type_checker_takes_it(self, shop: Scratch, kind: str) -> None:
        made(
            shop, "shop/order/placed", "shop/cart/changed", "legacy/newsletter_click", "--to", kind, "--output", "types"
        )
        shop.write("types/use.py", USE[kind])
        paths = sorted(map(str, (shop.root / "types").glob("*.py")))
        assert len(paths) == 4
        command = [sys.executable, "-m", "mypy", "--strict", *paths]
        done = subprocess.run(command, cwd=shop.root / "types", capture_output=True, text=True, check=False)
        assert done.stdout.splitlines()[-1:] == ["Success: no issues found in 4 source files"], (
            done.stdout + done.stderr
        )
        wrong = shop.write("types/wrong.py", USE[kind].replace('"card"', '"cash"'))
        done = subprocess.run(
            [*command[:4], str(wrong)], cwd=shop.root / "types", capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "cash" in done.stdout or "payment_method" in done.stdout


_CLASSES = """\
import datetime
import uuid
from shop_order_placed import {meta}, ShopOrderPlaced

event = ShopOrderPlaced(
    field_schema="/shop/order/placed/1.2.0", dt={dt}, meta={meta}(id={id}, stream="a"), order_id=1, payment_method="card"
)
number: int = event.order_id
"""
USE = {
    "pydantic": _CLASSES.format(meta="Meta", dt="datetime.datetime.now(datetime.timezone.utc)", id="uuid.uuid4()"),
    "msgspec": _CLASSES.format(meta="MetaModel", dt='"2026-01-01T00:00:00Z"', id='"a"'),
    "typeddict": 'from shop_order_placed import ShopOrderPlaced\n\nevent: ShopOrderPlaced = {"$schema": "a", "dt": "b", "meta": {"id": "a", "stream": "b"}, "order_id": 1, "payment_method": "card"}\nnumber: int = event["order_id"]\n',
}


class TestOutput:
    def test_one_to_a_file(self, shop: Scratch) -> None:
        assert made(shop, "shop/order/placed@^1.1", "--to", "msgspec", "--output", "order.py") == "write order.py\n"
        assert shop.read("order.py") == made(shop, "shop/order/placed@1.2.0", "--to", "msgspec")

    def test_several_into_a_folder(self, shop: Scratch) -> None:
        text = made(shop, "shop/order/placed", "shop/cart/changed", "--to", "msgspec", "--output", "events")
        assert text == "write events/shop_order_placed.py\nwrite events/shop_cart_changed.py\n"

    @pytest.mark.parametrize(
        ("arguments", "message", "remedy"),
        [
            (["shop/order/placed", "shop/cart/changed"], "2 schemas make as many modules", "--output DIR"),
            (["shop/order/placed", "shop/cart/changed", "--output", "a.py"], "and this is one file", "Name a folder"),
            (["shop/order/placed@1.1.0", "shop/order/placed@1.2.0", "--output", "a"], "would both be there", "a --output of its own"),
            (["shop/order/placed", "--output", "none/a.py"], "cannot be written", "Create its folder."),
            (["shop/order/placed@9.9.9"], "was not found under any base URI", "Correct the reference"),
            (["shop/order/paid"], "no base URI has a version of /shop/order/paid", "jst resolve --trace /shop/order/paid/latest"),
        ],
    )  # fmt: skip
    def test_misuse(self, shop: Scratch, arguments: list[str], message: str, remedy: str) -> None:
        done = shop.jst("types", *arguments, "--to", "msgspec", "-u", BASE)
        assert done.exit_code in (1, 2)
        assert message in done.stderr
        assert remedy in done.stderr
        assert shop.snapshot() == {}

    def test_a_kind_that_there_is_not(self, shop: Scratch) -> None:
        assert shop.jst("types", "a", "--to", "dataclass").exit_code == 2

    def test_without_the_extra(self, shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "datamodel_code_generator", None)
        done = shop.jst("types", "shop/order/placed", "--to", "msgspec", "-u", BASE)
        assert done.exit_code == 2
        assert "remedy: `pip install 'datamodel-code-generator" in done.stderr
        assert "jsonschema-tools" not in done.stderr  # a name that is not ours on an index


class TestStrangers:
    """What a schema says becomes a type, a name, or a text: never code."""

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "schema",
        [
            {"customBasePath": "os.path.evil", "type": "object", "properties": {"a": {"customTypePath": "os.system"}}},
            {"x-python-import": {"module": "os", "name": "system"}, "type": "object", "properties": {"a": {"x-python-type": "os.system"}}},
            {"type": "object", "description": 'a """\nimport os\n"""\\', "properties": {'a"\nimport os\n#': {"description": '"""\nimport os\n"""'}}},
            {"type": "object", "properties": {"a": {"type": "string", "default": '"+__import__("os")+"', "pattern": '"""\nimport os'}}},
            {"type": "object", "properties": {"a": {"enum": ["a'\"\nimport os", "__import__('os')"], "x-enum-varnames": ["a=1\nimport os", "b"]}}},
            {"type": "object", "properties": {"a": {"$ref": "/etc/passwd"}, "b": {"$ref": "http://127.0.0.1:9/x"}, "c": {"$ref": "file:///etc/passwd"}}},
            {"type": "object", "properties": {"a": {"default": {"$ref": "/etc/passwd"}}, "b": {"enum": [{"$ref": "file:///etc/passwd"}]}}},
            {"type": "object", "title": '"""\nimport os', "definitions": {"import os": {"type": "object", "properties": {"os": {"type": "integer"}}}}, "properties": {"a": {"$ref": "#/definitions/import os"}}},
        ],
        ids=range(8),
    )  # fmt: skip
    def test_no_code_of_theirs(self, schema: dict[str, Any], kind: str) -> None:
        text, _ = python_types(schema, 'x"""\nimport os\n', kind)
        tree = ast.parse(text)
        imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert all(isinstance(node, ast.ImportFrom) and node.module in ALLOWED for node in imports)
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert called <= {"Field", "ConfigDict", "Meta", "field", "TypedDict", "TypeAliasType"}
        assert "passwd" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert "root:" not in text.replace("root: Any", "")

    @pytest.mark.parametrize("schema", [True, {"type": "object", "properties": {"a": {"default": 10**5000}}}])
    def test_what_cannot_be_made_is_told(self, schema: Any) -> None:
        with pytest.raises(SchemaError, match="datamodel-code-generator makes no types of this") as caught:
            python_types(schema, "a", "pydantic")
        assert caught.value.remedy

    def test_texts_that_are_no_unicode(self) -> None:
        with pytest.raises(SchemaError, match="surrogates"):
            python_types({"type": "object", "description": "\ud800", "properties": {"a": {}}}, "a", "pydantic")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"$id": "/a/1.0.0", "x-y": 1, "type": "object", "examples": [1]}, {"type": "object"}),
        ({"properties": {"x-y": {"x-y": 1}, "$id": {"nullable": True}}}, {"properties": {"x-y": {}, "$id": {}}}),
        ({"items": [{"x": 1}, True], "not": {"x": 1}}, {"items": [{}, True], "not": {}}),
        ({"default": {"x-y": 1}}, {"default": {"x-y": 1}}),
        ({"format": "uuid"}, {"format": "uuid"}),
        ({"format": "uri"}, {}),
        ({"enum": [1, {}]}, {}),
        ({"enum": [1, None], "const": "a"}, {"enum": [1, None], "const": "a"}),
        ({"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}),
        ({"$ref": "#name"}, {}),
        (True, True),
    ],
)
def test_what_the_generator_is_given(schema: Any, expected: Any) -> None:
    assert plain(schema, frozenset({"uuid"})) == expected


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("shop/order/placed", "ShopOrderPlaced"),
        ("development/w3c-report_v2", "DevelopmentW3cReportV2"),
        ("1/a", "Event1A"),
        ("größe", "Größe"),
        ("", "Event"),
        ("none", "EventNone"),
    ],
)
def test_the_name_of_the_class(title: str, name: str) -> None:
    assert class_name(title) == name


def test_references_out_of_a_released_file_are_followed(scratch: Scratch) -> None:
    scratch.write("base/part/1.0.0.yaml", "$id: /part/1.0.0\nproperties: {n: {type: integer}}\nrequired: [n]\n")
    scratch.write(
        "base/whole/1.0.0.yaml", "$id: /whole/1.0.0\ntype: object\nproperties: {part: {$ref: ../part/1.0.0}}\n"
    )
    scratch.write(".jsonschema-tools.yaml", "schemaBaseUris: [base]\n")
    [module] = make_types(["whole"], "msgspec", load_config(scratch.root))
    with module_of(module.text) as found:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"part": {}}, found.Whole)
        assert msgspec.convert({"part": {"n": 1}}, found.Whole).part.n == 1


CORPUS = WMF_PRIMARY / "jsonschema"
TITLES = sorted(path.parent.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("current.yaml"))


def _latest(title: str) -> Any:
    return SchemaStore([str(CORPUS)]).retrieve(f"/{title}/latest")


@pytest.mark.search
@pytest.mark.skipif(not WMF_PRIMARY.is_dir(), reason=NO_CORPUS)
class TestARealRepository:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("title", TITLES)
    def test_the_types_take_the_examples(self, title: str, kind: str) -> None:
        document = _latest(title)
        text, _ = python_types(document, title, kind)
        with module_of(text) as module:
            type_ = getattr(module, class_name(title))
            for example in document.get("examples", []):
                converted(example, type_)

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_type_checker_takes_all_of_them(self, tmp_path: Path, kind: str) -> None:
        for number, title in enumerate(TITLES):
            (tmp_path / f"m{number}.py").write_text(python_types(_latest(title), title, kind)[0], "utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout == f"Success: no issues found in {len(TITLES)} source files\n", done.stdout


def test_what_the_page_shows(tmp_path: Path) -> None:
    there = Path(shutil.copytree(example_repository(), tmp_path / "example-repo", symlinks=True))
    commands = next(commands for commands, _ in told("docs/consumers.md") if commands.startswith("pip"))
    done = shell(there, commands.partition("\n")[2])
    assert done.stdout.splitlines() == [
        "write order.py",
        "write events/shop_order_placed.py",
        "write events/shop_cart_changed.py",
    ]
