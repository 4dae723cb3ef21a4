"""The closed vocabulary of changes, in the words of JSON Schema, and how each is said in a sentence."""

from __future__ import annotations

from typing import Any, Final

from jsonschema_tools.compatibility.facts import canonical
from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.documents.pointers import unescape_token
from jsonschema_tools.documents.values import describe
from jsonschema_tools.schemas.vocabulary import type_of

KINDS: Final = {
    "draft-changed": "the draft of JSON Schema changed from {old} to {new}",
    "forbidden": "nothing is valid here any more",
    "permitted": "values are valid here where none was",
    "type-widened": "the type was widened from {old} to {new}",
    "type-narrowed": "the type was narrowed from {old} to {new}",
    "type-changed": "the type changed from {old} to {new}",
    "enum-added": "only {new} are allowed now",
    "enum-removed": "the list of allowed values was removed: {old}",
    "enum-extended": "the enum gained {gained}",
    "enum-narrowed": "the enum lost {lost}",
    "enum-changed": "the enum gained {gained} and lost {lost}",
    "const-added": "the value must be {new} now",
    "const-removed": "the value need not be {old} any more",
    "const-changed": "the value must be {new}, it was {old}",
    "minimum-added": "a minimum of {new} was added",
    "minimum-removed": "the minimum of {old} was removed",
    "minimum-raised": "the minimum was raised from {old} to {new}",
    "minimum-lowered": "the minimum was lowered from {old} to {new}",
    "maximum-added": "a maximum of {new} was added",
    "maximum-removed": "the maximum of {old} was removed",
    "maximum-raised": "the maximum was raised from {old} to {new}",
    "maximum-lowered": "the maximum was lowered from {old} to {new}",
    "exclusive-minimum-added": "an exclusive minimum of {new} was added",
    "exclusive-minimum-removed": "the exclusive minimum of {old} was removed",
    "exclusive-minimum-raised": "the minimum was raised from {old} to {new}, exclusive",
    "exclusive-minimum-lowered": "the minimum was lowered from {old} to {new}, exclusive",
    "exclusive-maximum-added": "an exclusive maximum of {new} was added",
    "exclusive-maximum-removed": "the exclusive maximum of {old} was removed",
    "exclusive-maximum-raised": "the maximum was raised from {old} to {new}, exclusive",
    "exclusive-maximum-lowered": "the maximum was lowered from {old} to {new}, exclusive",
    "multiple-of-added": "values must be multiples of {new} now",
    "multiple-of-removed": "values need not be multiples of {old} any more",
    "multiple-of-widened": "values must be multiples of {new}, they had to be of {old}",
    "multiple-of-narrowed": "values must be multiples of {new}, they had to be of {old}",
    "multiple-of-changed": "values must be multiples of {new}, they had to be of {old}",
    "min-length-added": "a minLength of {new} was added",
    "min-length-removed": "the minLength of {old} was removed",
    "min-length-raised": "minLength was raised from {old} to {new}",
    "min-length-lowered": "minLength was lowered from {old} to {new}",
    "max-length-added": "a maxLength of {new} was added",
    "max-length-removed": "the maxLength of {old} was removed",
    "max-length-raised": "maxLength was raised from {old} to {new}",
    "max-length-lowered": "maxLength was lowered from {old} to {new}",
    "pattern-added": "strings must match {new} now",
    "pattern-removed": "strings need not match {old} any more",
    "pattern-changed": "strings must match {new}, they had to match {old}",
    "format-added": "strings must have the format {new} now",
    "format-removed": "strings need not have the format {old} any more",
    "format-changed": "the format changed from {old} to {new}",
    "property-added": "the property {name} was added",
    "property-removed": "the property {name} was removed",
    "required-added": "the property {new} is required now",
    "required-removed": "the property {old} is not required any more",
    "min-properties-added": "at least {new} properties are needed now",
    "min-properties-removed": "the minimum of {old} properties was removed",
    "min-properties-raised": "minProperties was raised from {old} to {new}",
    "min-properties-lowered": "minProperties was lowered from {old} to {new}",
    "max-properties-added": "at most {new} properties are allowed now",
    "max-properties-removed": "the maximum of {old} properties was removed",
    "max-properties-raised": "maxProperties was raised from {old} to {new}",
    "max-properties-lowered": "maxProperties was lowered from {old} to {new}",
    "additional-properties-closed": "properties that are not declared are forbidden now",
    "additional-properties-opened": "properties that are not declared are allowed now",
    "additional-properties-added": "properties that are not declared must match a schema now",
    "additional-properties-removed": "properties that are not declared may be anything now",
    "unevaluated-properties-closed": "properties that no keyword evaluates are forbidden now",
    "unevaluated-properties-opened": "properties that no keyword evaluates are allowed now",
    "unevaluated-properties-added": "properties that no keyword evaluates must match a schema now",
    "unevaluated-properties-removed": "properties that no keyword evaluates may be anything now",
    "pattern-property-added": "a schema for properties that match {name} was added",
    "pattern-property-removed": "the schema for properties that match {name} was removed",
    "property-names-added": "names of properties must match a schema now",
    "property-names-removed": "names of properties may be anything now",
    "dependent-required-added": "with {name} more properties are required now: {gained}",
    "dependent-required-removed": "with {name} fewer properties are required: {lost}",
    "dependent-required-changed": "with {name} other properties are required: not {lost}, but {gained}",
    "dependent-schema-added": "with {name} the object must match a schema now",
    "dependent-schema-removed": "with {name} the object need not match a schema any more",
    "items-closed": "items are forbidden now",
    "items-opened": "items are allowed now",
    "items-added": "items must match a schema now",
    "items-removed": "items may be anything now",
    "prefix-item-added": "a schema for item {name} was added",
    "prefix-item-removed": "the schema for item {name} was removed",
    "additional-items-closed": "items beyond those declared by position are forbidden now",
    "additional-items-opened": "items beyond those declared by position are allowed now",
    "additional-items-added": "items beyond those declared by position must match a schema now",
    "additional-items-removed": "items beyond those declared by position may be anything now",
    "unevaluated-items-closed": "items that no keyword evaluates are forbidden now",
    "unevaluated-items-opened": "items that no keyword evaluates are allowed now",
    "unevaluated-items-added": "items that no keyword evaluates must match a schema now",
    "unevaluated-items-removed": "items that no keyword evaluates may be anything now",
    "min-items-added": "at least {new} items are needed now",
    "min-items-removed": "the minimum of {old} items was removed",
    "min-items-raised": "minItems was raised from {old} to {new}",
    "min-items-lowered": "minItems was lowered from {old} to {new}",
    "max-items-added": "at most {new} items are allowed now",
    "max-items-removed": "the maximum of {old} items was removed",
    "max-items-raised": "maxItems was raised from {old} to {new}",
    "max-items-lowered": "maxItems was lowered from {old} to {new}",
    "unique-items-added": "items must differ from each other now",
    "unique-items-removed": "items need not differ from each other any more",
    "contains-added": "an item that matches a schema is needed now",
    "contains-removed": "no item that matches a schema is needed any more",
    "min-contains-added": "the least number of matching items is {new} now",
    "min-contains-removed": "the least number of matching items is 1 again, it was {old}",
    "min-contains-raised": "the least number of matching items was raised from {old} to {new}",
    "min-contains-lowered": "the least number of matching items was lowered from {old} to {new}",
    "max-contains-added": "the most matching items are {new} now",
    "max-contains-removed": "the maximum of {old} matching items was removed",
    "max-contains-raised": "the most matching items were raised from {old} to {new}",
    "max-contains-lowered": "the most matching items were lowered from {old} to {new}",
    "any-of-added": "one of several schemas must match now",
    "any-of-removed": "none of the anyOf need match any more",
    "any-of-branch-added": "a branch of the anyOf was added",
    "any-of-branch-removed": "a branch of the anyOf was removed",
    "one-of-added": "exactly one of several schemas must match now",
    "one-of-removed": "the oneOf was removed",
    "one-of-branch-added": "a branch of the oneOf was added",
    "one-of-branch-removed": "a branch of the oneOf was removed",
    "not-added": "what matches a schema is forbidden now",
    "not-removed": "what matches a schema is not forbidden any more",
    "condition-added": "a condition (if) was added",
    "condition-removed": "a condition (if) was removed",
    "default-added": "a default of {new} was added",
    "default-removed": "the default of {old} was removed",
    "default-changed": "the default changed from {old} to {new}",
    "deprecated-added": "it is deprecated now",
    "deprecated-removed": "it is not deprecated any more",
    "deprecated-changed": "deprecated changed from {old} to {new}",
    "annotation-added": "{name} was added",
    "annotation-removed": "{name} was removed",
    "annotation-changed": "{name} changed",
}
"""Every kind of change, with the sentence that says it."""

DECLARATIONS: Final = frozenset({"property-added", "property-removed"})
"""What is declared: a change for readers, also where the same events are valid."""

MEANINGS: Final = frozenset(
    {"draft-changed", "default-added", "default-removed", "default-changed"}
    | {"deprecated-added", "deprecated-removed", "deprecated-changed"}
)
"""What readers are told beside what is valid."""

ANNOTATIONS: Final = frozenset({"annotation-added", "annotation-removed", "annotation-changed"})
"""What changes nothing for a program."""

CONSTRAINTS: Final = frozenset(KINDS) - DECLARATIONS - MEANINGS - ANNOTATIONS
"""What changes which events are valid."""

_MOST_VALUES = 5


def describe_change(change: Change) -> str:
    """The change as one sentence, with the JSON Pointer in the new version, or in the old where it is gone."""
    pointer = change.new_pointer if change.new_pointer is not None else change.old_pointer
    return f"{pointer or '/'}: {words(change)}"


def words(change: Change) -> str:
    """The change as one sentence, without its place."""
    pointer = change.new_pointer if change.new_pointer is not None else change.old_pointer
    name = unescape_token((pointer or "").rpartition("/")[2])
    if not change.kind.startswith(("annotation", "prefix")):
        name = repr(name)
    sides = ((change.old, change.old_pointer), (change.new, change.new_pointer))
    of_types = change.kind.startswith("type-")
    old, new = (_types_said(value, at) if of_types else _said(value) for value, at in sides)
    return KINDS[change.kind].format(
        old=old,
        new=new,
        name=name,
        gained=_said(_beyond(change.new, change.old)),
        lost=_said(_beyond(change.old, change.new)),
    )


def _beyond(values: Any, others: Any) -> list[Any]:
    known = {canonical(value) for value in _listed(others)}
    return [value for value in _listed(values) if canonical(value) not in known]


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [] if values is None else [values]


def _types_said(value: Any, pointer: str | None) -> str:
    """The types that a ``type`` names, else those of the values that are listed; any where neither is there."""
    if pointer is None:
        return "any type"
    return _said(value if pointer.endswith("/type") else sorted({type_of(item) for item in _listed(value)}))


def _said(value: Any) -> str:
    if not isinstance(value, list) or not value or any(isinstance(item, (dict, list)) for item in value):
        return describe(value)
    more = len(value) - _MOST_VALUES
    return ", ".join(map(describe, value[:_MOST_VALUES])) + (f" and {more} more" if more > 0 else "")
