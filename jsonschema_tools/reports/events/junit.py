"""The report on events as JUnit XML: a test case for each schema, failed when events of it were refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

from jsonschema_tools.events.report import EventReport
from jsonschema_tools.events.summary import NO_SCHEMA
from jsonschema_tools.reports.escaping import fault_line, log_line
from jsonschema_tools.reports.wording import counted

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: EventReport, shown: Callable[[str], str] = str) -> str:
    """A test suite; the failure of a schema tells of those of its refused events that are kept."""
    schemas = sorted(report.summary.schemas.items())
    failures = sum(schema.refused > 0 for _, schema in schemas)
    suite = ElementTree.Element("testsuite", name="jst validate", tests=str(len(schemas)), failures=str(failures))
    details: dict[str, list[str]] = {}
    for refusal in report.refusals:
        errors = "; ".join(fault_line(error.pointer, error.message, "the event") for error in refusal.verdict.errors)
        uri = refusal.verdict.schema_uri or NO_SCHEMA
        line = f"{refusal.place(shown)}: {errors}"
        details.setdefault(uri, []).append(line.replace("\n", "\\n"))
    for uri, schema in schemas:
        case = ElementTree.SubElement(suite, "testcase", classname="events", name=_text(uri))
        if schema.refused:
            message = f"{schema.refused} of {counted(schema.valid + schema.refused, 'event')} refused"
            failure = ElementTree.SubElement(case, "failure", message=message)
            failure.text = _text("\n".join(details.get(uri, ())))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _text(text: str) -> str:
    """Text with a replacement for every character that XML cannot have; what is left can be seen, and no line of it is
    a command to a CI system."""
    return "\n".join(log_line(_NOT_XML.sub("\ufffd", line)) for line in text.split("\n"))
