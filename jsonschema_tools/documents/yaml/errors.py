"""What libyaml says about a text, in plain words with a remedy."""

from __future__ import annotations

import re
from typing import Any

import yaml

from jsonschema_tools.documents.limits import FLATTER, TOO_DEEP
from jsonschema_tools.errors import DocumentError, Position

_Translation = tuple[re.Pattern[str], str, str]

_TRANSLATIONS: tuple[_Translation, ...] = tuple(
    (re.compile(pattern, re.DOTALL), message, remedy)
    for pattern, message, remedy in (
        # libyaml 0.2.6 has a limit of its own, which it reaches before it hands over the events that lead there.
        (r"maximum nesting depth", TOO_DEEP, FLATTER),
        (r"tab character|cannot start any token .\t", "a tab is used for indentation", "Indent with spaces."),
        (
            r"cannot start any token .([@`%])",
            "a value cannot begin with {0!r}",
            "Put the value in quotes.",
        ),
        (
            r"mapping values are not allowed",
            "there is a second ':' on the line, or the line is indented too far",
            "Put a value that contains ': ' in quotes; otherwise align the line with its siblings.",
        ),
        (
            r"sequence entries are not allowed",
            "a list item '- ' stands where no list can begin",
            "Put the list on a line of its own below its key.",
        ),
        (
            r"mapping keys are not allowed",
            "an explicit key '? ' stands where no mapping can begin",
            "Put the value in quotes, or the mapping on a line of its own.",
        ),
        (
            r"quoted scalar.*(?:end of stream|document indicator)",
            "the quote that opens here is never closed",
            "Close the quote; inside single quotes write '' for an apostrophe.",
        ),
        (
            r"quoted scalar.*(?:unknown escape|escape code|hexadecimal)",
            "the string has a backslash escape that does not exist",
            "Write \\\\ for a backslash, or use single quotes.",
        ),
        (
            r"parsing a flow sequence",
            "the list that opens with '[' here goes wrong or is never closed",
            "Separate the items with commas and close the list with ']'.",
        ),
        (
            r"parsing a flow mapping",
            "the mapping that opens with '{{' here goes wrong or is never closed",
            "Separate the entries with commas and close the mapping with '}'.",
        ),
        (
            r"parsing a flow node",
            "an item or a key is missing before this",
            "Remove the extra comma or colon, or write null or ''.",
        ),
        (
            r"parsing a block (?:collection|sequence)",
            "the line is neither an item of the list above nor aligned with anything",
            "Align it with its siblings; every item of a list begins with '- '.",
        ),
        (
            r"parsing a block mapping",
            "the line does not fit into the mapping above",
            "Align it with its siblings, each a 'key: value'; quote values that begin with a quote or bracket.",
        ),
        (
            r"scanning a simple key",
            "the line is not a 'key: value'",
            "Put a space after the colon of a key; indent the lines that continue a value.",
        ),
        (
            r"scanning a block scalar",
            "the header of a '|' or '>' text has something it cannot have",
            "After | or > only an indentation digit 1-9, a + or - and a comment may follow.",
        ),
        (
            r"scanning (?:an anchor|an alias)",
            "the name of an anchor '&' or alias '*' is missing or has other than letters, digits, '-' and '_'",
            "Rename it, or quote a value that begins with & or *.",
        ),
        (
            r"scanning a directive",
            "the line begins with '%', but is not a directive",
            "Put quotes around a key or value that begins with %.",
        ),
        (
            r"scanning a tag|parsing a tag|tag handle",
            "the tag '!' is malformed",
            "Remove it, or put the value in quotes.",
        ),
        (
            r"expected <document start>",
            "something follows the end of the document",
            "Indent the line or remove it; a file holds one document.",
        ),
        (
            r"found unexpected ':'",
            "a ':' stands right before a bracket or comma",
            "Put a space behind the colon.",
        ),
        (r"block node", "a value is missing here", "Write the value, or null."),
    )
)
REFUSALS: dict[str, tuple[str, str]] = {
    "second document": ("a second document begins here", "Keep one document in a file; remove the '---'."),
    "glued marker": ("text follows '---' without a space", "Put the text in quotes, or on a line of its own."),
    "block header": ("something follows the {style!r} directly", "Put a space before the comment, or remove it."),
    "root block": (
        "the whole document is a {style!r} text, and it is not clear where that ends",
        "Put the text in quotes, or below a key.",
    ),
    "control character": (
        "the value contains the control character {character}",
        'Remove it, or write it as an escape in double quotes: "\\u0007".',
    ),
    "number": ("the number has too many digits", "Put it in quotes, or shorten it."),
    "tag before line": ("a tag stands on the line before its value", "Put both on one line."),
    "unfit": ("the value is not what its tag {tag} says", "Remove the tag or correct the value."),
    "unknown tag": ("the tag {tag} is not supported", "Remove the tag, or quote the value."),
    "glued name": (
        "{character!r} follows the name of an anchor or alias directly",
        "Put a space between them, or quote the value.",
    ),
    "unknown alias": ("no anchor &{name} stands before this alias", "Define &{name} first, or quote the value."),
    "cycle": ("the anchor &{name} contains itself", "Write the part that repeats once, and refer to it with $ref."),
    "lost anchor": (
        "the anchor &{name} has nothing behind it on its line",
        "Write the value, or null, right behind &{name}.",
    ),
    "bomb": ("the aliases stand for more than {limit} values", "Use fewer aliases of what contains aliases."),
    "empty item": ("this item follows an empty item of a list further right", "Write null for the empty item."),
    "flow key": ("a '?' is not followed by a space and a key", "Put the key in quotes."),
    "first key": (
        "an anchor or tag stands before the first key of a mapping, on the same line",
        "Put it on the line before if it belongs to the mapping; otherwise remove it.",
    ),
    "duplicate": ("the key {key!r} stands twice in this mapping", "Remove or rename one of them."),
}
"""What js-yaml does not take, or reads in a way that nobody means: message and remedy."""

_AT_THE_BEGINNING = re.compile(r"never closed")


def position_of(mark: Any) -> Position:
    """Ours counts from 1, PyYAML's from 0."""
    return Position(mark.line + 1, mark.column + 1)


def is_about_a_tab(error: yaml.YAMLError, text: str) -> bool:
    """Whether libyaml stumbled over a tab."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return False
    return "tab character" in (error.problem or "") or _character_at(error, text) == "\t"


def translate(error: yaml.MarkedYAMLError, text: str, source: str) -> DocumentError:
    """libyaml's complaint as a `DocumentError` with the place that is most of use to a reader."""
    complaint = f"{error.context or ''} {error.problem or ''} ."
    complaint = complaint.replace("any token .", f"any token .{_character_at(error, text)}")
    message, remedy = "the text is not valid YAML", "Check the line and the one above it."
    for pattern, meaning, cure in _TRANSLATIONS:
        match = pattern.search(complaint)
        if match is not None:
            message, remedy = meaning.format(*match.groups()), cure
            break
    mark = error.problem_mark
    if error.context_mark is not None and (mark is None or _AT_THE_BEGINNING.search(message)):
        mark = error.context_mark
    return DocumentError(message, source=source, position=None if mark is None else position_of(mark), remedy=remedy)


def _character_at(error: yaml.MarkedYAMLError, text: str) -> str:
    mark = error.problem_mark
    return "" if mark is None else text[mark.index : mark.index + 1]
