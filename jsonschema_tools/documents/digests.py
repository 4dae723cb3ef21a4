"""Digests of values: the same in every run for values that are the same to the last digit and key, in their order."""

from __future__ import annotations

import io
import pickle
from hashlib import sha256
from types import MappingProxyType
from typing import Any


def digest_of(*values: Any) -> bytes:
    """A digest of values: documents, settings, texts. Raises `RecursionError` for what nests too deeply."""
    text = io.BytesIO()
    pickler = _Values(text, protocol=5)
    # What is the same object twice, and what only equals it, have one digest.
    pickler.fast = True
    pickler.dump(values)
    return sha256(text.getbuffer()).digest()


class _Values(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Mappings that cannot be changed are mappings."""
        return (dict, (dict(value),)) if isinstance(value, MappingProxyType) else NotImplemented
