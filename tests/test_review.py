"""`jst review`: one page for each kind of branch."""

from __future__ import annotations

import json
import re
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from markdown_it import MarkdownIt

from jsonschema_tools.repository.codeowners import owners_of, sections
from tests.conftest import Scratch
from tests.test_mistakes import FRAGMENT, ORDER, base  # noqa: F401 (a fixture)

CASES = Path(__file__).with_name("cases") / "reports"
OWNERS = yaml.safe_load((CASES / "codeowners.yaml").read_text("utf-8"))
SCHEMA = validator_for(
    json.loads(files("jsonschema_tools").joinpath("reports/review/review.schema.json").read_text("utf-8"))
)
CURRENT = "jsonschema/shop/order/current.yaml"
COMMON = "jsonschema/fragment/common/current.yaml"
HOSTILE = "</details><script>x</script> | @someone ](javascript:x) `x` ``` ::error::x"


def new_title(there: Scratch) -> None:
    there.write("jsonschema/shop/cart/current.yaml", ORDER.replace("shop/order", "shop/cart"))
    there.jst("materialize")


def added(there: Scratch) -> None:
    text = ORDER.replace("order/1.0.0", "order/1.1.0")
    there.write(
        CURRENT,
        text.replace("    required:", "      note: {type: string, maxLength: 9, description: A note.}\n    required:"),
    )
    there.jst("materialize")


def broken(there: Scratch, version: str = "2.0.0") -> None:
    text = (
        ORDER.replace("order/1.0.0", f"order/{version}")
        .replace("[new, paid]", "[paid]")
        .replace("status: new", "status: paid")
    )
    there.write(CURRENT, text)
    there.jst("materialize")


def broken_by_a_minor_version(there: Scratch) -> None:
    broken(there, "1.1.0")


def another_type(there: Scratch) -> None:
    text = ORDER.replace("order/1.0.0", "order/2.0.0").replace("order_id: 1", "order_id: a")
    there.write(CURRENT, text.replace("type: integer\n", "type: string\n        maxLength: 9\n"))
    there.jst("materialize")


def fragment(there: Scratch) -> None:
    there.write(
        COMMON,
        FRAGMENT.replace("1.0.0", "1.1.0") + "  source: {type: string, maxLength: 9, description: From where.}\n",
    )
    for name in ("order", "cart"):
        text = ORDER.replace("order/1.0.0", "order/1.1.0").replace("common/1.0.0", "common/1.1.0")
        there.write(f"jsonschema/shop/{name}/current.yaml", text.replace("shop/order", f"shop/{name}"))
    there.jst("materialize")


def allowed_and_retired(there: Scratch) -> None:
    entry = "allow: [{title: shop/order, versions: [1.1.0], pointer: /properties/status/enum, kind: enum-narrowed, reason: nobody is new}]\n"
    there.write(".jsonschema-tools.yaml", there.read(".jsonschema-tools.yaml") + entry)
    broken(there, "1.1.0")
    there.jst("retire", "fragment/common", "--reason", "Replaced.")
    there.jst("bump", "fragment/common")
    there.jst("materialize")


def removed(there: Scratch) -> None:
    shutil.rmtree(there.root / "jsonschema/shop/order")


def field_removed(there: Scratch) -> None:
    """Under `declared` no event is refused; the readers of the field are broken all the same."""
    status = ORDER[ORDER.index("      status:") : ORDER.index("    required:")]
    text = ORDER.replace(status, "").replace(", status: new", "")
    there.write(CURRENT, text.replace("order/1.0.0", "order/2.0.0"))
    there.jst("materialize")


def only_tests(there: Scratch) -> None:
    event = {"dt": "2026-01-01T00:00:00Z", "order_id": 1}
    there.write("jsonschema/shop/order/tests/events.yaml", json.dumps({"valid": [event]}))


def not_bumped(there: Scratch) -> None:
    there.write(CURRENT, ORDER.replace("paid]", "paid, shipped]"))


def unreadable(there: Scratch) -> None:
    there.write(CURRENT, ORDER + "x: [\n")


def hostile(there: Scratch) -> None:
    note = json.dumps(HOSTILE)
    text = (
        ORDER.replace("order/1.0.0", "order/1.1.0")
        .replace("[new, paid]", f"[{note}]")
        .replace("status: new", f"status: {note}")
    )
    there.write(
        CURRENT,
        text.replace(
            "    required:", f"      {note}: {{type: string, maxLength: 9, description: {note}}}\n    required:"
        ),
    )
    there.jst("materialize")


BRANCHES = {
    each.__name__: each
    for each in (
        new_title, added, broken, broken_by_a_minor_version, another_type, fragment, allowed_and_retired, removed, field_removed, only_tests,
        not_bumped, unreadable, hostile,
    )
}  # fmt: skip
FAILED = {"broken_by_a_minor_version", "removed", "not_bumped", "unreadable", "hostile"}


def without_commits(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{10}\b", "COMMIT", text)


@pytest.fixture(scope="module", params=BRANCHES)
def branch(request: pytest.FixtureRequest, base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Scratch]:  # noqa: F811
    there = Scratch(Path(shutil.copytree(base, tmp_path_factory.mktemp("review") / "repository", symlinks=True)))
    there.write("CODEOWNERS", "* @everyone\n/jsonschema/shop/ @shop\n")
    there.commit()
    there.git("checkout", "--quiet", "-b", "work")
    BRANCHES[request.param](there)
    return request.param, there


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_golden(branch: tuple[str, Scratch], format_: str) -> None:
    name, there = branch
    result = there.jst("review", "--format", format_)
    assert result.exit_code == (1 if name in FAILED else 0)
    assert without_commits(result.stdout) == (CASES / "review" / f"{name}.{format_}").read_text("utf-8")


def test_the_documentation_shows_a_page() -> None:
    page = (CASES / "review" / "broken_by_a_minor_version.text").read_text("utf-8")
    assert page in (CASES.parents[2] / "docs" / "review.md").read_text("utf-8")


def test_json_is_what_its_schema_says(branch: tuple[str, Scratch]) -> None:
    name, there = branch
    document = json.loads(there.jst("review", "--format", "json").stdout)
    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    assert document["failed"] == (name in FAILED)
    assert document["against"] == "main"


def test_markdown_is_inert(branch: tuple[str, Scratch]) -> None:
    """Only what this program writes is markup: nothing of a schema is HTML, a link, or a mention."""
    _, there = branch
    page = there.jst("review", "--format", "markdown").stdout
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    inline = [child for token in tokens for child in token.children or ()]
    assert not {token.type for token in inline} & {"link_open", "image", "html_inline"}
    html = {token.content.strip() for token in tokens if token.type == "html_block"}
    assert all(re.fullmatch(r"</details>|<details><summary>[^<>`@]*</summary>", block) for block in html)
    lines = page.splitlines()
    assert sum(line.startswith("<details>") for line in lines) == lines.count("</details>")
    assert not re.search("@[a-z]", "".join(token.content for token in inline if token.type == "text"))


def test_nothing_to_review(base: Path, tmp_path: Path) -> None:  # noqa: F811
    there = Scratch(Path(shutil.copytree(base, tmp_path / "repository", symlinks=True)))
    result = there.jst("review")
    assert (result.exit_code, result.stdout) == (0, "no schema changed since main\n")
    there.git("checkout", "--quiet", "-b", "work")
    there.git("branch", "--quiet", "-D", "main")
    result = there.jst("review")
    assert result.exit_code == 2
    assert "jst review --against main" in result.stderr
    assert there.jst("review", "--against", "none").exit_code == 2
    (there.root / ".git").rename(there.root / "git")
    assert "not in a Git repository" in there.jst("review").stderr


@pytest.mark.parametrize("case", OWNERS, ids=lambda case: case["text"])
def test_owners(case: dict[str, Any]) -> None:
    known = sections(case["text"])
    assert {path: list(owners_of(path, known)) for path in case["owners"]} == case["owners"]


@given(st.text(st.sampled_from("ab*?/\\[]^# @\n"), max_size=60), st.text(st.sampled_from("ab/"), max_size=8))
def test_any_file_of_owners_can_be_read(text: str, path: str) -> None:
    assert all(owner for owner in owners_of(path, sections(text)))


def main() -> None:
    """Write the golden files: `python -m tests.test_review`; read the difference before it is committed."""
    from tempfile import TemporaryDirectory

    for name, make in BRANCHES.items():
        with TemporaryDirectory() as folder:
            there = Scratch(Path(folder))
            _make_base(there)
            make(there)
            for format_ in ("text", "markdown"):
                path = CASES / "review" / f"{name}.{format_}"
                path.parent.mkdir(exist_ok=True)
                path.write_text(without_commits(there.jst("review", "--format", format_).stdout), "utf-8")


def _make_base(there: Scratch) -> None:
    there.git("init", "--quiet", "--initial-branch", "main")
    there.jst("init", ".")
    there.write(COMMON, FRAGMENT)
    there.write(CURRENT, ORDER)
    there.jst("materialize")
    there.write("CODEOWNERS", "* @everyone\n/jsonschema/shop/ @shop\n")
    there.commit()
    there.git("checkout", "--quiet", "-b", "work")


if __name__ == "__main__":
    main()
