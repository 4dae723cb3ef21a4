"""How the running program was installed."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution

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
