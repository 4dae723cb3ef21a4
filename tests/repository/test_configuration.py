"""The configuration file: found, checked against its schema, made a `Config`."""

from __future__ import annotations

import dataclasses
import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.documents.writing import to_yaml
from jsonschema_tools.errors import ConfigurationError, SchemaToolsError
from jsonschema_tools.repository.configuration import CONFIG_NAME, load_config, read_settings, settings_schema
from jsonschema_tools.settings import Config
from tests.conftest import Scratch


def configure(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".jsonschema-tools.yaml"
    path.write_text(text, "utf-8")
    return path


def snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()


def test_schema_and_code_name_the_same_keys() -> None:
    keys = {snake(key) for key in settings_schema()["properties"]}
    assert keys == {field.name for field in dataclasses.fields(Config)} - {
        "root",
        "path",
        "release_refs",
        "cached_since",
    }
    jsonschema.Draft7Validator.check_schema(settings_schema())


def check_defaults(key: str, value: Any, schema: dict[str, Any]) -> None:
    """A setting without a default in the schema has none in the code."""
    if dataclasses.is_dataclass(value):
        assert schema["default"] == {}
        for inner, described in schema["properties"].items():
            check_defaults(inner, getattr(value, snake(inner)), described)
    else:
        value = dict(value) if isinstance(value, Mapping) else list(value) if isinstance(value, tuple) else value
        assert value == schema.get("default"), key


def test_schema_and_code_have_the_same_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    for key, schema in settings_schema()["properties"].items():
        if "default" in schema and key != "schemaBasePath":
            value: Any = getattr(config, snake(key))
            check_defaults(key, value, schema)
    assert config.schema_base_path == tmp_path
    assert config.schema_base_uris == (str(tmp_path),)


def test_every_key_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    for key, schema in settings_schema()["properties"].items():
        assert schema["description"]
        assert f"`{key}`" in page


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path / "a", "schemaBasePath: ./schemas/\nschemaBaseUris: [./schemas/, https://example.org/s]\n")
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("a"))
    assert config.root == tmp_path / "a"
    assert config.schema_base_path == tmp_path / "a/schemas"
    assert config.schema_base_uris == (str(tmp_path / "a/schemas"), "https://example.org/s")


def test_the_nearest_parent_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, "currentName: edit\n")
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    assert load_config().current_file_name == "edit.yaml"


def test_a_base_without_a_file_is_where_the_schemas_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(tmp_path, "schemaBasePath: elsewhere\ncontentTypes: [json]\n")
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path)
    config = load_config(Path("a"))
    assert config.schema_base_path == tmp_path / "a"
    assert config.schema_base_uris == (str(tmp_path / "a"),)
    assert config.current_file_name == "current.json"


def test_a_later_file_and_the_overrides_win(tmp_path: Path) -> None:
    one = configure(tmp_path / "one", "currentName: one\nlogLevel: info\nschemaBasePath: here\n")
    two = configure(tmp_path / "two", "currentName: two\n")
    config = load_config(config_paths=[one, two], overrides={"contentTypes": ["json"]})
    assert (config.current_name, config.log_level, config.content_types) == ("two", "info", ("json",))
    assert config.schema_base_path == tmp_path / "one/here"


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n"])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    configure(tmp_path, text)
    assert load_config(tmp_path).content_types == ("yaml", "json")


@pytest.mark.parametrize("text", ["enforcedNumericBounds: false\n", "enforcedNumericBounds:\n"])
def test_bounds_can_be_off(tmp_path: Path, text: str) -> None:
    configure(tmp_path, text)
    assert load_config(tmp_path).enforced_numeric_bounds is None


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("contentTypes: [yaml]\nschemaBasPath: x\n", "unknown key 'schemaBasPath'", 2),
        ("\nshouldDereference: maybe\n", "shouldDereference", 2),
        ("contentTypes: [yaml, xml]\n", "contentTypes", 1),
        ("contentTypes: []\n", "contentTypes", 1),
        ("skipSchemaTestCases: {x: y}\n", "skipSchemaTestCases", 1),
        ("enforcedNumericBounds: [1]\n", "enforcedNumericBounds", 1),
        ("enforcedNumericBounds: true\n", "enforcedNumericBounds", 1),
        ("ignoreSchemas: ['(']\n", "no regular expression", None),
        ("- a\n", "must be a mapping", None),
        ("a: [\n", "", 1),
        ("currentName: a/b\n", "currentName", 1),
        ("logLevel: loud\n", "logLevel", 1),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, message: str, line: int | None) -> None:
    path = configure(tmp_path, text)
    with pytest.raises(SchemaToolsError) as caught:
        load_config(tmp_path)
    assert message in caught.value.message
    assert caught.value.source == str(path)
    assert caught.value.exit_code == 2
    assert caught.value.remedy
    if line is not None:
        assert caught.value.position is not None
        assert caught.value.position.line in (line, line + 1)


def test_the_nearest_known_key_is_named(tmp_path: Path) -> None:
    configure(tmp_path, "schemaBasPath: x\n")
    with pytest.raises(ConfigurationError) as caught:
        load_config(tmp_path)
    assert caught.value.remedy == "Did you mean 'schemaBasePath'?"


def test_it_can_be_sent_to_another_process(tmp_path: Path) -> None:
    """Where a process cannot begin as a copy, as on macOS."""
    (tmp_path / CONFIG_NAME).write_text("schemaBasePath: .\nserve: {kafka: {bootstrap.servers: 'a:1'}}\n")
    config = load_config(tmp_path)
    assert pickle.loads(pickle.dumps(config)) == config


def test_a_missing_file_or_folder_is_an_error(tmp_path: Path) -> None:
    for call in (lambda: load_config(tmp_path / "no"), lambda: load_config(config_paths=[tmp_path / "no.yaml"])):
        with pytest.raises(ConfigurationError):
            call()


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["yaml", "json", "debug", "x", "", "a/b"]),
    st.lists(st.one_of(st.sampled_from(["yaml", "json", "x", ""]), st.integers(0, 2)), max_size=3),
    st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.lists(st.just("c"), max_size=1), st.just(1)), max_size=2),
)  # fmt: skip


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*settings_schema()["properties"], "other"]), VALUES, max_size=3))
def test_the_code_takes_what_the_schema_takes(
    tmp_path_factory: pytest.TempPathFactory, given_settings: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("configuration")
    configure(folder, to_yaml(given_settings))
    try:
        jsonschema.Draft7Validator(settings_schema()).validate(given_settings)
    except jsonschema.ValidationError:
        with pytest.raises(ConfigurationError):
            load_config(folder)
    else:
        load_config(folder)


@pytest.mark.parametrize(
    "pattern", ["^/(?<team>[a-z]+)/", r"^/\p{L}+/", "[^]", r"[\w-.]", "(?<=/)x", "a{99999999999999999999}"]
)
def test_regular_expressions_are_those_of_ecmascript(tmp_path: Path, pattern: str) -> None:
    configure(tmp_path, f"ignoreSchemas: ['{pattern}']\nskipSchemaTestCases: {{'{pattern}': []}}\n")
    assert load_config(tmp_path).ignore_schemas == (pattern,)


@pytest.mark.parametrize(
    ("pattern", "remedy"),
    [
        ("(?P<team>a)", "Write `(?<team>...)` for a group with a name."),
        ("(?P<a>x)(?P=a)", "Write `(?<a>...)` for a group with a name."),
        ("(?i)a", "Leave out the flags; for both cases of a letter write a set such as `[Aa]`."),
        ("(?i:a)", "Leave out the flags; for both cases of a letter write a set such as `[Aa]`."),
        ("(?#c)a", "Leave out the comment."),
        ("a++", "Leave out the second `+`: there are no possessive quantifiers."),
        ("(?>a)", "Leave out `>`: there are no atomic groups."),
        ("a{,2}", r"Write `{0,2}`, or `\{` for the character."),
        (r"\A/a", "Write `^` for the beginning of the text."),
        (r"/a\Z", "Write `$` for the end of the text."),
        ("(", "Write a regular expression as JavaScript has it (ECMA-262)."),
    ],
)
def test_other_regular_expressions_are_refused_with_a_remedy(tmp_path: Path, pattern: str, remedy: str) -> None:
    path = configure(tmp_path, f"\nignoreSchemas:\n- a\n- '{pattern}'\n")
    with pytest.raises(ConfigurationError) as caught:
        load_config(tmp_path)
    error = caught.value
    assert error.message.startswith(f"ignoreSchemas: {pattern!r} is no regular expression: ")
    assert (error.location, error.remedy) == (f"{path}:4:3", remedy)


def test_a_regular_expression_that_takes_too_long_stops_nothing_else(scratch: Scratch) -> None:
    scratch.write(".jsonschema-tools.yaml", "schemaBasePath: jsonschema\nignoreSchemas: ['^/(a+)+\\1[$]']\n")
    for name in ("a" * 90, "b"):
        scratch.write(f"jsonschema/{name}/current.yaml", f"title: {name}\n$id: /{name}/1.0.0\ntype: object\n")
    run = scratch.jst("materialize")
    assert "it cannot be decided whether" in run.stderr
    assert "remedy: Make the pattern simpler" in run.stderr
    assert run.exit_code == 2


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        ("schemaBasepath: x", "unknown key 'schemaBasepath'", "Did you mean 'schemaBasePath'?"),
        ("zzz: x", "unknown key 'zzz'", "Known keys: allow, "),
        ("contentTypes: [yml]", "contentTypes: 'yml' is not one of 'yaml', 'json'", "Did you mean 'yaml'?"),
        ("profile: recomended", "profile: 'recomended' is not one of 'upstream', 'recommended'", "Did you mean 'recommended'?"),
        ("compatibility: bakward", "compatibility: 'bakward' is not one of 'wikimedia', ", "Did you mean 'backward'?"),
        ("rules: {structure-title: of}", "rules: 'of' is not one of 'error', 'warning', 'off'", "Did you mean 'off'?"),
        ("rules: {structure-title: 3}", "rules: 3 is not one of 'error', 'warning', 'off'", "From the id of a rule to "),
        ("allow: [{title: a}]", "allow: 'reason' is missing", "Intended breaks: {title, versions: "),
        ("allow: [{titel: a, versions: ['1.0.0'], reason: x}]", "allow: unknown key 'titel'", "Did you mean 'title'?"),
        ("schemaRules: [{id: x, mesage: y}]", "schemaRules: unknown key 'mesage'", "Did you mean 'message'?"),
        ("schemaRules: [{id: x, message: y, schema: {}}]", 'schemaRules: {} is not of type "string"', "Rules of your own: "),
        ("enforcedNumericBounds: 1", "enforcedNumericBounds: 1 is not one of false, null", "minimum and maximum "),
        ("enforcedNumericBounds: [1]", "enforcedNumericBounds: [1] has less than 2 items, or: ", "minimum and maximum "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_words(tmp_path: Path, line: str, message: str, remedy: str) -> None:
    path = tmp_path / ".jsonschema-tools.yaml"
    path.write_text(f"logLevel: warn\n{line}\n")
    with pytest.raises(ConfigurationError) as caught:
        load_config(tmp_path)
    assert caught.value.message.startswith(message)
    assert str(caught.value.remedy).startswith(remedy)
    assert caught.value.position is not None and caught.value.position.line == 2


@pytest.mark.parametrize(
    "value", [".inf", ".nan", "1e400", "1.10000000000000000001", "2026-01-01", "!!binary aGk=", "7" * 5000]
)
@pytest.mark.parametrize(
    "key", ["enforcedNumericBounds", "compatibilitySteps", "allow", "dryRun", "rules", "schemaBasePath"]
)
@pytest.mark.parametrize("form", ["{}", "[{}]", "{{a: {{b: {}}}}}"])
def test_values_that_json_does_not_have_are_refused(tmp_path: Path, key: str, value: str, form: str) -> None:
    path = tmp_path / CONFIG_NAME
    path.write_text(f"{key}: {form.format(value)}\n", "utf-8")
    try:
        read_settings(path)
    except SchemaToolsError as error:
        assert error.source == str(path)
        assert error.remedy
