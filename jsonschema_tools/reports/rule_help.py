"""The documentation of a rule taken apart: what it asks for, why, an example of what it finds, what to do instead."""

from __future__ import annotations

import re

_PART = re.compile(r"^(Why|Example|Instead):\s*", re.MULTILINE)


def parts(documentation: str) -> list[tuple[str, str]]:
    """The name and the text of each part, in order: ``What`` first, the others as the documentation has them."""
    texts = ["What", *_PART.split(documentation)]
    return [(name, text.strip()) for name, text in zip(texts[::2], texts[1::2], strict=True)]
