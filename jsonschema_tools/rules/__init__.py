"""The rules: one file each, registered here by name. Their order is the order of reports."""

from __future__ import annotations

from jsonschema_tools.rules.compatibility import version_compatibility
from jsonschema_tools.rules.robustness import (
    deterministic_types,
    enforced_numeric_bounds,
    examples_schema_matches,
    examples_valid,
    required_properties_exist,
    secure,
    snake_case_properties,
    valid,
)
from jsonschema_tools.rules.structure import (
    content_types_equal,
    content_types_exist,
    current_exists,
    current_is_greatest,
    current_matches_materialized,
    extensionless_link,
    files_are_readable,
    id_matches_path,
    latest_links,
    no_extensionless_current,
    one_directory,
    released_versions_are_immutable,
    released_versions_are_kept,
    skips_match,
    title,
    title_matches_directory,
)

RULES = (
    files_are_readable.RULE,
    skips_match.RULE,
    one_directory.RULE,
    title_matches_directory.RULE,
    current_exists.RULE,
    no_extensionless_current.RULE,
    current_is_greatest.RULE,
    current_matches_materialized.RULE,
    latest_links.RULE,
    content_types_exist.RULE,
    extensionless_link.RULE,
    title.RULE,
    id_matches_path.RULE,
    content_types_equal.RULE,
    released_versions_are_kept.RULE,
    released_versions_are_immutable.RULE,
    valid.RULE,
    secure.RULE,
    snake_case_properties.RULE,
    deterministic_types.RULE,
    required_properties_exist.RULE,
    examples_schema_matches.RULE,
    examples_valid.RULE,
    enforced_numeric_bounds.RULE,
    version_compatibility.RULE,
)
