"""Where no release branch is found, the reason and the command that brings one."""

from __future__ import annotations

import pytest

from jsonschema_tools.release.branches import Ref, release_refs
from jsonschema_tools.release.standing import Unknown

HEAD = Ref("work", "a" * 40)


@pytest.mark.parametrize(
    ("remotes", "reason", "remedy"),
    [
        (["upstream"], "upstream has no HEAD", "`git fetch upstream main:refs/remotes/upstream/main`"),
        (["backup", "upstream"], "backup, upstream have no HEAD", "`git fetch backup main:"),
        (["backup", "origin"], "backup, origin have no HEAD", "`git fetch origin main:"),
    ],
)
def test_the_remote_to_fetch_from_is_named(remotes: list[str], reason: str, remedy: str) -> None:
    found = release_refs({"refs/heads/work": (HEAD.commit, "")}, remotes, None, HEAD)
    assert isinstance(found, Unknown)
    assert reason in found.reason
    assert remedy in found.remedy
