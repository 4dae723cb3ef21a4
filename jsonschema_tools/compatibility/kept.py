"""What is kept of compared versions between runs: two documents, compared by one program, are compared for ever."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from jsonschema_tools.compatibility.identity import Same
from jsonschema_tools.documents.digests import digest_of
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import REFERENCES

T = TypeVar("T")


class Known(Protocol):
    """Results of earlier runs. A key holds all that a result was made of, but for the program."""

    def get(self, key: bytes) -> Any:
        """What was kept under a key; ``None`` for nothing."""

    def keep(self, key: bytes, value: Any) -> None:
        """Keep a value, made of plain data and of the values of the program, for later runs."""


class Comparisons:
    """Results of comparing documents as some settings have it, by the documents."""

    def __init__(self, known: Known, settings: Hashable) -> None:
        self._known = known
        self._settings = settings
        self._digests: dict[Same, bytes | None] = {}

    def key(self, kind: str, documents: Sequence[Document]) -> bytes | None:
        """The key of a result; ``None`` where one of the documents does not say all that it means."""
        digests = [self.digest(document) for document in documents]
        return None if None in digests else digest_of(kind, self._settings, digests)

    def get(self, key: bytes | None) -> Any:
        """What is known; ``None`` for nothing."""
        return None if key is None else self._known.get(key)

    def keep(self, key: bytes | None, value: Any) -> None:
        """Keep a result."""
        if key is not None:
            self._known.keep(key, value)

    def once(self, kind: str, documents: Sequence[Document], make: Callable[[], T]) -> T:
        """What is known, else what is made now, which is known from then on."""
        key = self.key(kind, documents)
        found: T | None = self.get(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found

    def digest(self, document: Document) -> bytes | None:
        """The digest of a document; ``None`` where it does not say all that it means."""
        same = Same(document)
        if same not in self._digests:
            try:
                self._digests[same] = digest_of(document) if is_self_contained(document) else None
            except RecursionError:
                self._digests[same] = None
        return self._digests[same]


class Line(Generic[T]):
    """What is known of a version and those before it, the nearest first: a row holds as long as it and all nearer ones
    are about the same documents."""

    def __init__(self, kept: Comparisons, document: Document) -> None:
        self._kept = kept
        self._key = kept.key("line", [document])
        self._rows: list[tuple[bytes, T]] = kept.get(self._key) or []
        self._sure = 0

    def row(self, number: int, document: Document) -> T | None:
        """What is known of the version and an older one; rows are asked for in order."""
        self._sure = min(self._sure, number)
        if self._sure < number or number >= len(self._rows) or self._rows[number][0] != self._kept.digest(document):
            return None
        self._sure = number + 1
        return self._rows[number][1]

    def add(self, number: int, document: Document, value: T) -> None:
        """Keep a row; those behind it are about something else."""
        digest = self._kept.digest(document)
        del self._rows[number:]
        if digest is not None and len(self._rows) == number:
            self._rows.append((digest, value))
            self._sure = number + 1
            self._kept.keep(self._key, self._rows)


def is_self_contained(document: Document) -> bool:
    """Whether a schema says all that it means itself: what it refers to, if anything, is in it."""
    pending: list[tuple[Any, bool]] = [(document, True)]
    refers = has_ids = False
    while pending:
        value, is_root = pending.pop()
        if isinstance(value, dict):
            references = [value[keyword] for keyword in REFERENCES if keyword in value]
            if not all(isinstance(text, str) and text.startswith("#") for text in references):
                return False
            refers = refers or bool(references)
            has_ids = has_ids or (not is_root and ("$id" in value or "id" in value))
            pending += ((item, False) for item in value.values())
        elif isinstance(value, list):
            pending += ((item, False) for item in value)
    return not (refers and has_ids)
