"""Flink by its own tools: PyFlink in a process of its own, ``sql-client.sh``, or a SQL gateway over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from jsonschema_tools.engines.model import EngineError, Job
from jsonschema_tools.installation import remedy_of
from jsonschema_tools.processing.flink import setting
from jsonschema_tools.processing.statements import script_text

_NO_PYFLINK = 3
_INTERRUPTED = 130


def run_by_pyflink(job: Job, python: str | None = None) -> int:
    """Run a job in a small cluster inside of one process; its rows go to standard output. The exit code.

    Args:
        job: the job.
        python: the Python that has PyFlink; ``None`` for the one that runs.

    Raises `EngineError` where there is no PyFlink.
    """
    program = Path(__file__).with_name("pyflink_job.py")
    given = {
        "settings": dict(job.settings),
        "tables": job.tables,
        "query": job.asked,
        "jars": [each if "://" in each else Path(each).absolute().as_uri() for each in job.jars],
    }
    command = [python or sys.executable, str(program)]
    try:
        # Not `-c` and not `-m`: the folder of the program is the first to import from, and has nothing of ours.
        code = _run(command, json.dumps(given))
    except OSError as error:
        raise EngineError(f"{command[0]} cannot be run: {error.strerror}", remedy="Name a Python: --python.") from None
    if code == _NO_PYFLINK:
        raise EngineError(
            f"{command[0]} has no PyFlink",
            remedy=f"{remedy_of('flink')}, with Java 17, or name the Python that has it: --python.",
        )
    return code


def run_by_client(job: Job, client: str) -> int:
    """Run a job by ``sql-client.sh``; what it prints goes to standard output. The exit code.

    Args:
        job: the job.
        client: the path of the script, or its name on the search path.

    Raises `EngineError` where it is not there.
    """
    found = shutil.which(client)
    if found is None:
        raise EngineError(f"there is no {client}", remedy="Name the one of a Flink that is there: --sql-client PATH.")
    settings = [setting(key, value) for key, value in job.settings.items()]
    show = [] if job.check else [setting("sql-client.execution.result-mode", "tableau")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "job.sql")
        script.write_text(script_text([*settings, *show], job.tables, job.asked), "utf-8")
        jars = [part for each in job.jars for part in ("-j", each)]
        return _run_client([found, *jars, "-f", str(script)])


def _run_client(command: list[str]) -> int:
    """Run the client; it ends with 0 whatever happened, and says ``[ERROR]``."""
    failed = False
    sys.stdout.flush()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                failed = failed or b"[ERROR]" in line
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
        except KeyboardInterrupt:
            return _INTERRUPTED
    return process.returncode or int(failed)


def _run(command: list[str], given: str) -> int:
    sys.stdout.flush()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    try:
        process.communicate(given)
    except KeyboardInterrupt:
        # It was interrupted as well, and ends its job.
        process.wait()
        return _INTERRUPTED
    return process.returncode
