"""A job for Flink in this very process: run by a Python that has PyFlink, with the job as JSON on standard input.

It imports nothing of ours, since PyFlink pins old packages and often has an environment of its own. What a query gives
is printed as Flink prints it; an error of Flink is one line, after ``error: ``, and the exit code 1.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

_CAUSE = re.compile(r"^(?:Caused by: )?(?:[\w.$]+(?:Exception|Error)): (.*)", re.MULTILINE)


def main() -> int:
    """Run the job. 3 says that there is no PyFlink."""
    try:
        from pyflink.table import EnvironmentSettings, TableEnvironment  # type: ignore[import-not-found]
    except ImportError:
        return 3
    job = json.load(sys.stdin)
    table_environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    for key, value in job["settings"].items():
        table_environment.get_config().set(key, value)
    if job["jars"]:
        table_environment.get_config().set("pipeline.jars", ";".join(job["jars"]))
    try:
        for statement in job["tables"]:
            table_environment.execute_sql(statement)
        for statement in job["query"]:
            _run(table_environment, statement)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(f"error: {_told(str(error))}", file=sys.stderr)
        return 1
    return 0


def _run(table_environment: Any, statement: str) -> None:
    from pyflink.table import ResultKind

    result = table_environment.execute_sql(statement)
    if result.get_result_kind() == ResultKind.SUCCESS_WITH_CONTENT and result.get_job_client() is None:
        with result.collect() as rows:
            for row in rows:
                print(*row, sep="\t")
    elif statement_writes(statement):
        result.wait()
    else:
        result.print()


def statement_writes(statement: str) -> bool:
    """Whether a statement writes into a table, and has no rows to be shown."""
    bare = re.sub(r"\A(?:\s+|--[^\n]*\n|/\*.*?\*/)*", "", statement, flags=re.DOTALL)
    return bare[:6].upper() in ("INSERT", "EXECUT", "UPDATE", "DELETE")


def _told(text: str) -> str:
    """What Java says last of why, without where it was."""
    causes = [cause.strip() for cause in _CAUSE.findall(text) if cause.strip()]
    return causes[-1] if causes else text.strip().partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
