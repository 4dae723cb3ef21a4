"""Which document a schema URI leads to, over several folders.

Beyond upstream, a name is also found with an extension; a slash or ``/.`` at the end, or an encoded slash, do no harm;
``..`` is refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsonschema_tools.errors import RetrievalError
from jsonschema_tools.lookup.store import SchemaStore
from tests.conftest import examples
from tests.upstream.oracle import Oracle, encode

NAMES = ["user/1.0.0.yaml", "user/2.0.0", "user/a b", "user/ä", "user/p%41", "user/a#b", "only/3.0.0"]
STEPS = ["/", "//", "/./", "user", "only", "1.0.0", "1.0.0.yaml", "latest", "2.0.0", "3.0.0", "a%20b", "a b", "a%23b"]
STEPS += ["ä", "%C3%A4", "p%41", "p%2541", "none"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lookup")
    for base in ("a", "b"):
        for name in NAMES if base == "a" else NAMES[:-1]:
            file = root / base / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"title: {base}/{name}\n")
        (root / base / "user/1.0.0").symlink_to("1.0.0.yaml")
        (root / base / "user/latest").symlink_to("1.0.0")
    return root


@settings(max_examples=examples(100))
@given(
    st.lists(
        st.sampled_from(["{}/a", "{}/a/", "{}/b", "file://{}/b", "file://{}/b/", "{}/none"]), min_size=1, max_size=3
    ),
    st.sampled_from(["/", "/user/", "//user//", "/only/"]),
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=3),
)
def test_the_same_document_is_found(
    oracle: Oracle, folder: Path, bases: list[str], start: str, steps: list[str]
) -> None:
    uri = start + "".join(steps).rstrip("/.")
    bases = [base.format(folder) for base in bases]
    answer = oracle.ask("lookup", uri=uri, options={"schemaBaseUris": bases})
    try:
        found = encode(SchemaStore(bases).retrieve(uri))
    except RetrievalError:
        found = None
    assert found == answer.get("value")
