"""Opening the `SchemaStore` of a configuration."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from jsonschema_tools.files import cache_directory
from jsonschema_tools.lookup.store import SchemaStore
from jsonschema_tools.release.identity import NamingFields
from jsonschema_tools.release.planning import Overlay
from jsonschema_tools.settings import Config


def open_store(
    config: Config, *, offline: bool = False, overlay: Overlay | None = None, exact: Container[str] = ()
) -> SchemaStore:
    """The look-up of schemas by URI over the configured base URIs."""
    return SchemaStore(config.schema_base_uris, overlay=overlay, exact=exact, **store_settings(config, offline=offline))


def store_settings(config: Config, *, offline: bool) -> dict[str, Any]:
    """What a configuration says of the look-up, beside its base URIs; it can be sent to other processes."""
    return {
        "allowed_hosts": config.allowed_ref_hosts,
        "cache_directory": cache_directory(),
        "cached_since": config.cached_since,
        "naming": NamingFields(config.schema_version_field, config.schema_title_field),
        "offline": offline,
    }
