"""Keep a repository of versioned JSON Schemas: materialize, look up, and never break a released version.

The names below are the library; they are loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_tools.compatibility.changes import diff
    from jsonschema_tools.compatibility.comparison import compare
    from jsonschema_tools.compatibility.kinds import describe_change
    from jsonschema_tools.compatibility.model import Change, Comparison
    from jsonschema_tools.containment.model import Answer, Containment, Witness
    from jsonschema_tools.errors import (
        ConfigurationError,
        DocumentError,
        GitError,
        MergeConflict,
        Position,
        ReferenceCycle,
        RetrievalError,
        SchemaError,
        SchemaToolsError,
        TemplateError,
        UnresolvableReference,
        UsageError,
        WrongDocument,
    )
    from jsonschema_tools.events.model import EventError, Obstacle, Verdict
    from jsonschema_tools.events.targets import Target
    from jsonschema_tools.events.validation import EventValidator
    from jsonschema_tools.lookup.opening import open_store
    from jsonschema_tools.lookup.store import SchemaStore
    from jsonschema_tools.lookup.streams import Streams
    from jsonschema_tools.model import (
        GitAdd,
        Listing,
        Plan,
        Release,
        ReleasedVersionChanged,
        Remove,
        Repository,
        SchemaDirectory,
        SchemaFile,
        SchemaListing,
        Symlink,
        WriteFile,
    )
    from jsonschema_tools.reports.check import render
    from jsonschema_tools.repository.configuration import load_config
    from jsonschema_tools.repository.discovery import discover
    from jsonschema_tools.rules.engine import run
    from jsonschema_tools.rules.model import (
        Check,
        Context,
        Family,
        Finding,
        NotApplicable,
        Place,
        Problem,
        Profile,
        Report,
        Result,
        Rule,
        Severity,
        Status,
        Subject,
        Summary,
    )
    from jsonschema_tools.rules.repository import Collection, Title, VersionPair
    from jsonschema_tools.rules.selection import Selection
    from jsonschema_tools.rules.subjects import current_files, every_file, every_title, released_files, version_pairs
    from jsonschema_tools.settings import Config, EventSettings
    from jsonschema_tools.use_cases.check import check, check_staged, plan
    from jsonschema_tools.use_cases.list import list_schemas
    from jsonschema_tools.use_cases.materialize import carry_out, materialize, plan_all, plan_modified, plan_paths
    from jsonschema_tools.use_cases.sql import QueryResult, query_events
    from jsonschema_tools.use_cases.status import status
    from jsonschema_tools.use_cases.title_status import Due, TitleStatus
    from jsonschema_tools.use_cases.transform import dereference, materialized, to_text
    from jsonschema_tools.use_cases.validate import validate, validate_events, validate_files

__version__ = "0.1.0"

_MODULES = {
    "jsonschema_tools.compatibility.changes": "diff",
    "jsonschema_tools.compatibility.comparison": "compare",
    "jsonschema_tools.compatibility.kinds": "describe_change",
    "jsonschema_tools.compatibility.model": "Change Comparison",
    "jsonschema_tools.containment.model": "Answer Containment Witness",
    "jsonschema_tools.errors": (
        "ConfigurationError DocumentError GitError MergeConflict Position ReferenceCycle RetrievalError"
        " SchemaError SchemaToolsError TemplateError UnresolvableReference UsageError WrongDocument"
    ),
    "jsonschema_tools.events.model": "EventError Obstacle Verdict",
    "jsonschema_tools.events.targets": "Target",
    "jsonschema_tools.events.validation": "EventValidator",
    "jsonschema_tools.lookup.opening": "open_store",
    "jsonschema_tools.lookup.store": "SchemaStore",
    "jsonschema_tools.lookup.streams": "Streams",
    "jsonschema_tools.model": (
        "GitAdd Listing Plan Release ReleasedVersionChanged Remove Repository SchemaDirectory SchemaFile"
        " SchemaListing Symlink WriteFile"
    ),
    "jsonschema_tools.reports.check": "render",
    "jsonschema_tools.repository.configuration": "load_config",
    "jsonschema_tools.repository.discovery": "discover",
    "jsonschema_tools.rules.engine": "run",
    "jsonschema_tools.rules.model": (
        "Check Context Family Finding NotApplicable Place Problem Profile Report Result Rule Severity Status"
        " Subject Summary"
    ),
    "jsonschema_tools.rules.repository": "Collection Title VersionPair",
    "jsonschema_tools.rules.selection": "Selection",
    "jsonschema_tools.rules.subjects": "current_files every_file every_title released_files version_pairs",
    "jsonschema_tools.settings": "Config EventSettings",
    "jsonschema_tools.use_cases.check": "check check_staged plan",
    "jsonschema_tools.use_cases.list": "list_schemas",
    "jsonschema_tools.use_cases.materialize": "carry_out materialize plan_all plan_modified plan_paths",
    "jsonschema_tools.use_cases.sql": "QueryResult query_events",
    "jsonschema_tools.use_cases.status": "status",
    "jsonschema_tools.use_cases.title_status": "Due TitleStatus",
    "jsonschema_tools.use_cases.transform": "dereference materialized to_text",
    "jsonschema_tools.use_cases.validate": "validate validate_events validate_files",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}

__all__ = [
    "Answer",
    "Change",
    "Check",
    "Collection",
    "Comparison",
    "Config",
    "ConfigurationError",
    "Containment",
    "Context",
    "DocumentError",
    "Due",
    "EventError",
    "EventSettings",
    "EventValidator",
    "Family",
    "Finding",
    "GitAdd",
    "GitError",
    "Listing",
    "MergeConflict",
    "NotApplicable",
    "Obstacle",
    "Place",
    "Plan",
    "Position",
    "Problem",
    "Profile",
    "QueryResult",
    "ReferenceCycle",
    "Release",
    "ReleasedVersionChanged",
    "Remove",
    "Report",
    "Repository",
    "Result",
    "RetrievalError",
    "Rule",
    "SchemaDirectory",
    "SchemaError",
    "SchemaFile",
    "SchemaListing",
    "SchemaStore",
    "SchemaToolsError",
    "Selection",
    "Severity",
    "Status",
    "Streams",
    "Subject",
    "Summary",
    "Symlink",
    "Target",
    "TemplateError",
    "Title",
    "TitleStatus",
    "UnresolvableReference",
    "UsageError",
    "Verdict",
    "VersionPair",
    "Witness",
    "WriteFile",
    "WrongDocument",
    "carry_out",
    "check",
    "check_staged",
    "compare",
    "current_files",
    "dereference",
    "describe_change",
    "diff",
    "discover",
    "every_file",
    "every_title",
    "list_schemas",
    "load_config",
    "materialize",
    "materialized",
    "open_store",
    "plan",
    "plan_all",
    "plan_modified",
    "plan_paths",
    "query_events",
    "released_files",
    "render",
    "run",
    "status",
    "to_text",
    "validate",
    "validate_events",
    "validate_files",
    "version_pairs",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
