"""How the running program was installed, and what an extra of it needs."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution, requires

NAME = "jsonschema-tools"


def source() -> str | None:
    """What pip installs to get the program that runs; ``None`` where nobody else can install from there.

    That is a commit of a repository, or an archive with its digest. A name and a version alone are none: whoever owns
    the name on an index would run their program in CI. Source: PEP 610 (direct_url.json), PEP 508 (``name @ URL``).
    """
    try:
        text = distribution(NAME).read_text("direct_url.json")
        found = json.loads(text or "{}")
    except (PackageNotFoundError, ValueError):
        return None
    url, vcs, archive = (found.get(key) for key in ("url", "vcs_info", "archive_info"))
    if not isinstance(url, str) or "://" not in url or url.startswith("file:"):
        return None
    if isinstance(vcs, dict) and vcs.get("commit_id"):
        folder = f"#subdirectory={found['subdirectory']}" if found.get("subdirectory") else ""
        return f"{NAME} @ {vcs['vcs']}+{url}@{vcs['commit_id']}{folder}"
    digest = archive.get("hashes", {}).get("sha256") if isinstance(archive, dict) else None
    return f"{NAME} @ {url}#sha256={digest}" if digest else None


def remedy_of(extra: str) -> str:
    """The command that installs the packages of an extra, by their own names: ours belongs to nobody yet on an index,
    and whoever took it there would run their program here."""
    mark = re.compile(rf"extra == ['\"]{extra}['\"]")
    found = (requirement.partition(";") for requirement in requires(NAME) or ())
    names = [name.strip() for name, _, marker in found if mark.search(marker)]
    return f"`pip install {' '.join(f'{chr(39)}{name}{chr(39)}' for name in names)}`"
