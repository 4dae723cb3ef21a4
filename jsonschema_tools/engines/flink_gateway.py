"""Flink's SQL gateway over HTTP: a session, statements one after the other, their rows.

Source: Flink, "SQL Gateway REST endpoint", version 2 of the API.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from jsonschema_tools.engines.model import EngineError, Job
from jsonschema_tools.errors import UsageError

_SECONDS = 30.0
_BETWEEN = 0.2
_ENDED = ("FINISHED", "CANCELED", "CLOSED", "ERROR", "TIMEOUT")


def run_by_gateway(job: Job, url: str, show: Callable[[str], None]) -> int:
    """Run a job by a gateway: what a query gives is shown, a line for each row. The exit code.

    A job that writes goes on in the cluster when this ends. Raises `EngineError` where the gateway does not answer, or
    refuses a statement.
    """
    session = Session(url, dict(job.settings))
    try:
        for jar in job.jars:
            session.run(f"ADD JAR '{jar}'")
        for statement in job.tables:
            session.run(statement)
        for statement in job.asked:
            for row in session.rows(statement):
                show(row)
    finally:
        session.close()
    return 0


class Session:
    """A session of a gateway.

    Args:
        url: that of the gateway: ``http://localhost:8083``.
        settings: what the session is told.
    """

    def __init__(self, url: str, settings: dict[str, str]) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise UsageError(f"{url!r} is no URL of a gateway", remedy="Write it as http://localhost:8083.")
        self._url = url.rstrip("/") + "/"
        self._session = f"v2/sessions/{self._asked('POST', 'v2/sessions', {'properties': settings})['sessionHandle']}"

    def run(self, statement: str) -> None:
        """Run a statement to its end."""
        for _ in self.rows(statement):
            pass

    def rows(self, statement: str) -> Iterator[str]:
        """What a statement gives, a row a line, with its kind of change first. Left early, it is cancelled."""
        operation = self._asked("POST", f"{self._session}/statements", {"statement": statement})["operationHandle"]
        at = f"{self._session}/operations/{operation}"
        following: str | None = f"{at}/result/0?rowFormat=JSON"
        try:
            while following:
                answer = self._asked("GET", following)
                for row in answer.get("results", {}).get("data", ()):
                    yield _line(row)
                following = answer.get("nextResultUri")
                if answer["resultType"] == "NOT_READY":
                    time.sleep(_BETWEEN)
                if answer["resultType"] == "EOS":
                    following = None
        finally:
            with suppress(EngineError):
                self._asked("POST" if following else "DELETE", f"{at}/{'cancel' if following else 'close'}")

    def close(self) -> None:
        """End the session."""
        with suppress(EngineError):
            self._asked("DELETE", self._session)

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None and method != "POST" else json.dumps(body or {}).encode()
        request = Request(
            urljoin(self._url, path.removeprefix("/")),
            data=data,
            method=method,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        try:
            with urlopen(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except HTTPError as error:
            raise EngineError(
                f"the gateway refuses: {_reason(error)}", remedy="Mend the query or the setting."
            ) from None
        except (URLError, OSError, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise EngineError(
                f"no gateway answers at {self._url}: {reason}", remedy="Start one: `sql-gateway.sh start`."
            ) from None


def _line(row: dict[str, Any]) -> str:
    kinds = {"INSERT": "+I", "UPDATE_BEFORE": "-U", "UPDATE_AFTER": "+U", "DELETE": "-D"}
    fields = (each if isinstance(each, str) else json.dumps(each) for each in row["fields"])
    return "  ".join([kinds.get(row.get("kind", "INSERT"), "+I"), *fields])


def _reason(error: HTTPError) -> str:
    """The last cause that the gateway names, without where in Java it was."""
    try:
        errors = json.load(error)["errors"]
        lines = [line for line in str(errors[-1]).split("\n") if line.strip()]
    except (ValueError, KeyError, IndexError, TypeError):
        return f"{error.code} {error.reason}"
    causes = [line for line in lines if line.startswith("Caused by: ")]
    told = (causes or lines)[-1].removeprefix("Caused by: ")
    return told.partition(": ")[2] or told
