"""What a validator asserts beside the keywords of its draft: formats by one table, and nothing about content.

A draft of JSON Schema lists the formats of its time only, and so does the validator of that draft. A schema that says
``format: uuid`` means UUIDs whatever its draft is, so each format is judged as the newest draft has it. A name that is
not in the table is an annotation, and so are ``contentMediaType`` and ``contentEncoding``, in every draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

FORMATS = frozenset(
    {"date", "date-time", "time", "duration"}
    | {"email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"}
    | {"uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid"}
    | {"json-pointer", "relative-json-pointer", "regex"}
)

IsOfFormat = Callable[[str], bool]
"""Whether a text is of a format; raises `UnicodeEncodeError` for half of a surrogate pair."""

_REFUSED_BY_SOME = ("(", "%", "/~", "not a {", "\\", "", "a b")
"""Texts of which each format but the loosest refuses some."""


@cache
def checker(name: str) -> IsOfFormat:
    """The judge of a format of the table."""
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"format": name}, validate_formats=True).is_valid


@cache
def added_checkers() -> Mapping[str, IsOfFormat]:
    """The judges of the formats that a validator of the oldest draft does not know, by name.

    Given to the validator of any draft, that one asserts all of the table: drafts only ever added formats.
    """
    from jsonschema_rs import Draft4Validator

    def is_added(name: str) -> bool:
        known = Draft4Validator({"format": name}, validate_formats=True)
        return all(known.is_valid(text) for text in _REFUSED_BY_SOME)

    return MappingProxyType({name: checker(name) for name in sorted(FORMATS) if is_added(name)})


class _Annotation:
    """A keyword that refuses nothing."""

    def __init__(self, _schema: Any, _value: Any, _path: Any) -> None:
        pass

    def validate(self, _instance: Any) -> None:
        """Nothing is wrong."""


def assertions(formats: Mapping[str, IsOfFormat] = MappingProxyType({})) -> dict[str, Any]:
    """The arguments that make a validator of jsonschema-rs assert so, at every door alike.

    ``formats`` are judges that stand for those of the table.
    """
    return {
        "validate_formats": True,
        "formats": {**added_checkers(), **formats},
        "keywords": {"contentMediaType": _Annotation, "contentEncoding": _Annotation},
    }
